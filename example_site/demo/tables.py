"""Recognizes the database of an older version: until 0.1.0, table changes have no migrations."""

import hashlib
from pathlib import Path

import wagtail_payments
import wagtail_payments.sandbox
from example_site import orchard
from example_site.local import VAR, var_folder

_APPS = (wagtail_payments, wagtail_payments.sandbox, orchard)


def tables_outdated() -> bool:
    """Return whether another version created the database's tables."""
    database, digest = VAR / "data" / "site.sqlite3", VAR / "data" / "tables"
    if not database.exists() or not database.stat().st_size:
        return False
    return not digest.exists() or digest.read_text(encoding="ascii") != _digest()


def tables_record() -> None:
    """Record the version of the tables."""
    (var_folder("data") / "tables").write_text(_digest(), encoding="ascii")


def _digest() -> str:
    files = sorted(
        file
        for app in _APPS
        for file in (Path(str(app.__file__)).parent / "migrations").glob("0*.py")
    )
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()
