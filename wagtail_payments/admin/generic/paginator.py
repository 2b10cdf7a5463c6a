"""Pagination of lists with a million rows, without slow pages and without waiting for a count."""

from typing import Any

from django.contrib.humanize.templatetags.humanize import intcomma
from django.core.paginator import Page
from django.db.models import Model, QuerySet
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from typing_extensions import override
from wagtail.admin.paginator import WagtailPaginator


class LongPage(Page[Any]):
    """One page. Negative numbers are counted from the end: the last page is -1."""

    paginator: "LongPaginator"

    def __init__(self, rows: Any, number: int, paginator: "LongPaginator", *, more: bool) -> None:
        super().__init__(rows, number, paginator)
        self.more = more

    @property
    def from_end(self) -> int:
        """The page's number, counted from the end: 1 is the last page."""
        return -self.number

    @override
    def has_next(self) -> bool:
        return self.number < -1 if self.number < 0 else self.more

    @override
    def has_previous(self) -> bool:
        return self.more if self.number < 0 else self.number > 1

    @override
    def next_page_number(self) -> int:
        return self.number + 1

    @override
    def previous_page_number(self) -> int:
        return self.number - 1


class LongPaginator(WagtailPaginator):
    """Counts up to 10,000 rows. Longer lists have links to the first, previous, next and last page.

    Reads the ids of a page from an index, then its rows by their ids. Pages near the end are read
    from the end.
    """

    object_list: QuerySet[Any]
    count_queryset: QuerySet[Any] | None = None
    """The same rows in a queryset that is faster to count, if there is one."""

    max_count = 10_000
    """The largest number of rows that is counted exactly."""

    @cached_property
    @override
    def count(self) -> int:
        # At most one more than ``max_count``.
        rows = self.object_list if self.count_queryset is None else self.count_queryset
        return int(rows.order_by()[: self.max_count + 1].count())

    @property
    def many(self) -> bool:
        """Whether there are more rows than ``max_count``."""
        return self.count > self.max_count

    @property
    @override
    def items_count_label(self) -> str:
        if not self.many:
            return str(super().items_count_label)
        return _("More than %(count)s %(things)s") % {
            "count": intcomma(self.max_count),
            "things": self.verbose_name_plural,
        }

    @override
    def get_elided_page_range(self, *args: Any, **kwargs: Any) -> Any:
        return [] if self.many else super().get_elided_page_range(*args, **kwargs)

    @override
    def get_page(self, number: Any) -> Page[Any]:
        page_number = self._parse_number(number)
        if not self.many:
            return self.page(self._clamp(page_number))
        page = self._long_page(page_number)
        if not page.object_list:
            page = self._long_page(-1 if page_number > 0 else 1)
        return page

    @override
    def page(self, number: Any) -> Page[Any]:
        number = self.validate_number(number)
        start = (number - 1) * self.per_page
        pks = self._pks(self.object_list, start, min(start + self.per_page, self.count))
        return Page(self._rows(pks), number, self)

    def _long_page(self, number: int) -> LongPage:
        backwards = number < 0
        rows = self.object_list.reverse() if backwards else self.object_list
        start = (abs(number) - 1) * self.per_page
        pks = self._pks(rows, start, start + self.per_page + 1)
        more, pks = len(pks) > self.per_page, pks[: self.per_page]
        if backwards:
            pks.reverse()
        return LongPage(self._rows(pks), number, self, more=more)

    def _clamp(self, page_number: int) -> int:
        if page_number < 0:
            page_number += self.num_pages + 1
        return min(max(page_number, 1), int(self.num_pages))

    @staticmethod
    def _parse_number(number: Any) -> int:
        if number == "last":
            return -1
        try:
            page_number = int(number)
        except (TypeError, ValueError):
            return 1
        # Databases fail on larger offsets.
        return max(min(page_number, _MAX_PAGE), -_MAX_PAGE) or 1

    @staticmethod
    def _pks(rows: QuerySet[Any], start: int, stop: int) -> list[Any]:
        return list(rows.values_list("pk", flat=True)[start:stop]) if stop > start else []

    def _rows(self, pks: list[Any]) -> list[Model]:
        """Return the rows in the order of ``pks``. Permissions were applied when these were read."""
        if not pks:
            return []
        found = self.object_list.model._default_manager.filter(pk__in=pks).in_bulk()
        return [found[pk] for pk in pks if pk in found]


_MAX_PAGE = 10_000_000
