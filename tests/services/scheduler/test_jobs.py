"""Periodic jobs: run by one worker at a time, once per night, and retried when they fail."""

from datetime import UTC, datetime, timedelta

import django
import pytest
from django.core import mail
from django.utils import timezone

from tests.support.company import paid_event, pay
from tests.support.factories import make_product, make_site, reload, start
from wagtail_payments.enums import PaymentStatus
from wagtail_payments.models import Delivery, Discrepancy, Job, WebhookEvent
from wagtail_payments.sandbox.services.faults import fault_arm
from wagtail_payments.selectors.health.health import payments_health
from wagtail_payments.services.leases import lease_acquire
from wagtail_payments.services.scheduler import jobs
from wagtail_payments.services.scheduler.jobs import job_do, jobs_due, reconciliation_hurry

pytestmark = [pytest.mark.db, pytest.mark.django_db]

ADA = "ada@example.org"
ADMINS = [ADA] if django.VERSION >= (6, 0) else [("Ada", ADA)]


@pytest.fixture(autouse=True)
def site():
    return make_site()


def job(name):
    return Job.objects.get(name=name)


def perform(name):
    job_do(job_id=job(name).pk)
    return job(name)


def make_due(name):
    Job.objects.filter(name=name).update(next_attempt_at=timezone.now())


def test_one_row_per_job():
    assert len(jobs_due()) == 5
    assert jobs_due() == jobs_due()
    names = set(Job.objects.values_list("name", flat=True))
    assert names == {"exports", "payers", "payloads", "reconcile:sandbox", "revenue"}


def test_reconciliation_runs_each_night():
    payment = start(make_product()).payment
    pay(payment)
    jobs_due()
    done = perform("reconcile:sandbox")
    assert reload(payment).status == PaymentStatus.SUCCEEDED
    assert (done.result["fixed"], done.result["compared"], done.last_error) == (1, 1, "")
    assert done.finished_at
    assert done.leased_until is None
    tonight = timezone.localtime(done.next_attempt_at, timezone.get_default_timezone())
    assert (tonight.hour, tonight.minute) == (3, 10)
    assert timezone.now() < done.next_attempt_at <= timezone.now() + timedelta(days=1)
    assert done.pk not in jobs_due()


def test_leased_job_is_not_run():
    jobs_due()
    until = timezone.now() + timedelta(minutes=1)
    Job.objects.update(leased_until=until)
    assert jobs_due() == []
    skipped = perform("reconcile:sandbox")
    assert (skipped.finished_at, skipped.attempts, skipped.leased_until) == (None, 0, until)


def test_failed_job_stores_its_error_and_is_retried_soon(monkeypatch):
    jobs_due()
    monkeypatch.setattr(jobs, "webhook_payloads_expire", lambda: 1 / 0)
    failed = perform("payloads")
    assert "ZeroDivisionError" in failed.short_error
    assert (failed.finished_at, failed.attempts) == (None, 1)
    assert timezone.now() < failed.next_attempt_at < timezone.now() + timedelta(minutes=1)


def test_incomplete_reconciliation_keeps_its_result_and_waits_an_hour():
    """Reconciliation reads everything at the provider, so an immediate retry is too expensive."""
    payment = start(make_product()).payment
    pay(payment)
    jobs_due()
    fault_arm("error_500")
    failed = perform("reconcile:sandbox")
    assert failed.short_error == "PaymentsUnanswered: Payments that could not be compared: 1."
    assert (failed.finished_at, failed.attempts) == (None, 1)
    assert failed.result["unanswered"] == 1
    assert failed.next_attempt_at > timezone.now() + timedelta(minutes=50)
    make_due("reconcile:sandbox")
    done = perform("reconcile:sandbox")
    assert (done.last_error, done.attempts) == ("", 0)
    assert reload(payment).status == PaymentStatus.SUCCEEDED


def test_reconciliation_can_be_started_immediately():
    jobs_due()
    perform("reconcile:sandbox")
    (pk,) = reconciliation_hurry()
    assert pk == job("reconcile:sandbox").pk
    assert pk in jobs_due()


def test_job_of_a_removed_provider_is_deleted():
    Job.objects.create(name="reconcile:gone", last_error="x")
    jobs_due()
    assert not Job.objects.filter(name="reconcile:gone").exists()
    assert payments_health().ok


def test_job_of_a_misconfigured_provider_waits(settings):
    jobs_due()
    conf = settings.WAGTAIL_PAYMENTS
    broken = {**conf["PROVIDERS"]["sandbox"], "OPTIONS": {"nonsense": 1}}
    providers = {**conf["PROVIDERS"], "sandbox": broken}
    settings.WAGTAIL_PAYMENTS = {**conf, "PROVIDER": "offline", "PROVIDERS": providers}
    row = job("reconcile:sandbox")
    assert row.pk not in jobs_due()
    assert perform("reconcile:sandbox").attempts == 0


def test_long_reconciliation_renews_its_lease(monkeypatch):
    monkeypatch.setattr(jobs, "_RENEWED_EACH", timedelta(0))
    jobs_due()
    for _ in range(2):
        pay(start(make_product()).payment)
    soon = timezone.now() + timedelta(seconds=jobs._LEASE)
    leases = []
    run = jobs.reconciliation_run

    def run_and_record_lease(alias, *, watch):
        done = run(alias, watch=watch)
        leases.append(job("reconcile:sandbox").leased_until)
        return done

    monkeypatch.setattr(jobs, "reconciliation_run", run_and_record_lease)
    assert perform("reconcile:sandbox").finished_at
    assert leases[0] > soon


def test_reconciliation_stops_after_losing_its_lease(monkeypatch):
    monkeypatch.setattr(jobs, "_RENEWED_EACH", timedelta(0))
    jobs_due()
    payment = start(make_product()).payment
    pay(payment)
    taken = lease_acquire(Job.objects.all(), job("reconcile:sandbox").pk, seconds=60)
    Job.objects.update(leased_until=timezone.now())
    with pytest.raises(jobs.LeaseLost):
        jobs._reconcile("sandbox", taken)
    assert reload(payment).status == PaymentStatus.PENDING


@pytest.mark.parametrize(
    ("now", "then"),
    [
        (datetime(2026, 10, 25, 0, 5, tzinfo=UTC), datetime(2026, 10, 25, 0, 10, tzinfo=UTC)),
        # 03:05 occurs twice in this night; this is the second time.
        (datetime(2026, 10, 25, 1, 5, tzinfo=UTC), datetime(2026, 10, 26, 1, 10, tzinfo=UTC)),
        (datetime(2026, 11, 25, 12, 0, tzinfo=UTC), datetime(2026, 11, 26, 1, 10, tzinfo=UTC)),
    ],
)
def test_next_night_when_clocks_go_back(settings, monkeypatch, now, then):
    settings.TIME_ZONE = "Europe/Athens"
    monkeypatch.setattr(timezone, "now", lambda: now)
    # Compare timestamps: a datetime in a repeated hour never equals one in another zone (PEP 495).
    assert jobs._next_night().timestamp() == then.timestamp()


def test_old_payloads_are_removed():
    payment = start(make_product()).payment
    pay(payment)
    jobs_due()
    perform("reconcile:sandbox")
    WebhookEvent.objects.update(state="processed", received_at=timezone.now() - timedelta(days=91))
    assert perform("payloads").result == {"removed": 1}


@pytest.fixture
def emails(settings):
    settings.ADMINS = ADMINS
    settings.WAGTAIL_PAYMENTS = {**settings.WAGTAIL_PAYMENTS, "HEALTH_EMAIL": True}
    jobs_due()
    return mail.outbox


def create_failed_delivery():
    payment = start(make_product()).payment
    Delivery.objects.create(payment=payment, kind="signal", key="x", state="failed")


def run_health_job(emails):
    """Run the job, and return the emails that it sent."""
    before = len(emails)
    make_due("health")
    assert perform("health").last_error == ""
    return emails[before:]


def test_admins_are_emailed_about_problems_once_per_day(emails):
    assert run_health_job(emails) == []
    create_failed_delivery()
    (message,) = run_health_job(emails)
    assert message.to == ["ada@example.org"]
    assert "1 email or signal could not be sent." in message.body
    assert "http://testserver/admin/" in message.body
    assert "zoe@example.org" not in message.body + message.subject
    assert run_health_job(emails) == []
    yesterday = (timezone.now() - timedelta(hours=25)).isoformat()
    Job.objects.filter(name="health").update(
        result={**job("health").result, "reported_at": yesterday}
    )
    assert len(run_health_job(emails)) == 1


def test_admins_are_emailed_about_new_problems_immediately(emails):
    create_failed_delivery()
    assert len(run_health_job(emails)) == 1
    Discrepancy.objects.create(provider="sandbox", mode="test", kind="missing", reference="x")
    (message,) = run_health_job(emails)
    assert "1 discrepancy with the provider." in message.body
    assert run_health_job(emails) == []
    Discrepancy.objects.all().delete()
    assert run_health_job(emails) == []
    Discrepancy.objects.create(provider="sandbox", mode="test", kind="missing", reference="y")
    assert len(run_health_job(emails)) == 1


def test_temporary_error_sends_no_email(emails):
    event = paid_event()
    soon = timezone.now() + timedelta(seconds=2)
    WebhookEvent.objects.filter(pk=event.pk).update(
        last_error="Timeout", attempts=1, next_attempt_at=soon
    )
    assert run_health_job(emails) == []


def test_no_health_job_without_the_setting(settings):
    settings.ADMINS = ADMINS
    jobs_due()
    assert not Job.objects.filter(name="health").exists()
