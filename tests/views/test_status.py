"""A payment's page and receipt: for users with the link, without the payer's name and email."""

import io
from uuid import uuid4

import pytest
from django.utils import timezone
from pypdf import PdfReader

from tests.support.company import expire, pay, pay_by_bank, session_of, settle
from tests.support.factories import make_product, make_site, reload, start
from wagtail_payments.enums import PaymentStatus
from wagtail_payments.models import Delivery, PaymentEvent
from wagtail_payments.sandbox.services.faults import fault_arm
from wagtail_payments.selectors.payments.payments import payment_status_path
from wagtail_payments.selectors.payments.tokens import payment_token
from wagtail_payments.services.payments.offline import payment_cancel, payment_mark_received
from wagtail_payments.services.refunds.create import refund_create
from wagtail_payments.services.refunds.send import refund_send

pytestmark = pytest.mark.django_db


@pytest.fixture
def payment():
    make_site()
    return start(make_product(name="Star night")).payment


def shown(client, payment):
    response = client.get(payment_status_path(payment))
    assert response.status_code == 200
    return response.content.decode()


def test_a_pending_payment_refreshes_itself(client, payment):
    html = shown(client, payment)
    assert "Pending" in html
    assert '<noscript><meta http-equiv="refresh"' in html
    assert "status.js" in html
    assert "Download the receipt" in html
    assert 'data-link="receipt_url" hidden' in html
    assert reload(payment).status == PaymentStatus.PENDING


def test_a_paid_payment_shows_its_details(client, payment):
    pay(payment)
    html = shown(client, payment)
    for text in ("Success", str(payment.public_id), "€12.50", "Visa •••• 4242", "TEST MODE"):
        assert text in html
    assert "<meta http-equiv" not in html
    assert "status.js" not in html
    assert f"{payment_status_path(payment)}receipt/" in html


def test_the_page_refreshes_the_payment_without_a_webhook(client, payment):
    pay(payment)
    shown(client, payment)
    assert reload(payment).status == PaymentStatus.SUCCEEDED
    assert Delivery.objects.filter(payment=payment).count() == 2
    count = PaymentEvent.objects.filter(payment=payment).count()
    shown(client, payment)
    assert PaymentEvent.objects.filter(payment=payment).count() == count


@pytest.mark.parametrize(("amount", "label"), [(1250, "Refunded"), (500, "Partly refunded")])
def test_a_refunded_payment_is_not_shown_as_success(client, payment, amount, label):
    pay(payment)
    shown(client, payment)
    refund = refund_create(
        payment_id=payment.pk, key=uuid4(), amount=amount, reason="duplicate", actor=None
    )
    refund_send(refund_id=refund.pk)
    html = shown(client, payment)
    assert f'data-fact="status_label">{label}<' in html
    assert "Success" not in html
    assert "Your payment was refunded." in html
    assert reload(payment).display_refunded in html
    data = client.get(f"/payments/api/payments/{payment_token(payment)}/").json()
    assert (data["status_label"], data["paid"]) == (label, True)


def test_an_unavailable_provider_leaves_the_payment_pending(client, payment):
    pay(payment)
    fault_arm("error_500")
    assert "Pending" in shown(client, payment)
    assert reload(payment).status == PaymentStatus.PENDING


def test_processing_and_then_failed(client, payment):
    attempt = pay_by_bank(payment, arrives=False)
    assert "It can take a few days" in shown(client, payment)
    settle(attempt)
    html = shown(client, payment)
    assert "Failed" in html
    assert "Nothing was charged" in html


def test_an_expired_payment_is_shown_as_failed(client, payment):
    expire(payment)
    assert "Failed" in shown(client, payment)


def test_the_payer_is_not_shown(client, payment):
    pay(payment)
    html = shown(client, payment)
    assert payment.payer_email not in html
    assert payment.payer_name not in html


def test_the_link_is_not_leaked(client, payment):
    response = client.get(payment_status_path(payment))
    assert response.headers["Referrer-Policy"] == "same-origin"
    assert "no-store" in response.headers["Cache-Control"]
    assert '<meta name="robots" content="noindex">' in response.content.decode()


def test_a_forged_link_returns_404(client, payment):
    path = payment_status_path(payment)
    assert client.get(f"{path[:-2]}/").status_code == 404
    assert client.get(f"{path[:-2]}/receipt/").status_code == 404
    assert client.get(path.replace(payment.public_id.hex, "0" * 32)).status_code == 404
    assert reload(payment).version == payment.version


def test_the_receipt_is_downloaded(client, payment):
    pay(payment)
    shown(client, payment)
    response = client.get(f"{payment_status_path(payment)}receipt/")
    code = reload(payment).receipt.code
    assert response.headers["Content-Type"] == "application/pdf"
    assert response.headers["Content-Disposition"] == f'attachment; filename="receipt-{code}.pdf"'
    assert response.headers["Referrer-Policy"] == "same-origin"
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(response.content)).pages)
    assert "Sternwarte Łódź" in text
    assert code in text
    assert "€12.50" in text


def test_an_unpaid_payment_has_no_receipt(client, payment):
    assert client.get(f"{payment_status_path(payment)}receipt/").status_code == 404
    assert session_of(payment).state == "open"


def test_post_is_not_allowed(client, payment):
    assert client.post(payment_status_path(payment)).status_code == 405
    assert client.post(f"{payment_status_path(payment)}receipt/").status_code == 405
    assert reload(payment).status == PaymentStatus.PENDING


def test_an_offline_payment_shows_instructions(client):
    make_site(offline_instructions="Pay to DE02 1203.")
    payment = start(make_product(), provider="offline", ui="hosted").payment
    page = client.get(payment_status_path(payment)).content.decode()
    for text in ("Pay to DE02 1203.", payment.checkout_reference, "€12.50"):
        assert text in page
    assert "status.js" not in page
    assert "zoe@" not in page
    payment_mark_received(
        payment_id=payment.pk, received_on=timezone.localdate(), method="bank_transfer", actor=None
    )
    assert "Pay to DE02" not in client.get(payment_status_path(payment)).content.decode()
    assert ", noon" not in client.get(payment_status_path(payment)).content.decode()


def test_a_canceled_order_says_not_to_pay(client):
    payment = start(make_product(), provider="offline", ui="hosted").payment
    payment_cancel(payment_id=payment.pk, actor=None)
    html = shown(client, payment)
    assert 'data-fact="status_label">Canceled<' in html
    assert "Please do not pay it." in html
