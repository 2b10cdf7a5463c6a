"""The harness of the sandbox."""

from datetime import datetime

from django.utils import timezone

from wagtail_payments.providers.types import DeclineReason
from wagtail_payments.sandbox.cards import CARDS
from wagtail_payments.sandbox.enums import AttemptState
from wagtail_payments.sandbox.models import Attempt, Session
from wagtail_payments.sandbox.provider import SandboxProvider
from wagtail_payments.sandbox.services.attempts import (
    attempt_settle,
    bank_debit_start,
    card_pay,
    challenge_finish,
)
from wagtail_payments.sandbox.signing import signature_header

from .harness import Harness, Webhook


class SandboxHarness(Harness):
    """The sandbox, which has no disputes or payouts."""

    abilities = frozenset(
        {
            "inline", "hosted", "state", "decline", "challenge", "delayed", "webhook", "refund",
            "fee", "lists",
        }
    )  # fmt: skip
    secrets = ("whsec_the_first_of_two", "whsec_the_second_of_two")

    def __init__(self) -> None:
        self.provider = SandboxProvider(alias="sandbox", webhook_secrets=list(self.secrets))

    def pay(self, reference: str) -> None:
        card_pay(session=_session(reference), card=CARDS["4242424242424242"])

    def decline(self, reference: str, reason: DeclineReason) -> None:
        cards = [card for card in CARDS.values() if card.decline == reason]
        card_pay(session=_session(reference), card=cards[0] if cards else None)

    def challenge(self, reference: str, *, passed: bool) -> None:
        session = _session(reference)
        attempt = card_pay(session=session, card=CARDS["4000002500003155"])
        assert attempt.state == AttemptState.CHALLENGE
        challenge_finish(session=session, reference=attempt.reference, passed=passed)

    def start_delayed(self, reference: str) -> None:
        bank_debit_start(session=_session(reference), arrives=True, settle_after=60)

    def settle_delayed(self, reference: str, *, arrives: bool) -> None:
        attempt = _session(reference).attempts.get(state=AttemptState.PROCESSING)
        attempt.settles_to = AttemptState.SUCCEEDED if arrives else AttemptState.FAILED
        attempt.settles_at = timezone.now()
        attempt.save()
        attempt_settle(attempt_id=attempt.pk)
        assert Attempt.objects.get(pk=attempt.pk).state == attempt.settles_to

    def webhook(self, reference: str, *, at: datetime, secret: str | None = None) -> Webhook:
        event = _session(reference).events.last()
        assert event
        return self.signed(event.body.encode(), at=at, secret=secret)

    def signed(self, body: bytes, *, at: datetime, secret: str | None = None) -> Webhook:
        secrets = [secret] if secret else list(self.secrets)
        header = signature_header(body, secrets=secrets, at=at)
        return Webhook(body, {"sandbox-signature": header, "content-type": "application/json"})


def _session(reference: str) -> Session:
    return Session.objects.get(reference=reference)
