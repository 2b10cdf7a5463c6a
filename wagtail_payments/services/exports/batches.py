"""Reads long lists in batches, each starting where the last one ended.

One query for all rows would be held in memory by MariaDB's client, and by PostgreSQL as an open
transaction for the time of the download.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from django.db.models import Q, QuerySet

BATCH_SIZE = 2000


def rows_in_batches(
    rows: QuerySet[Any], names: Sequence[str], *, by: str, size: int | None = None
) -> Iterator[tuple[Any, ...]]:
    """Yield the values ``names`` of ``rows``, ordered by ``by``, then by id.

    ``by`` is a column without nulls, with "-" in front for the descending order. Rows whose ``by``
    changes in the meantime may come twice or not at all.
    """
    size = size or BATCH_SIZE
    column, down = by.removeprefix("-"), by.startswith("-")
    read = list(dict.fromkeys([*names, column, "pk"]))
    at, pk = read.index(column), read.index("pk")
    sign = "-" if down else ""
    ordered = rows.order_by(f"{sign}{column}", f"{sign}pk").values_list(*read)
    batch = list(ordered[:size])
    while batch:
        yield from (row[: len(names)] for row in batch)
        last, full = batch[-1], len(batch) == size
        batch = (
            list(ordered.filter(_after(column, last[at], last[pk], down))[:size]) if full else []
        )


def _after(column: str, value: Any, pk: int, down: bool) -> Q:
    """Return the condition for the rows after one row; its first half is a range of the index."""
    beyond, reach = ("lt", "lte") if down else ("gt", "gte")
    within = Q(**{f"{column}__{reach}": value})
    return within & (Q(**{f"{column}__{beyond}": value}) | Q(**{f"pk__{beyond}": pk}))
