"""Receipts: gapless, frozen, legible in every script that we promise, and fetched from nowhere."""

from datetime import UTC, datetime
from io import BytesIO

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone
from pypdf import PdfReader

from tests.company import pay
from tests.factories import make_payer, make_product, make_site, start
from wagtail_payments.enums import EventSource
from wagtail_payments.models import Payment, PaymentSettings, Receipt, ReceiptSeries
from wagtail_payments.services import receipts
from wagtail_payments.services.payments import payment_apply
from wagtail_payments.services.receipt_pdf import receipt_pdf

pytestmark = pytest.mark.django_db


def paid(**facts):
    payer = facts.pop("payer", None)
    payment = start(make_product(**facts), payer=payer).payment
    pay(payment)
    return payment_apply(payment_id=payment.pk, source=EventSource.PROVIDER).payment


def text_of(receipt):
    pages = PdfReader(BytesIO(receipt_pdf(receipt))).pages
    return "\n".join(page.extract_text() for page in pages)


def test_what_it_says():
    make_site(receipt_footer="Vielen Dank – merci")
    payment = paid(prices=[{"amount": 1250, "name": "Adult", "tax_rate": 7}])
    text = text_of(payment.receipt)
    for words in (
        "Sternwarte Łódź",
        "DE123456789",
        payment.receipt.code,
        "Star night, Adult",
        "€12.50",
        "€0.82",
        str(payment.public_id),
        "Visa •••• 4242",
        "TEST",
        "Vielen Dank – merci",
        timezone.localtime().strftime("%Y"),
    ):
        assert words in text


@pytest.mark.parametrize("name", ["Łódź", "Ελλάδα", "Москва", "₹ € £", "Žluťoučký kůň", "Ñandú ß"])
def test_the_right_glyphs(name):
    make_site(seller_name="Observatory")
    payment = paid(name=name, payer=make_payer(name=name))
    assert text_of(payment.receipt).count(name) == 2


@pytest.mark.parametrize(
    ("currency", "amount", "words"),
    [("JPY", 1250, "¥1,250"), ("KWD", 1250, "1.250"), ("UGX", 50000, "50,000")],
)
def test_amounts_without_cents(currency, amount, words, settings):
    settings.WAGTAIL_PAYMENTS = {**settings.WAGTAIL_PAYMENTS, "CURRENCIES": [currency]}
    make_site()
    assert words in text_of(paid(prices=[{"amount": amount, "currency": currency}]).receipt)


def test_numbers_have_no_gaps_and_test_mode_its_own_series():
    make_site()
    numbers = [paid().receipt for _ in range(3)]
    assert [receipt.number for receipt in numbers] == [1, 2, 3]
    year = timezone.localtime().year
    assert numbers[2].code == f"TEST-ST-{year}-00003"
    assert ReceiptSeries.objects.get().mode == "test"


def test_the_year_is_that_of_the_sites_time_zone(monkeypatch, settings):
    make_site()
    settings.TIME_ZONE = "Pacific/Auckland"
    payment = start(make_product()).payment
    pay(payment)
    moment = datetime(2026, 12, 31, 11, 30, tzinfo=UTC)
    monkeypatch.setattr(receipts.timezone, "now", lambda: moment)
    receipt = receipts.receipt_issue(
        payment=Payment.objects.get(pk=payment.pk), seller=PaymentSettings()
    )
    assert receipt.series.year == 2027


def test_a_later_change_alters_no_receipt():
    make_site()
    payment = paid()
    before = text_of(payment.receipt)
    make_site(seller_name="Somebody else", seller_address="Elsewhere", support_email="x@y.org")
    product = payment.product
    product.name = "Something else"
    product.save()
    assert text_of(Receipt.objects.get()) == before


def test_names_cannot_inject_markup():
    make_site()
    name = "<script>alert(1)</script><b>Bo</b> & Co"
    text = text_of(paid(payer=make_payer(name=name)).receipt)
    assert "<script>alert(1)</script>" in text.replace("\n", "")


def test_nothing_is_fetched_from_elsewhere(monkeypatch, settings, tmp_path):
    """A template that names a remote or foreign file gets nothing of it."""
    import socket

    outside = tmp_path / "secret.txt"
    outside.write_text("top secret")
    folder = tmp_path / "wagtail_payments/receipts"
    folder.mkdir(parents=True)
    (folder / "receipt.html").write_text(
        '<html><body><img src="http://127.0.0.1:9/x.png"><img src="https://example.org/x.png">'
        f'<img src="{outside}"><img src="file://{outside}"><p>Hello</p></body></html>'
    )
    tries = []
    monkeypatch.setattr(socket, "create_connection", lambda *args, **kwargs: tries.append(args))
    monkeypatch.setattr(socket.socket, "connect", lambda *args: tries.append(args))
    make_site()
    payment = paid()
    templates = [{**settings.TEMPLATES[0], "DIRS": [tmp_path]}]
    settings.TEMPLATES = templates
    text = text_of(payment.receipt)
    assert "Hello" in text
    assert "top secret" not in text
    assert tries == []


@pytest.mark.parametrize(
    ("series", "fine"), [("", True), ("ST2", True), ("test", False), ("A-B", False)]
)
def test_a_live_series_never_looks_like_the_test_series(series, fine):
    settings = PaymentSettings(site=make_site(), receipt_series=series)
    errors = {}
    try:
        settings.clean_fields()
    except ValidationError as error:
        errors = error.message_dict
    assert ("receipt_series" in errors) is not fine
