"""Pagination of long lists."""

from collections.abc import Callable
from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet


def paged(
    rows: QuerySet[Any], page: int, limit: int, present: Callable[[Any], Any]
) -> dict[str, Any]:
    """Return one page of ``rows``, each serialized by ``present``; empty after the last page."""
    paginator = Paginator(rows, limit)
    found = paginator.page(page).object_list if page <= paginator.num_pages else []
    return {
        "count": paginator.count,
        "page": page,
        "limit": limit,
        "items": [present(row) for row in found],
    }
