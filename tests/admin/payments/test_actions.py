"""Staff actions on payments, and their permissions."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import OperationalError, connection
from django.db.models.signals import post_save
from django.urls import reverse
from django.utils import timezone

from tests.admin.payments.test_payments import paid, staff
from tests.support.company import pay, session_of
from tests.support.factories import make_product, make_site, make_user, reload, start
from wagtail_payments.enums import EventSource, PaymentStatus, RefundStatus
from wagtail_payments.models import Delivery, Receipt, Refund
from wagtail_payments.sandbox.models import Refund as SandboxRefund
from wagtail_payments.sandbox.models import Session
from wagtail_payments.sandbox.services.faults import fault_arm
from wagtail_payments.services.payments.apply import payment_apply
from wagtail_payments.services.refunds.send import refund_send

ACTIONS = ("refund", "receive", "cancel")

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def site():
    return make_site(offline_instructions="Pay to our account.")


@pytest.fixture
def treasurer(client):
    user = staff("tess", "view_payment", "view_payer", "refund_payment", "receive_payment")
    client.force_login(user)
    client.user = user
    return client


def url(action, payment):
    return reverse(f"wagtail_payments_payment:{action}", args=[payment.pk])


def offline_payment():
    return start(make_product(), provider="offline", ui="hosted").payment


def refund_data(**changes):
    return {"key": str(uuid4()), "amount": "5.00", "reason": "duplicate", "note": "", **changes}


def send(client, action, payment, data, *, expect=302):
    response = client.post(url(action, payment), data)
    assert response.status_code == expect, response.content.decode()
    return response


def test_a_refund(treasurer):
    payment = paid()
    page = treasurer.get(url("refund", payment)).content.decode()
    for text in (
        "Left to refund: €12.50.",
        'value="12.50"',
        "Test mode",
        "can&#x27;t be undone",
    ):
        assert text in page
    send(treasurer, "refund", payment, refund_data(note="Rain"))
    (refund,) = payment.refunds.all()
    assert (refund.status, refund.amount) == (RefundStatus.SUCCEEDED, 500)
    assert (refund.actor, refund.note) == (treasurer.user, "Rain")
    page = treasurer.get(url("inspect", payment)).content.decode()
    for text in ("Refunded: €5.00.", "Partly refunded", "Rain", "Paid twice", str(treasurer.user)):
        assert text in page
    listing = treasurer.get(reverse("wagtail_payments_payment:index")).content.decode()
    assert "Partly refunded" in listing


def test_a_double_click_is_one_refund(treasurer):
    payment, data = paid(), refund_data()
    for _ in range(2):
        send(treasurer, "refund", payment, data)
    assert SandboxRefund.objects.count() == Refund.objects.count() == 1


@pytest.mark.parametrize(
    "amount", ["12.51", "0", "-1", "", "2,505", "1.000,00", "13,00", "1.001", "x"]
)
def test_an_invalid_amount_is_a_field_error(treasurer, amount):
    payment = paid()
    page = send(treasurer, "refund", payment, refund_data(amount=amount, note="Kept"), expect=200)
    assert page.context["form"].errors["amount"]
    assert "Kept" in page.content.decode()
    assert not Refund.objects.exists()
    assert not SandboxRefund.objects.exists()


def test_a_refusal_by_the_provider_is_shown(treasurer):
    payment = paid()
    SandboxRefund.objects.create(
        session=session_of(payment), reference="re_x", idempotency_key="x", amount=1250
    )
    page = send(treasurer, "refund", payment, refund_data(), expect=200).content.decode()
    assert "The provider says" in page
    assert "Nothing was refunded" in page
    assert Refund.objects.get().status == RefundStatus.FAILED
    assert reload(payment).refunded_amount == 0


def test_a_provider_that_does_not_respond(treasurer):
    payment = paid()
    fault_arm("timeout_after_success")
    send(treasurer, "refund", payment, refund_data())
    page = treasurer.get(url("inspect", payment)).content.decode()
    assert "Do not refund it again" in page
    assert "Being sent" in page
    assert Refund.objects.get().status == RefundStatus.CREATED


def test_a_refund_in_a_currency_with_three_decimals(treasurer):
    payment = start(make_product(prices=[{"amount": 12500, "currency": "KWD"}])).payment
    pay(payment)
    payment_apply(payment_id=payment.pk, source=EventSource.PROVIDER)
    send(treasurer, "refund", payment, refund_data(amount="1.250"))
    assert Refund.objects.get().amount == 1250


@pytest.mark.parametrize(("typed", "amount"), [("2,50", 250), (" 2,5 ", 250)])
def test_a_refund_with_a_decimal_comma(treasurer, typed, amount):
    send(treasurer, "refund", paid(), refund_data(amount=typed))
    assert Refund.objects.get().amount == amount


def test_a_payment_is_marked_as_received(treasurer):
    payment = offline_payment()
    page = treasurer.get(url("inspect", payment)).content.decode()
    assert url("receive", payment) in page
    assert url("cancel", payment) in page
    assert url("refund", payment) not in page
    assert "Reference number" in page
    assert (
        page.count(payment.checkout_reference) == 3
    )  # in the next steps, the summary and the timeline
    assert "date-time-chooser.js" in treasurer.get(url("receive", payment)).content.decode()
    day = timezone.localdate() - timedelta(days=2)
    data = {"received_on": day.isoformat(), "method": "check", "note": "Statement 11"}
    send(treasurer, "receive", payment, data)
    payment = reload(payment)
    assert (payment.status, payment.display_method) == (PaymentStatus.SUCCEEDED, "Check")
    page = treasurer.get(url("inspect", payment)).content.decode()
    for text in ("Marked as received", ", Check", "Statement 11", payment.receipt.code):
        assert text in page


def test_an_unknown_method_changes_nothing(treasurer):
    payment = offline_payment()
    data = {"received_on": timezone.localdate().isoformat(), "method": "shells"}
    page = send(treasurer, "receive", payment, data, expect=200)
    assert page.context["form"].errors["method"]
    payment = reload(payment)
    assert (payment.status, payment.method_type) == (PaymentStatus.PENDING, "")


@pytest.mark.parametrize("day", ["", "tomorrow", "2999-01-01"])
def test_an_impossible_date_is_a_field_error(treasurer, day):
    payment = offline_payment()
    page = send(
        treasurer,
        "receive",
        payment,
        {"received_on": day, "method": "cash", "note": "Kept"},
        expect=200,
    )
    assert page.context["form"].errors["received_on"]
    assert "Kept" in page.content.decode()
    assert reload(payment).status == PaymentStatus.PENDING


def test_a_payment_is_canceled(treasurer):
    payment = offline_payment()
    send(treasurer, "cancel", payment, {"note": "Never came"})
    assert reload(payment).status == PaymentStatus.CANCELED
    page = treasurer.get(url("inspect", payment)).content.decode()
    assert "Canceled by staff: Never came" in page


@pytest.mark.parametrize("action", ACTIONS)
def test_an_unavailable_action_shows_an_error(treasurer, action):
    payment = start(make_product()).payment
    response = treasurer.get(url(action, payment), follow=True)
    assert "This action is no longer available" in response.content.decode()


@pytest.mark.parametrize("action", ACTIONS)
def test_viewers_have_no_actions(client, action):
    client.force_login(staff("audrey", "view_payment"))
    payment = paid() if action == "refund" else offline_payment()
    page = client.get(url("inspect", payment)).content.decode()
    assert url(action, payment) not in page
    before = (payment.events.count(), Delivery.objects.count())
    data = {**refund_data(), "method": "cash", "received_on": timezone.localdate().isoformat()}
    assert client.get(url(action, payment)).status_code == 302
    assert client.post(url(action, payment), data).status_code == 302
    assert reload(payment).status == payment.status
    assert (payment.events.count(), Delivery.objects.count()) == before
    assert not Refund.objects.exists()


@pytest.mark.parametrize("action", ACTIONS)
def test_a_hidden_payment_returns_404(client, action):
    client.force_login(staff("rita", "refund_payment", "receive_payment"))
    payment = paid()
    data = {**refund_data(), "method": "cash", "received_on": timezone.localdate().isoformat()}
    assert client.post(url(action, payment), data).status_code == 404
    assert not Refund.objects.exists()


@pytest.mark.parametrize("action", ACTIONS)
def test_visitors_are_redirected_to_the_login(client, action):
    payment = paid()
    response = client.post(url(action, payment), refund_data())
    assert (response.status_code, "login" in response["Location"]) == (302, True)
    assert not Refund.objects.exists()


def test_a_corrected_form_is_a_new_refund(treasurer):
    payment = paid()
    other = SandboxRefund.objects.create(
        session=session_of(payment), reference="re_x", idempotency_key="x", amount=1000
    )
    page = send(treasurer, "refund", payment, refund_data(), expect=200)
    assert page.context["form"]["amount"].value() == "5.00"
    key = page.context["form"]["key"].value()
    send(treasurer, "refund", payment, refund_data(key=key, amount="2.50"))
    assert SandboxRefund.objects.exclude(pk=other.pk).get().amount == 250


def test_the_same_form_with_another_amount_is_refused(treasurer):
    payment, data = paid(), refund_data()
    send(treasurer, "refund", payment, data)
    page = send(treasurer, "refund", payment, {**data, "amount": "7.00"}, expect=200)
    assert "This form was already sent" in page.content.decode()
    assert Refund.objects.get().amount == 500


def test_the_key_of_another_payments_refund_is_refused(treasurer):
    first, second, data = paid(), paid("Workshop"), refund_data()
    send(treasurer, "refund", first, data)
    send(treasurer, "refund", second, data, expect=200)
    assert not second.refunds.exists()


def test_an_offline_payment_is_found_by_its_reference_number(treasurer):
    payment, other = offline_payment(), paid("Workshop")
    reference = payment.checkout_reference
    grouped = " ".join(reference[i : i + 4] for i in range(0, len(reference), 4))
    index = reverse("wagtail_payments_payment:index")
    for typed in (reference, reference.lower(), grouped):
        found = treasurer.get(index, {"q": typed}).context["object_list"]
        assert list(found) == [payment]
    found = treasurer.get(index, {"q": other.payment_reference}).context["object_list"]
    assert list(found) == [other]


@pytest.mark.django_db(transaction=True)
def test_a_refund_is_committed_before_the_provider_is_called(client, monkeypatch):
    """The row is committed before the provider is called, even with ATOMIC_REQUESTS."""
    payment = paid()
    client.force_login(make_user("root", is_superuser=True))
    monkeypatch.setitem(connection.settings_dict, "ATOMIC_REQUESTS", True)
    client.raise_request_exception = False

    def deadlock(sender, instance, **kwargs):
        if instance.status == RefundStatus.SUCCEEDED:
            raise OperationalError("deadlock detected")

    post_save.connect(deadlock, sender=Refund)
    try:
        send(client, "refund", payment, refund_data(), expect=500)
    finally:
        post_save.disconnect(deadlock, sender=Refund)
    refund = Refund.objects.get()
    assert refund.status == RefundStatus.CREATED
    assert "Left to refund: €7.50." in client.get(url("refund", payment)).content.decode()
    Refund.objects.update(leased_until=None, next_attempt_at=refund.created_at)
    assert refund_send(refund_id=refund.pk).refund.status == RefundStatus.SUCCEEDED
    assert [each.amount for each in SandboxRefund.objects.all()] == [500]


def flagged(**session):
    payment = start(make_product()).payment
    pay(payment)
    Session.objects.filter(pk=session_of(payment).pk).update(**session)
    return payment_apply(payment_id=payment.pk, source=EventSource.PROVIDER).payment


def test_an_approved_payment_gets_its_receipt(treasurer, mailoutbox):
    payment = flagged(amount=1000)
    page = treasurer.get(url("inspect", payment)).content.decode()
    assert url("review", payment) in page
    assert url("issue_receipt", payment) not in page
    page = treasurer.get(url("review", payment)).content.decode()
    for text in ("The provider&#x27;s amount differs from ours", "€12.50", "€10.00"):
        assert text in page
    send(treasurer, "review", payment, {"note": "fine", "issue_receipt": "on"})
    payment = reload(payment)
    assert (payment.review_reason, payment.receipt.number) == ("", 1)
    assert payment.events.get(kind="reviewed").actor == treasurer.user
    page = treasurer.get(url("review", payment), follow=True).content.decode()
    assert "This action is no longer available" in page


def test_a_payment_in_another_currency_gets_no_receipt(treasurer):
    payment = flagged(currency="USD")
    page = treasurer.get(url("review", payment)).content.decode()
    assert "issue_receipt" not in page
    assert "$12.50" in page
    assert "refund it at the provider" in page
    page = treasurer.get(url("inspect", payment)).content.decode()
    assert "<dd>$12.50</dd>" in page
    assert "This payment needs review" in page
    assert url("refund", payment) not in page
    send(treasurer, "review", payment, {"note": "", "issue_receipt": "on"})
    assert not Receipt.objects.exists()
    page = send(treasurer, "refund", payment, refund_data(), expect=200).content.decode()
    assert "Refund it at the provider" in page
    assert not Refund.objects.exists()


def test_a_withheld_receipt_is_issued(treasurer):
    payment = start(make_product()).payment
    pay(payment)
    payment_apply(payment_id=payment.pk, source=EventSource.IMPORT)
    assert url("issue_receipt", payment) in treasurer.get(url("inspect", payment)).content.decode()
    send(treasurer, "issue_receipt", payment, {"note": "asked for it"})
    assert reload(payment).receipt


def test_reviewing_requires_permission(client):
    payment = flagged(amount=1000)
    user = staff("rex", "view_payment", "refund_payment")
    client.force_login(user)
    for action in ("review", "issue_receipt"):
        assert client.post(url(action, payment), {"issue_receipt": "on"}).status_code == 302
    payment = reload(payment)
    assert payment.review_reason
    assert not Receipt.objects.exists()
