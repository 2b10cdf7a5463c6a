"""Pages of a list that may be a million rows long: none of them is slow, and nobody waits for a count."""

from typing import Any

from django.contrib.humanize.templatetags.humanize import intcomma
from django.core.paginator import Page
from django.db.models import Model, QuerySet
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from wagtail.admin.paginator import WagtailPaginator


class LongPage(Page[Any]):
    """One page. ``number`` is below zero when pages are counted from the end: the last is -1."""

    paginator: "LongPaginator"

    def __init__(self, rows: Any, number: int, paginator: "LongPaginator", *, more: bool) -> None:
        super().__init__(rows, number, paginator)
        self.more = more

    @property
    def from_end(self) -> int:
        """How far the page is from the end: 1 for the last."""
        return -self.number

    def has_next(self) -> bool:
        """Tell whether there is one behind it."""
        return self.number < -1 if self.number < 0 else self.more

    def has_previous(self) -> bool:
        """Tell whether there is one before it."""
        return self.more if self.number < 0 else self.number > 1

    def next_page_number(self) -> int:
        """Return the number of the one behind it."""
        return self.number + 1

    def previous_page_number(self) -> int:
        """Return the number of the one before it."""
        return self.number - 1


class LongPaginator(WagtailPaginator):
    """Counts to ten thousand and no further; behind that, there are first, previous, next and last.

    Ids are read from an index alone, then the rows of one page by their ids. Pages at the end are
    read from the end.
    """

    object_list: QuerySet[Any]
    counting: QuerySet[Any] | None = None
    """The same rows, if there is a quicker way to count them."""

    counted = 10_000
    """Rows up to which a list says how many they are."""

    @cached_property
    def count(self) -> int:
        """Return how many rows there are, one more than ``counted`` for all above."""
        rows = self.object_list if self.counting is None else self.counting
        return int(rows.order_by()[: self.counted + 1].count())

    @property
    def many(self) -> bool:
        """Whether there are more than are counted."""
        return self.count > self.counted

    @property
    def items_count_label(self) -> str:
        """How many, in words."""
        if not self.many:
            return str(super().items_count_label)
        return _("More than %(count)s %(things)s") % {
            "count": intcomma(self.counted),
            "things": self.verbose_name_plural,
        }

    def get_elided_page_range(self, *args: Any, **kwargs: Any) -> Any:
        """Return the page numbers to choose from: none when it isn't known how many there are."""
        return [] if self.many else super().get_elided_page_range(*args, **kwargs)

    def get_page(self, number: Any) -> Page[Any]:
        """Return a page for whatever stands in the address: what is none is the first, or the last."""
        wanted = self._number(number)
        if not self.many:
            return self.page(self._counted(wanted))
        page = self._long_page(wanted)
        if not page.object_list:
            page = self._long_page(-1 if wanted > 0 else 1)
        return page

    def page(self, number: Any) -> Page[Any]:
        """Return one of the counted pages. Raises InvalidPage for what is none."""
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

    def _counted(self, wanted: int) -> int:
        if wanted < 0:
            wanted += self.num_pages + 1
        return min(max(wanted, 1), int(self.num_pages))

    @staticmethod
    def _number(number: Any) -> int:
        if number == "last":
            return -1
        try:
            wanted = int(number)
        except (TypeError, ValueError):
            return 1
        # A larger number is one that no database could skip to.
        return max(min(wanted, _FURTHEST), -_FURTHEST) or 1

    @staticmethod
    def _pks(rows: QuerySet[Any], start: int, stop: int) -> list[Any]:
        return list(rows.values_list("pk", flat=True)[start:stop]) if stop > start else []

    def _rows(self, pks: list[Any]) -> list[Model]:
        """Return the rows, in the order of their ids. Which they are was decided with the ids."""
        if not pks:
            return []
        found = self.object_list.model._default_manager.filter(pk__in=pks).in_bulk()
        return [found[pk] for pk in pks if pk in found]


_FURTHEST = 10_000_000
