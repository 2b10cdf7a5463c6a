"""The databases of the tests; ``WAGTAIL_PAYMENTS_TEST_DB`` is sqlite (default), postgres or mariadb.

Migrating takes many times as long as copying. So it is done once a run, by the first who needs a
database, and everybody gets a copy.
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

_engine = import_module(
    f"tests.support.databases.{os.environ.get('WAGTAIL_PAYMENTS_TEST_DB', 'sqlite')}"
)

ROOT = Path(__file__).parents[3]
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "alone")

drop_database = _engine.drop


def database(name: str, folder: Path) -> dict[str, Any]:
    """Return Django's settings of a database; ``folder`` is where SQLite has its file."""
    return {**_engine.SETTINGS, "NAME": _engine.name(f"{name}_{TOKEN}", folder)}


def site_database(folder: Path) -> str:
    """Return the name of the database of the site whose files are in ``folder``."""
    return str(database(f"wagtail_payments_{WORKER}_{folder.name}", folder)["NAME"])


def copy_database(name: str) -> None:
    """Make database ``name`` anew, with all tables and what the migrations put into them."""
    with (RUN / "migrated").open("a+") as mark:
        fcntl.flock(mark, fcntl.LOCK_EX)
        if not mark.tell():
            _migrate()
            mark.write("once")
            mark.flush()
        _engine.drop(name)
        _engine.copy(_migrated(), name)


def _migrate() -> None:
    _engine.drop(_migrated())
    _engine.create(_migrated())
    settings = {
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "WAGTAIL_PAYMENTS_TEST_FOLDER": str(RUN),
    }
    command = [sys.executable, "-m", "django", "migrate", "--verbosity=0"]
    subprocess.run(command, cwd=ROOT, env={**os.environ, **settings}, check=True)


def _migrated() -> str:
    return str(database("wagtail_payments", RUN)["NAME"])


def _run_folder() -> Path:
    """Return the folder of this run: the first process makes it, its children know it."""
    known = os.environ.get("WAGTAIL_PAYMENTS_TEST_RUN")
    if known:
        return Path(known)
    made = Path(tempfile.gettempdir()) / f"wp-tests-{secrets.token_hex(4)}"
    made.mkdir(mode=0o700)
    os.environ["WAGTAIL_PAYMENTS_TEST_RUN"] = str(made)
    atexit.register(_clean, os.getpid())
    return made


def _clean(process: int) -> None:
    if process != os.getpid():
        return
    if (RUN / "migrated").exists():
        _engine.drop(_migrated())
    shutil.rmtree(RUN, ignore_errors=True)


RUN = _run_folder()
TOKEN = RUN.name.rpartition("-")[2]
"""What tells this run's databases and queues from another's on the same servers."""
