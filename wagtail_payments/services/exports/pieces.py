"""Reads long lists a piece at a time, each going on where the last one ended.

One query for all would be held in memory by MariaDB's client, and by PostgreSQL as an open
transaction for as long as somebody's download takes.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from django.db.models import F, Q, QuerySet

PIECE = 2000


def rows_in_pieces(
    rows: QuerySet[Any], names: Sequence[str], *, by: str, size: int = PIECE
) -> Iterator[tuple[Any, ...]]:
    """Yield the values ``names`` of ``rows``, in the order of ``by`` and, where that is equal, of id.

    ``by`` is a column without nulls, "-" before it for the other direction. Rows whose ``by`` changes
    meanwhile may come twice or not at all.
    """
    column, down = by.removeprefix("-"), by.startswith("-")
    order = [F(name).desc() if down else F(name).asc() for name in (column, "pk")]
    ordered = rows.order_by(*order).values_list(column, "pk", *names)
    piece = list(ordered[:size])
    while piece:
        for row in piece:
            yield row[2:]
        value, pk = piece[-1][:2]
        piece = (
            list(ordered.filter(_after(column, value, pk, down))[:size])
            if _full(piece, size)
            else []
        )


def _full(piece: list[Any], size: int) -> bool:
    return len(piece) == size


def _after(column: str, value: Any, pk: int, down: bool) -> Q:
    """Return the condition of what comes behind a row; its first half is a range of the index."""
    beyond, reach = ("lt", "lte") if down else ("gt", "gte")
    within = Q(**{f"{column}__{reach}": value})
    return within & (Q(**{f"{column}__{beyond}": value}) | Q(**{f"pk__{beyond}": pk}))
