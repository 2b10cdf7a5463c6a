"""The commands for reconciliation and replay: output for users and JSON for scripts."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from tests.support.company import paid_event, pay, session_of
from tests.support.factories import make_product, make_site, reload, start
from wagtail_payments.enums import PaymentStatus, WebhookState
from wagtail_payments.management import progress
from wagtail_payments.models import Discrepancy, WebhookEvent
from wagtail_payments.sandbox.models import Session
from wagtail_payments.sandbox.services.faults import fault_arm
from wagtail_payments.services.reconciliation import provider_reconcile

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def site():
    return make_site()


@pytest.fixture
def payment():
    payment = start(make_product()).payment
    pay(payment)
    return payment


@pytest.fixture
def event():
    return paid_event()


def run(name, *arguments, **options):
    out = StringIO()
    call_command(name, *arguments, stdout=out, stderr=out, **options)
    return out.getvalue()


def run_with_error(name, *arguments):
    out = StringIO()
    with pytest.raises(CommandError) as error:
        call_command(name, *arguments, stdout=out, stderr=out)
    return f"{out.getvalue()}\n{error.value}"


def test_reconcile_reports_fixed_payments(payment):
    output = run("payments_reconcile")
    assert "fixed    status" in output
    assert "compared 1, found 0, fixed 1, left 0, missed events 1, unanswered 0." in output
    assert reload(payment).status == PaymentStatus.SUCCEEDED


def test_reconcile_shows_progress_unless_quiet(payment, monkeypatch):
    monkeypatch.setattr(progress, "INTERVAL", 0)
    assert "payments: 1\n" in run("payments_reconcile")
    assert "payments: 1" not in run("payments_reconcile", verbosity=0)
    assert json.loads(run("payments_reconcile", "--json"))


def test_replay_shows_progress(event, monkeypatch):
    monkeypatch.setattr(progress, "INTERVAL", 0)
    assert "events: 1 of 1\n" in run("payments_replay", str(event.pk))


def test_a_dry_run_changes_nothing_and_ends_with_an_error(payment):
    output = run_with_error("payments_reconcile", "--dry-run")
    assert "found 1, fixed 0" in output
    assert "Nothing was changed." in output
    assert reload(payment).status == PaymentStatus.PENDING
    assert WebhookEvent.objects.count() == 0


def test_json_output(payment):
    (result,) = json.loads(run("payments_reconcile", "--json"))
    assert (result["provider"], result["mode"], result["fixed"]) == ("sandbox", "test", 1)
    (difference,) = result["differences"]
    assert difference["verdict"] == "fixed"
    assert difference["payment"] == str(payment.public_id)
    assert difference["local"]["status"] == "pending"
    assert difference["remote"]["status"] == "succeeded"
    assert "zoe" not in json.dumps(result)


def test_remaining_discrepancies_end_with_an_error(payment):
    run("payments_reconcile")
    Session.objects.update(state="expired")
    output = run_with_error("payments_reconcile")
    assert "discrepancy  status" in output
    assert Discrepancy.objects.count() == 1


@pytest.mark.parametrize("since", ["2026-01-01", "7d"])
def test_the_option_since(payment, since):
    assert "fixed 1" in run("payments_reconcile", "--since", since)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--since", "yesterday"], "30d"),
        (["--since", "2026-13-01"], "30d"),
        (["--since", "2999-01-01"], "past day"),
        (["--since", "0001-01-01"], "past day"),
        (["--since", "99999999999d"], "past day"),
        (["--provider", "nobody"], "known: sandbox"),
        (["--provider", "offline"], "known: sandbox"),
    ],
)
def test_invalid_options_are_reported_and_change_nothing(payment, arguments, message):
    assert message in run_with_error("payments_reconcile", *arguments)
    assert reload(payment).status == PaymentStatus.PENDING


def test_an_unavailable_provider_is_reported(payment):
    fault_arm("error_500", times=5)
    output = run_with_error("payments_reconcile")
    assert "unanswered 1" in output
    assert reload(payment).status == PaymentStatus.PENDING


@pytest.mark.parametrize("name", ["pk", "event_id"])
def test_replay_by_either_id(event, name):
    WebhookEvent.objects.update(state="failed", last_error="boom")
    output = run("payments_replay", str(getattr(event, name)))
    assert "Processed again: 1, failed: 0." in output
    event.refresh_from_db()
    assert (event.state, event.last_error) == (WebhookState.PROCESSED, "")
    assert reload(event.payment).status == PaymentStatus.SUCCEEDED


def test_replay_failed_events(event):
    WebhookEvent.objects.update(state="failed", last_error="boom")
    assert "Processed again: 1" in run("payments_replay", "--failed")
    assert "Processed again: 0" in run("payments_replay", "--failed")


def test_an_event_that_fails_again_is_reported(event):
    fault_arm("error_500")
    output = run_with_error("payments_replay", str(event.pk))
    assert "failed: 1" in output
    assert "ProviderUnavailable" in output
    event.refresh_from_db()
    assert event.state == WebhookState.PENDING


@pytest.mark.parametrize(
    "arguments", [[], ["1", "--failed"], ["999999"], ["9" * 20], ["evt_unknown"]]
)
def test_replay_with_invalid_arguments_changes_nothing(event, arguments):
    before = WebhookEvent.objects.values().get()
    run_with_error("payments_replay", *arguments)
    assert WebhookEvent.objects.values().get() == before


def test_a_replayed_payment_is_charged_once(event):
    for _ in range(3):
        run("payments_replay", event.event_id)
    assert (
        session_of(reload(event.payment or WebhookEvent.objects.get().payment)).attempts.count()
        == 1
    )
    assert provider_reconcile(alias="sandbox", since=event.received_at.replace(year=2020)).met == []
