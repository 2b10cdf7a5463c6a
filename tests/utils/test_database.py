"""Turns at writing on SQLite: one at a time, never in a transaction, never for ever."""

from contextlib import contextmanager
from threading import Event, Thread, Timer

import pytest
from django.db import connection, transaction

from wagtail_payments.utils import database as module
from wagtail_payments.utils.database import sqlite_write_lock

PATIENCE = 20
on_sqlite = pytest.mark.skipif(connection.vendor != "sqlite", reason="only SQLite has turns")


@contextmanager
def somebody_writing():
    """Have another thread write; yields what ends that."""
    begun, end = Event(), Event()

    def write():
        with sqlite_write_lock():
            begun.set()
            end.wait(PATIENCE)

    thread = Thread(target=write)
    thread.start()
    assert begun.wait(PATIENCE)

    def finish():
        end.set()
        thread.join(PATIENCE)
        assert not thread.is_alive()

    try:
        yield finish
    finally:
        finish()


def wait_for_a_turn(entered):
    """Return a thread that sets ``entered`` once it may write."""

    def write():
        with sqlite_write_lock():
            entered.set()

    thread = Thread(target=write)
    thread.start()
    return thread


@on_sqlite
def test_one_thread_writes_at_a_time(monkeypatch):
    monkeypatch.setattr(module, "_LONGEST_WAIT", PATIENCE)
    entered = Event()
    with somebody_writing() as finish:
        waiting = wait_for_a_turn(entered)
        assert not entered.wait(0.2)
        finish()
        assert entered.wait(PATIENCE)
    waiting.join(PATIENCE)


@on_sqlite
def test_who_is_stuck_stops_nobody(monkeypatch):
    monkeypatch.setattr(module, "_LONGEST_WAIT", 0.01)
    with somebody_writing() as finish:
        for _ in range(2):
            with sqlite_write_lock():
                assert module._turn.locked()
        # Whoever had no turn gave none back.
        assert module._turn.locked()
        finish()
    assert not module._turn.locked()


@on_sqlite
def test_an_error_gives_the_turn_back():
    with pytest.raises(ZeroDivisionError), sqlite_write_lock():
        raise ZeroDivisionError
    assert not module._turn.locked()


@pytest.mark.django_db
def test_a_transaction_never_waits_for_a_turn(monkeypatch):
    """It may hold the lock that whoever's turn it is waits for."""
    monkeypatch.setattr(module, "_LONGEST_WAIT", PATIENCE)
    ended = Event()
    with somebody_writing() as finish:
        later = Timer(2, lambda: (ended.set(), finish()))
        later.start()
        with transaction.atomic(), sqlite_write_lock():
            assert not ended.is_set()
        later.join(PATIENCE)
    assert ended.is_set()


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has turns")
def test_other_databases_need_none():
    with somebody_writing(), sqlite_write_lock():
        assert not module._turn.locked()
