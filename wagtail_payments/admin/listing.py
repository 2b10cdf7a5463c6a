"""What the lists of our machinery have in common: looked at, filtered, never added to or exported."""

from datetime import datetime
from typing import Any, ClassVar

from django.db.models import Model, QuerySet
from django.http import Http404
from django.urls import path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from wagtail.admin.ui.tables import Column
from wagtail.admin.views.generic import IndexView
from wagtail.admin.viewsets.model import ModelViewSet


class MomentColumn(Column):
    """Date and time as accountants want them, in the active time zone."""

    def get_value(self, instance: Model) -> str:
        """Return the moment in words, a dash where there is none."""
        moment = super().get_value(instance)
        return moment_text(moment) if moment else "–"


class MachineryIndexView(IndexView):
    """A list that is only looked at."""

    any_permission_required = ["view"]

    def as_spreadsheet(self, queryset: QuerySet[Any], spreadsheet_format: str) -> Any:
        """Refuse: there is nothing in here for a spreadsheet."""
        raise Http404

    def get_inspect_url(self, instance: Model) -> str | None:
        """Every row of a list may be looked at: asking again for each would cost queries."""
        name = self.inspect_url_name
        return reverse(name, args=(instance.pk,)) if name else None


class MachineryViewSet(ModelViewSet):
    """Lists rows that the machinery makes. There is nothing to add, edit or delete."""

    index_view_class = MachineryIndexView
    list_per_page = 50
    form_fields: ClassVar[tuple[str, ...]] = ()

    def get_urlpatterns(self) -> list[Any]:
        """Leave out every view that would change a row."""
        return [
            path("", self.index_view, name="index"),
            path("results/", self.index_results_view, name="index_results"),
        ]


def moment_text(moment: datetime) -> str:
    """Return date and time in the active time zone."""
    return date_format(timezone.localtime(moment), "SHORT_DATETIME_FORMAT")
