"""Normalized texts for searching: without case, accents, and invisible characters."""

import unicodedata

from django.db.models import Q

KEY_LENGTH = 255


def search_key(text: str) -> str:
    """Return ``text`` normalized for comparison: "  Zoë\u200b  MÜLLER" becomes "zoe muller"."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    seen = "".join(char for char in decomposed if not _is_ignored(char))
    return " ".join(seen.split())[:KEY_LENGTH]


def surname_key(name: str) -> str:
    """Return a name's key with its last word first, so that surnames are found, too."""
    *others, last = search_key(name).split() or [""]
    return " ".join([last, *others])


def after_prefix(prefix: str) -> str:
    """Return the upper bound of the keys that begin with ``prefix``."""
    return f"{prefix}\U0010ffff"


def _is_ignored(char: str) -> bool:
    """Tell whether ``char`` is an accent, or a control or format character, such as a zero-width space."""
    if char.isspace():
        return False
    return unicodedata.combining(char) > 0 or unicodedata.category(char) in {"Cc", "Cf"}


def begins_with(name: str, key: str) -> Q:
    """Return the condition that column ``name`` begins with ``key``: a range of its index."""
    return Q(**{f"{name}__gte": key, f"{name}__lt": after_prefix(key)})
