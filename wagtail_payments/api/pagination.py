"""Long lists, a page at a time."""

from collections.abc import Callable
from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet


def paged(
    rows: QuerySet[Any], page: int, limit: int, present: Callable[[Any], Any]
) -> dict[str, Any]:
    """Return a page of ``rows`` as ``present`` shows each; empty behind the last one."""
    paginator = Paginator(rows, limit)
    found = paginator.page(page).object_list if page <= paginator.num_pages else []
    return {
        "count": paginator.count,
        "page": page,
        "limit": limit,
        "items": [present(row) for row in found],
    }
