"""The health endpoint: counts for users with permission, without personal data."""

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


def test_the_response_contains_only_counts(monitor, event):
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


@pytest.mark.parametrize("kind", ["anonymous", "member", "staff", "inactive"])
def test_other_users_are_refused(client, kind):
    if kind == "member":
        client.force_login(make_user("mia"))
    if kind == "staff":
        client.force_login(make_user("stan", is_staff=True))
    if kind == "inactive":
        client.force_login(make_user("ida", is_superuser=True, is_active=False))
    assert client.get(URL).status_code == 403
    assert client.post(URL).status_code in (403, 405)


def ago(**time):
    return timezone.now() - timedelta(**time)


def make_event(**fields):
    return WebhookEvent.objects.create(
        **{"provider": "sandbox", "mode": "test", "event_id": "e", "type": "t", **fields}
    )


def paid_at(moment):
    payment = start(make_product()).payment
    pay(payment)
    payment_apply(payment_id=payment.pk, source=EventSource.SWEEP)
    Payment.objects.filter(pk=payment.pk).update(paid_at=moment)
    Delivery.objects.update(state="sent")


PROBLEMS = {
    "1 event failed.": lambda: make_event(state="failed"),
    "1 event has errors and is retried.": lambda: make_event(
        last_error="x", attempts=5, next_attempt_at=ago(hours=-1)
    ),
    "Rows have been waiting for 10 minutes: no consumer (run_huey) is running, or it does not keep up.": (
        lambda: make_event(next_attempt_at=ago(minutes=10, seconds=5))
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
    "1 email or signal could not be sent.": lambda: Delivery.objects.create(
        payment=start(make_product()).payment, kind="signal", key="x", state="failed"
    ),
    "1 discrepancy with the provider.": lambda: Discrepancy.objects.create(
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


@pytest.mark.parametrize("message", PROBLEMS)
def test_each_problem_is_reported(monitor, message):
    assert monitor.get(URL).status_code == 200
    PROBLEMS[message]()
    response = monitor.get(URL)
    assert (response.status_code, response.json()["ok"]) == (503, False)
    assert [problem.text for problem in health_problems(payments_health())] == [message]


def test_a_payment_to_review_is_reported_until_it_is_refunded():
    paid_at(timezone.now())
    Payment.objects.update(review_reason="amount_mismatch")
    assert [p.text for p in health_problems(payments_health())] == ["1 payment to review."]
    Payment.objects.update(refunded_amount=1250)
    assert payments_health().ok


def test_ignored_events_show_that_the_endpoint_is_reachable():
    paid_at(ago(days=2))
    make_event(state="ignored")
    WebhookEvent.objects.update(received_at=ago(days=2))
    assert payments_health().ok


def test_recovered_events_do_not_hide_an_unreachable_endpoint():
    paid_at(ago(days=2))
    make_event(state="ignored", recovered=True)
    assert payments_health().silent


def test_a_provider_without_events_is_never_silent():
    start(make_product(), provider="offline", ui="hosted")
    Payment.objects.update(status="succeeded", paid_at=ago(days=2), captured_amount=1)
    assert not payments_health().silent


def test_a_removed_provider_is_never_silent(settings):
    paid_at(ago(days=2))
    assert payments_health().silent
    conf = settings.WAGTAIL_PAYMENTS
    remaining = {name: each for name, each in conf["PROVIDERS"].items() if name != "sandbox"}
    settings.WAGTAIL_PAYMENTS = {**conf, "PROVIDER": "offline", "PROVIDERS": remaining}
    assert payments_health().ok


def test_an_old_comparison_is_reported():
    Job.objects.create(name="reconcile:sandbox", finished_at=ago(days=1))
    assert payments_health().ok
    Job.objects.update(finished_at=ago(days=3))
    assert payments_health().comparisons_failing == 1


@pytest.mark.parametrize("name", ["payloads", "reconcile:sandbox"])
def test_a_job_is_reported_after_five_attempts(name):
    Job.objects.create(name=name, attempts=4, last_error="x")
    assert payments_health().ok
    Job.objects.update(attempts=5, last_error="")
    assert not payments_health().ok


def test_silence_depends_on_when_events_were_processed():
    paid_at(ago(days=2))
    make_event(state="processed", processed_at=ago(days=2))
    WebhookEvent.objects.update(received_at=ago(days=4))
    assert payments_health().ok
    WebhookEvent.objects.update(processed_at=ago(days=3))
    assert payments_health().silent


@pytest.mark.parametrize(("mode", "count"), [("test", 0), ("live", 1)])
def test_only_live_payments_of_a_removed_provider_are_counted(mode, count):
    start(make_product())
    Payment.objects.update(
        provider="gone", mode=mode, review_reason="amount_mismatch", captured_amount=1250
    )
    make_event(state="failed", provider="gone", mode=mode)
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


def test_a_leased_row_is_not_waiting():
    make_event(next_attempt_at=ago(minutes=10), leased_until=ago(minutes=-1))
    assert payments_health().ok


def test_a_row_scheduled_for_later_is_not_waiting():
    make_event(next_attempt_at=ago(hours=-3))
    assert payments_health().ok


def test_the_number_of_queries_is_constant(event, django_assert_num_queries):
    with django_assert_num_queries(13):
        payments_health()


def test_test_mode_problems_are_ignored_once_a_site_is_live(monkeypatch, event):
    webhook_process(event_id=event.pk)
    Delivery.objects.update(state="failed")
    row = {"provider": "sandbox", "mode": "test", "kind": "unknown", "reference": "cs_x"}
    Discrepancy.objects.create(**row, payment=Payment.objects.get())
    found = payments_health()
    assert (found.deliveries_failed, found.discrepancies) == (2, 1)
    monkeypatch.setattr(SandboxProvider, "live", True)
    found = payments_health()
    assert (found.deliveries_failed, found.discrepancies, found.ok) == (0, 0, True)


def test_stalled_payments_are_reported():
    """No consumer is running and no event has arrived, so nothing else is waiting."""
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


def test_a_comparison_that_never_finished_is_reported():
    job = Job.objects.create(name="reconcile:sandbox")
    assert payments_health().comparisons_failing == 0
    Job.objects.update(next_attempt_at=timezone.now() - timedelta(days=3))
    assert payments_health().comparisons_failing == 1
    Job.objects.filter(pk=job.pk).update(finished_at=timezone.now())
    assert payments_health().comparisons_failing == 0
