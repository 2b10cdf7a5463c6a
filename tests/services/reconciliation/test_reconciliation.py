"""The comparison with a provider's books: what is safe is healed, the rest is listed, once."""

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


def everything():
    """Return every row that a comparison could change."""
    models = (Payment, PaymentEvent, Refund, Receipt, Delivery, WebhookEvent, Discrepancy)
    return {model: list(model.objects.order_by("pk").values()) for model in models}


def verdicts(outcome):
    return [(str(met.verdict), str(met.difference.kind)) for met in outcome.met]


def test_where_nothing_differs_nothing_changes():
    paid()
    start(make_product())
    reconcile()  # The events of these never arrived: they are taken up now.
    before = everything()
    outcome = reconcile()
    assert everything() == before
    assert (outcome.met, outcome.missed_events, outcome.unanswered) == ([], 0, 0)
    assert outcome.compared == 2


def test_a_payment_of_which_we_never_heard_is_healed():
    payment = start(make_product()).payment
    pay(payment)
    outcome = reconcile()
    assert verdicts(outcome) == [("healed", "status")]
    healed = reload(payment)
    assert (healed.status, healed.captured_amount) == (PaymentStatus.SUCCEEDED, 1250)
    assert healed.receipt
    assert payment.deliveries.count() == 2
    assert payment.events.filter(source=EventSource.RECONCILIATION, kind="status_changed").exists()
    assert Discrepancy.objects.count() == 0


def test_a_dry_run_says_what_it_would_look_into_and_changes_nothing():
    payment = start(make_product()).payment
    pay(payment)
    before = everything()
    outcome = reconcile(dry_run=True)
    assert everything() == before
    assert verdicts(outcome) == [("found", "status")]
    assert outcome.missed_events == 1
    assert outcome.needs_action


def test_a_missed_event_is_taken_up_once_and_processed():
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


def test_an_event_that_arrived_is_not_taken_up():
    paid_event()
    assert reconcile().missed_events == 0
    assert not WebhookEvent.objects.get().recovered


def test_a_refund_at_the_provider_is_booked():
    payment = paid()
    refund = refund_create(
        payment_id=payment.pk, key=uuid4(), amount=500, reason="duplicate", actor=None
    )
    refund_send(refund_id=refund.pk)
    # As after a backup was put back.
    CreditNote.objects.all().delete()
    RefundMovement.objects.all().delete()
    Refund.objects.all().delete()
    outcome = reconcile()
    assert ("healed", "refund") in verdicts(outcome)
    assert Refund.objects.get().amount == 500
    assert reload(payment).refunded_amount == 500


def test_a_payment_that_the_provider_does_not_know_is_listed_until_it_does():
    payment = paid()
    elsewhere(payment)
    assert verdicts(reconcile()) == [("discrepancy", "unknown")]
    (discrepancy,) = Discrepancy.objects.all()
    assert (discrepancy.kind, discrepancy.payment, discrepancy.reference) == (
        DiscrepancyKind.UNKNOWN,
        payment,
        payment.checkout_reference,
    )
    before = reload(payment).version
    back_again(payment)
    assert discrepancy_refresh(discrepancy_id=discrepancy.pk)
    assert Discrepancy.objects.get().resolved_at
    assert Discrepancy.objects.get().asked_at is None
    assert reload(payment).version == before


def test_a_listed_difference_stays_one_row_until_it_is_gone():
    payment = paid()
    elsewhere(payment)
    reconcile()
    found = Discrepancy.objects.get()
    reconcile()
    again = Discrepancy.objects.get()
    assert (again.pk, again.found_at) == (found.pk, found.found_at)
    assert again.seen_at > found.seen_at
    back_again(payment)
    reconcile()
    assert Discrepancy.objects.get().resolved_at


def test_what_a_provider_takes_back_is_listed_never_unbooked():
    payment = paid()
    Session.objects.update(state="expired")
    outcome = reconcile()
    assert verdicts(outcome) == [("discrepancy", "status")]
    assert reload(payment).status == PaymentStatus.SUCCEEDED
    assert Discrepancy.objects.get().data["remote"]["status"] == PaymentStatus.EXPIRED


def test_a_payment_that_is_not_here_is_listed_and_can_be_dismissed():
    session = lose_ours(paid())
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
def test_what_others_do_on_the_same_account_is_none_of_ours(metadata):
    lose_ours(paid(), **metadata)
    assert reconcile().met == []
    assert Discrepancy.objects.count() == 0


def test_a_second_session_that_was_paid_too_is_listed():
    """Two tries of one payment, both paid: somebody paid twice."""
    payment = paid()
    session = session_of(payment)
    session.pk, session.reference, session.payment_reference = None, "cs_second", "pi_second"
    session.secret, session.idempotency_key = "secret_second", "key_second"
    session.save(force_insert=True)
    outcome = reconcile()
    assert verdicts(outcome) == [("discrepancy", "missing")]
    assert Discrepancy.objects.get().reference == "pi_second"
    assert reload(payment).captured_amount == 1250


def test_a_checkout_that_was_never_noted_is_found_by_our_metadata():
    payment = start(make_product()).payment
    pay(payment)
    reference = payment.checkout_reference
    Payment.objects.update(checkout_reference=None, payment_reference=None, status="created")
    assert verdicts(reconcile()) == [("healed", "status")]
    healed = reload(payment)
    assert (healed.status, healed.checkout_reference) == (PaymentStatus.SUCCEEDED, reference)


def test_a_provider_that_does_not_answer_leaves_everything_as_it_was():
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
    assert reconciliation_run("sandbox")["healed"] == 1
    assert Discrepancy.objects.get().resolved_at


def elsewhere(payment):
    """Let the company not know a payment any more."""
    session = session_of(payment)
    Session.objects.filter(pk=session.pk).update(reference="cs_elsewhere", provider="other")


def back_again(payment):
    """Let the company know it again."""
    known = {"reference": payment.checkout_reference, "provider": "sandbox"}
    Session.objects.filter(reference="cs_elsewhere").update(**known)


def lose_ours(ours, **metadata):
    """Lose all our rows, as after an old backup was put back; return the company's session."""
    session = session_of(ours)
    named = {**session.metadata, "payment": str(uuid4()), **metadata}
    Session.objects.filter(pk=session.pk).update(metadata=named)
    for model in (Delivery, Receipt, PaymentEvent, WebhookEvent, Payment):
        model.objects.all()._raw_delete("default")
    return session


@pytest.mark.parametrize(("age", "found", "then"), [(10, 30, 1), (40, 60, 30)])
def test_what_a_shorter_comparison_does_not_look_at_stays_listed(age, found, then):
    elsewhere(paid())
    Payment.objects.update(created_at=timezone.now() - timedelta(days=age))
    for days in (found, then):
        moment = timezone.now() - timedelta(days=days)
        provider_reconcile(alias="sandbox", since=moment)
        assert Discrepancy.objects.get().resolved_at is None


def test_what_became_another_difference_is_no_longer_dismissed():
    payment = start(make_product()).payment
    attempt = pay_by_bank(payment)
    lose_ours(payment)
    reconcile()
    discrepancy_dismiss(discrepancy_id=Discrepancy.objects.get().pk)
    assert Discrepancy.objects.get().dismissed
    reconcile()
    assert Discrepancy.objects.get().dismissed
    settle(attempt)
    reconcile()
    discrepancy = Discrepancy.objects.get()
    assert (discrepancy.dismissed, discrepancy.data["remote"]["captured"]) == (False, 1250)


def test_a_checkout_that_nobody_paid_is_not_missed():
    payment = start(make_product()).payment
    expire(payment)
    lose_ours(payment)
    assert reconcile().met == []


def test_a_refund_that_only_we_have_is_listed():
    payment = paid()
    facts = {"provider": payment.provider, "mode": payment.mode, "reference": "re_ghost"}
    Refund.objects.create(payment=payment, **facts, status="succeeded", amount=500)
    Payment.objects.update(refunded_amount=500)
    assert verdicts(reconcile()) == [("discrepancy", "refund")]
    assert Discrepancy.objects.get().data["remote"] is None
    assert reload(payment).refunded_amount == 500


def test_a_fee_in_a_coin_that_nobody_knows_is_no_difference():
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


def test_a_difference_that_asking_does_not_heal_can_be_dismissed():
    elsewhere(paid())
    reconcile()
    discrepancy = Discrepancy.objects.get()
    assert discrepancy_action(discrepancy) is ASK
    assert not discrepancy_refresh(discrepancy_id=discrepancy.pk)
    assert discrepancy_action(Discrepancy.objects.get()) is DISMISS


def test_a_difference_that_comes_back_is_heard_of_again():
    payment = paid()
    elsewhere(payment)
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


def test_what_was_dismissed_and_mended_is_heard_of_when_it_comes_back():
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


def test_without_an_answer_what_was_dismissed_stays_so():
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
def unbookable():
    """Payments that can't be written while their title is in here."""
    titles = set()

    def refuse(sender, instance, created, **kwargs):
        if instance.title in titles:
            raise OverflowError("Python int too large to convert to SQLite INTEGER")

    post_save.connect(refuse, sender=Payment)
    yield titles
    post_save.disconnect(refuse, sender=Payment)


def test_one_payment_that_can_not_be_booked_hides_no_other(unbookable):
    payments = [start(make_product(name=name)).payment for name in ("One", "Two", "Three")]
    for payment in payments:
        pay(payment)
    unbookable.add("Two")
    outcome = reconcile()
    assert (outcome.unanswered, outcome.count("healed")) == (1, 2)
    statuses = [reload(payment).status for payment in payments]
    assert statuses == ["succeeded", "pending", "succeeded"]
    unbookable.clear()
    assert reconcile().unanswered == 0
    assert reload(payments[1]).status == PaymentStatus.SUCCEEDED


def test_what_was_dismissed_is_not_asked_about_each_night():
    elsewhere(paid())
    reconcile()
    discrepancy_dismiss(discrepancy_id=Discrepancy.objects.get().pk)
    later = timezone.now() + timedelta(days=1)
    assert list(discrepancies_unseen(provider="sandbox", mode="test", since=later)) == []
    Discrepancy.objects.update(dismissed=False)
    assert list(discrepancies_unseen(provider="sandbox", mode="test", since=later)) == [
        Discrepancy.objects.get()
    ]


@pytest.mark.parametrize("facts", [{"provider": "gone"}, {"mode": "live"}])
def test_a_difference_of_a_provider_that_is_gone_can_be_dismissed(facts):
    row = {"provider": "sandbox", "mode": "test", "kind": "unknown", "reference": "x", **facts}
    discrepancy = Discrepancy.objects.create(**row, payment=paid())
    assert discrepancy_action(discrepancy) is DISMISS


def test_older_payments_and_others_are_left_alone():
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


def test_queries_do_not_grow_with_what_agrees(django_assert_num_queries):
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
    few = count()
    for _ in range(5):
        pay(start(product).payment)
    reconcile()
    # Each event that never arrived is looked for by itself; payments are compared by the hundred.
    assert count() - few == WebhookEvent.objects.count() - events


def test_a_delayed_payment_that_fails_unheard():
    payment = start(make_product()).payment
    attempt = pay_by_bank(payment, arrives=False)
    payment_apply(payment_id=payment.pk, source=EventSource.PROVIDER)
    settle(attempt)
    assert ("healed", "status") in verdicts(reconcile())
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
        ("healed", "dispute"),
        ("healed", "refund"),
        ("healed", "status"),
        ("healed", "status"),
    ]
    assert reload(payments[0]).status == PaymentStatus.SUCCEEDED
    assert reload(payments[1]).refunds.get().status == RefundStatus.SUCCEEDED
    assert reload(payments[2]).disputes.get()
    assert reload(fees).fee is not None
    before = everything()
    assert reconcile("stripe").met == []
    assert everything() == before


def test_what_other_software_does_on_the_same_stripe_account_stops_nothing(fake):
    """A session that saves a card has neither amount nor currency."""
    ours, other = start(make_product()).payment, start(make_product()).payment
    fake.pay(ours.checkout_reference)
    fake.store.objects[other.checkout_reference].update(
        amount_total=None, amount_subtotal=None, currency=None, mode="setup", metadata={}
    )
    Payment.objects.filter(pk=other.pk).update(checkout_reference=None, status="expired")
    outcome = reconcile("stripe")
    assert verdicts(outcome) == [("healed", "status")]
    assert reload(ours).status == PaymentStatus.SUCCEEDED


def test_two_names_of_one_account_miss_nothing_of_each_other(fake, settings):
    conf = settings.WAGTAIL_PAYMENTS
    providers = {**conf["PROVIDERS"], "second": conf["PROVIDERS"]["stripe"]}
    settings.WAGTAIL_PAYMENTS = {**conf, "PROVIDERS": providers}
    ours = start(make_product()).payment
    fake.pay(ours.checkout_reference)
    payment_apply(payment_id=ours.pk, source=EventSource.PROVIDER)
    assert reconcile("second").met == []
    assert Discrepancy.objects.count() == 0


def intent(payment):
    return reload(payment).payment_reference
