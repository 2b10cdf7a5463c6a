"""All calls to Stripe's API: timeouts, retries, and the meaning of errors."""

import logging
from collections.abc import Callable
from functools import lru_cache
from http import HTTPStatus
from typing import Any, TypeVar

import stripe

from wagtail_payments import __version__
from wagtail_payments.providers.exceptions import (
    AmountRefused,
    AnswerReplayed,
    KeyReused,
    ProviderError,
    ProviderRefused,
    ProviderUnavailable,
    ReferenceUnknown,
)

from .signatures import Secret

Answer = TypeVar("Answer")

TIMEOUT_INTERACTIVE = (3, 10)
TIMEOUT_PATIENT = (5, 20)
"""Seconds to connect, and to wait for an answer."""

RETRIES_PATIENT = 2

NO_ANSWER = 0
UNKNOWN_OUTCOMES = {NO_ANSWER, HTTPStatus.CONFLICT, HTTPStatus.TOO_MANY_REQUESTS}
"""Statuses other than 5xx after which the outcome is unknown, or the call did not happen yet."""

AMOUNT_CODES = frozenset({"amount_too_large", "amount_too_small", "invalid_charge_amount"})

stripe.set_app_info(
    "wagtail-payments", version=__version__, url="https://pypi.org/project/wagtail-payments/"
)

# At DEBUG the library logs whole requests and answers, with payers' addresses and client secrets.
if logging.getLogger("stripe").level == logging.NOTSET:
    logging.getLogger("stripe").setLevel(logging.INFO)


@lru_cache(maxsize=32)
def stripe_client(key: Secret, api_base: str, *, interactive: bool) -> stripe.StripeClient:
    """Return a client, the same one for the same key, so that its connections are reused.

    With ``interactive`` it tries once with short timeouts, otherwise with long ones and retries.
    """
    return stripe.StripeClient(
        key.reveal(),
        stripe_version=stripe.api_version,
        base_addresses={"api": api_base.rstrip("/")} if api_base else None,
        max_network_retries=0 if interactive else RETRIES_PATIENT,
        http_client=stripe.RequestsClient(
            timeout=TIMEOUT_INTERACTIVE if interactive else TIMEOUT_PATIENT
        ),
    )


def ask(operation: Callable[[], Answer]) -> Answer:
    """Return the result of ``operation``, which calls Stripe's library.

    Raises one of our exceptions for any error. It is raised outside of ``except``, so that it has no
    context: the frames of the library hold the secret key.
    """
    try:
        return operation()
    except Exception as error:
        failure = _translated(error)
    raise failure


def _translated(error: Exception) -> ProviderError:
    if not isinstance(error, stripe.StripeError):
        return ProviderUnavailable(f"Stripe's library failed with {type(error).__name__}.")
    status = error.http_status or NO_ANSWER
    if status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
        return ProviderUnavailable("Stripe refuses our key: run payments_doctor.")
    if status in UNKNOWN_OUTCOMES or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return _unknown_outcome(error, status)
    return _refusal(error, status)


def _unknown_outcome(error: stripe.StripeError, status: int) -> ProviderUnavailable:
    """Return the exception for an answer after which the outcome is unknown.

    Stripe replays the first answer to an idempotency key, also a 5xx:
    https://docs.stripe.com/api/idempotent_requests.
    """
    if status == NO_ANSWER:
        return ProviderUnavailable("Stripe can't be reached, or didn't answer in time.")
    replayed = _header(error, "idempotent-replayed") == "true"
    if replayed and status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return AnswerReplayed(f"Stripe repeats an earlier failure ({status}).")
    return ProviderUnavailable(f"Stripe can't do this now ({status}).")


def _refusal(error: stripe.StripeError, status: int) -> ProviderRefused:
    code = _code(error)
    message = error.user_message or f"Stripe refused this ({status})."
    if isinstance(error, stripe.IdempotencyError):
        return KeyReused(message)
    if code in AMOUNT_CODES:
        return AmountRefused(message)
    if status == HTTPStatus.NOT_FOUND and code == "resource_missing":
        return ReferenceUnknown(message)
    return ProviderRefused(message, code)


def _code(error: stripe.StripeError) -> str:
    """Return the error code in the body: some of the library's errors lack it."""
    body: Any = error.json_body
    details = body.get("error") if isinstance(body, dict) else None
    return str(details.get("code") or "") if isinstance(details, dict) else ""


def _header(error: stripe.StripeError, name: str) -> str:
    headers = {key.lower(): value for key, value in (error.headers or {}).items()}
    return headers.get(name, "")
