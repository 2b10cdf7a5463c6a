"""Maps Django's language codes to the locales of Stripe's pages."""

_NAMES = """
    bg cs da de el en en-GB es es-419 et fi fil fr fr-CA hr hu id it ja ko lt lv ms mt nb nl pl pt
    pt-BR ro ru sk sl sv th tr vi zh zh-HK zh-TW
"""

LOCALES = {name.lower(): name for name in _NAMES.split()}
"""The ``locale`` of https://docs.stripe.com/api/checkout/sessions/create."""

OTHER_NAMES = {"nn": "nb", "no": "nb", "zh-hans": "zh", "zh-hant": "zh-TW"}
LATIN_AMERICA = frozenset({"es-ar", "es-co", "es-mx", "es-ni", "es-ve"})


def stripe_locale(language: str) -> str:
    """Return Stripe's locale for a language code such as "pt-br"; "auto" leaves it to the browser."""
    language = language.lower().replace("_", "-")
    if language in LATIN_AMERICA:
        return "es-419"
    base = language.partition("-")[0]
    names = (OTHER_NAMES.get(language), LOCALES.get(language), OTHER_NAMES.get(base))
    return next(filter(None, names), LOCALES.get(base, "auto"))
