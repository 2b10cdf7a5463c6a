"""Turns at writing, for the database that has no queue of its own."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Any

from django.db import transaction
from django.db.models import Func

_LONGEST_WAIT = 1.0
"""Seconds after which a thread tries its luck without a turn: the one that has it may be stuck."""


_turn = Lock()


@contextmanager
def sqlite_write_lock() -> Iterator[None]:
    """Let one thread of this process write at a time on SQLite; all of them on any other database.

    SQLite takes one writer, and who finds another there sleeps and asks again, longer each time
    (``sqliteDefaultBusyCallback`` in its main.c): under load the unlucky wait many times as long as
    the lucky. Not inside a transaction: one that writes already has SQLite's lock, for which somebody
    may be waiting whose turn it is.
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
    """The column itself; SQLite gets the sign that keeps it from using the column's index.

    See https://www.sqlite.org/optoverview.html, "Disqualifying WHERE-Clause Terms Using Unary +".
    """

    template = "%(expressions)s"
    arity = 1

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        """Put the sign before it that SQLite knows."""
        return self.as_sql(compiler, connection, template="+%(expressions)s", **context)
