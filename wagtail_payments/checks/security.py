"""System checks for https, proxies, and front ends on other origins.

HSTS and cookies are covered by Django's own checks (security.W004, W012, W016).
"""

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register

from wagtail_payments import conf

_CORS = "corsheaders.middleware.CorsMiddleware"
_COMMON = "django.middleware.common.CommonMiddleware"
_USUAL_PORTS = {"http": 80, "https": 443}


def register_all() -> None:
    """Register every check; some only run with ``check --deploy``."""
    register(check_origins)
    register(check_cors)
    register(check_https, deploy=True)
    register(check_redirect, deploy=True)
    register(check_emails, deploy=True)
    register(check_proxy, deploy=True)
    register(check_addresses, deploy=True)
    register(check_plain_origins, deploy=True)


def check_origins(app_configs: Any = None, **kwargs: Any) -> Iterable[CheckMessage]:
    """E024: allowed origins are written as browsers send them."""
    for origin in conf.payments_conf().ALLOWED_ORIGINS:
        if not _is_origin(origin):
            yield Error(
                f"{conf.SETTING}['ALLOWED_ORIGINS'] has {origin!r}, which no browser sends.",
                hint='Write scheme, host and port, if it isn\'t the usual one: "https://shop.example.org".',
                id="wagtail_payments.E024",
            )


def check_cors(app_configs: Any = None, **kwargs: Any) -> Iterable[CheckMessage]:
    """W025, W026: allowed origins get an answer, and no other origin gets more."""
    if not conf.payments_conf().ALLOWED_ORIGINS:
        return
    middleware = list(settings.MIDDLEWARE)
    before_common = middleware[: middleware.index(_COMMON)] if _COMMON in middleware else middleware
    if _CORS not in before_common:
        yield Warning(
            f"Front ends in {conf.SETTING}['ALLOWED_ORIGINS'] don't reach the gateway.",
            hint=f"Put {_CORS!r} into MIDDLEWARE, above {_COMMON!r}.",
            id="wagtail_payments.W025",
        )
    for name in ("CORS_ALLOW_CREDENTIALS", "CORS_ALLOW_ALL_ORIGINS"):
        if getattr(settings, name, False):
            yield Warning(
                f"{name} opens the gateway further than {conf.SETTING}['ALLOWED_ORIGINS'] does.",
                hint=f"Remove {name}; the gateway needs no cookies from other origins.",
                id="wagtail_payments.W026",
            )


def check_https(app_configs: Any = None, **kwargs: Any) -> Iterable[CheckMessage]:
    """W022: API and webhooks refuse plain HTTP."""
    if not conf.https_required():
        yield Warning(
            "The API and webhooks accept plain HTTP.",
            hint=f"Remove {conf.SETTING}['REQUIRE_HTTPS'], unless your proxy itself refuses plain HTTP and "
            "can't say that a request came by https; and set DEBUG = False.",
            id="wagtail_payments.W022",
        )


def check_redirect(app_configs: Any = None, **kwargs: Any) -> Iterable[CheckMessage]:
    """E030: pages redirect plain HTTP to https."""
    if not (settings.SECURE_SSL_REDIRECT or conf.payments_conf().PROXY_REDIRECTS_HTTPS):
        yield Error(
            "Status pages and receipts can be sent by plain HTTP.",
            hint="Set SECURE_SSL_REDIRECT = True. If your proxy redirects plain HTTP itself, set "
            f"{conf.SETTING}['PROXY_REDIRECTS_HTTPS'] = True instead; see docs/how-to/https.md.",
            id="wagtail_payments.E030",
        )


def check_emails(app_configs: Any = None, **kwargs: Any) -> Iterable[CheckMessage]:
    """W023: links in emails use https."""
    if str(getattr(settings, "WAGTAILADMIN_BASE_URL", "")).startswith("http://"):
        yield Warning(
            "Mails to staff link to plain HTTP.",
            hint="Let WAGTAILADMIN_BASE_URL begin with https://.",
            id="wagtail_payments.W023",
        )


def check_proxy(app_configs: Any = None, **kwargs: Any) -> Iterable[CheckMessage]:
    """W027: behind a proxy, Django knows which requests used https."""
    if settings.SECURE_PROXY_SSL_HEADER or not conf.https_required():
        return
    if settings.USE_X_FORWARDED_HOST or settings.USE_X_FORWARDED_PORT:
        yield Warning(
            "Behind your proxy every request looks like plain HTTP: the API and webhooks refuse it.",
            hint='Set SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https"), and have the proxy '
            "overwrite that header; see docs/how-to/https.md.",
            id="wagtail_payments.W027",
        )


def check_addresses(app_configs: Any = None, **kwargs: Any) -> Iterable[CheckMessage]:
    """W029: behind a proxy, visitors' addresses are known."""
    if settings.SECURE_PROXY_SSL_HEADER and not conf.payments_conf().TRUSTED_PROXIES:
        yield Warning(
            "Behind your proxy all visitors share one address, and so one rate limit.",
            hint=f"Set {conf.SETTING}['TRUSTED_PROXIES'] to the number of proxies in a row that add to "
            "X-Forwarded-For: 1 for one; see docs/how-to/https.md.",
            id="wagtail_payments.W029",
        )


def check_plain_origins(app_configs: Any = None, **kwargs: Any) -> Iterable[CheckMessage]:
    """W028: front ends on other origins use https."""
    for origin in conf.payments_conf().ALLOWED_ORIGINS:
        if str(origin).startswith("http://"):
            yield Warning(
                f"{conf.SETTING}['ALLOWED_ORIGINS'] has {origin!r}, which is plain HTTP.",
                hint="Serve that front end by https, and list it so.",
                id="wagtail_payments.W028",
            )


def _is_origin(text: object) -> bool:
    """Tell whether ``text`` is an origin as browsers send it: lower case, no path, no default port."""
    if not isinstance(text, str) or not text.isascii():
        return False
    try:
        parts = urlsplit(text)
        host, port = parts.hostname, parts.port
    except ValueError:
        return False
    if not host or parts.scheme not in _USUAL_PORTS or port == _USUAL_PORTS[parts.scheme]:
        return False
    host = f"[{host}]" if ":" in host else host
    return text == f"{parts.scheme}://{host}" + (f":{port}" if port else "")
