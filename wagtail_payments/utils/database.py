"""Helpers for SQLite."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Any

from django.db import transaction
from django.db.models import Func

_LONGEST_WAIT = 1.0
"""Seconds after which a thread continues without the lock: its owner may be stuck."""


_turn = Lock()


@contextmanager
def sqlite_write_lock() -> Iterator[None]:
    """Let one thread of this process write at a time on SQLite. Does nothing on other databases.

    SQLite allows one writer. Others sleep and retry with growing intervals
    (``sqliteDefaultBusyCallback`` in its main.c), so under load some wait many times longer than others.
    Not inside a transaction: one that has written holds SQLite's lock, and another thread may wait for
    that lock while it holds this one.
    """
    connection = transaction.get_connection()
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        yield
        return
    mine = _turn.acquire(timeout=_LONGEST_WAIT)
    try:
        yield
    finally:
        if mine:
            _turn.release()


class Unindexed(Func):
    """A column whose index SQLite does not use: it would read and sort all rows that it finds.

    See https://www.sqlite.org/optoverview.html, "Disqualifying WHERE-Clause Terms Using Unary +".
    """

    template = "%(expressions)s"
    arity = 1

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        """Add the unary plus."""
        return self.as_sql(compiler, connection, template="+%(expressions)s", **context)
