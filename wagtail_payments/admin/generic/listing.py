"""What lists of rows that nobody edits have in common: looked at and filtered."""

from typing import Any, ClassVar

from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest
from django.urls import path, reverse
from wagtail.admin.views.generic import IndexView
from wagtail.admin.viewsets.model import ModelViewSet


class ReadOnlyIndexView(IndexView):
    """A list that is only looked at."""

    any_permission_required = ["view"]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Return the list; what isn't offered as a file isn't to be had by address either."""
        if self.is_export and not self.list_export:
            raise Http404
        return super().get(request, *args, **kwargs)

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Filter. What can't be read finds nothing: all would look like an answer."""
        if self.filters and not self.filters.is_valid():
            return queryset.none()
        filtered: QuerySet[Any] = super().filter_queryset(queryset)
        return filtered

    def search_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Search; what can't be read finds nothing here, too."""
        if self.is_searching:
            return self.searched(queryset)
        typed = self.is_searchable and self.request.GET.get(self.search_kwarg, "").strip()
        return queryset.none() if typed else queryset

    def searched(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Return what is searched for among ``queryset``."""
        found: QuerySet[Any] = super().search_queryset(queryset)
        return found

    def get_inspect_url(self, instance: Model) -> str | None:
        """Every row of a list may be looked at: asking again for each would cost queries."""
        name = self.inspect_url_name
        return reverse(name, args=(instance.pk,)) if name else None


class ReadOnlyViewSet(ModelViewSet):
    """Rows that are listed and looked at. There is nothing to add, edit or delete."""

    index_view_class = ReadOnlyIndexView
    list_per_page = 50
    form_fields: ClassVar[tuple[str, ...]] = ()

    def get_urlpatterns(self) -> list[Any]:
        """Leave out every view that would change a row."""
        patterns = [
            path("", self.index_view, name="index"),
            path("results/", self.index_results_view, name="index_results"),
        ]
        if self.inspect_view_enabled:
            patterns.append(path("<int:pk>/", self.inspect_view, name="inspect"))
        return patterns
