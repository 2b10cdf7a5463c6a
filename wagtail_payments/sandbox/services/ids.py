"""Ids for the sandbox's objects."""

import secrets


def new_reference(kind: str) -> str:
    """Return a new id such as "sbx_cs_5f…" for an object of ``kind``."""
    return f"sbx_{kind}_{secrets.token_hex(12)}"


def new_secret() -> str:
    """Return an unguessable secret."""
    return secrets.token_hex(24)
