"""System checks of the sandbox."""

from collections.abc import Iterable
from typing import Any

from django.core.checks import CheckMessage, Error, register
from django.urls import NoReverseMatch, reverse

from wagtail_payments.conf import SETTING, payments_conf

from .options import sandbox_allowed


def register_all() -> None:
    """Register every check."""
    register(check_allowed)
    register(check_urls)


def check_allowed(app_configs: Any = None, **kwargs: Any) -> Iterable[CheckMessage]:
    """E001: a live site does not sell for test money by accident."""
    if not sandbox_allowed() and _used():
        yield Error(
            "The sandbox is set up as a payment provider, and DEBUG is off.",
            hint=(
                f'Use a real provider, or set {SETTING}["ALLOW_SANDBOX"] = True on a site for '
                "demonstrations."
            ),
            id="wagtail_payments_sandbox.E001",
        )


def check_urls(app_configs: Any = None, **kwargs: Any) -> Iterable[CheckMessage]:
    """E002: the sandbox's URLs are included."""
    if not _used():
        return
    try:
        reverse("wagtail_payments_sandbox:hosted", args=["secret"])
    except NoReverseMatch:
        yield Error(
            "The sandbox's pages have no addresses.",
            hint=(
                'Add path("payments-sandbox/", include("wagtail_payments.sandbox.urls")) to your '
                "URLs."
            ),
            id="wagtail_payments_sandbox.E002",
        )


def _used() -> bool:
    classes = [str(entry.get("CLASS")) for entry in payments_conf().PROVIDERS.values()]
    return any(name.startswith("wagtail_payments.sandbox.") for name in classes)
