"""The settings: the results of the system checks, and the time zone."""

from collections.abc import Iterator

from django.conf import settings
from django.core import checks
from wagtail.models import Site

from wagtail_payments.models import PaymentSettings
from wagtail_payments.providers.types import Finding, Level
from wagtail_payments.services.receipts.characters import language_is_printed


def settings_examine() -> Iterator[Finding]:
    """Yield the results of our system checks, and whether times are stored with their zone."""
    yield from _system_checks()
    if settings.USE_TZ:
        yield Finding(Level.OK, "Times are stored with their time zone.")
    else:
        yield Finding(Level.ERROR, "Times are stored without a time zone.", "Set USE_TZ = True.")


def seller_examine() -> Iterator[Finding]:
    """Yield whether each site names its seller, for receipts and emails."""
    for site in Site.objects.order_by("pk"):
        seller = PaymentSettings.objects.filter(site=site).first()
        if seller and seller.seller_name:
            yield Finding(Level.OK, f"Receipts of {site.hostname} name {seller.seller_name}.")
        else:
            yield Finding(
                Level.WARNING,
                f"Receipts of {site.hostname} do not name a seller.",
                "Fill in Settings, Payment settings, in the admin.",
            )


def languages_examine() -> Iterator[Finding]:
    """Yield the languages of the site that receipts cannot be printed in."""
    missing = [code for code, _ in settings.LANGUAGES if not language_is_printed(code)]
    if not missing:
        yield Finding(Level.OK, "Receipts can be printed in all languages of the site.")
        return
    yield Finding(
        Level.WARNING,
        f"Receipts cannot be printed in the script of: {', '.join(missing)}.",
        "Only Latin, Greek and Cyrillic are supported: list only such languages in LANGUAGES.",
    )


def _system_checks() -> Iterator[Finding]:
    messages = [item for item in checks.run_checks() if str(item.id).startswith("wagtail_payments")]
    for message in messages:
        level = Level.ERROR if message.is_serious() else Level.WARNING
        yield Finding(level, f"{message.msg} ({message.id})", message.hint or "")
    if not messages:
        yield Finding(
            Level.OK, "Settings of providers, secrets, currencies, guardian and queue are in order."
        )
