"""The options of the sandbox, and whether it may run."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings

from wagtail_payments.conf import SETTING, payments_conf
from wagtail_payments.providers.exceptions import ProviderMisconfigured


@dataclass(frozen=True, slots=True)
class SandboxOptions:
    """The provider's options. All secrets sign and are accepted.

    ``settle_after`` is how many seconds a delayed payment takes to arrive, or to fail.
    """

    webhook_secrets: tuple[str, ...]
    settle_after: float


def options_read(*, webhook_secrets: Any = (), settle_after: Any = 5) -> SandboxOptions:
    """Return the options. Raises ProviderMisconfigured if they are not valid."""
    if not isinstance(webhook_secrets, list | tuple) or not all(
        isinstance(secret, str) and secret.strip() for secret in webhook_secrets
    ):
        raise ProviderMisconfigured(
            'The sandbox\'s "webhook_secrets" is not a list of strings: give a list such as '
            '["whsec_…"].'
        )
    if not webhook_secrets:
        raise ProviderMisconfigured(
            'The sandbox has no webhook secret: add "webhook_secrets": ["whsec_…"] to its OPTIONS.'
        )
    if not isinstance(settle_after, int | float) or settle_after < 0:
        raise ProviderMisconfigured(
            'The sandbox\'s "settle_after" is not a number of seconds: give 0 or more.'
        )
    return SandboxOptions(tuple(webhook_secrets), float(settle_after))


def sandbox_options(alias: str) -> SandboxOptions:
    """Return the options of the provider called ``alias``. Raises ProviderMisconfigured."""
    entry = payments_conf().PROVIDERS.get(alias)
    if entry is None:
        raise ProviderMisconfigured(f'No provider "{alias}" in {SETTING}["PROVIDERS"].')
    return options_read(**entry.get("OPTIONS", {}))


def sandbox_allowed() -> bool:
    """Tell whether test payments are allowed: in development, or if the setting says so."""
    return bool(settings.DEBUG or payments_conf().ALLOW_SANDBOX)


def require_allowed() -> None:
    """Raise ProviderMisconfigured unless the sandbox may run."""
    if not sandbox_allowed():
        raise ProviderMisconfigured(
            "The sandbox takes no real money, so it does not run with DEBUG off. Use a real "
            f'provider, or set {SETTING}["ALLOW_SANDBOX"] = True on a site for demonstrations.'
        )
