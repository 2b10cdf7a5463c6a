"""The one family of errors that a provider may raise."""


class ProviderError(Exception):
    """The base: the provider could not do what was asked."""


class ProviderUnavailable(ProviderError):
    """Nobody knows whether it happened (a timeout, a 5xx, a lost line): the same call may be repeated."""


class AnswerReplayed(ProviderUnavailable):
    """The provider repeats an earlier failure: the key is used up, and the outcome still unknown.

    Look the object up by our metadata; only if it isn't there may a new try start.
    """


class AnswerIncomplete(ProviderUnavailable):
    """The provider's answer lacks what we need to know. Asking again later may help."""


class ProviderRefused(ProviderError):
    """The provider understood and said no: repeating the call won't help."""


class KeyReused(ProviderRefused):
    """The idempotency key was used with another request, and nobody knows what came of that.

    Look the object up by our metadata before a new try starts, as after AnswerReplayed.
    """


class ReferenceUnknown(ProviderRefused):
    """The provider has no such object."""


class AmountRefused(ProviderRefused):
    """The provider doesn't take this amount: it is too small, too large or not a whole one."""


class SignatureInvalid(ProviderError):
    """A webhook isn't from the provider, or is too old or too far ahead."""


class ProviderMisconfigured(ProviderError):
    """The provider's options can't work. The message says what to do."""
