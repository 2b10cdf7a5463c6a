"""The ``WAGTAIL_PAYMENTS`` setting, read late so that tests and sites may change it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from django.conf import settings

SETTING = "WAGTAIL_PAYMENTS"


@dataclass(frozen=True, slots=True)
class PaymentsConf:
    """What a site may set in ``WAGTAIL_PAYMENTS``, with the defaults. Durations are in seconds."""

    PROVIDER: str = "sandbox"
    PROVIDERS: Mapping[str, Mapping[str, Any]] = field(default_factory=dict, repr=False)
    CURRENCIES: tuple[str, ...] = ("EUR",)
    ALLOW_SANDBOX: bool = False
    CHECKOUT_EXPIRES_AFTER: int = 30 * 60
    WEBHOOK_MAXIMUM_BYTES: int = 1_000_000
    WEBHOOK_MAXIMUM_ATTEMPTS: int = 12
    DELIVERY_MAXIMUM_ATTEMPTS: int = 12
    LEASE_SECONDS: int = 120
    WEBHOOK_PAYLOAD_DAYS: int = 90
    RECONCILE_DAYS: int = 30
    HEALTH_MAIL: bool = False


_NAMES = frozenset(f.name for f in fields(PaymentsConf))


def names() -> frozenset[str]:
    """Return the names of all settings."""
    return _NAMES


def numbers() -> frozenset[str]:
    """Return the names of the settings that are whole numbers."""
    return frozenset(f.name for f in fields(PaymentsConf) if f.type is int)


def payments_conf() -> PaymentsConf:
    """Return the settings as they are now. Unknown names are left to the system check."""
    given = getattr(settings, SETTING, {})
    known = {name: value for name, value in given.items() if name in _NAMES}
    if "CURRENCIES" in known:
        known["CURRENCIES"] = tuple(known["CURRENCIES"])
    return PaymentsConf(**known)
