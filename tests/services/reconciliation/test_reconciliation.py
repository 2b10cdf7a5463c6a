"""Reconciliation with a provider: safe differences are fixed, the rest is listed once."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db.models.signals import post_save
from django.utils import timezone

from tests.services.payments.test_stripe import fake, stripe_fake
from tests.support.company import expire, paid_event, pay, pay_by_bank, session_of, settle
from tests.support.factories import make_product, make_site, reload, start
from wagtail_payments.enums import (
    DiscrepancyKind,
    EventSource,
    PaymentStatus,
    RefundStatus,
    WebhookState,
)
from wagtail_payments.models import (
    CreditNote,
    Delivery,
    Discrepancy,
    Payment,
    PaymentEvent,
    Receipt,
    Refund,
    RefundMovement,
    WebhookEvent,
)
from wagtail_payments.providers.exceptions import ProviderUnavailable
from wagtail_payments.sandbox.models import Session
from wagtail_payments.sandbox.services.faults import fault_arm, faults_clear
from wagtail_payments.selectors.reconciliation import (
    ASK,
    DISMISS,
    DISMISS_MISSING,
    discrepancy_action,
)
from wagtail_payments.services.payments.apply import payment_apply
from wagtail_payments.services.reconciliation import provider_reconcile, reconciliation_run
from wagtail_payments.services.reconciliation.differences import whole_differences
from wagtail_payments.services.reconciliation.discrepancies import (
    discrepancies_unseen,
    discrepancy_dismiss,
    discrepancy_refresh,
)
from wagtail_payments.services.refunds.create import refund_create
from wagtail_payments.services.refunds.send import refund_send
from wagtail_payments.services.webhooks.inbox import webhook_process, webhooks_due

pytestmark = [pytest.mark.db, pytest.mark.django_db]

__all__ = ["fake", "stripe_fake"]


@pytest.fixture(autouse=True)
def site():
    return make_site()


def since():
    return timezone.now() - timedelta(days=30)


def reconcile(alias="sandbox", **options):
    return provider_reconcile(alias=alias, since=since(), **options)


def paid():
    payment = start(make_product()).payment
    pay(payment)
    return payment_apply(payment_id=payment.pk, source=EventSource.PROVIDER).payment


def all_rows():
    """Return all rows that reconciliation can change."""
    models = (Payment, PaymentEvent, Refund, Receipt, Delivery, WebhookEvent, Discrepancy)
    return {model: list(model.objects.order_by("pk").values()) for model in models}


def verdicts(outcome):
    return [(str(met.verdict), str(met.difference.kind)) for met in outcome.met]


def test_no_differences_change_nothing():
    paid()
    start(make_product())
    reconcile()  # Recover the webhook events, which never arrived.
    before = all_rows()
    outcome = reconcile()
    assert all_rows() == before
    assert (outcome.met, outcome.missed_events, outcome.unanswered) == ([], 0, 0)
    assert outcome.compared == 2


def test_payment_with_a_lost_webhook_is_fixed():
    payment = start(make_product()).payment
    pay(payment)
    outcome = reconcile()
    assert verdicts(outcome) == [("fixed", "status")]
    fixed = reload(payment)
    assert (fixed.status, fixed.captured_amount) == (PaymentStatus.SUCCEEDED, 1250)
    assert fixed.receipt
    assert payment.deliveries.count() == 2
    assert payment.events.filter(source=EventSource.RECONCILIATION, kind="status_changed").exists()
    assert Discrepancy.objects.count() == 0


def test_dry_run_reports_differences_and_changes_nothing():
    payment = start(make_product()).payment
    pay(payment)
    before = all_rows()
    outcome = reconcile(dry_run=True)
    assert all_rows() == before
    assert verdicts(outcome) == [("found", "status")]
    assert outcome.missed_events == 1
    assert outcome.needs_action


def test_missed_event_is_recovered_once_and_processed():
    payment = start(make_product()).payment
    pay(payment)
    assert reconcile().missed_events == 1
    assert reconcile().missed_events == 0
    (event,) = WebhookEvent.objects.all()
    assert event.recovered
    assert webhooks_due() == [event.pk]
    webhook_process(event_id=event.pk)
    event.refresh_from_db()
    assert (event.state, event.payment) == (WebhookState.PROCESSED, payment)
    assert payment.deliveries.count() == 2


def test_received_event_is_not_recovered():
    paid_event()
    assert reconcile().missed_events == 0
    assert not WebhookEvent.objects.get().recovered


def test_refund_at_the_provider_is_recorded():
    payment = paid()
    refund = refund_create(
        payment_id=payment.pk, key=uuid4(), amount=500, reason="duplicate", actor=None
    )
    refund_send(refund_id=refund.pk)
    # As after restoring a backup.
    CreditNote.objects.all().delete()
    RefundMovement.objects.all().delete()
    Refund.objects.all().delete()
    outcome = reconcile()
    assert ("fixed", "refund") in verdicts(outcome)
    assert Refund.objects.get().amount == 500
    assert reload(payment).refunded_amount == 500


def test_payment_unknown_to_the_provider_is_listed_until_resolved():
    payment = paid()
    hide_payment(payment)
    assert verdicts(reconcile()) == [("discrepancy", "unknown")]
    (discrepancy,) = Discrepancy.objects.all()
    assert (discrepancy.kind, discrepancy.payment, discrepancy.reference) == (
        DiscrepancyKind.UNKNOWN,
        payment,
        payment.checkout_reference,
    )
    before = reload(payment).version
    show_payment(payment)
    assert discrepancy_refresh(discrepancy_id=discrepancy.pk)
    assert Discrepancy.objects.get().resolved_at
    assert Discrepancy.objects.get().asked_at is None
    assert reload(payment).version == before


def test_discrepancy_is_one_row_until_resolved():
    payment = paid()
    hide_payment(payment)
    reconcile()
    found = Discrepancy.objects.get()
    reconcile()
    again = Discrepancy.objects.get()
    assert (again.pk, again.found_at) == (found.pk, found.found_at)
    assert again.seen_at > found.seen_at
    show_payment(payment)
    reconcile()
    assert Discrepancy.objects.get().resolved_at


def test_payment_expired_at_the_provider_is_listed_and_stays_paid():
    payment = paid()
    Session.objects.update(state="expired")
    outcome = reconcile()
    assert verdicts(outcome) == [("discrepancy", "status")]
    assert reload(payment).status == PaymentStatus.SUCCEEDED
    assert Discrepancy.objects.get().data["remote"]["status"] == PaymentStatus.EXPIRED


def test_missing_payment_is_listed_and_can_be_dismissed():
    session = delete_local_rows(paid())
    assert verdicts(reconcile()) == [("discrepancy", "missing")]
    discrepancy = Discrepancy.objects.get()
    assert (discrepancy.reference, discrepancy.payment) == (session.payment_reference, None)
    assert discrepancy_action(discrepancy) is DISMISS_MISSING
    discrepancy_dismiss(discrepancy_id=discrepancy.pk)
    reconcile()
    assert Discrepancy.objects.get().dismissed


@pytest.mark.parametrize(
    "metadata",
    [{"app": "another-program"}, {"host": "staging.example.org"}, {"payment": "no number"}],
)
def test_payments_of_other_software_are_ignored(metadata):
    delete_local_rows(paid(), **metadata)
    assert reconcile().met == []
    assert Discrepancy.objects.count() == 0


def test_second_paid_session_is_listed():
    """Both sessions of one payment were paid, so the payer paid twice."""
    payment = paid()
    session = session_of(payment)
    session.pk, session.reference, session.payment_reference = None, "cs_second", "pi_second"
    session.secret, session.idempotency_key = "secret_second", "key_second"
    session.save(force_insert=True)
    outcome = reconcile()
    assert verdicts(outcome) == [("discrepancy", "missing")]
    assert Discrepancy.objects.get().reference == "pi_second"
    assert reload(payment).captured_amount == 1250


def test_unrecorded_checkout_is_found_by_its_metadata():
    payment = start(make_product()).payment
    pay(payment)
    reference = payment.checkout_reference
    Payment.objects.update(checkout_reference=None, payment_reference=None, status="created")
    assert verdicts(reconcile()) == [("fixed", "status")]
    fixed = reload(payment)
    assert (fixed.status, fixed.checkout_reference) == (PaymentStatus.SUCCEEDED, reference)


def test_unavailable_provider_changes_nothing():
    payment = start(make_product()).payment
    pay(payment)
    old = {"provider": "sandbox", "mode": "test", "kind": "unknown", "reference": "cs_old"}
    Discrepancy.objects.create(**old, payment=paid(), seen_at=timezone.now() - timedelta(days=1))
    fault_arm("error_500", times=9)
    with pytest.raises(ProviderUnavailable):
        reconciliation_run("sandbox")
    assert reload(payment).status == PaymentStatus.PENDING
    assert Discrepancy.objects.get().resolved_at is None
    faults_clear()
    assert reconciliation_run("sandbox")["fixed"] == 1
    assert Discrepancy.objects.get().resolved_at


def hide_payment(payment):
    """Hide the payment at the provider."""
    session = session_of(payment)
    Session.objects.filter(pk=session.pk).update(reference="cs_elsewhere", provider="other")


def show_payment(payment):
    """Show the payment at the provider again."""
    fields = {"reference": payment.checkout_reference, "provider": "sandbox"}
    Session.objects.filter(reference="cs_elsewhere").update(**fields)


def delete_local_rows(payment, /, **metadata):
    """Delete all local rows, as after restoring an old backup; return the provider's session."""
    session = session_of(payment)
    updated = {**session.metadata, "payment": str(uuid4()), **metadata}
    Session.objects.filter(pk=session.pk).update(metadata=updated)
    for model in (Delivery, Receipt, PaymentEvent, WebhookEvent, Payment):
        model.objects.all()._raw_delete("default")
    return session


@pytest.mark.parametrize(("age", "first_days", "second_days"), [(10, 30, 1), (40, 60, 30)])
def test_shorter_period_does_not_resolve_discrepancies(age, first_days, second_days):
    hide_payment(paid())
    Payment.objects.update(created_at=timezone.now() - timedelta(days=age))
    for days in (first_days, second_days):
        moment = timezone.now() - timedelta(days=days)
        provider_reconcile(alias="sandbox", since=moment)
        assert Discrepancy.objects.get().resolved_at is None


def test_changed_discrepancy_is_no_longer_dismissed():
    payment = start(make_product()).payment
    attempt = pay_by_bank(payment)
    delete_local_rows(payment)
    reconcile()
    discrepancy_dismiss(discrepancy_id=Discrepancy.objects.get().pk)
    assert Discrepancy.objects.get().dismissed
    reconcile()
    assert Discrepancy.objects.get().dismissed
    settle(attempt)
    reconcile()
    discrepancy = Discrepancy.objects.get()
    assert (discrepancy.dismissed, discrepancy.data["remote"]["captured"]) == (False, 1250)


def test_unpaid_checkout_is_not_listed_as_missing():
    payment = start(make_product()).payment
    expire(payment)
    delete_local_rows(payment)
    assert reconcile().met == []


def test_refund_unknown_to_the_provider_is_listed():
    payment = paid()
    fields = {"provider": payment.provider, "mode": payment.mode, "reference": "re_ghost"}
    Refund.objects.create(payment=payment, **fields, status="succeeded", amount=500)
    Payment.objects.update(refunded_amount=500)
    assert verdicts(reconcile()) == [("discrepancy", "refund")]
    assert Discrepancy.objects.get().data["remote"] is None
    assert reload(payment).refunded_amount == 500


def test_fee_in_an_unknown_currency_is_no_difference():
    payment = paid()
    Payment.objects.update(fee=None, fee_currency="")
    applied = payment_apply(
        payment_id=payment.pk,
        source=EventSource.PROVIDER,
        ask=lambda provider, reference: replace(
            provider.payment_retrieve(reference), fee=12, fee_currency="USDC"
        ),
    )
    assert list(whole_differences(applied.payment, applied.snapshot)) == []


def test_discrepancy_can_be_dismissed_after_a_refresh():
    hide_payment(paid())
    reconcile()
    discrepancy = Discrepancy.objects.get()
    assert discrepancy_action(discrepancy) is ASK
    assert not discrepancy_refresh(discrepancy_id=discrepancy.pk)
    assert discrepancy_action(Discrepancy.objects.get()) is DISMISS


def test_resolved_discrepancy_is_reopened():
    payment = paid()
    hide_payment(payment)
    reconcile()
    discrepancy_dismiss(discrepancy_id=Discrepancy.objects.get().pk)
    Discrepancy.objects.update(resolved_at=timezone.now(), asked_at=timezone.now())
    reconcile()
    discrepancy = Discrepancy.objects.get()
    assert (discrepancy.resolved_at, discrepancy.dismissed, discrepancy.asked_at) == (
        None,
        False,
        None,
    )
    assert discrepancy_action(discrepancy) is ASK


def test_dismissed_discrepancy_is_reopened_after_it_was_resolved():
    payment = paid()
    Session.objects.update(state="expired")
    reconcile()
    discrepancy_dismiss(discrepancy_id=Discrepancy.objects.get().pk)
    reconcile()
    assert (Discrepancy.objects.get().dismissed, Discrepancy.objects.get().resolved_at) == (
        True,
        None,
    )
    Session.objects.update(state="succeeded")
    version = reload(payment).version
    reconcile()
    assert Discrepancy.objects.get().resolved_at
    assert reload(payment).version == version
    Session.objects.update(state="expired")
    reconcile()
    assert (Discrepancy.objects.get().dismissed, Discrepancy.objects.get().resolved_at) == (
        False,
        None,
    )


def test_dismissed_discrepancy_stays_dismissed_after_a_provider_error():
    paid()
    Session.objects.update(state="expired")
    reconcile()
    discrepancy_dismiss(discrepancy_id=Discrepancy.objects.get().pk)
    fault_arm("error_500", times=9)
    reconcile()
    faults_clear()
    assert Discrepancy.objects.get().resolved_at is None
    reconcile()
    assert Discrepancy.objects.get().dismissed


@pytest.fixture
def failing_titles():
    """Return a set of titles; payments with these titles cannot be saved."""
    titles = set()

    def refuse(sender, instance, created, **kwargs):
        if instance.title in titles:
            raise OverflowError("Python int too large to convert to SQLite INTEGER")

    post_save.connect(refuse, sender=Payment)
    yield titles
    post_save.disconnect(refuse, sender=Payment)


def test_payment_that_cannot_be_saved_does_not_block_others(failing_titles):
    payments = [start(make_product(name=name)).payment for name in ("One", "Two", "Three")]
    for payment in payments:
        pay(payment)
    failing_titles.add("Two")
    outcome = reconcile()
    assert (outcome.unanswered, outcome.count("fixed")) == (1, 2)
    statuses = [reload(payment).status for payment in payments]
    assert statuses == ["succeeded", "pending", "succeeded"]
    failing_titles.clear()
    assert reconcile().unanswered == 0
    assert reload(payments[1]).status == PaymentStatus.SUCCEEDED


def test_dismissed_discrepancy_is_not_checked_again():
    hide_payment(paid())
    reconcile()
    discrepancy_dismiss(discrepancy_id=Discrepancy.objects.get().pk)
    later = timezone.now() + timedelta(days=1)
    assert list(discrepancies_unseen(provider="sandbox", mode="test", since=later)) == []
    Discrepancy.objects.update(dismissed=False)
    assert list(discrepancies_unseen(provider="sandbox", mode="test", since=later)) == [
        Discrepancy.objects.get()
    ]


@pytest.mark.parametrize("fields", [{"provider": "gone"}, {"mode": "live"}])
def test_discrepancy_of_a_removed_provider_can_be_dismissed(fields):
    row = {"provider": "sandbox", "mode": "test", "kind": "unknown", "reference": "x", **fields}
    discrepancy = Discrepancy.objects.create(**row, payment=paid())
    assert discrepancy_action(discrepancy) is DISMISS


def test_older_and_offline_payments_are_not_compared():
    old = start(make_product()).payment
    pay(old)
    long_ago = timezone.now() - timedelta(days=31)
    Payment.objects.update(created_at=long_ago)
    Session.objects.update(created_at=long_ago)
    offline = start(make_product(), provider="offline", ui="hosted").payment
    before = [reload(old).version, reload(offline).version]
    outcome = reconcile()
    assert outcome.met == []
    assert [reload(old).version, reload(offline).version] == before


def test_matching_payments_need_no_further_queries():
    product = make_product()
    for _ in range(5):
        pay(start(product).payment)
    reconcile()

    def count():
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        with CaptureQueriesContext(connection) as queries:
            assert reconcile().met == []
        return len(queries)

    events = WebhookEvent.objects.count()
    before = count()
    for _ in range(5):
        pay(start(product).payment)
    reconcile()
    # Each missed event needs one query; payments are compared in batches.
    assert count() - before == WebhookEvent.objects.count() - events


def test_failed_delayed_payment_with_a_lost_webhook():
    payment = start(make_product()).payment
    attempt = pay_by_bank(payment, arrives=False)
    payment_apply(payment_id=payment.pk, source=EventSource.PROVIDER)
    settle(attempt)
    assert ("fixed", "status") in verdicts(reconcile())
    assert reload(payment).status == PaymentStatus.FAILED


def test_stripe_payments_refunds_disputes_and_fees(fake):
    payments = [start(make_product()).payment for _ in range(4)]
    fees = payments[3]
    fake.fees_at_once = False
    fake.pay(fees.checkout_reference)
    payment_apply(payment_id=fees.pk, source=EventSource.PROVIDER)
    fake.fees_at_once = True
    for payment in payments[:3]:
        fake.pay(payment.checkout_reference)
    for payment in payments[1:3]:
        payment_apply(payment_id=payment.pk, source=EventSource.PROVIDER)
    fake.refund_from_dashboard(intent(payments[1]), 500)
    fake.dispute_open(intent(payments[2]))
    fake.settle_fee(fees.checkout_reference)
    outcome = reconcile("stripe")
    assert sorted(verdicts(outcome)) == [
        ("fixed", "dispute"),
        ("fixed", "refund"),
        ("fixed", "status"),
        ("fixed", "status"),
    ]
    assert reload(payments[0]).status == PaymentStatus.SUCCEEDED
    assert reload(payments[1]).refunds.get().status == RefundStatus.SUCCEEDED
    assert reload(payments[2]).disputes.get()
    assert reload(fees).fee is not None
    before = all_rows()
    assert reconcile("stripe").met == []
    assert all_rows() == before


def test_stripe_sessions_of_other_software_are_ignored(fake):
    """A session that saves a card has no amount or currency."""
    payment, other = start(make_product()).payment, start(make_product()).payment
    fake.pay(payment.checkout_reference)
    fake.store.objects[other.checkout_reference].update(
        amount_total=None, amount_subtotal=None, currency=None, mode="setup", metadata={}
    )
    Payment.objects.filter(pk=other.pk).update(checkout_reference=None, status="expired")
    outcome = reconcile("stripe")
    assert verdicts(outcome) == [("fixed", "status")]
    assert reload(payment).status == PaymentStatus.SUCCEEDED


def test_two_aliases_of_one_account_ignore_each_other(fake, settings):
    conf = settings.WAGTAIL_PAYMENTS
    providers = {**conf["PROVIDERS"], "second": conf["PROVIDERS"]["stripe"]}
    settings.WAGTAIL_PAYMENTS = {**conf, "PROVIDERS": providers}
    payment = start(make_product()).payment
    fake.pay(payment.checkout_reference)
    payment_apply(payment_id=payment.pk, source=EventSource.PROVIDER)
    assert reconcile("second").met == []
    assert Discrepancy.objects.count() == 0


def intent(payment):
    return reload(payment).payment_reference
