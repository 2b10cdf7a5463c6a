"""Receipts: gapless, frozen, legible in every script that we promise, and fetched from nowhere."""

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
    code = payment.receipt.code
    assert code in text
    for words in (
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
        # The number itself says TEST and the year.
        assert words in text.replace(code, "")


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


def test_a_number_is_dated_when_its_turn_came():
    """Whoever waits for the series has the higher number, and the later moment."""
    make_site()
    payment = start(make_product()).payment
    pay(payment)
    locked = []

    def watch(execute, sql, *args):
        result = execute(sql, *args)
        if "receiptseries" in sql:
            locked.append(timezone.now())
        return result

    with connection.execute_wrapper(watch):
        applied = payment_apply(payment_id=payment.pk, source=EventSource.PROVIDER)
    assert applied.payment.receipt.issued_at >= locked[-1]


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


def said(name, **order):
    """Return what a receipt for somebody of this name says, in one line."""
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
def test_odd_names_are_harmless_and_readable(name, shown):
    make_site()
    words = said(name)
    assert shown.replace(" ", "") in words.replace(" ", "")
    assert "can't be printed" not in words


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
def test_what_the_fonts_cannot_draw_is_marked_and_said_once(name, shown):
    make_site()
    words = said(name)
    assert f"Paid by {shown} Item" in words.replace("  ", " ") or shown in words
    assert words.count("Some characters cannot be printed here.") == 1
    assert not any(ord(char) > 0x52F and char not in "€•–" for char in words)


def test_a_name_of_255_letters_stays_on_the_page():
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
def test_which_languages_are_printed(code, printed):
    assert language_is_printed(code) is printed


def test_a_tax_rate_of_twenty_percent_is_written_as_people_do():
    make_site()
    text = text_of(paid(prices=[{"amount": 1200, "tax_rate": 20}]).receipt)
    assert "includes 20 % tax: €2.00" in text


def test_bold_is_a_font_of_its_own():
    make_site()
    pdf = PdfReader(BytesIO(receipt_pdf(paid().receipt)))
    fonts = pdf.pages[0]["/Resources"]["/Font"].values()
    assert any("NotoSans-Bold" in font.get_object()["/BaseFont"] for font in fonts)


@pytest.mark.parametrize("language", ["de", "el", "ru"])
def test_it_is_in_the_payers_language(language):
    make_site()
    receipt = paid(payer=make_payer(language=language)).receipt
    assert receipt.language == language
    assert ("Beleg" in text_of(receipt)) is (language == "de")


def test_mails_say_names_as_they_are_without_tricks(mailoutbox):
    make_site()
    payment = paid(payer=make_payer(name="Zoë 🎉\u202egnp.exe\u200b <script>"))
    for delivery in payment.deliveries.filter(kind="receipt_email"):
        delivery_send(delivery_id=delivery.pk)
    (message,) = mailoutbox
    assert "Hello Zoë 🎉gnp.exe <script>," in message.body
    assert message.attachments[0][0] == f"receipt-{payment.receipt.code}.pdf"
    assert payment.receipt.code in message.subject


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
