"""Finds providers by the alias that the settings give them."""

from django.utils.module_loading import import_string
from django.views.decorators.debug import sensitive_variables

from ..conf import payments_conf
from .base import Provider
from .exceptions import ProviderMisconfigured


@sensitive_variables()
def get_provider(alias: str | None = None, *, interactive: bool = True) -> Provider:
    """Return the provider with ``alias`` (default: the site's), made from its options.

    ``interactive`` says whether somebody waits for its answers.

    Raises ProviderMisconfigured when there is none, or its options can't work.
    """
    conf = payments_conf()
    alias = alias or conf.PROVIDER
    entry = conf.PROVIDERS.get(alias)
    if entry is None:
        raise ProviderMisconfigured(
            f'No provider "{alias}": add it to WAGTAIL_PAYMENTS["PROVIDERS"].'
        )
    try:
        provider_class = import_string(entry["CLASS"])
        provider = provider_class(alias=alias, **entry.get("OPTIONS", {}))
    except (KeyError, ImportError, RuntimeError, TypeError) as error:
        raise ProviderMisconfigured(f'Provider "{alias}" can\'t be made: {error}') from error
    if not isinstance(provider, Provider):
        raise ProviderMisconfigured(f'Provider "{alias}": its class is no Provider.')
    provider.interactive = interactive
    return provider
