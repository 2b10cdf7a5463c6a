"""The harness of Stripe: the real provider and SDK, against a fake of Stripe's API."""

import hashlib
import hmac
from datetime import datetime

from tests.support.stripe_fake import StripeFake
from wagtail_payments.providers.stripe import StripeProvider
from wagtail_payments.providers.types import DeclineReason

from .harness import Harness, Webhook

CARDS = {
    DeclineReason.GENERIC: "4000000000000002",
    DeclineReason.INSUFFICIENT_FUNDS: "4000000000009995",
    DeclineReason.EXPIRED_CARD: "4000000000000069",
    DeclineReason.INCORRECT_CVC: "4000000000000127",
    DeclineReason.INCORRECT_NUMBER: "4242424242424241",
    DeclineReason.PROCESSING_ERROR: "4000000000000119",
}
CHALLENGED = "4000002500003155"


class StripeHarness(Harness):
    """Stripe, with all abilities."""

    abilities = frozenset(
        {
            "inline", "hosted", "state", "decline", "challenge", "delayed", "webhook",
            "refund", "dispute", "fee", "lists", "payout",
        }
    )  # fmt: skip
    secrets = ("whsec_the_first_of_two", "whsec_the_second_of_two")

    def __init__(self) -> None:
        self.fake = StripeFake().start()
        self.provider = StripeProvider(
            alias="stripe",
            secret_key="sk_test_fake",
            publishable_key="pk_test_fake",
            webhook_secrets=list(self.secrets),
            api_base=self.fake.url,
        )

    def close(self) -> None:
        self.fake.stop()
        assert self.fake.violations == []

    def pay(self, reference: str) -> None:
        self.fake.pay(reference)

    def decline(self, reference: str, reason: DeclineReason) -> None:
        self.fake.pay(reference, CARDS[reason])

    def challenge(self, reference: str, *, passed: bool) -> None:
        self.fake.pay(reference, CHALLENGED)
        self.fake.authenticate(reference, passes=passed)

    def start_delayed(self, reference: str) -> None:
        self.fake.pay_later(reference)

    def settle_delayed(self, reference: str, *, arrives: bool) -> None:
        self.fake.settle(reference, arrives)

    def webhook(self, reference: str, *, at: datetime, secret: str | None = None) -> Webhook:
        events = [event for event in self.fake.events if event["data"]["object"]["id"] == reference]
        body, headers = self.fake.webhook(events[-1], secret=secret or self.secrets, at=at)
        return Webhook(body, headers)

    def signed(self, body: bytes, *, at: datetime) -> Webhook:
        timestamp = str(int(at.timestamp())).encode()
        key = self.secrets[0].encode()
        signature = hmac.new(key, timestamp + b"." + body, hashlib.sha256).hexdigest()
        return Webhook(body, {"stripe-signature": f"t={timestamp.decode()},v1={signature}"})

    def lose_events(self) -> None:
        self.fake.endpoint = ("http://127.0.0.1:1/", ["whsec_unused"])

    def dispute_open(self, reference: str) -> None:
        self.fake.dispute_open(self._intent(reference))

    def dispute_close(self, reference: str, *, won: bool) -> None:
        dispute = self.provider.payment_retrieve(reference).disputes[-1].reference
        self.fake.dispute_close(dispute, "won" if won else "lost")

    def pay_out(self, amount: int) -> str:
        return self.fake.payout(amount)["id"]

    def fail_payout(self, reference: str) -> None:
        self.fake.store.objects[reference]["status"] = "failed"

    def _intent(self, reference: str) -> str:
        return self.fake.store.objects[reference]["payment_intent"]
