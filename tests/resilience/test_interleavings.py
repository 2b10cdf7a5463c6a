"""Any interleaving of visitors, events, staff, workers and faults ends in a consistent state.

A Hypothesis state machine runs the services and the sandbox on the database. Each example is rolled back.
"""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from tests.resilience import invariants, sizes
from tests.support.company import receive, session_of
from tests.support.factories import make_order, make_payer, make_product, make_site, make_user
from wagtail_payments.enums import EventSource
from wagtail_payments.exceptions import CheckoutRefused, StaffRefused
from wagtail_payments.models import Delivery, Job, Payment, Refund, WebhookEvent
from wagtail_payments.providers.exceptions import ProviderError
from wagtail_payments.providers.registry import get_provider
from wagtail_payments.sandbox.cards import card_find
from wagtail_payments.sandbox.enums import AttemptState
from wagtail_payments.sandbox.models import Attempt, Event, Session
from wagtail_payments.sandbox.services.attempts import (
    attempt_settle,
    bank_debit_start,
    card_pay,
    challenge_finish,
)
from wagtail_payments.sandbox.services.faults import fault_arm, faults_clear
from wagtail_payments.sandbox.services.sessions import SessionClosed
from wagtail_payments.services.checkout.start import checkout_start
from wagtail_payments.services.deliveries.outbox import (
    deliveries_due,
    delivery_resend,
    delivery_send,
)
from wagtail_payments.services.payments.apply import payment_apply
from wagtail_payments.services.payments.offline import payment_cancel, payment_mark_received
from wagtail_payments.services.reconciliation import provider_reconcile
from wagtail_payments.services.refunds.create import refund_create
from wagtail_payments.services.refunds.send import refund_send, refunds_due
from wagtail_payments.services.scheduler.sweep import payment_refresh, payments_overdue
from wagtail_payments.services.webhooks.inbox import webhook_process, webhooks_due
from wagtail_payments.services.webhooks.replay import webhooks_replay

CARDS = ("4242424242424242", "4000000000000002", "4000002500003155")
index = st.integers(min_value=0, max_value=30)


def pick(rows, number):
    """Return one of ``rows``, None when there is none."""
    found = list(rows.order_by("pk"))
    return found[number % len(found)] if found else None


class Payments(RuleBasedStateMachine):
    """A site with two products, where everything can happen in any order."""

    def __init__(self):
        super().__init__()
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.site = make_site(staff_email="desk@example.org")
        self.staff = make_user("staff")
        plenty = make_product(name="Tree")
        scarce = make_product(name="Ticket", prices=[{"amount": 700, "stock": 2}])
        self.products, self.scarce = [plenty, scarce], scarce.prices.get()
        self.orders = []

    def teardown(self):
        try:
            self.settle_everything()
        finally:
            transaction.set_rollback(True)
            self.atomic.__exit__(None, None, None)

    # Visitors

    @rule(product=index, provider=st.sampled_from(["", "", "", "offline"]))
    def order(self, product, provider):
        chosen = self.products[product % 2]
        ui = "hosted" if provider else "inline"
        self.send(make_order(chosen, provider=provider, ui=ui))

    @rule(order=index)
    def order_once_more(self, order):
        if self.orders:
            self.send(self.orders[order % len(self.orders)])

    def send(self, order):
        self.orders.append(order)
        try:
            checkout_start(
                order=order, payer=make_payer(), site=self.site, base_url="http://testserver/"
            )
        except CheckoutRefused:
            """The visitor can try again."""

    @rule(session=index, card=st.sampled_from(CARDS))
    def pay(self, session, card):
        self.with_session(lambda chosen: card_pay(session=chosen, card=card_find(card)), session)

    @rule(session=index, arrives=st.booleans())
    def pay_by_bank(self, session, arrives):
        self.with_session(
            lambda chosen: bank_debit_start(session=chosen, arrives=arrives, settle_after=0),
            session,
        )

    def with_session(self, action, number):
        session = pick(Session.objects.all(), number)
        try:
            if session:
                action(session)
        except SessionClosed:
            """The session is already paid or expired."""

    @rule(attempt=index, passed=st.booleans())
    def finish_challenge(self, attempt, passed):
        challenged = pick(Attempt.objects.filter(state=AttemptState.CHALLENGE), attempt)
        if challenged:
            self.with_session(
                lambda session: challenge_finish(
                    session=challenged.session, reference=challenged.reference, passed=passed
                ),
                0,
            )

    # The company

    @rule(attempt=index)
    def bank_settles(self, attempt):
        waiting = pick(Attempt.objects.filter(state=AttemptState.PROCESSING), attempt)
        if waiting:
            attempt_settle(attempt_id=waiting.pk)

    @rule(event=index)
    def event_arrives(self, event):
        """Deliver any event, in any order and repeatedly; events never chosen are lost."""
        sent = pick(Event.objects.all(), event)
        if sent:
            receive(sent)

    @rule(session=index)
    def session_becomes_overdue(self, session):
        chosen = pick(Session.objects.all(), session)
        if chosen:
            past = timezone.now() - timedelta(minutes=5)
            Session.objects.filter(pk=chosen.pk).update(expires_at=past)
            payments = Payment.objects.filter(checkout_reference=chosen.reference)
            payments.update(expires_at=past, next_check_at=past)

    @rule(session=index)
    def expired_session_is_paid(self, session):
        """The company reported a checkout as expired, but then receives its money."""
        expired = pick(Session.objects.filter(state="expired"), session)
        if expired:
            Session.objects.filter(pk=expired.pk).update(state="succeeded", fee=25)

    @rule(kind=st.sampled_from(["error_500", "timeout_after_success"]))
    def arm_fault(self, kind):
        fault_arm(kind)

    # Workers

    @rule(event=index)
    def process_event(self, event):
        pending = pick(WebhookEvent.objects.filter(state="pending"), event)
        if pending:
            WebhookEvent.objects.filter(pk=pending.pk).update(next_attempt_at=timezone.now())
            webhook_process(event_id=pending.pk)

    @rule(payment=index)
    def apply_stale_snapshot(self, payment):
        """A newer snapshot is applied first, so the older one must change nothing."""
        chosen = pick(
            Payment.objects.filter(provider="sandbox").exclude(checkout_reference=None), payment
        )
        if chosen is None:
            return
        stale = []

        def ask(provider, reference):
            snapshot = provider.payment_retrieve(reference)
            if not stale:
                stale.append(snapshot)
                self.pay_at_the_company(chosen)
                payment_apply(payment_id=chosen.pk, source=EventSource.PROVIDER)
            return snapshot

        try:
            payment_apply(payment_id=chosen.pk, source=EventSource.VISITOR, ask=ask)
        except ProviderError:
            """The sweep tries again."""

    def pay_at_the_company(self, payment):
        try:
            card_pay(session=session_of(payment), card=card_find(CARDS[0]))
        except SessionClosed:
            """It is already closed."""

    @rule()
    def sweep(self):
        for payment_id in payments_overdue():
            payment_refresh(payment_id=payment_id)

    @rule(delivery=index, killed=st.booleans())
    def send_delivery(self, delivery, killed):
        queued = pick(Delivery.objects.filter(state="pending"), delivery)
        if queued is None:
            return
        delivery_send(delivery_id=queued.pk)
        if killed:
            # The worker was killed after sending, before recording it.
            Delivery.objects.filter(pk=queued.pk).update(state="pending", sent_at=None)

    @rule(dry_run=st.booleans())
    def reconcile(self, dry_run):
        try:
            provider_reconcile(
                alias="sandbox", since=timezone.now() - timedelta(days=1), dry_run=dry_run
            )
        except ProviderError:
            """Tried again later."""

    # Staff

    @rule(payment=index, amount=st.integers(min_value=0, max_value=1400), sent=st.booleans())
    def refund(self, payment, amount, sent):
        chosen = pick(Payment.objects.all(), payment)
        if chosen is None:
            return
        try:
            refund = refund_create(
                payment_id=chosen.pk,
                key=uuid4(),
                amount=amount,
                reason="requested_by_customer",
                actor=self.staff,
            )
        except StaffRefused:
            return
        if sent:
            refund_send(refund_id=refund.pk)

    @rule(payment=index, received=st.booleans())
    def close_offline_payment(self, payment, received):
        chosen = pick(Payment.objects.filter(provider="offline"), payment)
        if chosen is None:
            return
        try:
            if received:
                today = timezone.localdate(timezone=timezone.get_default_timezone())
                payment_mark_received(
                    payment_id=chosen.pk,
                    received_on=today,
                    method="bank_transfer",
                    actor=self.staff,
                )
            else:
                payment_cancel(payment_id=chosen.pk, actor=self.staff)
        except StaffRefused:
            """It is already closed."""

    @rule(event=index)
    def replay(self, event):
        chosen = pick(WebhookEvent.objects.all(), event)
        if chosen:
            webhooks_replay(WebhookEvent.objects.filter(pk=chosen.pk))

    @rule(delivery=index)
    def resend(self, delivery):
        chosen = pick(Delivery.objects.all(), delivery)
        if chosen:
            delivery_resend(delivery_id=chosen.pk, actor=self.staff)

    # Invariants

    @invariant()
    def invariants_hold(self):
        invariants.check_invariants()
        invariants.check_stock(self.scarce)
        invariants.check_company()

    def settle_everything(self):
        """Clear the faults, process everything that is left, and compare with the provider."""
        faults_clear()
        for model in (WebhookEvent, Delivery, Refund, Job):
            model.objects.update(next_attempt_at=timezone.now(), leased_until=None)
        for refund_id in refunds_due():
            refund_send(refund_id=refund_id)
        for event_id in webhooks_due():
            webhook_process(event_id=event_id)
        outcome = provider_reconcile(alias="sandbox", since=timezone.now() - timedelta(days=1))
        assert not outcome.needs_action, outcome.as_dict()
        for event_id in webhooks_due():
            webhook_process(event_id=event_id)
        assert webhooks_due() == []
        for delivery_id in deliveries_due():
            delivery_send(delivery_id=delivery_id)
        invariants.check_invariants()
        invariants.check_settled(get_provider("sandbox"))


@pytest.mark.db
@pytest.mark.django_db
def test_any_interleaving_ends_in_the_providers_state():
    run_state_machine_as_test(
        Payments,
        settings=settings(
            max_examples=sizes.EXAMPLES,
            stateful_step_count=sizes.STEPS,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )
