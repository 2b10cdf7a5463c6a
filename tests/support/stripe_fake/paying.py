"""Runs actions for payers' form data. Card numbers and security codes are not stored."""

from dataclasses import dataclass
from decimal import Decimal

from babel.numbers import format_currency

from . import attempts, cards
from .money import decimals
from .sessions import with_session_id

NOT_AUTHENTICATED = (
    "We are unable to authenticate your payment method. Please choose a different payment method "
    "and try again."
)


@dataclass
class Result:
    """``type``: paid, challenge, redirect (to ``url``) or error."""

    type: str
    message: str = ""
    code: str | None = None
    decline_code: str | None = None
    url: str = ""
    last4: str = ""


def submit(fake, session, data):
    """Try to pay with the form's data."""
    reference = session["id"]
    try:
        if data.get("method") == "bank_debit":
            fake.pay_later(reference, arrives=data.get("outcome") != "never")
            return Result("paid")
        if data.get("method") == "bank_redirect":
            fake.redirect(reference)
            return Result("redirect", url=f"{fake.url}/bank/{reference}")
        return submit_card(fake, reference, data)
    except attempts.SessionClosed as error:
        return Result("error", str(error))


def submit_card(fake, reference, data):
    card = cards.find_card(data.get("number", ""))
    if not data.get("number", "").strip():
        return Result("error", "Your card number is incomplete.")
    if card is None:
        return Result("error", "Your card number is invalid: no test card has it.")
    if not data.get("expiry", "").strip() or not data.get("cvc", "").strip():
        return Result("error", "Your card's expiration date or security code is incomplete.")
    fake.pay(reference, data["number"])
    if card.challenge:
        return Result("challenge", last4=card.last4)
    if card.code:
        message = cards.decline_message(card.decline_code)
        return Result("error", message, "paymentFailed", card.decline_code)
    return Result("paid")


def answer(fake, session, passes):
    """Pass or fail a challenge."""
    try:
        fake.authenticate(session["id"], passes)
    except attempts.SessionClosed as error:
        return Result("error", str(error))
    return Result("paid") if passes else Result("error", NOT_AUTHENTICATED, "paymentFailed")


def return_url(session):
    return with_session_id(session.get("return_url") or session["success_url"], session)


def browser_session(session):
    """Return a session as Stripe.js shows it to the page (docs.stripe.com/js/custom_checkout)."""
    status = {"type": session["status"]}
    if session["status"] == "complete":
        status["paymentStatus"] = session["payment_status"]
    currency = session["currency"]
    total = {
        "minorUnitsAmount": session["amount_total"],
        "amount": format_amount(session["amount_total"], currency),
    }
    return {
        "id": session["id"],
        "canConfirm": session["status"] == "open",
        "currency": currency,
        "email": session["customer_email"],
        "livemode": session["livemode"],
        "minorUnitsAmountDivisor": 10 ** decimals(currency),
        "status": status,
        "total": {"total": total},
    }


def format_amount(amount, currency):
    major = Decimal(amount).scaleb(-decimals(currency))
    return format_currency(major, currency.upper(), locale="en", currency_digits=False)
