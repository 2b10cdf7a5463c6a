"""SQLite in a file, because several processes use it."""

import shutil
from contextlib import suppress
from pathlib import Path

SETTINGS = {
    "ENGINE": "django.db.backends.sqlite3",
    "OPTIONS": {
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
    },
}


def name(base: str, folder: Path) -> str:
    return str(folder / f"{base}.sqlite3")


def create(file: str) -> None:
    """Do nothing: SQLite creates the file when it is opened."""


def copy(source: str, target: str) -> None:
    shutil.copyfile(source, target)


def drop(file: str) -> None:
    for end in ("", "-wal", "-shm"):
        with suppress(FileNotFoundError):
            Path(f"{file}{end}").unlink()
