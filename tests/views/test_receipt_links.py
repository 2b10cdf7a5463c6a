"""Payment links do not expire. Receipts older than 30 days need a new link by email."""

import re
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from urllib.parse import urlsplit

import pytest
from django.core import mail, signing
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.support.company import pay
from tests.support.factories import make_payer, make_product, make_site, make_user, start
from wagtail_payments.enums import DeliveryKind, EventSource
from wagtail_payments.models import Delivery, Payment, Receipt
from wagtail_payments.selectors.payments.payments import payment_status_path
from wagtail_payments.selectors.payments.tokens import payment_token
from wagtail_payments.selectors.receipts.links import receipt_token
from wagtail_payments.services.deliveries.outbox import delivery_send
from wagtail_payments.services.payments.apply import payment_apply

pytestmark = pytest.mark.django_db

NEW_LINK = "Email me a new link"
DOWNLOAD = "receipt/"


def paid(*, days=0, user=None, **payer):
    """Return a payment whose receipt was issued ``days`` ago."""
    make_site()
    payment = start(make_product(), payer=make_payer(user=user, **payer)).payment
    pay(payment)
    payment_apply(payment_id=payment.pk, source=EventSource.PROVIDER)
    Delivery.objects.all().delete()
    age(payment, days)
    return Payment.objects.get(pk=payment.pk)


def age(payment, days):
    issued_at = timezone.now() - timedelta(days=days)
    Receipt.objects.filter(payment=payment).update(issued_at=issued_at)


def page(client, payment, query=""):
    response = client.get(f"{payment_status_path(payment)}{query}")
    assert response.status_code == 200
    return response.content.decode()


def request_link(client, payment):
    return client.post(f"{payment_status_path(payment)}receipt-link/")


def queued():
    return [(row.kind, row.occurrence) for row in Delivery.objects.order_by("pk")]


def send_email(payment):
    """Send the queued email, and return the path of its link."""
    delivery = payment.deliveries.get(kind=DeliveryKind.RECEIPT_LINK_EMAIL)
    assert delivery_send(delivery_id=delivery.pk) is None
    return urlsplit(re.search(r"https?://\S+", mail.outbox[-1].body)[0]).path


def is_pdf(response):
    return response.status_code == 200 and response.content.startswith(b"%PDF")


def redirects_to_page(response, payment):
    assert response.headers["Referrer-Policy"] == "same-origin"
    return (response.status_code, response.headers["Location"]) == (
        302,
        payment_status_path(payment),
    )


@pytest.fixture
def advance_time(monkeypatch):
    """Move the time of signatures forward."""

    def later(**passed):
        seconds = timedelta(**passed).total_seconds()
        real = signing.time.time
        monkeypatch.setattr(signing.time, "time", lambda: real() + seconds)

    return later


def test_the_receipt_is_available_for_thirty_days(client):
    payment = paid(days=29)
    html = page(client, payment)
    assert f'href="{payment_status_path(payment)}{DOWNLOAD}"' in html
    assert NEW_LINK not in html
    assert is_pdf(client.get(f"{payment_status_path(payment)}{DOWNLOAD}"))
    response = client.get(f"/payments/api/payments/{payment_token(payment)}/").json()
    assert response["receipt_url"] == f"{payment_status_path(payment)}{DOWNLOAD}"


def test_after_thirty_days_the_page_offers_a_new_link(client):
    payment = paid(days=30)
    html = page(client, payment)
    assert "Success" in html
    assert NEW_LINK in html
    assert f'href="{payment_status_path(payment)}{DOWNLOAD}"' not in html
    assert redirects_to_page(client.get(f"{payment_status_path(payment)}{DOWNLOAD}"), payment)
    response = client.get(f"/payments/api/payments/{payment_token(payment)}/").json()
    assert (response["paid"], response["receipt_url"]) == (True, None)
    age(payment, 3650)
    assert "Success" in page(client, payment)


def test_a_new_link_is_emailed_to_the_payer(client):
    payment = paid(days=31, language="de")
    response = request_link(client, payment)
    assert response.status_code == 303
    assert response.headers["Referrer-Policy"] == "same-origin"
    assert "is on its way" in client.get(response.headers["Location"]).content.decode()
    path = send_email(payment)
    (message,) = mail.outbox
    assert message.to == [payment.payer_email]
    assert message.reply_to == ["help@example.org"]
    assert payment.receipt.code in message.subject
    assert message.attachments == []
    pdf = client.get(path)
    assert is_pdf(pdf)
    assert pdf.headers["Referrer-Policy"] == "same-origin"
    assert "no-store" in pdf.headers["Cache-Control"]
    # The link on the page is still expired.
    assert redirects_to_page(client.get(f"{payment_status_path(payment)}{DOWNLOAD}"), payment)


def test_the_emailed_link_works_for_thirty_days(client, advance_time):
    payment = paid(days=31)
    path = f"/payments/receipts/{receipt_token(payment)}/"
    advance_time(days=29, hours=23)
    assert is_pdf(client.get(path))
    advance_time(hours=2)
    assert redirects_to_page(client.get(path), payment)


def test_the_thirty_days_start_when_the_email_is_sent(client, advance_time):
    payment = paid(days=31)
    request_link(client, payment)
    advance_time(days=2)
    path = send_email(payment)
    advance_time(days=29)
    assert is_pdf(client.get(path))


def test_the_emailed_link_gives_access_to_one_receipt_only(client):
    payment, other = paid(days=31), paid(days=31)
    token = receipt_token(payment)
    assert client.get(f"/payments/receipts/{payment_token(payment)}/").status_code == 404
    forged = token.replace(payment.public_id.hex, other.public_id.hex)
    assert client.get(f"/payments/receipts/{forged}/").status_code == 404
    hex_id, stamp, signature = token.split(":")
    later = signing.b62_encode(signing.b62_decode(stamp) + 86400)
    assert client.get(f"/payments/receipts/{hex_id}:{later}:{signature}/").status_code == 404
    for kind in ("status", "api/payments"):
        assert client.get(f"/payments/{kind}/{token}/").status_code == 404
    assert client.post(f"/payments/status/{token}/receipt-link/").status_code == 404
    assert queued() == []


@pytest.fixture
def clock(monkeypatch):
    """Set the time of requests for a new link."""

    def at(hour, minute):
        now = datetime(2030, 5, 1, hour, minute, tzinfo=UTC)
        fake_timezone = SimpleNamespace(now=lambda: now)
        monkeypatch.setattr("wagtail_payments.services.payments.effects.timezone", fake_timezone)

    return at


def test_one_email_per_hour(client, clock):
    payment = paid(days=31)
    clock(9, 0)
    for _ in range(3):
        request_link(client, payment)
    send_email(payment)
    clock(9, 59)
    request_link(client, payment)
    assert queued() == [(DeliveryKind.RECEIPT_LINK_EMAIL, "2030-05-01T09")]
    for delivery_id in Delivery.objects.values_list("pk", flat=True):
        delivery_send(delivery_id=delivery_id)
    assert len(mail.outbox) == 1


def test_the_next_email_has_another_message_id(client, clock):
    payment = paid(days=31)
    for hour in (9, 10):
        clock(hour, 30)
        request_link(client, payment)
    assert len(queued()) == 2
    for delivery_id in Delivery.objects.values_list("pk", flat=True):
        delivery_send(delivery_id=delivery_id)
    first, second = (message.extra_headers["Message-ID"] for message in mail.outbox)
    assert first != second


def test_the_response_does_not_reveal_if_there_is_an_email_address(client):
    known, unknown = paid(days=31), paid(days=31)
    Payment.objects.filter(pk=unknown.pk).update(payer_email="")
    responses = []
    for payment in (known, unknown):
        response = request_link(client, payment)
        token = payment_token(payment)
        shown = page(client, payment, "?link=asked")
        note = re.search(r'<p role="status">(.*?)</p>', shown)[1]
        responses.append(
            (response.status_code, response.headers["Location"].replace(token, "…"), note)
        )
    assert responses[0] == responses[1]
    assert list(Delivery.objects.values_list("payment", flat=True)) == [known.pk]


def test_no_email_for_new_or_missing_receipts(client):
    fresh = paid(days=3)
    pending = start(make_product()).payment
    for payment in (fresh, pending):
        assert request_link(client, payment).status_code == 303
    assert queued() == []


def test_a_new_link_requires_post_and_a_csrf_token():
    payment = paid(days=31)
    client = Client(enforce_csrf_checks=True)
    url = f"{payment_status_path(payment)}receipt-link/"
    assert client.get(url).status_code == 405
    assert client.post(url).status_code == 403
    assert queued() == []
    token = re.search(r'csrfmiddlewaretoken" value="([^"]+)"', page(client, payment))[1]
    assert client.post(url, {"csrfmiddlewaretoken": token}).status_code == 303
    assert len(queued()) == 1


def test_the_signed_in_payer_always_gets_the_receipt(client):
    user = make_user()
    payment = paid(days=900, user=user)
    client.force_login(user)
    html = page(client, payment)
    assert NEW_LINK not in html
    path = f"{payment_status_path(payment)}{DOWNLOAD}"
    assert path in html
    assert path in client.get("/payments/history/").content.decode()
    assert is_pdf(client.get(path))


def test_another_user_does_not_get_an_old_receipt(client):
    payment, anonymous = paid(days=31, user=make_user()), paid(days=31)
    client.force_login(make_user("eve"))
    for each in (payment, anonymous):
        assert redirects_to_page(client.get(f"{payment_status_path(each)}{DOWNLOAD}"), each)
        assert NEW_LINK in page(client, each)


@pytest.mark.parametrize("days", [0, 31])
def test_page_api_and_history_do_not_show_the_payer(client, days):
    user = make_user("quintessa")
    payment = paid(days=days, user=user, name="Ottoline Featherstone", email="otto@example.net")
    token = payment_token(payment)
    seen = [
        page(client, payment),
        page(client, payment, "?link=asked"),
        client.get(f"/payments/api/payments/{token}/").content.decode(),
        client.get("/payments/api/openapi.json").content.decode(),
    ]
    client.force_login(user)
    seen.append(client.get("/payments/history/").content.decode())
    for text in seen:
        assert "Featherstone" not in text
        assert "otto@example" not in text


def test_the_number_of_queries_of_the_history_is_constant(client):
    user = make_user()
    client.force_login(user)
    counts = []
    for _ in range(2):
        paid(days=31, user=user)
        with CaptureQueriesContext(connection) as queries:
            client.get("/payments/history/")
        counts.append(len(queries))
    assert counts[0] == counts[1]


def api(payment, path=""):
    return f"/payments/api/payments/{payment_token(payment)}/{path}"


def test_the_api_has_the_same_rule(client):
    fresh, old = paid(days=29), paid(days=31)
    assert is_pdf(client.get(api(fresh, "receipt/")))
    response = client.get(api(old, "receipt/"))
    assert (response.status_code, response.json()["code"]) == (403, "receipt_link_expired")
    user = make_user()
    Payment.objects.filter(pk=old.pk).update(payer=user)
    client.force_login(user)
    assert is_pdf(client.get(api(old, "receipt/")))
    (listed,) = client.get("/payments/api/history/").json()["items"]
    for found in (listed, client.get(api(old)).json()):
        assert found["receipt_url"] == f"{payment_status_path(old)}{DOWNLOAD}"


def test_the_api_emails_a_new_link(client):
    known, unknown = paid(days=31), paid(days=31)
    Payment.objects.filter(pk=unknown.pk).update(payer_email="")
    responses = [client.post(api(payment, "receipt-link/")) for payment in (known, unknown)]
    assert [response.status_code for response in responses] == [202, 202]
    assert responses[0].json() == responses[1].json()
    assert "is on its way" in responses[0].json()["message"]
    assert list(Delivery.objects.values_list("payment", flat=True)) == [known.pk]
    assert is_pdf(client.get(send_email(known)))


def test_the_api_requires_a_csrf_token_for_a_new_link():
    payment = paid(days=31)
    response = Client(enforce_csrf_checks=True).post(api(payment, "receipt-link/"))
    assert (response.status_code, response.json()["code"]) == (403, "csrf_failed")
    assert queued() == []
