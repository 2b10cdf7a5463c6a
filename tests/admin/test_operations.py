"""Webhook health, deliveries and reconciliation: pages, actions and permissions."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.contrib.auth import get_user_model
from django.urls import reverse
from django.utils import timezone

from tests.admin.payments.test_payments import paid, staff
from tests.support.company import paid_event
from tests.support.factories import make_site, reload
from wagtail_payments.enums import DeliveryState, PaymentStatus, WebhookState
from wagtail_payments.models import Delivery, Discrepancy, Job, Payment, WebhookEvent
from wagtail_payments.sandbox.models import Session
from wagtail_payments.selectors.health.health import payments_health
from wagtail_payments.services.reconciliation import provider_reconcile

pytestmark = pytest.mark.django_db

ALL = (
    "view_payment",
    "view_payer",
    "view_webhookevent",
    "replay_webhookevent",
    "view_delivery",
    "resend_delivery",
    "view_discrepancy",
    "resolve_discrepancy",
)
EVENTS, DELIVERIES, DISCREPANCIES = (
    f"wagtail_payments_{name}" for name in ("webhookevent", "delivery", "discrepancy")
)


@pytest.fixture(autouse=True)
def site():
    return make_site()


@pytest.fixture
def operator(client):
    client.user = staff("kim", *ALL)
    client.force_login(client.user)
    return client


@pytest.fixture
def event():
    return paid_event()


@pytest.fixture
def discrepancy():
    payment = paid()
    Session.objects.update(state="expired")
    provider_reconcile(alias="sandbox", since=payment.created_at - timedelta(days=1))
    return Discrepancy.objects.get()


def url(name, *args):
    return reverse(name, args=args)


def page(client, name, *args, query=""):
    response = client.get(url(name, *args) + query)
    assert response.status_code == 200
    return response.content.decode()


def hidden(form_page):
    """Return the hidden field with the state that the page showed."""
    fields = re.findall(r'type="hidden" name="(shown)" value="([^"]*)"', form_page.content.decode())
    return {name: unescape(value) for name, value in fields}


def send(client, name, *args):
    address = url(name, *args)
    form_page = client.get(address)
    assert form_page.status_code == 200
    response = client.post(address, hidden(form_page), follow=True)
    assert response.status_code == 200
    return response.content.decode()


def test_events_are_listed_below_a_summary(operator, event):
    WebhookEvent.objects.update(
        state="failed", attempts=12, last_error="Traceback …\nProviderUnavailable: no answer"
    )
    html = page(operator, f"{EVENTS}:index")
    for text in (
        "1 event failed.",
        "Failed",
        "checkout.completed",
        "ProviderUnavailable: no answer",
        "Process failed events again",
    ):
        assert text in html
    assert "Traceback" not in html
    assert "checkout.completed" not in page(operator, f"{EVENTS}:index", query="?state=processed")


def test_superusers_can_only_view_events(admin_client, event, discrepancy):
    for name in (EVENTS, DELIVERIES, DISCREPANCIES):
        assert "/add/" not in page(admin_client, f"{name}:index").split("<main")[-1]
    assert event.event_id in page(admin_client, f"{EVENTS}:inspect", event.pk)


def test_no_problems_are_reported(operator):
    html = page(operator, f"{EVENTS}:index")
    assert "No problems: nothing is failing" in html
    assert "Process failed events again" not in html


def test_an_event_is_shown_with_payload_and_error(operator, event):
    WebhookEvent.objects.update(last_error="Traceback of it")
    html = page(operator, f"{EVENTS}:inspect", event.pk)
    for text in (event.event_id, "Traceback of it", "&quot;livemode&quot;", "Process again"):
        assert text in html


def test_an_event_is_processed_again(operator, event):
    WebhookEvent.objects.update(state="failed", last_error="x")
    assert "1 event will be processed again." in send(operator, f"{EVENTS}:replay", event.pk)
    event.refresh_from_db()
    assert event.state == WebhookState.PENDING


def test_all_failed_events_are_processed_again(operator, event):
    WebhookEvent.objects.update(state="failed", last_error="x")
    assert "1 event will be processed again." in send(operator, f"{EVENTS}:replay_failed")
    event.refresh_from_db()
    assert event.state == WebhookState.PENDING


def test_a_payload_is_removed(operator, event):
    assert "The payload was removed." in send(operator, f"{EVENTS}:redact", event.pk)
    html = page(operator, f"{EVENTS}:inspect", event.pk)
    assert "The payload was removed." in html
    assert "Remove the payload" not in html


def test_deliveries_are_listed_and_sent_again(operator):
    payment = paid()
    delivery = payment.deliveries.get(kind="receipt_email")
    Delivery.objects.filter(pk=delivery.pk).update(state="failed", last_error="a\nSMTP: no")
    assert "SMTP: no" in page(operator, f"{DELIVERIES}:index")
    html = page(operator, "wagtail_payments_payment:inspect", payment.pk)
    assert url(f"{DELIVERIES}:resend", delivery.pk) in html
    assert "1 delivery will be sent again." in send(operator, f"{DELIVERIES}:resend", delivery.pk)
    delivery.refresh_from_db()
    assert (delivery.state, delivery.resends) == (DeliveryState.PENDING, 1)
    entry = payment.events.get(kind="delivery_resent")
    assert entry.actor == operator.user


def test_all_failed_deliveries_are_sent_again(operator):
    payment = paid()
    payment.deliveries.update(state="failed")
    assert "2 deliveries will be sent again." in send(operator, f"{DELIVERIES}:resend_failed")
    assert not payment.deliveries.exclude(state=DeliveryState.PENDING).exists()


def test_a_discrepancy_is_listed_with_both_sides_and_its_action(operator, discrepancy):
    html = page(operator, f"{DISCREPANCIES}:index")
    for text in (
        "The provider reports a different state of this payment",
        "Here: Paid, €12.50. At the provider: Expired.",
        "Refresh from provider",
        url(f"{DISCREPANCIES}:resolve", discrepancy.pk),
        "Nothing has been compared yet",
    ):
        assert text in html


def test_refreshing_reports_that_the_discrepancy_remains(operator, discrepancy):
    assert "still reports a different state" in send(
        operator, f"{DISCREPANCIES}:resolve", discrepancy.pk
    )
    discrepancy.refresh_from_db()
    assert discrepancy.resolved_at is None
    assert "Dismiss" in page(operator, f"{DISCREPANCIES}:resolve", discrepancy.pk)


def test_an_outdated_page_does_not_perform_another_action(operator, discrepancy):
    address = url(f"{DISCREPANCIES}:resolve", discrepancy.pk)
    shown = hidden(operator.get(address))
    Discrepancy.objects.update(asked_at=timezone.now())
    html = operator.post(address, shown, follow=True).content.decode()
    assert "This discrepancy has changed." in html
    assert not Discrepancy.objects.get().dismissed
    shown = hidden(operator.get(address))
    Discrepancy.objects.update(asked_at=None)
    operator.post(address, shown)
    assert not Discrepancy.objects.get().dismissed
    assert Discrepancy.objects.get().asked_at is None


def test_an_outdated_page_does_not_dismiss(operator):
    """The payment was paid while the user read the page."""
    data = {"local": None, "remote": {"status": "processing", "captured": 0, "currency": "EUR"}}
    row = {"provider": "sandbox", "mode": "test", "kind": "missing", "reference": "pi_x"}
    discrepancy = Discrepancy.objects.create(**row, data=data)
    address = url(f"{DISCREPANCIES}:resolve", discrepancy.pk)
    shown = hidden(operator.get(address))
    data["remote"] = {"status": "succeeded", "captured": 125000, "currency": "EUR"}
    Discrepancy.objects.update(data=data)
    html = operator.post(address, shown, follow=True).content.decode()
    assert "This discrepancy has changed." in html
    assert "€1,250.00" in html
    for without_state in ({}, {"shown": ""}):
        operator.post(address, without_state)
    assert not Discrepancy.objects.get().dismissed
    send(operator, f"{DISCREPANCIES}:resolve", discrepancy.pk)
    assert Discrepancy.objects.get().dismissed


def test_a_failed_event_can_be_ignored(operator, event):
    assert "Ignore" not in page(operator, f"{EVENTS}:inspect", event.pk)
    assert "no longer marked as failed" in send(operator, f"{EVENTS}:ignore", event.pk)
    WebhookEvent.objects.update(state="failed")
    assert url(f"{EVENTS}:ignore", event.pk) in page(operator, f"{EVENTS}:inspect", event.pk)
    assert "The event is ignored." in send(operator, f"{EVENTS}:ignore", event.pk)
    assert WebhookEvent.objects.get().state == "ignored"
    assert payments_health().ok


def test_refreshing_resolves_a_discrepancy(operator, discrepancy):
    Session.objects.update(state="succeeded")
    assert "The discrepancy is resolved." in send(
        operator, f"{DISCREPANCIES}:resolve", discrepancy.pk
    )
    assert "Here:" not in page(operator, f"{DISCREPANCIES}:index")
    assert "Here:" in page(operator, f"{DISCREPANCIES}:index", query="?resolved=true")
    assert operator.get(url(f"{DISCREPANCIES}:resolve", discrepancy.pk)).status_code == 404


def test_a_missing_payment_is_dismissed(operator):
    Discrepancy.objects.create(
        provider="sandbox",
        mode="test",
        kind="missing",
        reference="pi_x",
        data={"local": None, "remote": {"status": "succeeded", "captured": 700, "currency": "EUR"}},
    )
    assert "Here: nothing. At the provider: Paid, €7.00." in page(
        operator, f"{DISCREPANCIES}:index"
    )
    send(operator, f"{DISCREPANCIES}:resolve", Discrepancy.objects.get().pk)
    assert Discrepancy.objects.get().dismissed


def test_a_comparison_starts_immediately(operator):
    page(operator, f"{DISCREPANCIES}:run")
    assert "The comparison has started." in send(operator, f"{DISCREPANCIES}:run")
    assert Job.objects.get(name="reconcile:sandbox").next_attempt_at <= timezone.now()


def test_a_payment_to_review_is_found(operator):
    flagged, fine = paid(), paid()
    Payment.objects.filter(pk=flagged.pk).update(review_reason="amount_mismatch")
    html = page(operator, "wagtail_payments_payment:index", query="?to_review=true")
    assert url("wagtail_payments_payment:inspect", flagged.pk) in html
    assert url("wagtail_payments_payment:inspect", fine.pk) not in html


def test_home_warns_only_users_who_see_all_payments(operator, client, event):
    home = reverse("wagtailadmin_home")
    assert "Payments that need attention" not in operator.get(home).content.decode()
    WebhookEvent.objects.update(state="failed")
    html = operator.get(home).content.decode()
    assert "Payments that need attention" in html
    assert f"{url(f'{EVENTS}:index')}?state=failed" in html
    client.force_login(staff("ed"))
    assert "Payments that need attention" not in client.get(home).content.decode()


def test_lists_cannot_be_exported(operator):
    for name in (EVENTS, DELIVERIES, DISCREPANCIES):
        assert operator.get(url(f"{name}:index") + "?export=csv").status_code == 404


POSTS = (
    (f"{EVENTS}:replay", "event", "replay_webhookevent"),
    (f"{EVENTS}:replay_failed", None, "replay_webhookevent"),
    (f"{EVENTS}:ignore", "event", "replay_webhookevent"),
    (f"{EVENTS}:redact", "event", "replay_webhookevent"),
    (f"{DELIVERIES}:resend", "delivery", "resend_delivery"),
    (f"{DELIVERIES}:resend_failed", None, "resend_delivery"),
    (f"{DISCREPANCIES}:run", None, "resolve_discrepancy"),
    (f"{DISCREPANCIES}:resolve", "discrepancy", "resolve_discrepancy"),
)


@pytest.mark.parametrize(("name", "row", "right"), POSTS)
def test_actions_require_permission(client, event, name, row, right):
    payment = paid()
    discrepancy = Discrepancy.objects.create(
        provider="sandbox", mode="test", kind="missing", reference="pi_x", data={}
    )
    rows = {"event": event, "delivery": payment.deliveries.first(), "discrepancy": discrepancy}
    WebhookEvent.objects.update(state="failed", last_error="x")
    Delivery.objects.update(state="failed")
    models = (WebhookEvent, Delivery, Discrepancy, Job)
    before = [list(model.objects.order_by("pk").values()) for model in models]
    client.force_login(staff("ed", *(each for each in ALL if each != right)))
    address = url(name, *([rows[row].pk] if row else []))
    for method in (client.get, client.post):
        response = method(address)
        assert response.status_code == 302
        assert response["Location"] == reverse("wagtailadmin_home")
    assert [list(model.objects.order_by("pk").values()) for model in models] == before


@pytest.mark.parametrize("name", [EVENTS, DELIVERIES, DISCREPANCIES])
def test_lists_require_permission(client, name):
    client.force_login(staff("ed", "view_payment"))
    assert client.get(url(f"{name}:index")).status_code == 302


def test_deliveries_of_hidden_payments_return_404(client):
    payment = paid()
    client.force_login(staff("ed", "view_delivery", "resend_delivery"))
    delivery = payment.deliveries.first()
    link = url("wagtail_payments_payment:inspect", payment.pk)
    assert link not in page(client, f"{DELIVERIES}:index")
    client.user = staff("eve", "view_payment", "view_delivery")
    client.force_login(client.user)
    assert link in page(client, f"{DELIVERIES}:index")
    client.force_login(get_user_model().objects.get(username="ed"))
    assert client.post(url(f"{DELIVERIES}:resend", delivery.pk)).status_code == 404
    client.post(url(f"{DELIVERIES}:resend_failed"))
    assert not Delivery.objects.exclude(resends=0).exists()


def test_the_number_of_queries_of_the_lists_is_constant(operator, django_assert_max_num_queries):
    for name in (EVENTS, DELIVERIES, DISCREPANCIES):
        for _ in range(3):
            paid()
        with django_assert_max_num_queries(40) as few:
            page(operator, f"{name}:index")
        for _ in range(3):
            paid()
        with django_assert_max_num_queries(len(few)):
            page(operator, f"{name}:index")
    assert reload(paid()).status == PaymentStatus.SUCCEEDED
