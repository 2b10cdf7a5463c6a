"""The tables that a task builds later, from the request and the user's permissions at that time."""

from collections.abc import Callable
from typing import Any

from wagtail_payments.enums import ExportKind

from .tables import Table

TableMaker = Callable[[Any, str], Table]
"""Takes the user and the query string; raises PermissionDenied."""

_makers: dict[ExportKind, TableMaker] = {}


def kind_register(kind: ExportKind, maker: TableMaker) -> None:
    """Register the function that builds tables of ``kind``: the screen that parses its query."""
    _makers[kind] = maker


def table_make(*, kind: ExportKind, user: Any, query: str) -> Table:
    """Return the table of ``kind`` for ``user``. Raises PermissionDenied."""
    return _makers[kind](user, query)
