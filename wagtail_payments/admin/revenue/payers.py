"""Who paid how much: for a letter of thanks, or a statement at the end of the year."""

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase, QueryDict
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy
from wagtail.admin.menu import MenuItem

from wagtail_payments.admin.exports.responses import export_answer
from wagtail_payments.admin.generic.views import AdminView, admin_media
from wagtail_payments.enums import ExportFormat, ExportKind, Mode
from wagtail_payments.permissions import may_export, may_see_some_payers
from wagtail_payments.selectors.products.products import could_be_id
from wagtail_payments.selectors.revenue.payers import (
    PayerSum,
    payer_key,
    payers_found,
    payers_page,
    payers_payments,
)
from wagtail_payments.selectors.revenue.periods import Period
from wagtail_payments.services.exports.payers import payers_table
from wagtail_payments.services.exports.tables import Table
from wagtail_payments.utils.dates import site_zone

from .base import ReportViewSet
from .period import PeriodForm, period_query

_PAGE = 50


class PayersForm(PeriodForm):
    """Which days, and whom."""

    q = forms.CharField(
        label=gettext_lazy("E-mail or name begins with"), required=False, max_length=100
    )

    @property
    def text(self) -> str:
        """What the e-mail address or the name begins with."""
        return str(self.cleaned_data.get("q", "")) if self.is_valid() else ""


class PayersView(AdminView):
    """Payers in the order of their addresses, a page after the other."""

    page_title = gettext_lazy("Payers")
    header_icon = "user"
    template_name = "wagtail_payments/admin/revenue/payers.html"
    may = may_see_some_payers

    @cached_property
    def form(self) -> PayersForm:
        """Return the form, filled in."""
        return PayersForm(self.request.GET)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Return the file, if one is asked for by what can be read."""
        if request.GET.get("export") in ExportFormat.values and self.form.is_valid():
            return self._file(self.form.chosen(), self.form.text)
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add this page's payers."""
        period, user = self.form.chosen(), self.request.user
        payments = payers_payments(user, period)
        if not self.form.is_valid():
            payments = payments.none()
        given = self.request.GET.get("after", "")
        after = payer_key(payments, int(given)) if could_be_id(given) else ""
        found = payers_found(payments, self.form.text, user=user)
        payers, more = payers_page(payments, found, after=after, size=_PAGE)
        return {
            **super().get_context_data(**kwargs),
            "form": self.form,
            "media": self.form.media + admin_media(),
            "period": period,
            "test": period.mode == Mode.TEST,
            "time_zone": site_zone(),
            "payers": [_shown(payer, period) for payer in payers],
            "first_url": self._url() if after else "",
            "next_url": self._url(after=payers[-1].last_id) if more else "",
            "exports": self._exports() if may_export(user) else [],
        }

    def _exports(self) -> list[tuple[str, str]]:
        return [(str(label), self._url(export=value)) for value, label in ExportFormat.choices]

    def _url(self, **changes: Any) -> str:
        query = self.request.GET.copy()
        for name in ("after", "export"):
            query.pop(name, None)
        query.update(changes)
        return f"?{query.urlencode()}"

    def _file(self, period: Period, text: str) -> HttpResponseBase:
        if not may_export(self.request.user):
            raise PermissionDenied
        searched = " q=…" if text else ""
        return export_answer(
            self.request,
            payers_table(user=self.request.user, period=period, text=text),
            kind=ExportKind.PAYERS,
            query=f"{period_query(period)}&{urlencode({'q': text})}",
            what=f"{period.first} – {period.last} {period.mode}{searched}",
        )


def payers_export_table(user: Any, query: str) -> Table:
    """Return the payers that ``query`` names. Raises PermissionDenied."""
    if not (may_export(user) and may_see_some_payers(user)):
        raise PermissionDenied
    form = PayersForm(QueryDict(query))
    if not form.is_valid():
        raise PermissionDenied
    return payers_table(user=user, period=form.chosen(), text=form.text)


def _shown(payer: PayerSum, period: Period) -> dict[str, Any]:
    days = {"paid_at_from": period.first, "paid_at_to": period.last}
    query = urlencode({"q": payer.email, "mode": period.mode, **days})
    return {
        "email": payer.email,
        "name": payer.name,
        "url": f"{reverse('wagtail_payments_payment:index')}?{query}",
        "payments": payer.payments,
        "amounts": [payer.display(name) for name in ("paid", "refunded", "disputed", "net")],
    }


class PayersMenuItem(MenuItem):
    """Shown to those who may see who paid."""

    def is_shown(self, request: HttpRequest) -> bool:
        """Tell whether this user may."""
        return may_see_some_payers(request.user)


class PayersViewSet(ReportViewSet):
    """Who paid how much."""

    view_class = PayersView
    name = "wagtail_payments_payers"
    url_prefix = "payments/reports/payers"
    icon = "user"
    menu_label = gettext_lazy("Payers")
    menu_item_class = PayersMenuItem
