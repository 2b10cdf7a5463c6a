"""What people typed, in mails: it may look odd, but it can't make the rest look like something else."""

import re

_TRICKS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u2028-\u202e\u2060\u2066-\u2069\ufeff]")
"""What can't be seen, or turns the direction of what follows. What joins letters and emoji stays."""


def one_line(text: str) -> str:
    """Return a rendered subject: one line, without what can't be seen."""
    return " ".join(email_body(text).split())


def email_body(text: str) -> str:
    """Return a rendered mail without what can't be seen, or turns the direction of the text."""
    return _TRICKS.sub("", text)
