"""The example site's local data, which is not in the repository."""

import os
import secrets
import shutil
import sys
from pathlib import Path

VAR = Path(os.environ.get("EXAMPLE_SITE_VAR") or Path(__file__).resolve().parent / "var")
FOLDERS = ("data", "log", "mail", "media", "receipts", "secrets")


def var_folder(name: str) -> Path:
    """Return one of FOLDERS in ``var``, and create it if needed. Exits if it can't be created."""
    folder = VAR / name
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        sys.exit(
            f"Can't create {folder} ({error.strerror}). Copy the project to a writable folder."
        )
    return folder


def secret(name: str) -> str:
    """Return the secret called ``name``; the first call creates it."""
    file = var_folder("secrets") / name
    if not file.exists():
        file.write_text(secrets.token_urlsafe(48), encoding="ascii")
        file.chmod(0o600)
    return file.read_text(encoding="ascii")


def delete_data() -> None:
    """Delete the example site's folders, but no other files in ``var``."""
    for name in FOLDERS:
        shutil.rmtree(VAR / name, ignore_errors=True)
