"""The write lock on SQLite: one thread at a time, with a timeout, never in a transaction."""

from contextlib import contextmanager
from threading import Event, Thread, Timer

import pytest
from django.db import connection, transaction

from wagtail_payments.utils import database as module
from wagtail_payments.utils.database import sqlite_write_lock

TIMEOUT = 20
on_sqlite = pytest.mark.skipif(connection.vendor != "sqlite", reason="only SQLite has a write lock")


@contextmanager
def another_writer():
    """Hold the lock in another thread. Yield a function that releases it."""
    started, end = Event(), Event()

    def write():
        with sqlite_write_lock():
            started.set()
            end.wait(TIMEOUT)

    thread = Thread(target=write)
    thread.start()
    assert started.wait(TIMEOUT)

    def finish():
        end.set()
        thread.join(TIMEOUT)
        assert not thread.is_alive()

    try:
        yield finish
    finally:
        finish()


def start_writer(entered):
    """Return a thread that sets ``entered`` once it has the lock."""

    def write():
        with sqlite_write_lock():
            entered.set()

    thread = Thread(target=write)
    thread.start()
    return thread


@on_sqlite
def test_one_thread_writes_at_a_time(monkeypatch):
    monkeypatch.setattr(module, "_LONGEST_WAIT", TIMEOUT)
    entered = Event()
    with another_writer() as finish:
        waiting = start_writer(entered)
        assert not entered.wait(0.2)
        finish()
        assert entered.wait(TIMEOUT)
    waiting.join(TIMEOUT)


@on_sqlite
def test_a_stuck_writer_does_not_block_others(monkeypatch):
    monkeypatch.setattr(module, "_LONGEST_WAIT", 0.01)
    with another_writer() as finish:
        for _ in range(2):
            with sqlite_write_lock():
                assert module._turn.locked()
        # Writers that never had the lock did not release it.
        assert module._turn.locked()
        finish()
    assert not module._turn.locked()


@on_sqlite
def test_an_error_releases_the_lock():
    with pytest.raises(ZeroDivisionError), sqlite_write_lock():
        raise ZeroDivisionError
    assert not module._turn.locked()


@pytest.mark.django_db
def test_a_transaction_never_waits_for_the_lock(monkeypatch):
    """It may hold the database lock that the current writer is waiting for."""
    monkeypatch.setattr(module, "_LONGEST_WAIT", TIMEOUT)
    ended = Event()
    with another_writer() as finish:
        later = Timer(2, lambda: (ended.set(), finish()))
        later.start()
        with transaction.atomic(), sqlite_write_lock():
            assert not ended.is_set()
        later.join(TIMEOUT)
    assert ended.is_set()


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has a write lock")
def test_other_databases_need_no_lock():
    with another_writer(), sqlite_write_lock():
        assert not module._turn.locked()
