"""The settings: what the system checks say, and the time zone."""

from collections.abc import Iterator

from django.conf import settings
from django.core import checks

from ...providers.types import Finding, Level


def settings_examine() -> Iterator[Finding]:
    """Yield what our own system checks say, and whether times are kept with their zone."""
    yield from _system_checks()
    if settings.USE_TZ:
        yield Finding(Level.OK, "Times are kept with their time zone.")
    else:
        yield Finding(Level.ERROR, "Times are kept without a time zone.", "Set USE_TZ = True.")


def _system_checks() -> Iterator[Finding]:
    messages = [each for each in checks.run_checks() if str(each.id).startswith("wagtail_payments")]
    for message in messages:
        level = Level.ERROR if message.is_serious() else Level.WARNING
        yield Finding(level, f"{message.msg} ({message.id})", message.hint or "")
    if not messages:
        yield Finding(
            Level.OK, "Settings of providers, secrets, currencies, guardian and queue are in order."
        )
