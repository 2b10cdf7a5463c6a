"""The ``WAGTAIL_PAYMENTS`` setting. It is read on first use, and again when a test changes it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from functools import cache
from typing import Any

from django.conf import settings
from django.core.signals import setting_changed

SETTING = "WAGTAIL_PAYMENTS"
HTTPS_REFUSAL = "Use https."
"""The answer to requests over plain HTTP; programs read it, too."""

RateLimit = tuple[int, int]

RATE_LIMITS: Mapping[str, RateLimit] = {
    "checkout_ip": (60, 600),
    "checkout_session": (20, 600),
    "checkout_product": (2000, 600),
    "read_ip": (1200, 60),
    "token_ip": (20, 600),
}
"""How many requests are allowed in how many seconds: enough for 60 people behind one address."""


@dataclass(frozen=True, slots=True)
class PaymentsConf:
    """The keys of ``WAGTAIL_PAYMENTS``, with their defaults. Durations are in seconds."""

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
    PAYER_RETENTION_DAYS: int | None = None
    ATTEMPT_RETENTION_DAYS: int | None = None
    HEALTH_EMAIL: bool = False
    LOG_PERSONAL_DATA_VIEWS: bool = True
    RATE_LIMITS: Mapping[str, RateLimit | None] = field(default_factory=lambda: RATE_LIMITS)
    TRUSTED_PROXIES: int = field(default=0, metadata={"lowest": 0})
    REQUIRE_HTTPS: bool | None = None
    PROXY_REDIRECTS_HTTPS: bool = False
    ALLOWED_ORIGINS: tuple[str, ...] = ()


def names() -> frozenset[str]:
    """Return the names of all settings."""
    return frozenset(f.name for f in fields(PaymentsConf))


def numbers() -> dict[str, int]:
    """Return the names of the integer settings, each with its minimum."""
    return {f.name: f.metadata.get("lowest", 1) for f in fields(PaymentsConf) if f.type is int}


def optional_numbers() -> frozenset[str]:
    """Return the names of the settings that are integers of at least 1, or None."""
    return frozenset(f.name for f in fields(PaymentsConf) if f.type == int | None)


@cache
def payments_conf() -> PaymentsConf:
    """Return the settings, which are read once. System checks report unknown names."""
    given = getattr(settings, SETTING, {})
    known = {name: value for name, value in given.items() if name in names()}
    for name in known.keys() & {"ALLOWED_ORIGINS", "CURRENCIES"}:
        known[name] = tuple(known[name])
    if isinstance(known.get("RATE_LIMITS"), Mapping):
        known["RATE_LIMITS"] = {**RATE_LIMITS, **known["RATE_LIMITS"]}
    return PaymentsConf(**known)


def https_required() -> bool:
    """Tell whether API and webhooks refuse plain HTTP: ``REQUIRE_HTTPS``, or else outside ``DEBUG``."""
    required = payments_conf().REQUIRE_HTTPS
    return not settings.DEBUG if required is None else required


def _forget(*, setting: str, **kwargs: Any) -> None:
    """Read the settings again after a test has changed them."""
    if setting == SETTING:
        payments_conf.cache_clear()


setting_changed.connect(_forget)
