"""What payers, banks and the company do. Each deed is a method, and an order at ``/_control``."""

import functools
import threading

from . import attempts, cards, disputes, methods, refunds, sessions
from .events import tell
from .intents import give_fee
from .store import Store, public


def action(function):
    """Do it under the lock, in the mode of the object that it is about; return a copy."""

    @functools.wraps(function)
    def locked(fake, reference, *args, **options):
        with fake.lock:
            thing = fake.store.objects[reference]
            fake.live, fake.call = thing["_live"], None
            sessions.expire_overdue(fake)
            done = function(fake, thing, *args, **options)
            return public(thing if done is None else done)

    return locked


class Actions:
    """The first argument of every deed is the id of what it is about."""

    store: Store
    url: str | None
    settle_after: float
    timers: list[threading.Timer]

    @action
    def pay(self, session, card="4242424242424242"):
        """Pay with a test card: it does what Stripe says this number does."""
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
        """Answer the bank's question (3-D Secure, or the page of a redirecting method)."""
        attempts.open_session(self, session["id"])
        if session["_pending"] is None:
            raise attempts.SessionClosed("Nothing was asked.")
        attempts.challenge_answer(self, session, passes)

    @action
    def pay_later(self, session, arrives=None):
        """Pay by bank debit; with ``arrives`` the end comes by itself after a little while."""
        attempts.open_session(self, session["id"])
        attempts.delay(self, session, methods.debit_method(self))
        if arrives is not None:
            self.later(self.settle, session["id"], arrives)

    @action
    def settle(self, session, arrives=True):
        """Let a delayed method's money arrive, or never."""
        attempts.settle(self, session, arrives)

    @action
    def redirect(self, session):
        """Choose a method that leaves for the bank's own page."""
        attempts.open_session(self, session["id"])
        page = f"{self.url}/bank/{session['id']}"
        attempts.challenge(self, session, methods.redirect_method(self), page)

    @action
    def settle_fee(self, session):
        """Let the fee be known, when ``fees_at_once`` is off."""
        intent = self.store.objects[session["payment_intent"]]
        charge = self.store.objects[intent["latest_charge"]]
        give_fee(self, charge)
        tell(self, "charge.updated", charge, {"balance_transaction": None})
        return charge

    @action
    def refund_from_dashboard(self, intent, amount=None):
        """Refund without our software; nothing of ours is in its metadata."""
        charge = self.store.objects[intent["latest_charge"]]
        amount = amount or charge["amount"] - charge["amount_refunded"]
        refunds.check(charge, amount)
        return refunds.make(self, charge, amount, {}, "requested_by_customer")

    @action
    def refund_update(self, refund, status, failure_reason=None):
        """Move a pending refund on, or let one fail days later."""
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
        """Let the session's time run out."""
        attempts.open_session(self, session["id"])
        sessions.close(self, session, "expired")

    @action
    def lose(self, event):
        """Let an event count as never delivered."""
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
