"""System checks for the settings."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register
from django.utils.module_loading import import_string

from wagtail_payments import conf
from wagtail_payments.money import is_currency
from wagtail_payments.providers.exceptions import ProviderMisconfigured
from wagtail_payments.providers.registry import get_provider

_LONGEST_CHECKOUT = 23 * 3600
_LONELY_CACHES = ("LocMemCache", "DummyCache")

_SQLITE_OPTIONS = (
    '{"init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;", '
    '"transaction_mode": "IMMEDIATE"}'
)


def register_all() -> None:
    """Register every check."""
    register(check_setting)
    register(check_currencies)
    register(check_providers)
    register(check_guardian)
    register(check_huey)
    register(check_sqlite)
    register(check_admins)
    register(check_rate_limits)
    register(check_cache)


def check_setting(app_configs: Any = None, **kwargs: Any) -> Iterable[CheckMessage]:
    """E001, E002: the setting is a dictionary with known keys and valid numbers."""
    given = getattr(settings, conf.SETTING, {})
    if not isinstance(given, dict):
        yield Error(
            f"{conf.SETTING} isn't a dictionary.",
            hint=f'Write {conf.SETTING} = {{"PROVIDER": "sandbox", …}}.',
            id="wagtail_payments.E001",
        )
        return
    for name in sorted(set(given) - conf.names()):
        yield Error(
            f"{conf.SETTING} has no setting {name!r}.",
            hint=f"Known are: {', '.join(sorted(conf.names()))}.",
            id="wagtail_payments.E001",
        )
    if conf.payments_conf().CHECKOUT_EXPIRES_AFTER > _LONGEST_CHECKOUT:
        yield Error(
            f"{conf.SETTING}['CHECKOUT_EXPIRES_AFTER'] is more than 23 hours.",
            hint="Providers keep a checkout open for a day at most: give at most 82800 seconds.",
            id="wagtail_payments.E002",
        )
    for name, lowest in conf.numbers().items():
        if not _is_number(given.get(name, lowest), lowest):
            yield Error(
                f"{conf.SETTING}[{name!r}] isn't a whole number of at least {lowest}.",
                hint="Remove it to get the default, or give a number.",
                id="wagtail_payments.E002",
            )
    for name in sorted(conf.optional_numbers()):
        if given.get(name) is not None and not _is_number(given[name], 1):
            yield Error(
                f"{conf.SETTING}[{name!r}] isn't a whole number of at least 1.",
                hint="Give days, or None to keep payers for ever.",
                id="wagtail_payments.E002",
            )


def check_currencies(app_configs: Any = None, **kwargs: Any) -> Iterable[CheckMessage]:
    """E003: every currency is in ISO 4217."""
    currencies = conf.payments_conf().CURRENCIES
    if not currencies:
        yield Error(
            f'{conf.SETTING}["CURRENCIES"] is empty.',
            hint='List at least one ISO 4217 code, such as ["EUR"].',
            id="wagtail_payments.E003",
        )
    for currency in currencies:
        if not is_currency(currency):
            yield Error(
                f"{currency!r} isn't an ISO 4217 currency.",
                hint=f'Correct {conf.SETTING}["CURRENCIES"], for example ["EUR"].',
                id="wagtail_payments.E003",
            )


def check_providers(app_configs: Any = None, **kwargs: Any) -> Iterable[CheckMessage]:
    """E004: every provider can be created from its options."""
    aliases = conf.payments_conf().PROVIDERS
    for alias in dict.fromkeys([conf.payments_conf().PROVIDER, *aliases]):
        try:
            get_provider(alias)
        except ProviderMisconfigured as error:
            yield Error(
                str(error),
                hint=f"Correct {conf.SETTING}; see docs/reference/settings.md.",
                id="wagtail_payments.E004",
            )


def check_guardian(app_configs: Any = None, **kwargs: Any) -> Iterable[CheckMessage]:
    """E005, W006: permissions on single products work, and guardian adds no user."""
    backend = "guardian.backends.ObjectPermissionBackend"
    if backend not in settings.AUTHENTICATION_BACKENDS:
        yield Error(
            "Rights on single products don't work.",
            hint=f"Add {backend!r} to AUTHENTICATION_BACKENDS.",
            id="wagtail_payments.E005",
        )
    if getattr(settings, "ANONYMOUS_USER_NAME", "AnonymousUser") is not None:
        yield Warning(
            "django-guardian adds an anonymous user to your user table.",
            hint="Set ANONYMOUS_USER_NAME = None.",
            id="wagtail_payments.W006",
        )


def check_admins(app_configs: Any = None, **kwargs: Any) -> Iterable[CheckMessage]:
    """W010: the health email has recipients."""
    if conf.payments_conf().HEALTH_EMAIL and not settings.ADMINS:
        yield Warning(
            f"{conf.SETTING}['HEALTH_EMAIL'] is on, but nobody gets the mail.",
            hint="List who should get it in ADMINS.",
            id="wagtail_payments.W010",
        )


def check_rate_limits(app_configs: Any = None, **kwargs: Any) -> Iterable[CheckMessage]:
    """E020: every rate limit is known, with a number of requests and a number of seconds."""
    limits = conf.payments_conf().RATE_LIMITS
    if not isinstance(limits, Mapping):
        yield Error(
            f"{conf.SETTING}['RATE_LIMITS'] isn't a dictionary.",
            hint='Write {"checkout_ip": [60, 600]}: at most 60 in 600 seconds.',
            id="wagtail_payments.E020",
        )
        return
    for name, limit in limits.items():
        if name not in conf.RATE_LIMITS:
            yield Error(
                f"{conf.SETTING}['RATE_LIMITS'] has no limit {name!r}.",
                hint=f"Known are: {', '.join(conf.RATE_LIMITS)}.",
                id="wagtail_payments.E020",
            )
        elif limit is not None and not _is_limit(limit):
            yield Error(
                f"{conf.SETTING}['RATE_LIMITS'][{name!r}] isn't a limit.",
                hint="Give how often and in how many seconds, such as [60, 600]; None for no limit.",
                id="wagtail_payments.E020",
            )


def check_cache(app_configs: Any = None, **kwargs: Any) -> Iterable[CheckMessage]:
    """W021: all processes share one cache."""
    limits = conf.payments_conf().RATE_LIMITS
    backend = str(settings.CACHES["default"]["BACKEND"])
    counts = isinstance(limits, Mapping) and any(limits.values())
    if counts and not settings.DEBUG and backend.endswith(_LONELY_CACHES):
        yield Warning(
            "Rate limits aren't shared between processes: each has a cache of its own, or none.",
            hint='Use a cache that all processes share, such as Redis, as CACHES["default"].',
            id="wagtail_payments.W021",
        )


def _is_limit(limit: Any) -> bool:
    pair = isinstance(limit, list | tuple) and len(limit) == len(("how often", "seconds"))
    return pair and all(_is_number(value, 1) for value in limit)


def _is_number(value: Any, lowest: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= lowest


def check_huey(app_configs: Any = None, **kwargs: Any) -> Iterable[CheckMessage]:
    """E007: there is a queue."""
    huey = getattr(settings, "HUEY", None)
    if huey is None:
        yield Error(
            "There is no task queue.",
            hint='Set HUEY, for example {"huey_class": "huey.SqliteHuey", "filename": "huey.db"}.',
            id="wagtail_payments.E007",
        )
        return
    if isinstance(huey, dict) and "huey_class" in huey:
        try:
            import_string(huey["huey_class"])
        except ImportError as error:
            yield Error(
                f"The task queue can't be loaded: {error}.",
                hint='Correct HUEY["huey_class"], or install what it needs.',
                id="wagtail_payments.E007",
            )


def check_sqlite(app_configs: Any = None, **kwargs: Any) -> Iterable[CheckMessage]:
    """E008, W009: SQLite supports a web server and a consumer, and is durable."""
    for alias, database in settings.DATABASES.items():
        if not str(database.get("ENGINE", "")).endswith("sqlite3"):
            continue
        options: Any = database.get("OPTIONS", {})
        begun = "".join(str(options.get("init_command", "")).lower().split())
        mode = str(options.get("transaction_mode", "")).upper()
        if "journal_mode=wal" not in begun or mode != "IMMEDIATE":
            yield Error(
                f'The SQLite database "{alias}" can lose payments: web server and consumer lock each '
                "other out.",
                hint=f'Set DATABASES["{alias}"]["OPTIONS"] = {_SQLITE_OPTIONS}.',
                id="wagtail_payments.E008",
            )
        elif "synchronous=full" not in begun and "synchronous=extra" not in begun:
            yield Warning(
                f'The SQLite database "{alias}" may lose what it has just stored in a power cut.',
                hint='Add "PRAGMA synchronous=FULL;" to its "init_command".',
                id="wagtail_payments.W009",
            )
