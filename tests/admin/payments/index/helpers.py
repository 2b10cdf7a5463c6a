"""Payments and requests for the tests of the payments list."""

from datetime import timedelta
from uuid import uuid4

from django.contrib.auth.models import Permission
from django.urls import reverse
from django.utils import timezone

from tests.support.factories import make_user
from wagtail_payments.models import (
    Payment,
    ReceiptSeries,
)

INDEX = "wagtail_payments_payment:index"
RESEND = ("view_delivery", "resend_delivery")


def make_payment(product=None, **fields):
    created_at = fields.pop("created_at", None) or timezone.now() - timedelta(days=1)
    amount = fields.get("amount", 1250)
    paid = fields.get("status", "succeeded") == "succeeded"
    return Payment.objects.create(
        **{
            "attempt_key": str(uuid4()),
            "status": "succeeded",
            "product": product,
            "product_key": product.translation_key if product else uuid4(),
            "price_key": uuid4(),
            "title": product.name if product else "Star night",
            "unit_amount": amount,
            "amount": amount,
            "currency": "EUR",
            "provider": "sandbox",
            "mode": "test",
            "ui": "inline",
            "created_at": created_at,
            "expires_at": created_at,
            "paid_at": created_at if paid else None,
            "captured_amount": amount if paid else 0,
            **fields,
        }
    )


def receipt_fields(payment, code, number=1, **fields):
    series, _ = ReceiptSeries.objects.get_or_create(name="ST", year=2026, mode="test", **fields)
    shared = {"series": series, "number": number, "code": code, "language": "en", "data": {}}
    return {**shared, "payment": payment, "issued_at": timezone.now()}


def staff(username, *permissions):
    user = make_user(username)
    for codename in ("access_admin", *permissions):
        user.user_permissions.add(Permission.objects.get(codename=codename))
    return user


def listed(client, **query):
    response = client.get(reverse(INDEX), query)
    assert response.status_code == 200
    return list(response.context["object_list"])


def html(client, **query):
    return client.get(reverse(INDEX), query).content.decode()
