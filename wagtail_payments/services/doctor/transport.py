"""https, for real money and real visitors."""

from collections.abc import Iterator, Sequence

from django.conf import settings

from wagtail_payments.conf import payments_conf
from wagtail_payments.providers.base import Provider
from wagtail_payments.providers.types import Finding, Level

from .providers import site_url

_SECURE = {
    "SECURE_SSL_REDIRECT": "Visitors may stay on http.",
    "SESSION_COOKIE_SECURE": "The session's cookie is sent over http, too.",
    "CSRF_COOKIE_SECURE": "The CSRF cookie is sent over http, too.",
}


def transport_examine(providers: Sequence[Provider]) -> Iterator[Finding]:
    """Yield whether visitors use https, and nothing else."""
    live = any(provider.live for provider in providers)
    if live and settings.DEBUG:
        yield Finding(
            Level.ERROR, "DEBUG is on, and real money is moved.", "Set DEBUG = False, or test keys."
        )
    if settings.DEBUG and not live:
        yield Finding(Level.OK, "https is not checked: DEBUG is on, and no real money is moved.")
        return
    yield _address(site_url(), live)
    for name, problem in _SECURE.items():
        if not getattr(settings, name) and not _done_by_proxy(name):
            yield Finding(Level.WARNING, problem, f"Set {name} = True.")


def _done_by_proxy(name: str) -> bool:
    return name == "SECURE_SSL_REDIRECT" and payments_conf().PROXY_REDIRECTS_HTTPS


def _address(url: str, live: bool) -> Finding:
    if url.startswith("https://"):
        return Finding(Level.OK, f"The site is at {url}.")
    return Finding(
        Level.ERROR if live else Level.WARNING,
        f"The site is at {url}, without https.",
        "Give it a certificate, and port 443 in Settings → Sites.",
    )
