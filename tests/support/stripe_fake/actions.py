"""Actions of payers, banks and Stripe, as methods and for ``/_control``."""

import functools
import threading

from . import attempts, cards, disputes, methods, refunds, sessions
from .events import emit
from .intents import add_fee
from .store import Store, public


def action(function):
    """Run the action under the lock and in its object's mode; return a copy of its result."""

    @functools.wraps(function)
    def locked(fake, reference, *args, **options):
        with fake.lock:
            obj = fake.store.objects[reference]
            fake.live, fake.call = obj["_live"], None
            sessions.expire_overdue(fake)
            result = function(fake, obj, *args, **options)
            return public(obj if result is None else result)

    return locked


class Actions:
    """The first argument of each action is the id of an object."""

    store: Store
    url: str | None
    settle_after: float
    timers: list[threading.Timer]

    @action
    def pay(self, session, card="4242424242424242"):
        """Pay with a test card, with the outcome that Stripe documents for its number."""
        attempts.open_session(self, session["id"])
        found = cards.CARDS[card.replace(" ", "")]
        method = methods.card_method(self, found)
        if found.challenge:
            attempts.challenge(self, session, method)
        elif found.code:
            attempts.decline(self, session, method, found.code, found.decline_code)
        else:
            attempts.succeed(self, session, method)

    @action
    def decline(self, session, code="card_declined", decline_code="generic_decline"):
        """Try with a card that is declined with these codes."""
        attempts.open_session(self, session["id"])
        method = methods.card_method(self, cards.Card("visa", "0002"))
        attempts.decline(self, session, method, code, decline_code)

    @action
    def authenticate(self, session, passes=True):
        """Pass or fail a challenge: 3-D Secure, or the page of a redirect method."""
        attempts.open_session(self, session["id"])
        if session["_pending"] is None:
            raise attempts.SessionClosed("There is no challenge.")
        attempts.challenge_answer(self, session, passes)

    @action
    def pay_later(self, session, arrives=None):
        """Pay by bank debit; with ``arrives``, it settles after ``settle_after`` seconds."""
        attempts.open_session(self, session["id"])
        attempts.delay(self, session, methods.debit_method(self))
        if arrives is not None:
            self.later(self.settle, session["id"], arrives)

    @action
    def settle(self, session, arrives=True):
        """Let a delayed payment succeed or fail."""
        attempts.settle(self, session, arrives)

    @action
    def redirect(self, session):
        """Pay with a method that redirects to the bank's page."""
        attempts.open_session(self, session["id"])
        page = f"{self.url}/bank/{session['id']}"
        attempts.challenge(self, session, methods.redirect_method(self), page)

    @action
    def settle_fee(self, session):
        """Add the fee, if ``fees_at_once`` is off."""
        intent = self.store.objects[session["payment_intent"]]
        charge = self.store.objects[intent["latest_charge"]]
        add_fee(self, charge)
        emit(self, "charge.updated", charge, {"balance_transaction": None})
        return charge

    @action
    def refund_from_dashboard(self, intent, amount=None):
        """Refund as in Stripe's dashboard, without metadata."""
        charge = self.store.objects[intent["latest_charge"]]
        amount = amount or charge["amount"] - charge["amount_refunded"]
        refunds.check(charge, amount)
        return refunds.make(self, charge, amount, {}, "requested_by_customer")

    @action
    def refund_update(self, refund, status, failure_reason=None):
        """Change the status of a refund."""
        refunds.update(self, refund, status, failure_reason)

    @action
    def dispute_open(self, intent, amount=None, reason="fraudulent", status="needs_response"):
        charge = self.store.objects[intent["latest_charge"]]
        return disputes.make(self, charge, amount or charge["amount"], reason, status)

    @action
    def dispute_update(self, dispute, status="under_review"):
        disputes.update(self, dispute, status)

    @action
    def dispute_close(self, dispute, status="won"):
        disputes.update(self, dispute, status)

    @action
    def expire(self, session):
        """Expire a session."""
        attempts.open_session(self, session["id"])
        sessions.close(self, session, "expired")

    @action
    def lose(self, event):
        """Mark an event as not delivered."""
        event["_delivered"] = False

    def later(self, action, *args):
        timer = threading.Timer(self.settle_after, action, args)
        timer.daemon = True
        timer.start()
        self.timers.append(timer)


ACTIONS = frozenset({
    "pay", "decline", "authenticate", "pay_later", "settle", "redirect", "settle_fee",
    "refund_from_dashboard", "refund_update", "dispute_open", "dispute_update", "dispute_close",
    "expire", "lose",
})  # fmt: skip
