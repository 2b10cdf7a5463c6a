"""Cleans the text of emails, so that typed text cannot disguise the rest of an email."""

import re

_TRICKS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u2028-\u202e\u2060\u2066-\u2069\ufeff]")
"""Invisible and directional characters. Joiners of letters and emoji are kept."""


def one_line(text: str) -> str:
    """Return a rendered subject as one line without invisible characters."""
    return " ".join(email_body(text).split())


def email_body(text: str) -> str:
    """Return a rendered body without invisible or directional characters."""
    return _TRICKS.sub("", text)
