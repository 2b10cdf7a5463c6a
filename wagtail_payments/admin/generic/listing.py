"""Read-only lists: rows can be listed, filtered and inspected, but not edited."""

from functools import cached_property
from typing import Any, ClassVar

import wagtail
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest
from django.urls import path, reverse
from typing_extensions import override
from wagtail.admin.views.generic import IndexView
from wagtail.admin.viewsets.model import ModelViewSet

from wagtail_payments.permissions import policies


class ReadOnlyIndexView(IndexView):
    """A list without actions that change rows. Invalid filters and searches find nothing."""

    any_permission_required = ["view"]

    @override
    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        # Wagtail hides the export buttons of such lists, but still answers their URLs.
        if self.is_export and not self.list_export:
            raise Http404
        return super().get(request, *args, **kwargs)

    @override
    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        # Wagtail ignores invalid filters, so that all rows would look like the result.
        if self.filters and not self.filters.is_valid():
            return queryset.none()
        filtered: QuerySet[Any] = super().filter_queryset(queryset)
        return filtered

    @override
    def search_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.is_searching:
            return self.get_search_results(queryset)
        query = self.is_searchable and self.request.GET.get(self.search_kwarg, "").strip()
        return queryset.none() if query else queryset

    def get_search_results(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Return the rows of ``queryset`` that match ``search_query``."""
        results: QuerySet[Any] = super().search_queryset(queryset)
        return results

    @override
    def get_inspect_url(self, instance: Model) -> str | None:
        # Users can inspect every row that is listed. Wagtail would check each one with a query.
        name = self.inspect_url_name
        return reverse(name, args=(instance.pk,)) if name else None


class PolicyMixin:
    """Gives a viewset the permission policy of its model.

    Wagtail 8.0 looks it up in its registry, and warns about viewsets that have their own.
    """

    model: type[Model]

    if wagtail.VERSION < (8, 0):

        @cached_property
        def permission_policy(self) -> Any:
            """The policy that is registered for the model in later versions."""
            return policies[self.model]


class ReadOnlyViewSet(PolicyMixin, ModelViewSet):
    """A viewset that only lists and inspects rows."""

    index_view_class = ReadOnlyIndexView
    list_per_page = 50
    form_fields: ClassVar[tuple[str, ...]] = ()

    @override
    def get_urlpatterns(self) -> list[Any]:
        patterns = [
            path("", self.index_view, name="index"),
            path("results/", self.index_results_view, name="index_results"),
        ]
        if self.inspect_view_enabled:
            patterns.append(path("<int:pk>/", self.inspect_view, name="inspect"))
        return patterns
