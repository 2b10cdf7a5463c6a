"""Filters that several lists use."""

from datetime import date
from typing import Any

import django_filters
from django import forms
from django.db.models import QuerySet
from django_filters.fields import RangeField
from typing_extensions import override
from wagtail.admin.filters import DateRangePickerWidget

from wagtail_payments.utils.dates import moments_of

_FIRST_DAY, _LAST_DAY = date(1971, 1, 1), date(9990, 1, 1)
"""Days outside these can overflow when they are converted between time zones."""


class DateRangeField(RangeField):
    """The first and the last day of a period."""

    widget = DateRangePickerWidget

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__((forms.DateField(), forms.DateField()), *args, **kwargs)


class DateRangeFilter(django_filters.DateFromToRangeFilter):
    """Filters a datetime by days in the site's time zone, regardless of the user's own."""

    field_class = DateRangeField

    @override
    def filter(self, qs: QuerySet[Any], value: slice | None) -> QuerySet[Any]:
        if not value:
            return qs
        start, end = moments_of(_clamp(value.start, _FIRST_DAY), _clamp(value.stop, _LAST_DAY))
        if value.start:
            qs = qs.filter(**{f"{self.field_name}__gte": start})
        return qs.filter(**{f"{self.field_name}__lt": end}) if value.stop else qs


def _clamp(day: date | None, default: date) -> date:
    return min(max(day or default, _FIRST_DAY), _LAST_DAY)
