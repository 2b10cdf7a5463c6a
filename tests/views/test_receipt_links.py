"""A payment's link lasts; after 30 days it gives no receipt until a new link is mailed."""

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

ASK = "Email me a new link"
DOWNLOAD = "receipt/"


def paid(*, days=0, user=None, **payer):
    """Return a payment whose receipt was issued so many days ago."""
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
    answer = client.get(f"{payment_status_path(payment)}{query}")
    assert answer.status_code == 200
    return answer.content.decode()


def ask(client, payment):
    return client.post(f"{payment_status_path(payment)}receipt-link/")


def queued():
    return [(row.kind, row.occurrence) for row in Delivery.objects.order_by("pk")]


def emailed(payment):
    """Send what is owed and return the path of the link in the mail."""
    delivery = payment.deliveries.get(kind=DeliveryKind.RECEIPT_LINK_EMAIL)
    assert delivery_send(delivery_id=delivery.pk) is None
    return urlsplit(re.search(r"https?://\S+", mail.outbox[-1].body)[0]).path


def is_pdf(answer):
    return answer.status_code == 200 and answer.content.startswith(b"%PDF")


def leads_to_page(answer, payment):
    assert answer.headers["Referrer-Policy"] == "same-origin"
    return (answer.status_code, answer.headers["Location"]) == (302, payment_status_path(payment))


@pytest.fixture
def moment(monkeypatch):
    """Let time pass for signatures."""

    def later(**passed):
        seconds = timedelta(**passed).total_seconds()
        real = signing.time.time
        monkeypatch.setattr(signing.time, "time", lambda: real() + seconds)

    return later


def test_for_thirty_days_the_link_gives_the_receipt(client):
    payment = paid(days=29)
    html = page(client, payment)
    assert f'href="{payment_status_path(payment)}{DOWNLOAD}"' in html
    assert ASK not in html
    assert is_pdf(client.get(f"{payment_status_path(payment)}{DOWNLOAD}"))
    answer = client.get(f"/payments/api/payments/{payment_token(payment)}/").json()
    assert answer["receipt_url"] == f"{payment_status_path(payment)}{DOWNLOAD}"


def test_after_that_it_says_so_and_lasts(client):
    payment = paid(days=30)
    html = page(client, payment)
    assert "Success" in html
    assert ASK in html
    assert f'href="{payment_status_path(payment)}{DOWNLOAD}"' not in html
    assert leads_to_page(client.get(f"{payment_status_path(payment)}{DOWNLOAD}"), payment)
    answer = client.get(f"/payments/api/payments/{payment_token(payment)}/").json()
    assert (answer["paid"], answer["receipt_url"]) == (True, None)
    age(payment, 3650)
    assert "Success" in page(client, payment)


def test_a_new_link_is_mailed_to_the_payer_and_gives_the_receipt(client):
    payment = paid(days=31, language="de")
    answer = ask(client, payment)
    assert answer.status_code == 303
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert "is on its way" in client.get(answer.headers["Location"]).content.decode()
    path = emailed(payment)
    (message,) = mail.outbox
    assert message.to == [payment.payer_email]
    assert message.reply_to == ["help@example.org"]
    assert payment.receipt.code in message.subject
    assert message.attachments == []
    pdf = client.get(path)
    assert is_pdf(pdf)
    assert pdf.headers["Referrer-Policy"] == "same-origin"
    assert "no-store" in pdf.headers["Cache-Control"]
    # The page's own link stays as it was.
    assert leads_to_page(client.get(f"{payment_status_path(payment)}{DOWNLOAD}"), payment)


def test_the_mailed_link_holds_for_thirty_days(client, moment):
    payment = paid(days=31)
    path = f"/payments/receipts/{receipt_token(payment)}/"
    moment(days=29, hours=23)
    assert is_pdf(client.get(path))
    moment(hours=2)
    assert leads_to_page(client.get(path), payment)


def test_it_holds_from_when_it_is_sent(client, moment):
    payment = paid(days=31)
    ask(client, payment)
    moment(days=2)
    path = emailed(payment)
    moment(days=29)
    assert is_pdf(client.get(path))


def test_it_opens_nothing_else(client):
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
    """Let people ask at moments of the test's choice."""

    def at(hour, minute):
        now = datetime(2030, 5, 1, hour, minute, tzinfo=UTC)
        asked_at = SimpleNamespace(now=lambda: now)
        monkeypatch.setattr("wagtail_payments.services.payments.effects.timezone", asked_at)

    return at


def test_one_mail_an_hour_however_often_it_is_asked_for(client, clock):
    payment = paid(days=31)
    clock(9, 0)
    for _ in range(3):
        ask(client, payment)
    emailed(payment)
    clock(9, 59)
    ask(client, payment)
    assert queued() == [(DeliveryKind.RECEIPT_LINK_EMAIL, "2030-05-01T09")]
    for delivery_id in Delivery.objects.values_list("pk", flat=True):
        delivery_send(delivery_id=delivery_id)
    assert len(mail.outbox) == 1


def test_an_hour_later_there_is_another_with_a_message_id_of_its_own(client, clock):
    payment = paid(days=31)
    for hour in (9, 10):
        clock(hour, 30)
        ask(client, payment)
    assert len(queued()) == 2
    for delivery_id in Delivery.objects.values_list("pk", flat=True):
        delivery_send(delivery_id=delivery_id)
    first, second = (message.extra_headers["Message-ID"] for message in mail.outbox)
    assert first != second


def test_the_answer_does_not_tell_whether_there_is_an_address(client):
    known, unknown = paid(days=31), paid(days=31)
    Payment.objects.filter(pk=unknown.pk).update(payer_email="")
    answers = []
    for payment in (known, unknown):
        answer = ask(client, payment)
        token = payment_token(payment)
        shown = page(client, payment, "?link=asked")
        note = re.search(r'<p role="status">(.*?)</p>', shown)[1]
        answers.append((answer.status_code, answer.headers["Location"].replace(token, "…"), note))
    assert answers[0] == answers[1]
    assert list(Delivery.objects.values_list("payment", flat=True)) == [known.pk]


def test_no_mail_where_the_link_still_works_or_there_is_no_receipt(client):
    fresh = paid(days=3)
    pending = start(make_product()).payment
    for payment in (fresh, pending):
        assert ask(client, payment).status_code == 303
    assert queued() == []


def test_only_by_post_and_with_a_csrf_token():
    payment = paid(days=31)
    client = Client(enforce_csrf_checks=True)
    url = f"{payment_status_path(payment)}receipt-link/"
    assert client.get(url).status_code == 405
    assert client.post(url).status_code == 403
    assert queued() == []
    token = re.search(r'csrfmiddlewaretoken" value="([^"]+)"', page(client, payment))[1]
    assert client.post(url, {"csrfmiddlewaretoken": token}).status_code == 303
    assert len(queued()) == 1


def test_who_paid_while_signed_in_always_gets_it(client):
    user = make_user()
    payment = paid(days=900, user=user)
    client.force_login(user)
    html = page(client, payment)
    assert ASK not in html
    path = f"{payment_status_path(payment)}{DOWNLOAD}"
    assert path in html
    assert path in client.get("/payments/history/").content.decode()
    assert is_pdf(client.get(path))


def test_somebody_else_who_is_signed_in_does_not(client):
    payment, nobodys = paid(days=31, user=make_user()), paid(days=31)
    client.force_login(make_user("eve"))
    for each in (payment, nobodys):
        assert leads_to_page(client.get(f"{payment_status_path(each)}{DOWNLOAD}"), each)
        assert ASK in page(client, each)


@pytest.mark.parametrize("days", [0, 31])
def test_neither_page_nor_api_nor_history_says_who_paid(client, days):
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


def test_the_history_costs_no_query_a_row(client):
    user = make_user()
    client.force_login(user)
    counts = []
    for _ in range(2):
        paid(days=31, user=user)
        with CaptureQueriesContext(connection) as queries:
            client.get("/payments/history/")
        counts.append(len(queries))
    assert counts[0] == counts[1]


def api(payment, what=""):
    return f"/payments/api/payments/{payment_token(payment)}/{what}"


def test_the_gateway_has_the_same_rule(client):
    fresh, old = paid(days=29), paid(days=31)
    assert is_pdf(client.get(api(fresh, "receipt/")))
    answer = client.get(api(old, "receipt/"))
    assert (answer.status_code, answer.json()["code"]) == (403, "receipt_link_expired")
    user = make_user()
    Payment.objects.filter(pk=old.pk).update(payer=user)
    client.force_login(user)
    assert is_pdf(client.get(api(old, "receipt/")))
    (listed,) = client.get("/payments/api/history/").json()["items"]
    for found in (listed, client.get(api(old)).json()):
        assert found["receipt_url"] == f"{payment_status_path(old)}{DOWNLOAD}"


def test_the_gateway_mails_a_new_link(client):
    known, unknown = paid(days=31), paid(days=31)
    Payment.objects.filter(pk=unknown.pk).update(payer_email="")
    answers = [client.post(api(payment, "receipt-link/")) for payment in (known, unknown)]
    assert [answer.status_code for answer in answers] == [202, 202]
    assert answers[0].json() == answers[1].json()
    assert "is on its way" in answers[0].json()["message"]
    assert list(Delivery.objects.values_list("payment", flat=True)) == [known.pk]
    assert is_pdf(client.get(emailed(known)))


def test_the_gateway_wants_a_csrf_token_for_it():
    payment = paid(days=31)
    answer = Client(enforce_csrf_checks=True).post(api(payment, "receipt-link/"))
    assert (answer.status_code, answer.json()["code"]) == (403, "csrf_failed")
    assert queued() == []
