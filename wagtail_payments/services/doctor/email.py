"""Email: receipts have to be sent."""

from collections.abc import Iterator
from email.utils import parseaddr
from typing import Any

from django.conf import settings
from django.core import mail

from wagtail_payments.providers.types import Finding, Level

TIMEOUT = 10
"""Seconds; Django itself has no timeout."""

_KEEPS = frozenset({"console", "dummy", "filebased", "locmem"})
"""Django's backends that send nothing."""


def email_examine() -> Iterator[Finding]:
    """Yield whether email can be sent, and whether its sender is set."""
    yield _connection(_backend())
    sender = settings.DEFAULT_FROM_EMAIL
    if parseaddr(sender)[1] == "webmaster@localhost":
        yield Finding(
            Level.WARNING,
            "Receipts come from webmaster@localhost, which many email servers refuse.",
            'Set DEFAULT_FROM_EMAIL, for example "Example <payments@example.org>".',
        )
    else:
        yield Finding(Level.OK, f"Receipts come from {sender}.")


def _backend() -> Any:
    """Return the default email backend, by ``MAILERS`` where Django has that (since 6.1)."""
    if hasattr(settings, "MAILERS") and hasattr(mail, "mailers"):
        return mail.mailers.default
    return mail.get_connection()


def _connection(backend: Any) -> Finding:
    module = type(backend).__module__
    if module.startswith("django.core.mail.backends.") and module.rpartition(".")[2] in _KEEPS:
        return Finding(
            Level.WARNING,
            f"Mail isn't sent: {module} keeps it.",
            "Set EMAIL_BACKEND (from Django 6.1 on: MAILERS) to one that sends.",
        )
    if getattr(backend, "timeout", TIMEOUT) is None:
        backend.timeout = TIMEOUT
    try:
        backend.open()
        backend.close()
    except Exception as error:  # Every backend has errors of its own.
        return Finding(
            Level.ERROR,
            f"The email server cannot be used ({type(error).__name__}).",
            "Correct its host, port, user and password; see Django's email settings.",
        )
    return Finding(Level.OK, "The email server can be used.")
