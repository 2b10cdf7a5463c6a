"""The options for Stripe, and whether they can work."""

import re
from dataclasses import dataclass
from typing import Any

from wagtail_payments.providers.exceptions import ProviderMisconfigured

from .signatures import Secret

STRIPE_JS = "https://js.stripe.com/endive/stripe.js"
"""The release of Stripe.js that belongs to the library's API version.

See https://docs.stripe.com/sdks/stripejs-versioning.
"""

_SECRET_KEY = re.compile(r"(?:sk|rk)_(?P<mode>test|live)_\w+", re.ASCII)
_PUBLISHABLE_KEY = re.compile(r"pk_(?P<mode>test|live)_\w+", re.ASCII)


@dataclass(frozen=True, slots=True)
class StripeOptions:
    """The provider's options. All webhook secrets are accepted, so that they can be rotated."""

    secret_key: Secret
    publishable_key: str
    webhook_secrets: tuple[Secret, ...]
    api_base: str
    stripe_js: str

    @property
    def live(self) -> bool:
        """Whether the keys move real money."""
        return self.publishable_key.startswith("pk_live_")


def options_check(options: StripeOptions) -> None:
    """Raise ProviderMisconfigured if the options cannot work. The message shows no key."""
    secret_mode = _mode(
        _SECRET_KEY,
        options.secret_key.reveal(),
        "Stripe's \"secret_key\" isn't one: copy the key that begins with sk_test_, sk_live_, "
        "rk_test_ or rk_live_ from dashboard.stripe.com/apikeys.",
    )
    publishable_mode = _mode(
        _PUBLISHABLE_KEY,
        options.publishable_key,
        "Stripe's \"publishable_key\" isn't one: copy the key that begins with pk_test_ or "
        "pk_live_ from dashboard.stripe.com/apikeys.",
    )
    if secret_mode != publishable_mode:
        raise ProviderMisconfigured(
            f"Stripe's secret key is for {secret_mode} mode and its publishable key for "
            f"{publishable_mode} mode: take both from the same mode."
        )
    if not options.webhook_secrets:
        raise ProviderMisconfigured(
            'Stripe has no list of webhook secrets: add "webhook_secrets": ["whsec_…"] to its '
            "OPTIONS. A secret is shown with its endpoint at dashboard.stripe.com/webhooks, and by "
            '"stripe listen".'
        )


def secrets_read(texts: Any) -> tuple[Secret, ...]:
    """Return the webhook secrets, none if the value is not a list of strings.

    It raises nothing itself, because the caller still has the list in its frame.
    """
    if not isinstance(texts, list | tuple) or not all(isinstance(text, str) for text in texts):
        return ()
    return tuple(Secret(text.strip()) for text in texts if text.strip())


def _mode(pattern: re.Pattern[str], key: str, advice: str) -> str:
    match = pattern.fullmatch(key)
    del key
    if match is None:
        raise ProviderMisconfigured(advice)
    return match["mode"]
