"""Hidden payers, exports and the audit log."""

import csv
import io
from html import unescape
from uuid import uuid4

import openpyxl
import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.db.models import Q
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from wagtail.models import ModelLogEntry

from tests.permissions.conftest import FIRST, allow
from tests.permissions.test_lists import payments_for, sign_in
from tests.support.company import pay
from tests.support.factories import make_product, make_site, make_user, start
from wagtail_payments.enums import DeliveryState, EventSource, WebhookState
from wagtail_payments.models import (
    Delivery,
    Discrepancy,
    Payment,
    PaymentsLogEntry,
    Refund,
    WebhookEvent,
)
from wagtail_payments.permissions import CHOOSE, EXPORT, VIEW, payment_grant, product_grant
from wagtail_payments.permissions import PAYMENTS as SEE_PAYMENTS
from wagtail_payments.services.payments.apply import payment_apply

pytestmark = pytest.mark.django_db

INDEX = "wagtail_payments_payment:index"
EXPORTERS = {"manager", "treasurer", "accountant", "root", "its_treasurer"}


def html_of(response):
    return unescape(response.content.decode())


def url(name, row=None):
    return reverse(f"wagtail_payments_{name}", args=[] if row is None else [row.pk])


def logged(action="wagtail_payments"):
    """Return the audit log entries of this package, newest first."""
    found = [
        entry
        for model in (PaymentsLogEntry, ModelLogEntry)
        for entry in model.objects.filter(Q(action__startswith=action))
    ]
    return sorted(found, key=lambda entry: entry.timestamp, reverse=True)


def export(client, file_format="csv", **query):
    return client.get(url("payment:index"), {**query, "export": file_format})


def rows_of(response):
    content = b"".join(response.streaming_content) if response.streaming else response.content
    if "spreadsheetml" in response["Content-Type"]:
        sheet = openpyxl.load_workbook(io.BytesIO(content)).active
        heading, *rows = sheet.iter_rows(values_only=True)
        assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
        return [dict(zip(heading, row, strict=True)) for row in rows]
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


# Masking


def test_payers_are_hidden_on_every_page(client, club):
    side = club.first
    error = f"550 <{side.payment.payer_email}> unknown"
    Delivery.objects.update(last_error=error, state=DeliveryState.FAILED)
    WebhookEvent.objects.update(last_error=error, state=WebhookState.FAILED)
    root = club.people["root"]
    Refund.objects.create(payment=side.payment, amount=100, status="created", actor=root)
    secrets = (side.payment.payer_name, side.payment.payer_email)
    addresses = [
        url("payment:index"),
        url("payment:index_results"),
        url("payment:inspect", side.payment),
        url("payment:inspect", side.order),
        url("payment:refund", side.payment),
        url("payment:receive", side.order),
        url("payment:cancel", side.order),
        url("delivery:index"),
        url("delivery:resend", side.payment.deliveries.first()),
        url("discrepancy:index"),
        url("discrepancy:resolve", side.discrepancy),
        url("webhookevent:index"),
        url("webhookevent:inspect", side.event),
        url("webhookevent:replay", side.event),
    ]
    for name in sign_in(client, club, ["its_onlooker", "auditor", "its_mechanic"]):
        for address in addresses:
            html = html_of(client.get(address))
            assert not [secret for secret in secrets if secret in html], (name, address)
        response = client.get(url("payment:receipt", side.payment))
        assert response.status_code in (302, 403), name
    client.force_login(root)
    for address in (addresses[2], addresses[12]):
        assert side.payment.payer_email in html_of(client.get(address))
    assert client.get(url("payment:receipt", side.payment)).status_code == 200


@pytest.mark.parametrize("logs", [True, False])
def test_viewing_a_payer_is_logged(client, club, settings, logs):
    settings.WAGTAIL_PAYMENTS = {**settings.WAGTAIL_PAYMENTS, "LOG_PERSONAL_DATA_VIEWS": logs}
    side = club.first
    for name, writes in (("its_treasurer", logs), ("its_onlooker", False), ("root", logs)):
        client.force_login(club.people[name])
        before = len(logged())
        assert client.get(url("payment:inspect", side.payment)).status_code == 200
        new = logged()[: len(logged()) - before]
        assert [(entry.user.username, entry.object_id) for entry in new] == (
            [(name, str(side.payment.pk))] if writes else []
        )
    before = len(logged())
    client.get(url("webhookevent:inspect", side.event))
    assert len(logged()) - before == int(logs)


# Exports


@pytest.mark.parametrize("file_format", ["csv", "xlsx"])
def test_an_export_contains_only_exportable_payments(client, club, file_format):
    for name in sign_in(client, club):
        before = len(logged())
        response = export(client, file_format)
        if name not in EXPORTERS:
            assert response.status_code in (302, 403), name
            assert len(logged()) == before
            continue
        rows = rows_of(response)
        mine = Payment.objects.filter(pk__in=payments_for(name, club))
        assert {row["Transaction"] for row in rows} == {str(one.public_id) for one in mine}
        assert {row["Name"] for row in rows} == {one.payer_name for one in mine}
        (entry,) = logged()[: len(logged()) - before]
        assert (entry.user.username, entry.data["rows"]) == (name, len(rows))
        assert entry.data["format"] == file_format


def test_an_export_without_permission_to_see_payers(client, club):
    onlooker = club.people["its_onlooker"]
    product_grant(right=EXPORT, holder=onlooker, product=club.first.product)
    payment_grant(holder=onlooker, payment=club.other.payment)
    client.force_login(onlooker)
    for file_format in ("csv", "xlsx"):
        rows = rows_of(export(client, file_format))
        assert {row["Product"] for row in rows} == {FIRST}
        assert {row["Name"] or "" for row in rows} == {row["Email"] or "" for row in rows} == {""}


def test_search_terms_are_not_logged(client, club):
    client.force_login(club.people["treasurer"])
    email = club.first.payment.payer_email
    response = export(client, q=email, status="succeeded")
    assert len(rows_of(response)) == 1
    assert email.split("@")[0] not in response["Content-Disposition"]
    client.get(f"{url('payment:index')}?q={email}&q=&export=csv")
    for entry in logged("wagtail_payments.payment.export"):
        assert "payer" not in str(entry.data)
    assert "status=succeeded" in logged("wagtail_payments.payment.export")[1].data["filter"]


FORMULAS = (
    '=HYPERLINK("http://evil.example/","x")',
    "+1",
    "-1",
    "@x",
    "\t=1",
    "\r=1",
    "  =1",
    "=1+1",
)


@pytest.mark.parametrize("file_format", ["csv", "xlsx"])
def test_cells_are_not_formulas(client, club, file_format):
    client.force_login(club.people["root"])
    for formula in FORMULAS:
        Payment.objects.update(
            payer_name=formula, title=formula, page_title=formula, price_name=formula
        )
        for row in rows_of(export(client, file_format)):
            cells = [value for value in row.values() if isinstance(value, str)]
            assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]
            assert formula.strip() in row["Name"]


def test_characters_that_spreadsheets_refuse_are_removed(client, club):
    client.force_login(club.people["root"])
    Payment.objects.update(payer_name="Bell\x07 and \x0b more", page_title="Odd\x08")
    rows = rows_of(export(client, "xlsx"))
    assert {row["Name"] for row in rows} == {"Bell and  more"}
    assert len(rows_of(export(client, "csv"))) == 4


# The audit log


def actions(club):
    """Return actions on the first product: URL, form data, log action and label."""
    side, today = club.first, timezone.localdate().isoformat()
    refund = {"key": str(uuid4()), "amount": "1.00", "reason": "duplicate", "note": "Secret note"}
    delivery = side.payment.deliveries.first()
    return (
        (url("payment:refund", side.payment), refund, "payment.refund", "Refund of €1.00"),
        (
            url("payment:receive", side.order),
            {"received_on": today, "method": "cash", "note": "Secret note"},
            "payment.receive",
            "Mark as received",
        ),
        (
            url("payment:cancel", club.other.order),
            {"note": "Secret note"},
            "payment.cancel",
            "Cancel payment",
        ),
        (url("delivery:resend", delivery), {}, "payment.resend", "Send delivery again"),
        (
            url("webhookevent:replay", side.event),
            {},
            "webhook.replay",
            "Process webhook event again",
        ),
        (url("webhookevent:replay_failed"), {}, "webhook.replay_failed", "Process failed webhook"),
        (url("webhookevent:ignore", side.event), {}, "webhook.ignore", "Ignore webhook event"),
        (url("webhookevent:redact", side.event), {}, "webhook.redact", "Remove payload"),
        (url("discrepancy:resolve", side.discrepancy), {}, "discrepancy.", "iscrepancy"),
        (
            url("discrepancy:run"),
            {},
            "discrepancy.compare",
            "Compare with the provider",
        ),
    )


def test_each_action_is_logged_once(client, club):
    treasurer, root = club.people["treasurer"], club.people["root"]
    Discrepancy.objects.update(data={"local": None, "remote": {"status": "succeeded"}})
    for address, form, action, text in actions(club):
        data = form
        if "ignore" in address:
            WebhookEvent.objects.update(state=WebhookState.FAILED)
        client.force_login(treasurer)
        if "resolve" in address:
            data = {"shown": client.get(address).context["form"].initial["shown"]}
        before = len(logged())
        assert client.post(address, data).status_code == 302, address
        new = logged()[: len(logged()) - before]
        assert [entry.user for entry in new] == [treasurer], action
        assert new[0].action.startswith(f"wagtail_payments.{action}")
        assert "Secret note" not in str(new[0].data)
        assert "payer" not in str(new[0].data) + new[0].label
        client.force_login(root)
        page = html_of(client.get(reverse("wagtailadmin_reports:site_history")))
        assert text in page, action


def test_resending_all_is_logged_per_delivery(client, club):
    Delivery.objects.update(state=DeliveryState.FAILED)
    treasurer = club.people["treasurer"]
    client.force_login(treasurer)
    count = Delivery.objects.count()
    assert client.post(url("delivery:resend_failed")).status_code == 302
    entries = logged("wagtail_payments.payment.resend")
    assert len(entries) == count
    assert {entry.user for entry in entries} == {treasurer}


def test_refused_actions_are_not_logged(client, club):
    before = len(logged())
    client.force_login(club.people["its_onlooker"])
    for address, data, _action, _text in actions(club):
        assert client.post(address, data).status_code in (302, 404)
    assert len(logged()) == before


# Query counts


def count_queries(client, address, **query):
    client.get(address, query)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address, query).status_code == 200
    return len(captured)


@pytest.mark.parametrize("by_group", [False, True])
def test_the_number_of_queries_does_not_depend_on_grants(client, by_group):
    make_site()
    person, group = make_user("person"), Group.objects.create(name="Some")
    allow(person, "access_admin")
    person.groups.add(group)
    holder = group if by_group else person
    products = [make_product(name=f"Product {number}") for number in range(12)]
    (payment,) = [start(products[0]).payment]
    pay(payment)
    payment = payment_apply(payment_id=payment.pk, source=EventSource.PROVIDER).payment

    def grant(product):
        for right in (VIEW, CHOOSE, SEE_PAYMENTS):
            product_grant(right=right, holder=holder, product=product)

    def counts():
        names = (
            "wagtail_payments_product:list",
            INDEX,
            "wagtailsnippetchoosers_wagtail_payments_product:choose",
        )
        return [count_queries(client, reverse(name)) for name in names]

    client.force_login(person)
    grant(products[0])
    few = counts()
    for product in products[1:]:
        grant(product)
    for number in range(15):
        other = make_user(f"other-{number}")
        for right in (VIEW, SEE_PAYMENTS):
            product_grant(right=right, holder=other, product=products[0])
    copies = []
    for number in range(50):
        product = products[number % 12]
        copy = Payment.objects.get(pk=payment.pk)
        copy.pk, copy.public_id, copy.attempt_key = None, uuid4(), str(uuid4())
        copy.product, copy.product_key = product, product.translation_key
        copy.checkout_reference = copy.payment_reference = None
        copies.append(copy)
    Payment.objects.bulk_create(copies)
    assert counts() == few
