"""The form above each report: the period and the mode."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from typing_extensions import override
from wagtail.admin.widgets import AdminDateInput

from wagtail_payments.enums import Mode
from wagtail_payments.selectors.revenue.periods import (
    EARLIEST,
    Period,
    current_mode,
    month_before,
    month_of,
    year_of,
)
from wagtail_payments.utils.dates import site_today

CUSTOM, ALL = "custom", "all"

_CHOICES = (
    ("this_month", gettext_lazy("This month")),
    ("last_month", gettext_lazy("Last month")),
    ("this_year", gettext_lazy("This year")),
    ("last_year", gettext_lazy("Last year")),
    (ALL, gettext_lazy("All years")),
    (CUSTOM, gettext_lazy("From … to …")),
)

LATEST = date(2199, 12, 31)


class PeriodForm(forms.Form):
    """A named period, or a range of days. The default is this year."""

    period = forms.ChoiceField(label=gettext_lazy("Period"), choices=_CHOICES, required=False)
    first = forms.DateField(label=gettext_lazy("From"), required=False, widget=AdminDateInput)
    last = forms.DateField(
        label=pgettext_lazy("end of a period", "To"), required=False, widget=AdminDateInput
    )
    mode = forms.ChoiceField(label=gettext_lazy("Mode"), choices=Mode.choices, required=False)

    previous_period = forms.CharField(required=False, widget=forms.HiddenInput)

    default_period = "this_year"

    def __init__(self, data: Any, **kwargs: Any) -> None:
        # Bound even without data, so that the form shows its defaults.
        data = data.copy()
        data.setdefault("mode", current_mode())
        self._choose_period(data)
        super().__init__(data, **kwargs)

    def _choose_period(self, data: Any) -> None:
        """Use the dates if they were entered last, or else the named period.

        ``previous_period`` is the value of ``period`` when the form was shown.
        """
        dates, name = data.get("first") or data.get("last"), data.get("period", "")
        if dates and (not name or name == data.get("previous_period", self.default_period)):
            data["period"] = CUSTOM
        data.setdefault("period", self.default_period)
        if data["period"] != CUSTOM:
            data["first"] = data["last"] = ""
        data["previous_period"] = data["period"]

    def clean_first(self) -> date | None:
        """Return the first day, if it is in a supported year."""
        return _clean_day(self.cleaned_data["first"])

    def clean_last(self) -> date | None:
        """Return the last day, if it is in a supported year."""
        return _clean_day(self.cleaned_data["last"])

    @override
    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = self.cleaned_data
        first, last = cleaned.get("first"), cleaned.get("last")
        if cleaned.get("period") == CUSTOM and first and last and first > last:
            self.add_error("last", _("The end of the period is before its start."))
        return cleaned

    def get_period(self) -> Period:
        """Return the period, or the default one if the form is invalid."""
        value = str(self.data.get("mode"))
        mode = value if value in Mode.values else current_mode()
        if not self.is_valid():
            return _named_period(self.default_period, mode)
        if self.cleaned_data["period"] == CUSTOM:
            first = self.cleaned_data["first"] or EARLIEST
            return Period(first, self.cleaned_data["last"] or max(first, site_today()), mode)
        return _named_period(self.cleaned_data["period"], mode)


def _clean_day(day: date | None) -> date | None:
    if day and not EARLIEST <= day <= LATEST:
        raise forms.ValidationError(
            _("Enter a date between %(first)d and %(last)d.")
            % {"first": EARLIEST.year, "last": LATEST.year}
        )
    return day


def _named_period(name: str, mode: str) -> Period:
    today = site_today()
    if name == "this_month":
        return month_of(today, mode)
    if name == "last_month":
        return month_before(today, mode)
    if name == "last_year":
        return year_of(date(today.year - 1, 1, 1), mode)
    if name == ALL:
        return Period(EARLIEST, today, mode)
    return year_of(today, mode)


def period_query(period: Period) -> str:
    """Return the query of these days. Unlike "last month", it has the same meaning tomorrow."""
    return f"period={CUSTOM}&first={period.first}&last={period.last}&mode={period.mode}"
