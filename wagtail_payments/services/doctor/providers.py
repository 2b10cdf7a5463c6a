"""The providers: mode, currencies, their own checks, and the URL that they call."""

from collections.abc import Iterator, Sequence
from urllib.parse import urljoin

from django.conf import settings
from django.urls import NoReverseMatch, reverse
from wagtail.models import Site

from wagtail_payments.conf import payments_conf
from wagtail_payments.models import PaymentSettings
from wagtail_payments.providers.base import Provider
from wagtail_payments.providers.exceptions import ProviderMisconfigured
from wagtail_payments.providers.registry import get_provider
from wagtail_payments.providers.types import Finding, Level

from .endpoint import endpoint_examine


def providers_made() -> list[Provider]:
    """Return every provider that can be created; a system check reports the others."""
    made = []
    for alias in payments_conf().PROVIDERS:
        try:
            made.append(get_provider(alias))
        except ProviderMisconfigured:
            continue
    return made


def site_url() -> str:
    """Return the public URL of the default site."""
    site = Site.objects.filter(is_default_site=True).first()
    return str(site.root_url if site else settings.WAGTAILADMIN_BASE_URL)


def providers_examine(providers: Sequence[Provider]) -> Iterator[Finding]:
    """Yield the findings about each provider."""
    for provider in providers:
        yield _mode(provider)
        yield _currencies(provider)
        yield from _address(provider)


def _mode(provider: Provider) -> Finding:
    if provider.live:
        return Finding(Level.OK, f'"{provider.alias}" is in live mode.')
    message = f'"{provider.alias}" is in test mode: no real money.'
    if settings.DEBUG or provider.alias != payments_conf().PROVIDER:
        return Finding(Level.OK, message)
    return Finding(
        Level.WARNING, message, "Give it live keys, or choose another PROVIDER, before you sell."
    )


def _currencies(provider: Provider) -> Finding:
    given = payments_conf().CURRENCIES
    missing = [currency for currency in given if not provider.supports_currency(currency)]
    if not missing:
        return Finding(Level.OK, f'"{provider.alias}" takes {", ".join(given)}.')
    return Finding(
        Level.ERROR if provider.alias == payments_conf().PROVIDER else Level.WARNING,
        f'"{provider.alias}" doesn\'t take {", ".join(missing)}.',
        "Remove it from CURRENCIES, or sell in it through another provider.",
    )


def _address(provider: Provider) -> Iterator[Finding]:
    """Yield the provider's findings about our URL, and what the URL itself answers."""
    try:
        path = reverse("wagtail_payments:webhook", args=[provider.alias])
    except NoReverseMatch:
        yield Finding(
            Level.ERROR,
            f'There is no address for "{provider.alias}" to call.',
            'Add path("payments/", include("wagtail_payments.urls")) to your URLs, and use letters, '
            "digits, - and _ in its alias.",
        )
        return
    url = urljoin(site_url(), path)
    yield from provider.examine(url)
    yield _instructions(provider) if provider.offline else endpoint_examine(url)


def _instructions(provider: Provider) -> Finding:
    """Report whether payers get instructions for offline payments."""
    sites = Site.objects.order_by("pk")
    silent = [site for site in sites if not PaymentSettings.for_site(site).offline_instructions]
    if not silent:
        return Finding(Level.OK, f'Payers through "{provider.alias}" are told how to pay.')
    return Finding(
        Level.WARNING,
        f'Payers through "{provider.alias}" aren\'t told how to pay at {silent[0].root_url}.',
        "Write the instructions in Settings → Payment settings.",
    )
