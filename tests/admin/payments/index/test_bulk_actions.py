"""Bulk actions on the payments list."""

import pytest
from django.urls import reverse

from tests.admin.payments.index.helpers import RESEND, html, staff
from wagtail_payments.enums import DeliveryKind, DeliveryState
from wagtail_payments.models import (
    Delivery,
    PaymentEvent,
)
from wagtail_payments.models.deliveries import delivery_key
from wagtail_payments.permissions import EXPORT, PAYMENTS, product_grant

pytestmark = [pytest.mark.db, pytest.mark.django_db]


def action_url(action):
    return reverse("wagtail_bulk_action", args=["wagtail_payments", "payment", action])


def make_receipt_email(payment):
    return Delivery.objects.create(
        payment=payment,
        kind=DeliveryKind.RECEIPT_EMAIL,
        key=delivery_key(payment, "receipt"),
        state=DeliveryState.SENT,
    )


def test_selected_payments_are_exported(client, mixed):
    chosen = [mixed["paid"], mixed["sepa"]]
    response = client.get(action_url("export"), {"id": [each.pk for each in chosen]}, follow=True)
    rows = b"".join(response.streaming_content).decode().splitlines()
    assert len(rows) == 3
    assert all(any(str(each.public_id) in row for row in rows) for each in chosen)


def test_only_exportable_payments_are_exported(client, mixed):
    course = mixed["course"].product
    user = staff("treasurer", "view_payment")
    client.force_login(user)
    everything = {"id": [each.pk for each in mixed.values()]}
    assert client.get(action_url("export"), everything).status_code == 302
    assert "Export the selected" not in html(client)
    product_grant(right=EXPORT, holder=user, product=course)
    client.force_login(reload_user(user))
    response = client.get(action_url("export"), everything, follow=True)
    rows = b"".join(response.streaming_content).decode().splitlines()
    assert len(rows) == 2


def reload_user(user):
    return type(user).objects.get(pk=user.pk)


def test_receipts_are_sent_again(client, mixed):
    email, other = make_receipt_email(mixed["paid"]), make_receipt_email(mixed["sepa"])
    url = f"{action_url('resend_receipts')}?id={mixed['paid'].pk}&id={mixed['failed'].pk}"
    assert "1 receipt will be sent to its payer again" in client.get(url).content.decode()
    assert client.post(url).status_code == 302
    email.refresh_from_db()
    other.refresh_from_db()
    assert (email.resends, other.resends) == (1, 0)
    assert PaymentEvent.objects.filter(payment=mixed["paid"], kind="delivery_resent").count() == 1


@pytest.mark.parametrize("action", ["export", "resend_receipts"])
@pytest.mark.parametrize("ids", [["x"], [], ["9" * 30], ["all"], ["-1"], ["999999"]])
def test_invalid_ids_return_404(client, mixed, action, ids):
    for method in (client.get, client.post):
        query = "&".join(f"id={each}" for each in ids)
        assert method(f"{action_url(action)}?{query}").status_code == 404
    assert not Delivery.objects.filter(resends__gt=0).exists()


def test_without_permission_nothing_is_sent(client, mixed):
    email = make_receipt_email(mixed["paid"])
    url = f"{action_url('resend_receipts')}?id={mixed['paid'].pk}"
    client.force_login(staff("reader", "view_payment"))
    for method in (client.get, client.post):
        assert method(url).status_code == 302
    hidden = staff("mechanic", *RESEND)
    product_grant(right=PAYMENTS, holder=hidden, product=mixed["course"].product)
    client.force_login(hidden)
    for method in (client.get, client.post):
        assert method(url).status_code in (302, 404)
    email.refresh_from_db()
    assert (email.resends, email.state) == (0, DeliveryState.SENT)
    assert not PaymentEvent.objects.filter(kind="delivery_resent").exists()
