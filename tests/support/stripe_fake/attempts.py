"""Payment attempts: successful, declined, challenged or delayed."""

from . import cards
from .events import emit
from .intents import add_fee, intent_of, new_charge, outcome
from .sessions import close
from .store import public

AUTHENTICATION_FAILED = (
    "The provided PaymentMethod has failed authentication. You can provide payment_method_data or "
    "a new PaymentMethod to attempt to fulfill this PaymentIntent again."
)


class SessionClosed(Exception):
    """The session can't be paid."""


def open_session(fake, reference):
    session = fake.store.objects[reference]
    if session["status"] != "open":
        raise SessionClosed(f"The Checkout Session is {session['status']}.")
    return session


def succeed(fake, session, method):
    """Pay the session immediately."""
    intent = intent_of(fake, session)
    charge = new_charge(fake, intent, method, "succeeded")
    if fake.fees_at_once:
        add_fee(fake, charge)
    emit(fake, "charge.succeeded", charge)
    receive(fake, intent)
    complete(fake, session, "paid")


def receive(fake, intent):
    intent.update(
        status="succeeded", amount_received=intent["amount"], last_payment_error=None,
        processing=None,
    )  # fmt: skip
    emit(fake, "payment_intent.succeeded", intent)


def complete(fake, session, payment_status):
    session["customer_details"] = {
        "address": None, "email": session["customer_email"] or "payer@example.org",
        "name": None, "phone": None, "tax_exempt": "none", "tax_ids": [],
    }  # fmt: skip
    session["_pending"] = None
    close(fake, session, "complete", payment_status)


def decline(fake, session, method, code, decline_code):
    """Decline the attempt; the session stays open for another one."""
    intent = intent_of(fake, session)
    charge = new_charge(fake, intent, method, "failed")
    message = cards.decline_message(decline_code)
    charge.update(
        failure_code=code, failure_message=message,
        outcome=outcome("issuer_declined", decline_code),
    )  # fmt: skip
    intent["status"] = "requires_payment_method"
    intent["last_payment_error"] = {
        "charge": charge["id"], "code": code, "decline_code": decline_code,
        "doc_url": f"https://stripe.com/docs/error-codes/{code.replace('_', '-')}",
        "message": message, "payment_method": public(method), "type": "card_error",
    }  # fmt: skip
    intent["payment_method"] = None
    emit(fake, "charge.failed", charge)
    emit(fake, "payment_intent.payment_failed", intent)


def challenge(fake, session, method, page="three_d_secure_redirect"):
    """Require a challenge."""
    intent = intent_of(fake, session)
    kind = "use_stripe_sdk" if method["type"] == "card" else "redirect_to_url"
    detail = {"type": page} if kind == "use_stripe_sdk" else {"return_url": None, "url": page}
    intent.update(
        status="requires_action", payment_method=method["id"],
        next_action={"type": kind, kind: detail},
    )  # fmt: skip
    session["_pending"] = method["id"]
    emit(fake, "payment_intent.requires_action", intent)


def challenge_answer(fake, session, passed):
    """Pass or fail the challenge."""
    method = fake.store.objects[session["_pending"]]
    session["_pending"] = None
    if passed:
        succeed(fake, session, method)
        return
    intent = intent_of(fake, session)
    intent.update(status="requires_payment_method", payment_method=None, next_action=None)
    intent["last_payment_error"] = {
        "code": "payment_intent_authentication_failure",
        "doc_url": "https://stripe.com/docs/error-codes/payment-intent-authentication-failure",
        "message": AUTHENTICATION_FAILED, "payment_method": public(method),
        "type": "card_error" if method["type"] == "card" else "invalid_request_error",
    }  # fmt: skip
    emit(fake, "payment_intent.payment_failed", intent)


def delay(fake, session, method):
    """Complete the session with a processing payment."""
    intent = intent_of(fake, session)
    charge = new_charge(fake, intent, method, "pending")
    intent["status"] = "processing"
    emit(fake, "charge.pending", charge)
    emit(fake, "payment_intent.processing", intent)
    complete(fake, session, "unpaid")


def settle(fake, session, arrives):
    """Let a delayed payment succeed or fail."""
    intent = intent_of(fake, session)
    charge = fake.store.objects[intent["latest_charge"]]
    if arrives:
        charge.update(status="succeeded", paid=True)
        if fake.fees_at_once:
            add_fee(fake, charge)
        emit(fake, "charge.succeeded", charge)
        receive(fake, intent)
        session["payment_status"] = "paid"
        emit(fake, "checkout.session.async_payment_succeeded", session)
        return
    fail_delayed(fake, intent, charge)
    emit(fake, "checkout.session.async_payment_failed", session)


def fail_delayed(fake, intent, charge):
    message = "The payer's bank didn't pay."
    method = fake.store.objects[charge["payment_method"]]
    charge.update(
        status="failed", paid=False, captured=False, amount_captured=0,
        failure_code="payment_intent_payment_attempt_failed", failure_message=message,
        outcome=outcome("issuer_declined", "insufficient_funds"),
    )  # fmt: skip
    intent.update(status="requires_payment_method", payment_method=None)
    intent["last_payment_error"] = {
        "charge": charge["id"], "code": "payment_intent_payment_attempt_failed",
        "message": message, "payment_method": public(method), "type": "invalid_request_error",
    }  # fmt: skip
    emit(fake, "charge.failed", charge)
    emit(fake, "payment_intent.payment_failed", intent)
