"""Turns at writing, for the database that has no queue of its own."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

from django.db import transaction

_LONGEST_WAIT = 1.0
"""Seconds after which a thread tries its luck without a turn: the one that has it may be stuck."""

_turn = Lock()


@contextmanager
def write_turn() -> Iterator[None]:
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
