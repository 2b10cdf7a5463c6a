"""Periodic jobs: done by one at a time, once a night, tried again when they fail."""

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from tests.company import pay
from tests.factories import make_product, make_site, reload, start
from wagtail_payments.enums import PaymentStatus
from wagtail_payments.models import Delivery, Job, WebhookEvent
from wagtail_payments.sandbox.services.faults import fault_arm
from wagtail_payments.services.jobs import job_do, jobs_due, reconciliation_hurry

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def site():
    return make_site()


def job(name):
    return Job.objects.get(name=name)


def do(name):
    job_do(job_id=job(name).pk)
    return job(name)


def hurry(name):
    Job.objects.filter(name=name).update(next_attempt_at=timezone.now())


def test_there_is_one_row_a_job_however_many_ask():
    assert len(jobs_due()) == 2
    assert jobs_due() == jobs_due()
    assert set(Job.objects.values_list("name", flat=True)) == {"payloads", "reconcile:sandbox"}


def test_the_books_are_compared_each_night():
    payment = start(make_product()).payment
    pay(payment)
    jobs_due()
    done = do("reconcile:sandbox")
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
    left = do("reconcile:sandbox")
    assert (left.finished_at, left.attempts, left.leased_until) == (None, 0, until)


def test_what_fails_says_why_and_is_tried_again_soon():
    payment = start(make_product()).payment
    pay(payment)
    jobs_due()
    fault_arm("error_500")
    failed = do("reconcile:sandbox")
    assert "ProviderUnavailable" in failed.short_error
    assert (failed.finished_at, failed.attempts) == (None, 1)
    assert timezone.now() < failed.next_attempt_at < timezone.now() + timedelta(minutes=1)
    hurry("reconcile:sandbox")
    done = do("reconcile:sandbox")
    assert (done.last_error, done.attempts) == ("", 0)
    assert reload(payment).status == PaymentStatus.SUCCEEDED


def test_staff_need_not_wait_for_the_night():
    jobs_due()
    do("reconcile:sandbox")
    (pk,) = reconciliation_hurry()
    assert pk == job("reconcile:sandbox").pk
    assert pk in jobs_due()


def test_a_job_of_a_provider_that_is_gone_is_left_alone(settings):
    Job.objects.create(name="reconcile:gone")
    due = jobs_due()
    gone = job("reconcile:gone")
    assert gone.pk not in due
    job_do(job_id=gone.pk)
    assert job("reconcile:gone").finished_at is None


def test_payloads_go_by_themselves():
    payment = start(make_product()).payment
    pay(payment)
    jobs_due()
    do("reconcile:sandbox")
    WebhookEvent.objects.update(state="processed", received_at=timezone.now() - timedelta(days=91))
    assert do("payloads").result == {"removed": 1}


@pytest.fixture
def mails(settings):
    settings.ADMINS = [("Ada", "ada@example.org")]
    settings.WAGTAIL_PAYMENTS = {**settings.WAGTAIL_PAYMENTS, "HEALTH_MAIL": True}
    jobs_due()
    return mail.outbox


def test_admins_hear_of_trouble_once_a_day(mails):
    assert do("health").result == {"problems": 0}
    assert mails == []
    payment = start(make_product()).payment
    Delivery.objects.create(payment=payment, kind="signal", occurrence="x", state="dead")
    hurry("health")
    told = do("health")
    (message,) = mails
    assert message.to == ["ada@example.org"]
    assert "1 mail or signal could not be sent." in message.body
    assert "http://testserver/admin/" in message.body
    assert "zoe@example.org" not in message.body + message.subject
    assert told.next_attempt_at > timezone.now() + timedelta(hours=23)


def test_nobody_hears_who_did_not_ask_for_it(settings):
    settings.ADMINS = [("Ada", "ada@example.org")]
    jobs_due()
    assert not Job.objects.filter(name="health").exists()
