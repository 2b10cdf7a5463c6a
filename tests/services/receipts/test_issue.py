"""Receipts: numbers without gaps, fixed contents, supported scripts and no remote content."""

from datetime import UTC, datetime
from io import BytesIO

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.utils import timezone
from pypdf import PdfReader

from tests.support.company import pay
from tests.support.factories import make_payer, make_product, make_site, start
from wagtail_payments.enums import EventSource
from wagtail_payments.models import Payment, PaymentSettings, Receipt, ReceiptSeries
from wagtail_payments.services.deliveries.outbox import delivery_send
from wagtail_payments.services.payments.apply import payment_apply
from wagtail_payments.services.receipts import issue as receipts
from wagtail_payments.services.receipts.characters import language_is_printed
from wagtail_payments.services.receipts.pdf import receipt_pdf

pytestmark = [pytest.mark.db, pytest.mark.django_db]


def paid(**fields):
    payer = fields.pop("payer", None)
    payment = start(make_product(**fields), payer=payer).payment
    pay(payment)
    return payment_apply(payment_id=payment.pk, source=EventSource.PROVIDER).payment


def text_of(receipt):
    pages = PdfReader(BytesIO(receipt_pdf(receipt))).pages
    return "\n".join(page.extract_text() for page in pages)


def test_contents():
    make_site(receipt_footer="Vielen Dank – merci")
    payment = paid(prices=[{"amount": 1250, "name": "Adult", "tax_rate": 7}])
    text = text_of(payment.receipt)
    code = payment.receipt.code
    assert code in text
    for part in (
        "Sternwarte Łódź",
        "DE123456789",
        "Star night, Adult",
        "€12.50",
        "€0.82",
        str(payment.public_id),
        "Visa •••• 4242",
        "TEST",
        "Vielen Dank – merci",
        timezone.localtime(payment.receipt.issued_at).strftime("%Y"),
    ):
        # The receipt number also contains TEST and the year.
        assert part in text.replace(code, "")


@pytest.mark.parametrize("name", ["Łódź", "Ελλάδα", "Москва", "₹ € £", "Žluťoučký kůň", "Ñandú ß"])
def test_names_in_supported_scripts(name):
    make_site(seller_name="Observatory")
    payment = paid(name=name, payer=make_payer(name=name))
    assert text_of(payment.receipt).count(name) == 2


@pytest.mark.parametrize(
    ("currency", "amount", "formatted"),
    [("JPY", 1250, "¥1,250"), ("KWD", 1250, "1.250"), ("UGX", 50000, "50,000")],
)
def test_currencies_with_zero_and_three_decimals(currency, amount, formatted, settings):
    settings.WAGTAIL_PAYMENTS = {**settings.WAGTAIL_PAYMENTS, "CURRENCIES": [currency]}
    make_site()
    assert formatted in text_of(paid(prices=[{"amount": amount, "currency": currency}]).receipt)


def test_numbers_have_no_gaps_and_test_mode_has_its_own_series():
    make_site()
    numbers = [paid().receipt for _ in range(3)]
    assert [receipt.number for receipt in numbers] == [1, 2, 3]
    year = timezone.localtime().year
    assert numbers[2].code == f"TEST-ST-{year}-00003"
    assert ReceiptSeries.objects.get().mode == "test"


def test_year_is_in_the_site_time_zone(monkeypatch, settings):
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


def test_receipt_is_dated_after_its_series_is_locked():
    """A payment that waits for the series has a higher number and a later date."""
    make_site()
    payment = start(make_product()).payment
    pay(payment)
    locked = []

    def record_locks(execute, sql, *args):
        result = execute(sql, *args)
        if "receiptseries" in sql:
            locked.append(timezone.now())
        return result

    with connection.execute_wrapper(record_locks):
        applied = payment_apply(payment_id=payment.pk, source=EventSource.PROVIDER)
    assert applied.payment.receipt.issued_at >= locked[-1]


def test_later_changes_do_not_affect_the_receipt():
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


def receipt_text(name, **order):
    """Return the text of a receipt for a payer with this name, in one line."""
    return " ".join(text_of(paid(payer=make_payer(name=name), **order).receipt).split())


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ('=HYPERLINK("http://x.org")', '=HYPERLINK("http://x.org")'),
        ("Zo\u200b\u2060e \u202eevil\u202c", "Zoe evil"),
        ("Zoe\u0301", "Zo\u00e9"),
        ("Łódź Žluťoučký", "Łódź Žluťoučký"),
    ],
)
def test_unusual_names_are_harmless_and_readable(name, shown):
    make_site()
    text = receipt_text(name)
    assert shown.replace(" ", "") in text.replace(" ", "")
    assert "cannot be printed" not in text


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("محمد Ali", "[?] Ali"),
        ("Ann 🎉👩\u200d👧", "Ann [?]"),
        ("हिन्दी", "[?]"),
        ("שלום", "[?]"),
        ("日本", "[?]"),
    ],
)
def test_unsupported_characters_are_replaced_and_explained_once(name, shown):
    make_site()
    text = receipt_text(name)
    assert shown in text
    assert text.count("Some characters cannot be printed here.") == 1
    assert not any(ord(char) > 0x52F and char not in "€•–" for char in text)


def test_long_name_is_wrapped():
    make_site()
    pdf = PdfReader(BytesIO(receipt_pdf(paid(payer=make_payer(name="W" * 255)).receipt)))
    text = "".join(page.extract_text() for page in pdf.pages)
    assert text.count("W") == 255
    assert max(line.count("W") for line in text.splitlines()) <= 13


@pytest.mark.parametrize(
    ("code", "printed"),
    [
        ("en", True),
        ("de-at", True),
        ("el", True),
        ("sr", True),
        ("sr-latn", True),
        ("kk", True),
        ("ar", False),
        ("zh-hans", False),
        ("he", False),
        ("ja", False),
    ],
)
def test_supported_languages(code, printed):
    assert language_is_printed(code) is printed


def test_tax_rate_without_decimals():
    make_site()
    text = text_of(paid(prices=[{"amount": 1200, "tax_rate": 20}]).receipt)
    assert "includes 20 % tax: €2.00" in text


def test_bold_text_uses_a_bold_font():
    make_site()
    pdf = PdfReader(BytesIO(receipt_pdf(paid().receipt)))
    fonts = pdf.pages[0]["/Resources"]["/Font"].values()
    assert any("NotoSans-Bold" in font.get_object()["/BaseFont"] for font in fonts)


@pytest.mark.parametrize("language", ["de", "el", "ru"])
def test_receipt_is_in_the_payers_language(language):
    make_site()
    receipt = paid(payer=make_payer(language=language)).receipt
    assert receipt.language == language
    assert ("Beleg" in text_of(receipt)) is (language == "de")


def test_email_contains_the_name_without_invisible_characters(mailoutbox):
    make_site()
    payment = paid(payer=make_payer(name="Zoë 🎉\u202egnp.exe\u200b <script>"))
    for delivery in payment.deliveries.filter(kind="receipt_email"):
        delivery_send(delivery_id=delivery.pk)
    (message,) = mailoutbox
    assert "Hello Zoë 🎉gnp.exe <script>," in message.body
    assert message.attachments[0][0] == f"receipt-{payment.receipt.code}.pdf"
    assert payment.receipt.code in message.subject


def test_remote_and_outside_files_are_not_loaded(monkeypatch, settings, tmp_path):
    """A template cannot load remote files or files from other folders."""
    import socket

    outside = tmp_path / "secret.txt"
    outside.write_text("top secret")
    folder = tmp_path / "wagtail_payments/receipts"
    folder.mkdir(parents=True)
    (folder / "receipt.html").write_text(
        '<html><body><img src="http://127.0.0.1:9/x.png"><img src="https://example.org/x.png">'
        f'<img src="{outside}"><img src="file://{outside}"><p>Hello</p></body></html>'
    )
    connections = []
    monkeypatch.setattr(
        socket, "create_connection", lambda *args, **kwargs: connections.append(args)
    )
    monkeypatch.setattr(socket.socket, "connect", lambda *args: connections.append(args))
    make_site()
    payment = paid()
    templates = [{**settings.TEMPLATES[0], "DIRS": [tmp_path]}]
    settings.TEMPLATES = templates
    text = text_of(payment.receipt)
    assert "Hello" in text
    assert "top secret" not in text
    assert connections == []


@pytest.mark.parametrize(
    ("series", "valid"), [("", True), ("ST2", True), ("test", False), ("A-B", False)]
)
def test_live_series_cannot_look_like_the_test_series(series, valid):
    settings = PaymentSettings(site=make_site(), receipt_series=series)
    errors = {}
    try:
        settings.clean_fields()
    except ValidationError as error:
        errors = error.message_dict
    assert ("receipt_series" in errors) is not valid
