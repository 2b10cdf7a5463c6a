"""A payment's page: next steps, the page revision the payer saw, related payments."""

from datetime import timedelta
from html import unescape
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Site

from tests.support.company import expire, pay, pay_by_bank
from tests.support.factories import (
    BASE_URL,
    make_dispute,
    make_order,
    make_payer,
    make_product,
    make_site,
    make_user,
    reload,
    start,
)
from tests.testapp.models import SellingPage
from wagtail_payments.enums import (
    DeliveryKind,
    DeliveryState,
    DisputeStatus,
    EventKind,
    EventSource,
    PaymentStatus,
    RefundStatus,
)
from wagtail_payments.models import Delivery, Dispute, Payment, Refund
from wagtail_payments.permissions import PAYERS, PAYMENTS, product_grant
from wagtail_payments.sandbox.enums import FaultKind
from wagtail_payments.sandbox.services.faults import fault_arm
from wagtail_payments.selectors.payments.tokens import Placement
from wagtail_payments.services.audit.timeline import timeline_add
from wagtail_payments.services.checkout.start import checkout_start
from wagtail_payments.services.payments.apply import payment_apply
from wagtail_payments.services.refunds.create import refund_create

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def site() -> Any:
    return make_site()


@pytest.fixture
def admin(client: Any) -> Any:
    client.force_login(make_user("admin", is_superuser=True, is_staff=True))
    return client


def page(client: Any, payment: Payment) -> str:
    response = client.get(reverse("wagtail_payments_payment:inspect", args=[payment.pk]))
    assert response.status_code == 200
    return unescape(response.content.decode())


def refresh(client: Any, payment: Payment) -> str:
    url = reverse("wagtail_payments_payment:refresh", args=[payment.pk])
    return unescape(client.post(url, follow=True).content.decode())


def paid(**order: Any) -> Payment:
    payment = start(make_product(), **order).payment
    pay(payment)
    return payment_apply(payment_id=payment.pk, source=EventSource.PROVIDER).payment


def test_a_pending_payment_shows_its_expiry_and_can_be_refreshed(admin: Any) -> None:
    payment = start(make_product()).payment
    text = page(admin, payment)
    assert "The payer has not paid yet." in text
    assert "Refresh from provider" in text
    pay(payment)
    assert "The status is now: Paid." in refresh(admin, payment)
    assert reload(payment).is_paid


def test_refreshing_a_current_payment_changes_nothing(admin: Any) -> None:
    payment = paid()
    assert "The status is unchanged: Paid." in refresh(admin, payment)
    assert reload(payment).version == payment.version


def test_an_unavailable_provider_changes_nothing(admin: Any) -> None:
    payment = start(make_product()).payment
    pay(payment)
    fault_arm(FaultKind.ERROR_500, 5)
    assert "The provider does not respond." in refresh(admin, payment)
    assert reload(payment).status == PaymentStatus.PENDING


def test_a_get_request_does_not_refresh(admin: Any) -> None:
    payment = start(make_product()).payment
    pay(payment)
    admin.get(reverse("wagtail_payments_payment:refresh", args=[payment.pk]))
    assert reload(payment).status == PaymentStatus.PENDING


def test_a_processing_payment(admin: Any) -> None:
    payment = start(make_product()).payment
    pay_by_bank(payment)
    payment_apply(payment_id=payment.pk, source=EventSource.PROVIDER)
    assert "the money is on its way" in page(admin, payment)


def test_an_expired_checkout(admin: Any) -> None:
    payment = start(make_product()).payment
    expire(payment)
    assert "the provider has not reported how it ended" in page(admin, payment)


def test_an_offline_payment_links_to_mark_as_received(admin: Any) -> None:
    payment = start(make_product(), provider="offline", ui="hosted").payment
    text = page(admin, payment)
    assert f"with the reference number {payment.checkout_reference}" in text
    assert reverse("wagtail_payments_payment:receive", args=[payment.pk]) in text
    assert "Refresh from provider" not in text


def test_open_refunds_disputes_and_failed_emails_are_listed(admin: Any) -> None:
    payment = paid()
    fields = {"payment": payment, "provider": "sandbox", "mode": payment.mode, "amount": 100}
    Refund.objects.create(status=RefundStatus.CREATED, **fields)
    Dispute.objects.create(
        reference="dp_1",
        status=DisputeStatus.NEEDS_RESPONSE,
        currency="EUR",
        due_by=timezone.now() + timedelta(days=2),
        **fields,
    )
    Delivery.objects.filter(kind=DeliveryKind.RECEIPT_EMAIL).update(state=DeliveryState.FAILED)
    text = page(admin, payment)
    assert "has not confirmed the refund of €1.00" in text
    assert ": the payer's bank wants the money back." in text
    assert "This could not be sent: Receipt email." in text


def test_the_net_amount(admin: Any) -> None:
    payment = paid()
    Payment.objects.filter(pk=payment.pk).update(fee=50, refunded_amount=200)
    assert "€10.00" in page(admin, payment)
    make_dispute(payment, DisputeStatus.UNDER_REVIEW, amount=300)
    make_dispute(payment, DisputeStatus.WON, amount=900)
    make_dispute(paid(), DisputeStatus.LOST, amount=400)
    text = page(admin, payment)
    assert "<dt>Disputed</dt> <dd>€3.00</dd> " in " ".join(text.split())
    assert "€7.00" in text
    Payment.objects.filter(pk=payment.pk).update(fee_currency="USD")
    assert "<dt>Net</dt>" not in page(admin, payment)


@pytest.mark.parametrize("currency", ["EUR", "USD"])
def test_net_is_unknown_if_the_dispute_has_another_currency(admin: Any, currency: str) -> None:
    payment = paid()
    Payment.objects.filter(pk=payment.pk).update(fee=50)
    make_dispute(payment, DisputeStatus.LOST, amount=100, currency=currency)
    assert ("<dt>Net</dt>" in page(admin, payment)) is (currency == "EUR")


def selling_page(product: Any) -> SellingPage:
    root = Site.objects.get(is_default_site=True).root_page
    block = {"product": product.pk, "button_text": "", "layout": "card", "ui": "inline"}
    selling = SellingPage(title="Star nights", slug="star-nights")
    selling.body = selling.body.stream_block.to_python(
        [{"type": "text", "value": "<p>Come!</p>"}, {"type": "payment", "value": block}]
    )
    root.add_child(instance=selling)
    selling.save_revision().publish()
    return SellingPage.objects.get(pk=selling.pk)


def bought_on(selling: SellingPage, product: Any) -> Payment:
    placement = Placement(
        page_id=selling.pk,
        revision_id=selling.live_revision_id,
        product_id=product.pk,
        provider="",
    )
    return checkout_start(
        order=make_order(product, placement=placement),
        payer=make_payer(),
        site=Site.objects.get(is_default_site=True),
        base_url=BASE_URL,
    ).payment


def test_link_to_the_page_revision_the_payer_saw(admin: Any) -> None:
    product = make_product()
    selling = selling_page(product)
    payment = bought_on(selling, product)
    revision = selling.live_revision_id
    # The page no longer sells the product.
    selling.body = selling.body.stream_block.to_python([{"type": "text", "value": "<p>Gone</p>"}])
    selling.save_revision().publish()
    text = page(admin, payment)
    url = reverse("wagtailadmin_pages:revisions_view", args=[selling.pk, revision])
    assert url in text
    assert "Body, block 2: Payment" in text
    assert admin.get(url).status_code == 200
    selling.delete()
    text = page(admin, payment)
    assert "Star nights" in text
    assert f"Revision {revision}" in text


def test_a_hidden_payer_has_no_related_payments(client: Any) -> None:
    product = make_product()
    first, second = (start(product).payment for _ in range(2))
    viewer = make_user("onlooker")
    viewer.user_permissions.add(Permission.objects.get(codename="access_admin"))
    product_grant(right=PAYMENTS, holder=viewer, product=product)
    client.force_login(viewer)
    heading = "Also by this payer"
    assert heading not in page(client, first)
    product_grant(right=PAYERS, holder=viewer, product=product)
    other = start(make_product(name="Not theirs")).payment
    text = page(client, first)
    assert heading in text
    assert reverse("wagtail_payments_payment:inspect", args=[second.pk]) in text
    assert reverse("wagtail_payments_payment:inspect", args=[other.pk]) not in text


def viewer_of(payment: Payment) -> Any:
    """Return a user who can see this payment, but not its payer."""
    viewer = make_user("onlooker")
    viewer.user_permissions.add(Permission.objects.get(codename="access_admin"))
    product_grant(right=PAYMENTS, holder=viewer, product=payment.product)
    return viewer


def test_a_hidden_payer_is_not_in_the_timeline(client: Any) -> None:
    payment = paid(payer=make_payer(user=make_user("wilhelmina")))
    timeline_add(
        payment=payment,
        kind=EventKind.REVIEWED,
        source=EventSource.STAFF,
        actor=make_user("mia"),
    )
    viewer = viewer_of(payment)
    client.force_login(viewer)
    text = page(client, payment)
    assert "wilhelmina" not in text
    assert "mia" in text
    product_grant(right=PAYERS, holder=viewer, product=payment.product)
    assert "wilhelmina" in page(client, payment)


def test_unknown_values_in_the_timeline_are_shown_unchanged(admin: Any) -> None:
    payment = paid()
    for kind, data in (
        (EventKind.STATUS_CHANGED, {"before": "pending", "after": "odd-status"}),
        (EventKind.REFUND_REQUESTED, {"reason": "odd-reason"}),
        (EventKind.REFUND_CHANGED, {"status": "odd-refund", "reason": ""}),
        (EventKind.DISPUTE_CHANGED, {"status": "odd-dispute"}),
        (EventKind.DELIVERY_SENT, {"delivery": "odd-mail", "occurrence": ""}),
        (EventKind.CREDIT_NOTE_ISSUED, {"number": "R-1", "note_kind": "odd-note"}),
        (EventKind.FLAGGED, {"reason": "odd-flag"}),
        (EventKind.RECEIVED, {"received_on": "odd-day"}),
    ):
        timeline_add(payment=payment, kind=kind, source=EventSource.SYSTEM, **data)
    text = page(admin, payment)
    for suffix in ("status", "reason", "refund", "dispute", "mail", "flag", "day"):
        assert f"odd-{suffix}" in text
    assert "R-1" in text


def test_a_hidden_payer_is_not_in_the_notes(client: Any) -> None:
    payment = paid()
    refund_create(
        payment_id=payment.pk,
        key=uuid4(),
        amount=100,
        reason="duplicate",
        note="Zoë asked for it",
        actor=None,
    )
    viewer = viewer_of(payment)
    client.force_login(viewer)
    text = page(client, payment)
    assert "Zoë" not in text
    assert "Paid twice" in text
    product_grant(right=PAYERS, holder=viewer, product=payment.product)
    assert page(client, payment).count("Zoë asked for it") == 2
