"""Checkout sessions: opened once for each idempotency key, found again, expired."""

import hashlib
import json
from dataclasses import asdict
from urllib.parse import urlsplit

from django.db import IntegrityError, transaction
from django.utils import timezone

from wagtail_payments.money import is_currency
from wagtail_payments.providers.exceptions import ProviderRefused, ReferenceUnknown
from wagtail_payments.providers.types import CheckoutRequest
from wagtail_payments.sandbox.enums import EventType, SessionState
from wagtail_payments.sandbox.models import Session

from .events import event_add
from .ids import new_reference, new_secret

DEFAULT_PORTS = {"http": 80, "https": 443}


class SessionClosed(Exception):
    """The session can't be paid (any more)."""


def session_open(*, provider: str, request: CheckoutRequest) -> Session:
    """Open a session, or return the one that the same key and request opened before.

    Raises ProviderRefused when the key was used for something else, or the request can't be right.
    """
    fingerprint = _fingerprint(request)
    session = _opened_before(provider, request.idempotency_key)
    if session is None:
        _require_sane(request)
        session = _create(provider, request, fingerprint)
    if session.fingerprint != fingerprint:
        raise ProviderRefused("This idempotency key was used with another request.")
    return session


def session_get(*, provider: str, reference: str) -> Session:
    """Return a session as it is now. Raises ReferenceUnknown."""
    try:
        session = Session.objects.get(provider=provider, reference=reference)
    except Session.DoesNotExist as error:
        raise ReferenceUnknown("The sandbox has no such checkout.") from error
    return session_current(session)


def session_current(session: Session) -> Session:
    """Return ``session``, expired if its time is over."""
    if session.state == SessionState.OPEN and session.expires_at <= timezone.now():
        return session_expire(session)
    return session


def session_expire(session: Session) -> Session:
    """Close an open session; any other one stays as it is."""
    with transaction.atomic():
        locked = Session.objects.select_for_update().get(pk=session.pk)
        if locked.state == SessionState.OPEN:
            session_move(locked, SessionState.EXPIRED, EventType.CHECKOUT_EXPIRED)
    return locked


def session_lock(session: Session) -> Session:
    """Lock an open session; call it inside a transaction. Raises SessionClosed."""
    locked = Session.objects.select_for_update().get(pk=session.pk)
    if locked.state != SessionState.OPEN or locked.expires_at <= timezone.now():
        raise SessionClosed
    return locked


def session_move(locked: Session, state: SessionState, event: EventType) -> None:
    """Give a locked session its new state, and tell about it."""
    locked.state = state
    locked.save(update_fields=["state", "fee"])
    event_add(session=locked, type=event)


def sessions_overdue(limit: int = 200) -> list[Session]:
    """Return open sessions whose time is over."""
    overdue = Session.objects.filter(state=SessionState.OPEN, expires_at__lte=timezone.now())
    return list(overdue.order_by("expires_at")[:limit])


def origin_of(url: str) -> str:
    """Return the origin of ``url`` as a browser writes it, "" when it has none."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return ""
    if parts.scheme not in DEFAULT_PORTS or not parts.hostname:
        return ""
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    if port in (None, DEFAULT_PORTS[parts.scheme]):
        return f"{parts.scheme}://{host}"
    return f"{parts.scheme}://{host}:{port}"


def _opened_before(provider: str, key: str) -> Session | None:
    return Session.objects.filter(provider=provider, idempotency_key=key).first()


def _create(provider: str, request: CheckoutRequest, fingerprint: str) -> Session:
    session = Session(
        provider=provider,
        reference=new_reference("cs"),
        payment_reference=new_reference("pi"),
        secret=new_secret(),
        idempotency_key=request.idempotency_key,
        fingerprint=fingerprint,
        amount=request.amount,
        currency=request.currency,
        description=request.description,
        quantity=request.quantity,
        ui=request.ui,
        locale=request.locale,
        return_url=request.return_url,
        cancel_url=request.cancel_url,
        webhook_url=request.webhook_url,
        metadata=dict(request.metadata),
        expires_at=request.expires_at,
    )
    try:
        with transaction.atomic():
            session.save(force_insert=True)
    except IntegrityError:
        # The same request came twice at the same time, and the other one was faster.
        return Session.objects.get(provider=provider, idempotency_key=request.idempotency_key)
    return session


def _require_sane(request: CheckoutRequest) -> None:
    if request.amount < 1 or request.quantity < 1:
        raise ProviderRefused("There is nothing to pay.")
    if not is_currency(request.currency):
        raise ProviderRefused("The currency is unknown.")
    if request.expires_at <= timezone.now():
        raise ProviderRefused("The checkout would be over before it began.")
    home = origin_of(request.return_url)
    # The sandbox calls nobody but the site that it plays for.
    if not home or origin_of(request.webhook_url) != home:
        raise ProviderRefused("The webhook address isn't on the site that the payer returns to.")


def _fingerprint(request: CheckoutRequest) -> str:
    fields = {**asdict(request), "metadata": dict(request.metadata)}
    return hashlib.sha256(json.dumps(fields, sort_keys=True, default=str).encode()).hexdigest()
