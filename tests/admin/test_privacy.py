"""The privacy page: search, export, erase, permissions."""

import json
from html import unescape

import pytest
from django.urls import reverse
from django.utils.http import urlencode

from tests.admin.payments.test_payments import staff
from tests.services.test_privacy import EMAIL, NAME, paid, payer
from tests.support.factories import make_product, make_site, reload, start
from wagtail_payments.models import Payment, PaymentsLogEntry

PERMISSIONS = ("view_payment", "view_payer", "erase_payer")
URL = "/admin/payments/privacy/"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def site():
    return make_site()


@pytest.fixture
def staff_client(client):
    client.force_login(staff("mia", *PERMISSIONS))
    return client


def send(client, **data):
    return client.post(reverse("wagtail_payments_privacy"), {"email": EMAIL, **data})


def test_searching_changes_nothing(staff_client):
    payment = paid()
    before = list(Payment.objects.values())
    page = unescape(send(staff_client).content.decode())
    assert "Payments whose payer will be erased" in page
    assert "Erase the payer, for good" in page
    assert list(Payment.objects.values()) == before
    start_page = staff_client.get(
        reverse("wagtail_payments_privacy"), {"payment": payment.public_id}
    )
    assert EMAIL in start_page.content.decode()
    assert EMAIL not in start_page.request["QUERY_STRING"]


def test_the_results_repeat_the_address(staff_client):
    paid()
    start(make_product(), payer=payer())
    response = send(staff_client, email=EMAIL.upper())
    page = unescape(response.content.decode())
    assert f"Permanently erase {EMAIL.upper()}" in page
    assert 'type="email"' not in page
    assert "Search for another payer" in page
    index = reverse("wagtail_payments_payment:index")
    url = response.context["payments_url"]
    assert url == f"{index}?{urlencode({'q': EMAIL.upper()})}"
    assert "2 payments" in page
    assert staff_client.get(url).context["page_obj"].paginator.count == 2


def test_erasing_requires_confirmation(staff_client):
    paid()
    before = list(Payment.objects.values())
    response = send(staff_client, action="erase")
    assert response.context["erase_form"].errors == {"sure": ["Tick this box to confirm."]}
    page = unescape(response.content.decode())
    assert "Tick this box to confirm." in page
    assert "was erased." not in page
    assert list(Payment.objects.values()) == before


def test_a_confirmed_payer_is_erased(staff_client):
    payment = paid()
    page = unescape(send(staff_client, action="erase", sure="on").content.decode())
    assert "The payer of 1 payment was erased." in page
    assert "No payments with this email address were found." in page
    assert reload(payment).payer_name == ""


def test_skipped_payments_are_listed(staff_client):
    payment = start(paid().product, payer=payer()).payment
    page = unescape(send(staff_client, action="erase", sure="on").content.decode())
    assert "The payment is not finished." in page
    assert reverse("wagtail_payments_payment:inspect", args=[payment.pk]) in page


def test_the_data_is_exported(staff_client):
    paid()
    response = send(staff_client, action="export")
    assert json.loads(response.content)["payments"][0]["payer_name"] == NAME
    assert response["Content-Disposition"] == 'attachment; filename="payer.json"'
    entry = PaymentsLogEntry.objects.get(action="wagtail_payments.payment.export_payer")
    assert entry.data == {"payments": 1}


def test_a_payments_page_links_to_privacy(staff_client):
    payment = paid()
    page = staff_client.get(reverse("wagtail_payments_payment:inspect", args=[payment.pk]))
    assert f"{URL}?payment={payment.public_id}" in page.content.decode()


@pytest.mark.parametrize("missing", PERMISSIONS)
def test_each_permission_is_required(client, missing):
    payment = paid()
    client.force_login(staff("rex", *(codename for codename in PERMISSIONS if codename != missing)))
    before = list(Payment.objects.values())
    for action in ("look", "export", "erase"):
        assert send(client, action=action, sure="on").status_code == 302
    assert list(Payment.objects.values()) == before
    page = client.get(reverse("wagtail_payments_payment:inspect", args=[payment.pk]))
    assert URL not in page.content.decode()
