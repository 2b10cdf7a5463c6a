"""Rows that another connection keeps locked, and a connection that doesn't wait for them for long."""

from contextlib import contextmanager
from threading import Event, Thread

from django.db import connection, transaction

IMPATIENT = {
    "sqlite": "PRAGMA busy_timeout = 100",
    "postgresql": "SET lock_timeout = 100",
    "mysql": "SET innodb_lock_wait_timeout = 1",
}


@contextmanager
def impatient():
    """Let this connection wait a moment for a lock, and no longer."""
    with connection.cursor() as cursor:
        cursor.execute(IMPATIENT[connection.vendor])
    try:
        yield
    finally:
        connection.close()


@contextmanager
def locked(rows):
    """Have another connection lock ``rows``; on SQLite that is the whole database."""
    taken, enough = Event(), Event()

    def hold():
        try:
            with transaction.atomic():
                list(rows.select_for_update())
                taken.set()
                enough.wait(timeout=30)
        finally:
            connection.close()

    thread = Thread(target=hold)
    thread.start()
    try:
        assert taken.wait(timeout=30)
        with impatient():
            yield
    finally:
        enough.set()
        thread.join()
