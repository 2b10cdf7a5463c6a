"""Lock rows in another connection, with a short lock timeout in this one."""

from contextlib import contextmanager
from threading import Event, Thread

from django.db import connection, transaction

SHORT_TIMEOUT = {
    "sqlite": "PRAGMA busy_timeout = 100",
    "postgresql": "SET lock_timeout = 100",
    "mysql": "SET innodb_lock_wait_timeout = 1",
}


@contextmanager
def short_lock_timeout():
    """Set a short lock timeout for this connection."""
    with connection.cursor() as cursor:
        cursor.execute(SHORT_TIMEOUT[connection.vendor])
    try:
        yield
    finally:
        connection.close()


@contextmanager
def locked(rows):
    """Lock ``rows`` in another connection; on SQLite, this locks the whole database."""
    acquired, release = Event(), Event()

    def hold():
        try:
            with transaction.atomic():
                list(rows.select_for_update())
                acquired.set()
                release.wait(timeout=30)
        finally:
            connection.close()

    thread = Thread(target=hold)
    thread.start()
    try:
        assert acquired.wait(timeout=30)
        with short_lock_timeout():
            yield
    finally:
        release.set()
        thread.join()
