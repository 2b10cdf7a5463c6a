"""The exceptions that providers may raise."""


class ProviderError(Exception):
    """The base class: the provider could not do what was requested."""


class ProviderUnavailable(ProviderError):
    """The outcome is unknown (a timeout, a 5xx, a lost connection): the same call may be repeated."""


class AnswerReplayed(ProviderUnavailable):
    """The provider replays an earlier failure: the key is used up, and the outcome still unknown.

    Look the object up by our metadata. Only if it is not there, a new try may start.
    """


class AnswerIncomplete(ProviderUnavailable):
    """The provider's answer lacks required data. Asking again later may help."""


class ProviderRefused(ProviderError):
    """The provider refused the call: repeating it does not help."""


class KeyReused(ProviderRefused):
    """The idempotency key was used with another request, whose outcome is unknown.

    Look the object up by our metadata before a new try starts, as after AnswerReplayed.
    """


class ReferenceUnknown(ProviderRefused):
    """The provider has no such object."""


class AmountRefused(ProviderRefused):
    """The provider does not accept this amount: it is too small, too large or not a whole number."""


class SignatureInvalid(ProviderError):
    """A webhook is not from the provider, or its time is too far from now."""


class ProviderMisconfigured(ProviderError):
    """The provider's options cannot work. The message says what to do."""
