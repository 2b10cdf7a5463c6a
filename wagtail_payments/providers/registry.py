"""Creates providers by their alias in the settings."""

from django.utils.module_loading import import_string

from wagtail_payments.conf import payments_conf

from .base import Provider
from .exceptions import ProviderMisconfigured


def get_provider(alias: str | None = None, *, interactive: bool = True) -> Provider:
    """Return the provider with ``alias`` (default: the site's), created from its options.

    ``interactive`` says whether a person waits for its answers. Raises ProviderMisconfigured if there is
    none, or if its options cannot work.
    """
    made = _made(alias or payments_conf().PROVIDER)
    if isinstance(made, ProviderMisconfigured):
        # Raised without the frames in which the options, and so the keys, are local variables.
        raise made.with_traceback(None)
    made.interactive = interactive
    return made


def _made(alias: str) -> Provider | ProviderMisconfigured:
    entry = payments_conf().PROVIDERS.get(alias)
    if entry is None:
        return ProviderMisconfigured(
            f'No provider "{alias}": add it to WAGTAIL_PAYMENTS["PROVIDERS"].'
        )
    try:
        provider = import_string(entry["CLASS"])(alias=alias, **entry.get("OPTIONS", {}))
    except ProviderMisconfigured as error:
        return error
    except (KeyError, ImportError, RuntimeError, TypeError) as error:
        return ProviderMisconfigured(f'Provider "{alias}" can\'t be made: {error}')
    if not isinstance(provider, Provider):
        return ProviderMisconfigured(f'Provider "{alias}": its class is no Provider.')
    return provider
