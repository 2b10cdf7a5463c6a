"""Keeps the tokens of payment links out of Django's logs, which contain the URLs of failed requests."""

import logging
import re

_LOGGERS = ("django.request", "django.security.csrf", "django.server")
_TOKEN = re.compile(r"[0-9a-f]{32}(?:(?::|%(?:25)*3A)[\w-]+){1,2}", re.IGNORECASE)
"""The tokens of payments and receipts: an id, an optional time, and a signature."""


class LinkFilter(logging.Filter):
    """Replaces tokens of payments and receipts with "...". All records pass."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Change the record's texts, and let the record pass."""
        record.msg = _without_tokens(record.msg)
        if isinstance(record.args, tuple):
            record.args = tuple(_without_tokens(arg) for arg in record.args)
        elif isinstance(record.args, dict):
            record.args = {name: _without_tokens(arg) for name, arg in record.args.items()}
        return True


_FILTER = LinkFilter()


def hide_links() -> None:
    """Add the filter to Django's loggers, once."""
    for name in _LOGGERS:
        logging.getLogger(name).addFilter(_FILTER)


def _without_tokens(text: object) -> object:
    """Return ``text`` without tokens. The replacement is ASCII, because some logs accept no more."""
    return _TOKEN.sub("...", text) if isinstance(text, str) else text
