"""What the example site keeps on this machine and never in the repository."""

import os
import secrets
import shutil
import sys
from pathlib import Path

VAR = Path(os.environ.get("EXAMPLE_SITE_VAR") or Path(__file__).resolve().parent / "var")
FOLDERS = ("data", "log", "mail", "media", "receipts", "secrets")


def var_folder(name: str) -> Path:
    """Return one of FOLDERS in ``var``, made if need be. Says so and exits where nothing can be written."""
    folder = VAR / name
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        sys.exit(
            f"{folder} can't be made ({error.strerror}): copy the project to where you may write."
        )
    return folder


def secret(name: str) -> str:
    """Return the secret called ``name``, made up the first time it is asked for."""
    file = var_folder("secrets") / name
    if not file.exists():
        file.write_text(secrets.token_urlsafe(48), encoding="ascii")
        file.chmod(0o600)
    return file.read_text(encoding="ascii")


def forget() -> None:
    """Remove everything that was kept, and nothing else that may lie beside it."""
    for name in FOLDERS:
        shutil.rmtree(VAR / name, ignore_errors=True)
