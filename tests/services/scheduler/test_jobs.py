"""Periodic jobs: done by one at a time, once a night, tried again when they fail."""

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


def hurry(name):
    Job.objects.filter(name=name).update(next_attempt_at=timezone.now())


def test_there_is_one_row_a_job_however_many_ask():
    assert len(jobs_due()) == 5
    assert jobs_due() == jobs_due()
    names = set(Job.objects.values_list("name", flat=True))
    assert names == {"exports", "payers", "payloads", "reconcile:sandbox", "revenue"}


def test_the_books_are_compared_each_night():
    payment = start(make_product()).payment
    pay(payment)
    jobs_due()
    done = perform("reconcile:sandbox")
    assert reload(payment).status == PaymentStatus.SUCCEEDED
    assert (done.result["healed"], done.result["compared"], done.last_error) == (1, 1, "")
    assert done.finished_at
    assert done.leased_until is None
    tonight = timezone.localtime(done.next_attempt_at, timezone.get_default_timezone())
    assert (tonight.hour, tonight.minute) == (3, 10)
    assert timezone.now() < done.next_attempt_at <= timezone.now() + timedelta(days=1)
    assert done.pk not in jobs_due()


def test_who_comes_second_does_nothing():
    jobs_due()
    until = timezone.now() + timedelta(minutes=1)
    Job.objects.update(leased_until=until)
    assert jobs_due() == []
    left = perform("reconcile:sandbox")
    assert (left.finished_at, left.attempts, left.leased_until) == (None, 0, until)


def test_what_fails_says_why_and_is_tried_again_soon(monkeypatch):
    jobs_due()
    monkeypatch.setattr(jobs, "webhook_payloads_expire", lambda: 1 / 0)
    failed = perform("payloads")
    assert "ZeroDivisionError" in failed.short_error
    assert (failed.finished_at, failed.attempts) == (None, 1)
    assert timezone.now() < failed.next_attempt_at < timezone.now() + timedelta(minutes=1)


def test_a_comparison_without_all_answers_keeps_its_figures_and_waits_an_hour():
    """Each time it walks through all that the provider has."""
    payment = start(make_product()).payment
    pay(payment)
    jobs_due()
    fault_arm("error_500")
    failed = perform("reconcile:sandbox")
    assert failed.short_error == "PaymentsUnanswered: No answer about 1 payments."
    assert (failed.finished_at, failed.attempts) == (None, 1)
    assert failed.result["unanswered"] == 1
    assert failed.next_attempt_at > timezone.now() + timedelta(minutes=50)
    hurry("reconcile:sandbox")
    done = perform("reconcile:sandbox")
    assert (done.last_error, done.attempts) == ("", 0)
    assert reload(payment).status == PaymentStatus.SUCCEEDED


def test_staff_need_not_wait_for_the_night():
    jobs_due()
    perform("reconcile:sandbox")
    (pk,) = reconciliation_hurry()
    assert pk == job("reconcile:sandbox").pk
    assert pk in jobs_due()


def test_a_job_of_a_provider_that_is_gone_goes():
    Job.objects.create(name="reconcile:gone", last_error="x")
    jobs_due()
    assert not Job.objects.filter(name="reconcile:gone").exists()
    assert payments_health().ok


def test_a_job_of_a_provider_that_just_cannot_be_made_waits(settings):
    jobs_due()
    conf = settings.WAGTAIL_PAYMENTS
    broken = {**conf["PROVIDERS"]["sandbox"], "OPTIONS": {"nonsense": 1}}
    providers = {**conf["PROVIDERS"], "sandbox": broken}
    settings.WAGTAIL_PAYMENTS = {**conf, "PROVIDER": "offline", "PROVIDERS": providers}
    row = job("reconcile:sandbox")
    assert row.pk not in jobs_due()
    assert perform("reconcile:sandbox").attempts == 0


def test_a_long_comparison_keeps_its_lease(monkeypatch):
    monkeypatch.setattr(jobs, "_RENEWED_EACH", timedelta(0))
    jobs_due()
    for _ in range(2):
        pay(start(make_product()).payment)
    soon = timezone.now() + timedelta(seconds=jobs._LEASE)
    kept = []
    take = jobs.reconciliation_run

    def watched(alias, *, watch):
        done = take(alias, watch=watch)
        kept.append(job("reconcile:sandbox").leased_until)
        return done

    monkeypatch.setattr(jobs, "reconciliation_run", watched)
    assert perform("reconcile:sandbox").finished_at
    assert kept[0] > soon


def test_a_comparison_whose_job_was_taken_over_stops(monkeypatch):
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
        # Five past three comes twice in this night, and it is the second one.
        (datetime(2026, 10, 25, 1, 5, tzinfo=UTC), datetime(2026, 10, 26, 1, 10, tzinfo=UTC)),
        (datetime(2026, 11, 25, 12, 0, tzinfo=UTC), datetime(2026, 11, 26, 1, 10, tzinfo=UTC)),
    ],
)
def test_the_next_night_where_clocks_go_back(settings, monkeypatch, now, then):
    settings.TIME_ZONE = "Europe/Athens"
    monkeypatch.setattr(timezone, "now", lambda: now)
    # Not as datetimes: one of an hour that comes twice equals none of another zone (PEP 495).
    assert jobs._next_night().timestamp() == then.timestamp()


def test_payloads_go_by_themselves():
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


def trouble():
    payment = start(make_product()).payment
    Delivery.objects.create(payment=payment, kind="signal", key="x", state="failed")


def told(emails):
    """Do the job, and return the mails that it sent."""
    before = len(emails)
    hurry("health")
    assert perform("health").last_error == ""
    return emails[before:]


def test_admins_hear_of_trouble_once_a_day(emails):
    assert told(emails) == []
    trouble()
    (message,) = told(emails)
    assert message.to == ["ada@example.org"]
    assert "1 email or signal could not be sent." in message.body
    assert "http://testserver/admin/" in message.body
    assert "zoe@example.org" not in message.body + message.subject
    assert told(emails) == []
    yesterday = (timezone.now() - timedelta(hours=25)).isoformat()
    Job.objects.filter(name="health").update(
        result={**job("health").result, "reported_at": yesterday}
    )
    assert len(told(emails)) == 1


def test_admins_hear_of_what_is_new_at_once(emails):
    trouble()
    assert len(told(emails)) == 1
    Discrepancy.objects.create(provider="sandbox", mode="test", kind="missing", reference="x")
    (message,) = told(emails)
    assert "1 discrepancy with the provider." in message.body
    assert told(emails) == []
    Discrepancy.objects.all().delete()
    assert told(emails) == []
    Discrepancy.objects.create(provider="sandbox", mode="test", kind="missing", reference="y")
    assert len(told(emails)) == 1


def test_a_passing_hiccup_wakes_nobody(emails):
    event = paid_event()
    soon = timezone.now() + timedelta(seconds=2)
    WebhookEvent.objects.filter(pk=event.pk).update(
        last_error="Timeout", attempts=1, next_attempt_at=soon
    )
    assert told(emails) == []


def test_nobody_hears_who_did_not_ask_for_it(settings):
    settings.ADMINS = ADMINS
    jobs_due()
    assert not Job.objects.filter(name="health").exists()
