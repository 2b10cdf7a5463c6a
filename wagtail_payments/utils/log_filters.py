"""Keeps links that open payments out of Django's own logs, which name the address of what was refused."""

import logging
import re

_LOGGERS = ("django.request", "django.security.csrf", "django.server")
_TOKEN = re.compile(r"[0-9a-f]{32}(?:(?::|%(?:25)*3A)[\w-]+){1,2}", re.IGNORECASE)
"""What ``selectors.tokens`` and ``selectors.receipt_links`` sign: an id, perhaps a time, a signature."""


class LinkFilter(logging.Filter):
    """Writes "..." for payments' and receipts' tokens. Every record passes."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Change the record's texts, and let it through."""
        record.msg = _without_tokens(record.msg)
        if isinstance(record.args, tuple):
            record.args = tuple(_without_tokens(arg) for arg in record.args)
        elif isinstance(record.args, dict):
            record.args = {name: _without_tokens(arg) for name, arg in record.args.items()}
        return True


_FILTER = LinkFilter()


def hide_links() -> None:
    """Put the filter on Django's loggers; on one that has it, nothing changes."""
    for name in _LOGGERS:
        logging.getLogger(name).addFilter(_FILTER)


def _without_tokens(text: object) -> object:
    """Return ``text``, changed if it is one. ASCII alone: not every log takes more."""
    return _TOKEN.sub("...", text) if isinstance(text, str) else text
