"""Tables that a task makes later: anew, from what was asked for, by what the user may do then."""

from collections.abc import Callable
from typing import Any

from wagtail_payments.enums import ExportKind

from .tables import Table

TableMaker = Callable[[Any, str], Table]
"""Takes the user and the query of the address; raises PermissionDenied when they may not."""

_makers: dict[ExportKind, TableMaker] = {}


def kind_register(kind: ExportKind, maker: TableMaker) -> None:
    """Say who makes the tables of ``kind``: the screen that knows what its queries mean."""
    _makers[kind] = maker


def table_make(*, kind: ExportKind, user: Any, query: str) -> Table:
    """Return the table of ``kind`` for ``user``. Raises PermissionDenied when they may not."""
    return _makers[kind](user, query)
