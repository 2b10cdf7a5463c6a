"""Users of a club with two products, with permissions for the first product or for all products."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.contrib.auth.models import Group, Permission
from django.utils import timezone

from tests.support.company import pay, receive_all
from tests.support.factories import make_payer, make_product, make_user, start
from wagtail_payments.enums import EventSource
from wagtail_payments.models import Discrepancy, Payment, Product, WebhookEvent
from wagtail_payments.permissions import (
    ACCESS,
    CHANGE,
    CHOOSE,
    DELETE,
    EXPORT,
    PAYERS,
    PAYMENTS,
    PUBLISH,
    RECEIVE,
    REFUND,
    VIEW,
    payment_grant,
    product_grant,
)
from wagtail_payments.services.payments.apply import payment_apply
from wagtail_payments.services.refunds.create import refund_create
from wagtail_payments.services.refunds.send import refund_send
from wagtail_payments.services.user_access.roles import ROLES, role_make

OF_ONE_PRODUCT = {
    "its_editor": (VIEW, CHOOSE, CHANGE, PUBLISH, DELETE),
    "its_viewer": (VIEW,),
    "its_treasurer": (PAYMENTS, PAYERS, REFUND, RECEIVE, EXPORT),
    "its_onlooker": (PAYMENTS,),
    "its_keeper": (VIEW, ACCESS),
}
OF_ALL = {
    "manager": "Payments manager",
    "treasurer": "Payments treasurer",
    "accountant": "Payments accountant",
    "auditor": "Payments auditor",
    "editor": "Payments editor",
}
WITHOUT_PERMISSIONS = ("outsider", "visitor", "inactive")
PEOPLE = (*OF_ONE_PRODUCT, *OF_ALL, "payment_auditor", "root", *WITHOUT_PERMISSIONS)


@dataclass
class Side:
    """A product and its related rows. ``new`` is a second product that was never sold."""

    product: Product
    new: Product
    payment: Payment
    order: Payment
    event: WebhookEvent
    discrepancy: Discrepancy
    revision: Any = None
    rows: dict[str, Any] = field(default_factory=dict)


def make_side(name: str) -> Side:
    """Create a product with a paid payment, an unpaid order, an event and a discrepancy."""
    product = make_product(name=name)
    payer = make_payer(email=f"{name.lower()}-payer@example.org", name=f"Payer of {name}")
    payment = start(product, payer=payer).payment
    pay(payment)
    (event, *_) = receive_all(payment)
    payment = payment_apply(payment_id=payment.pk, source=EventSource.PROVIDER).payment
    WebhookEvent.objects.filter(pk=event.pk).update(payment=payment)
    order = start(product, payer=payer, provider="offline", ui="hosted").payment
    discrepancy = Discrepancy.objects.create(
        provider="sandbox", mode="test", kind="status", reference=name, payment=payment, data={}
    )
    go_live = timezone.now() + timedelta(days=9)
    product.go_live_at = go_live
    revision = product.save_revision()
    revision.publish()
    new = make_product(name=f"{name} (new)")
    return Side(product, new, payment, order, event, discrepancy, revision)


def make_receipt_documents(side: Side) -> dict[str, Any]:
    """Create payments that are flagged or have no receipt, and a credit note."""
    payments = []
    for fields in ({"review_reason": "paid_after_release"}, {}):
        payment = start(make_product()).payment
        pay(payment)
        product_fields = {"product": side.product, "product_key": side.product.translation_key}
        Payment.objects.filter(pk=payment.pk).update(**product_fields, **fields)
        payments.append(payment_apply(payment_id=payment.pk, source=EventSource.IMPORT).payment)
    refund = refund_create(
        payment_id=side.payment.pk, key=uuid4(), amount=100, reason="duplicate", actor=None
    )
    refund_send(refund_id=refund.pk)
    return {
        "flagged": payments[0],
        "withheld": payments[1],
        "receipt": side.payment.receipt,
        "note": side.payment.credit_notes.get(),
    }


def make_people(side: Side) -> dict[str, Any]:
    """Create all users. ``side`` is the product of users with permissions for one product."""
    for role in ROLES:
        role_make(role)
    people = {
        name: make_user(name) for name in PEOPLE if name not in ("visitor", "root", "inactive")
    }
    access_admin = Permission.objects.get(codename="access_admin")
    for name, rights in OF_ONE_PRODUCT.items():
        people[name].user_permissions.add(access_admin)
        for product in (side.product, side.new):
            for right in rights:
                product_grant(right=right, holder=people[name], product=product)
    for name, role in OF_ALL.items():
        people[name].groups.add(Group.objects.get(name=role))
    for name in ("outsider", "payment_auditor"):
        people[name].user_permissions.add(access_admin)
    payment_grant(holder=people["payment_auditor"], payment=side.payment)
    people["root"] = make_user("root", is_superuser=True)
    people["inactive"] = make_user("inactive", is_superuser=True, is_active=False)
    return people
