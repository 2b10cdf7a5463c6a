"""Test databases; ``WAGTAIL_PAYMENTS_TEST_DB`` is sqlite (default), postgres or mariadb.

Creating the tables takes longer than copying them, so the first process creates them, and each process
gets a copy.
"""

import atexit
import fcntl
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
from importlib import import_module
from pathlib import Path
from typing import Any
from zlib import crc32

_engine = import_module(
    f"tests.support.databases.{os.environ.get('WAGTAIL_PAYMENTS_TEST_DB', 'sqlite')}"
)

ROOT = Path(__file__).parents[3]
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "alone")


def database(folder: Path) -> dict[str, Any]:
    """Return Django's settings of the folder's database."""
    return {**_engine.SETTINGS, "NAME": _name(folder)}


def copy_database(folder: Path) -> None:
    """Recreate the folder's database, with all tables and Wagtail's initial rows."""
    with (RUN / "prepared.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        ready = PREPARED / "ready"
        if not ready.exists():
            empty_database(PREPARED)
            run_in(PREPARED, "tests.support.databases.tables")
            ready.touch()
        drop_database(folder)
        _engine.copy(_name(PREPARED), _name(folder))


def empty_database(folder: Path) -> None:
    """Recreate the folder's database, without tables."""
    folder.mkdir(exist_ok=True)
    drop_database(folder)
    _engine.create(_name(folder))


def drop_database(folder: Path) -> None:
    """Drop the folder's database, if it exists."""
    _engine.drop(_name(folder))


def run_in(folder: Path, *module: str) -> None:
    """Run a module in a process with the folder's database."""
    settings = {
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "WAGTAIL_PAYMENTS_TEST_FOLDER": str(folder),
    }
    environment = {**os.environ, **settings}
    subprocess.run([sys.executable, "-m", *module], cwd=ROOT, env=environment, check=True)


def _name(folder: Path) -> str:
    digest = crc32(str(folder).encode())
    name: str = _engine.name(f"wagtail_payments_{TOKEN}_{digest:08x}", folder)
    return name


def _run_folder() -> Path:
    """Return the folder of this test run, created by the first process."""
    existing = os.environ.get("WAGTAIL_PAYMENTS_TEST_RUN")
    if existing:
        return Path(existing)
    folder = Path(tempfile.gettempdir()) / f"wp-tests-{secrets.token_hex(4)}"
    folder.mkdir(mode=0o700)
    os.environ["WAGTAIL_PAYMENTS_TEST_RUN"] = str(folder)
    atexit.register(_clean, os.getpid())
    return folder


def _clean(process: int) -> None:
    if process != os.getpid():
        return
    if PREPARED.exists():
        drop_database(PREPARED)
    shutil.rmtree(RUN, ignore_errors=True)


RUN = _run_folder()
PREPARED = RUN / "prepared"
TOKEN = RUN.name.rpartition("-")[2]
"""Distinguishes the databases and queues of test runs on the same servers."""
