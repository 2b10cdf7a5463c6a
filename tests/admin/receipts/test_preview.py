"""The preview of receipts: for users who can change the settings. Nothing is stored."""

from io import BytesIO

import pytest
from django.urls import reverse
from pypdf import PdfReader

from tests.admin.payments.test_payments import staff
from tests.support.factories import make_site
from wagtail_payments.models import Payment, Receipt, ReceiptSeries

pytestmark = pytest.mark.django_db


def url(site):
    return reverse("wagtail_payments_receipt_preview", args=[site.pk])


@pytest.mark.parametrize(
    ("kind", "language", "texts"),
    [
        ("receipt", "en", ["Receipt", "A sample product, Adult", "19 % tax: €9.50"]),
        ("receipt", "de", ["Beleg", "59,50 €"]),
        ("refund", "en", ["Credit note", "R-00000"]),
    ],
)
def test_the_content_of_the_preview(client, kind, language, texts):
    site = make_site(receipt_footer="Thank you for coming")
    client.force_login(staff("mia", "change_paymentsettings"))
    response = client.post(url(site), {"kind": kind, "language": language})
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"].startswith("inline")
    pdf = PdfReader(BytesIO(response.content))
    text = pdf.pages[0].extract_text()
    for expected in [*texts, "Sternwarte Łódź", "Thank you for coming", "TEST"]:
        assert expected in text
    for model in (Payment, Receipt, ReceiptSeries):
        assert not model.objects.exists()


def test_the_settings_link_to_the_preview(client):
    site = make_site()
    client.force_login(staff("mia", "change_paymentsettings"))
    settings = reverse(
        "wagtailsettings:edit", args=["wagtail_payments", "paymentsettings", site.pk]
    )
    assert url(site) in client.get(settings).content.decode()
    page = client.get(url(site)).content.decode()
    assert "shows the saved settings" in page


def test_the_preview_requires_permission(client):
    site = make_site()
    client.force_login(staff("rex", "view_payment"))
    for method in (client.get, client.post):
        assert method(url(site)).status_code == 302
