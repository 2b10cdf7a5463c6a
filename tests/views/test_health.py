"""The address for monitors: counts for staff, nothing for others, nothing of any payer."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.utils import timezone

from tests.support.company import paid_event, pay
from tests.support.factories import make_product, make_site, make_user, start
from wagtail_payments.enums import EventSource
from wagtail_payments.models import Delivery, Discrepancy, Job, Payment, Refund, WebhookEvent
from wagtail_payments.sandbox.provider import SandboxProvider
from wagtail_payments.selectors.health.health import payments_health
from wagtail_payments.selectors.health.problems import health_problems
from wagtail_payments.services.payments.apply import payment_apply
from wagtail_payments.services.webhooks.inbox import webhook_process

pytestmark = pytest.mark.django_db

URL = "/payments/health/"


@pytest.fixture(autouse=True)
def site():
    return make_site()


@pytest.fixture
def monitor(client):
    user = make_user("mo")
    user.user_permissions.add(Permission.objects.get(codename="view_webhookevent"))
    client.force_login(user)
    return client


@pytest.fixture
def event():
    return paid_event()


def test_counts_only(monitor, event):
    webhook_process(event_id=event.pk)
    Delivery.objects.update(state="sent")
    response = monitor.get(URL)
    assert response.status_code == 200
    found = response.json()
    assert found["ok"] is True
    assert found["last_event_at"]
    assert 0 <= found["lag"] < 60
    counts = {name: value for name, value in found.items() if type(value) is int}
    assert set(counts.values()) == {0}
    assert "zoe" not in response.content.decode().lower()
    assert response["Cache-Control"] == "max-age=0, no-cache, no-store, must-revalidate, private"


@pytest.mark.parametrize("who", ["anonymous", "member", "staff", "inactive"])
def test_nobody_else(client, who):
    if who == "member":
        client.force_login(make_user("mia"))
    if who == "staff":
        client.force_login(make_user("stan", is_staff=True))
    if who == "inactive":
        client.force_login(make_user("ida", is_superuser=True, is_active=False))
    assert client.get(URL).status_code == 403
    assert client.post(URL).status_code in (403, 405)


def ago(**time):
    return timezone.now() - timedelta(**time)


def webhook(**facts):
    return WebhookEvent.objects.create(
        **{"provider": "sandbox", "mode": "test", "event_id": "e", "type": "t", **facts}
    )


def paid_at(moment):
    payment = start(make_product()).payment
    pay(payment)
    payment_apply(payment_id=payment.pk, source=EventSource.SWEEP)
    Payment.objects.filter(pk=payment.pk).update(paid_at=moment)
    Delivery.objects.update(state="sent")


TROUBLES = {
    "1 event was given up.": lambda: webhook(state="failed"),
    "1 event fails and is tried again.": lambda: webhook(
        last_error="x", attempts=5, next_attempt_at=ago(hours=-1)
    ),
    "Something has waited for 10 minutes: no consumer (run_huey) runs, or it doesn't keep up.": (
        lambda: webhook(next_attempt_at=ago(minutes=10, seconds=5))
    ),
    "1 refund has no answer from the provider yet.": lambda: Refund.objects.create(
        payment=start(make_product()).payment,
        provider="sandbox",
        mode="test",
        amount=1,
        attempts=5,
        last_error="x",
        next_attempt_at=ago(hours=-1),
    ),
    "1 mail or signal could not be sent.": lambda: Delivery.objects.create(
        payment=start(make_product()).payment, kind="signal", key="x", state="failed"
    ),
    "1 difference from the provider's books.": lambda: Discrepancy.objects.create(
        provider="sandbox", mode="test", kind="missing", reference="x"
    ),
    "The comparison with the provider is failing.": lambda: Job.objects.create(
        name="reconcile:sandbox", attempts=5
    ),
    "A periodic job is failing. See the log of the consumer (run_huey).": (
        lambda: Job.objects.create(name="payloads", attempts=5)
    ),
    "Payments are made, but no events arrive. Run payments_doctor on the server.": lambda: paid_at(
        ago(days=2)
    ),
}


@pytest.mark.parametrize("words", TROUBLES)
def test_every_trouble_is_named_and_told_to_the_monitor(monitor, words):
    assert monitor.get(URL).status_code == 200
    TROUBLES[words]()
    response = monitor.get(URL)
    assert (response.status_code, response.json()["ok"]) == (503, False)
    assert [problem.text for problem in health_problems(payments_health())] == [words]


def test_a_payment_to_review_is_named_until_its_money_is_back():
    paid_at(timezone.now())
    Payment.objects.update(review_reason="amount_mismatch")
    assert [p.text for p in health_problems(payments_health())] == ["1 payment has to be reviewed."]
    Payment.objects.update(refunded_amount=1250)
    assert payments_health().ok


def test_an_endpoint_that_is_reached_is_not_silent():
    paid_at(ago(days=2))
    webhook(state="ignored")
    WebhookEvent.objects.update(received_at=ago(days=2))
    assert payments_health().ok


def test_events_that_had_to_be_fetched_do_not_hide_a_dead_endpoint():
    paid_at(ago(days=2))
    webhook(state="ignored", recovered=True)
    assert payments_health().silent


def test_a_provider_without_events_is_never_silent():
    start(make_product(), provider="offline", ui="hosted")
    Payment.objects.update(status="succeeded", paid_at=ago(days=2), captured_amount=1)
    assert not payments_health().silent


def test_a_provider_that_is_gone_is_never_silent(settings):
    paid_at(ago(days=2))
    assert payments_health().silent
    conf = settings.WAGTAIL_PAYMENTS
    left = {name: each for name, each in conf["PROVIDERS"].items() if name != "sandbox"}
    settings.WAGTAIL_PAYMENTS = {**conf, "PROVIDER": "offline", "PROVIDERS": left}
    assert payments_health().ok


def test_a_comparison_that_nobody_finished_for_days_is_told():
    Job.objects.create(name="reconcile:sandbox", finished_at=ago(days=1))
    assert payments_health().ok
    Job.objects.update(finished_at=ago(days=3))
    assert payments_health().comparisons_failing == 1


@pytest.mark.parametrize("name", ["payloads", "reconcile:sandbox"])
def test_a_job_that_failed_once_is_no_trouble_and_one_that_never_ends_is(name):
    Job.objects.create(name=name, attempts=4, last_error="x")
    assert payments_health().ok
    Job.objects.update(attempts=5, last_error="")
    assert not payments_health().ok


def test_an_event_that_waited_for_a_consumer_tells_all_the_same():
    paid_at(ago(days=2))
    webhook(state="processed", processed_at=ago(days=2))
    WebhookEvent.objects.update(received_at=ago(days=4))
    assert payments_health().ok
    WebhookEvent.objects.update(processed_at=ago(days=3))
    assert payments_health().silent


@pytest.mark.parametrize(("mode", "count"), [("test", 0), ("live", 1)])
def test_only_real_money_counts_where_a_provider_is_gone(mode, count):
    start(make_product())
    Payment.objects.update(
        provider="gone", mode=mode, review_reason="amount_mismatch", captured_amount=1250
    )
    webhook(state="failed", provider="gone", mode=mode)
    health = payments_health()
    assert (health.payments_to_review, health.failed) == (count, count)


def test_test_payments_need_no_review_once_a_site_is_live(settings):
    start(make_product(), provider="offline", ui="hosted")
    Payment.objects.update(review_reason="amount_mismatch", captured_amount=1250)
    assert payments_health().payments_to_review == 1
    conf = settings.WAGTAIL_PAYMENTS
    live = {**conf["PROVIDERS"]["offline"], "OPTIONS": {"live": True}}
    settings.WAGTAIL_PAYMENTS = {**conf, "PROVIDERS": {**conf["PROVIDERS"], "offline": live}}
    assert payments_health().ok


def test_a_row_that_somebody_works_on_does_not_wait():
    webhook(next_attempt_at=ago(minutes=10), leased_until=ago(minutes=-1))
    assert payments_health().ok


def test_a_row_that_waits_for_its_time_is_no_trouble():
    webhook(next_attempt_at=ago(hours=-3))
    assert payments_health().ok


def test_health_costs_a_fixed_number_of_queries(event, django_assert_num_queries):
    with django_assert_num_queries(13):
        payments_health()


def test_what_is_left_of_tests_is_no_trouble_once_the_site_is_live(monkeypatch, event):
    webhook_process(event_id=event.pk)
    Delivery.objects.update(state="failed")
    row = {"provider": "sandbox", "mode": "test", "kind": "unknown", "reference": "cs_x"}
    Discrepancy.objects.create(**row, payment=Payment.objects.get())
    found = payments_health()
    assert (found.deliveries_failed, found.discrepancies) == (2, 1)
    monkeypatch.setattr(SandboxProvider, "live", True)
    found = payments_health()
    assert (found.deliveries_failed, found.discrepancies, found.ok) == (0, 0, True)


def test_payments_that_nobody_asks_about_are_told():
    """No consumer runs, and no event came either: nothing else waits."""
    payment = start(make_product()).payment
    assert payments_health().ok
    Payment.objects.update(next_check_at=timezone.now() - timedelta(minutes=6))
    found = payments_health()
    assert found.stalled
    assert not found.ok
    pay(payment)
    payment_apply(payment_id=payment.pk, source=EventSource.SWEEP)
    Delivery.objects.update(state="sent")
    assert not payments_health().stalled


def test_a_comparison_that_was_never_finished_is_told():
    job = Job.objects.create(name="reconcile:sandbox")
    assert payments_health().comparisons_failing == 0
    Job.objects.update(next_attempt_at=timezone.now() - timedelta(days=3))
    assert payments_health().comparisons_failing == 1
    Job.objects.filter(pk=job.pk).update(finished_at=timezone.now())
    assert payments_health().comparisons_failing == 0
