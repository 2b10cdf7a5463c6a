"""Payments, frozen as sold, and their timelines."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from wagtail_payments.enums import (
    UNFINISHED_STATUSES,
    EventKind,
    PaymentStatus,
    ReviewReason,
    label_of,
)
from wagtail_payments.labels import method_name
from wagtail_payments.money import format_amount

from .fields import ReferenceField
from .mixins import CheckoutMixin, PayerMixin, PlacementMixin
from .products import Product
from .timeline import TimelineEvent


class Payment(PayerMixin, PlacementMixin, CheckoutMixin):
    """One purchase by one payer. Amounts are ISO 4217 minor units of ``currency``.

    The order is a copy: it does not change when product, price or page change.
    ``services.payments`` is the only writer of ``status``.
    """

    public_id = models.UUIDField(
        _("transaction id"), default=uuid.uuid4, unique=True, editable=False
    )
    status = models.CharField(
        _("status"), max_length=12, choices=PaymentStatus.choices, default=PaymentStatus.CREATED
    )
    review_reason = models.CharField(
        _("to review"), max_length=30, choices=ReviewReason.choices, blank=True
    )
    failure_reason = models.CharField(_("failure reason"), max_length=40, blank=True)

    product = models.ForeignKey(
        Product, null=True, on_delete=models.SET_NULL, related_name="payments"
    )
    product_key = models.UUIDField(_("product key"))
    price_key = models.UUIDField(_("price key"))
    title = models.CharField(_("product"), max_length=255)
    price_name = models.CharField(_("price"), max_length=100, blank=True)
    unit_amount = models.PositiveBigIntegerField()
    quantity = models.PositiveIntegerField(_("quantity"), default=1)
    amount = models.PositiveBigIntegerField(_("amount"))
    currency = models.CharField(_("currency"), max_length=3)
    tax_rate = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)
    tax_amount = models.PositiveBigIntegerField(_("tax"), default=0)

    payment_reference = ReferenceField(max_length=255, null=True, blank=True)
    method_type = models.CharField(_("method"), max_length=40, blank=True)
    method_brand = models.CharField(_("brand"), max_length=40, blank=True)
    method_last4 = models.CharField(_("last four digits"), max_length=4, blank=True)

    fee = models.PositiveBigIntegerField(_("fee"), null=True, blank=True)
    fee_currency = models.CharField(max_length=3, blank=True)
    captured_amount = models.PositiveBigIntegerField(default=0)
    refunded_amount = models.PositiveBigIntegerField(default=0)

    paid_at = models.DateTimeField(_("paid"), null=True, blank=True)

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        ordering = ("-created_at", "-id")
        default_permissions = ("view",)
        permissions: ClassVar = [
            ("view_payer", _("Can see payers: names and email addresses")),
            ("refund_payment", _("Can refund payments")),
            ("receive_payment", _("Can mark payments as received")),
            ("export_payment", _("Can export payments")),
            ("erase_payer", _("Can export and erase the data of a payer")),
        ]
        indexes: ClassVar = [
            models.Index(fields=["product_key", "price_key", "status"], name="wp_payment_stock"),
            models.Index(fields=["status", "next_check_at"], name="wp_payment_unfinished"),
            models.Index(fields=["review_reason"], name="wp_payment_review"),
            models.Index(fields=["paid_at"], name="wp_payment_paid"),
            # For sorting and filtering the list, each in the order in which rows are shown.
            models.Index(fields=["created_at", "id"], name="wp_payment_created"),
            models.Index(fields=["amount", "id"], name="wp_payment_by_amount"),
            models.Index(fields=["status", "created_at", "id"], name="wp_payment_by_status"),
            models.Index(fields=["product_key", "created_at", "id"], name="wp_payment_by_product"),
            models.Index(fields=["currency", "created_at", "id"], name="wp_payment_by_currency"),
            models.Index(fields=["method_type", "created_at", "id"], name="wp_payment_by_method"),
            models.Index(fields=["provider", "created_at", "id"], name="wp_payment_by_provider"),
            models.Index(fields=["page_id", "created_at", "id"], name="wp_payment_by_page"),
            models.Index(fields=["mode", "created_at", "id"], name="wp_payment_by_mode"),
            models.Index(
                fields=["refunded_amount", "captured_amount", "created_at", "id"],
                name="wp_payment_by_refunded",
            ),
            models.Index(fields=["email_key", "paid_at"], name="wp_payment_by_email"),
            models.Index(fields=["name_key"], name="wp_payment_by_name"),
            models.Index(fields=["surname_key"], name="wp_payment_by_surname"),
            models.Index(fields=["method_last4"], name="wp_payment_by_last4"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["provider", "mode", "checkout_reference"], name="wp_payment_checkout"
            ),
            models.UniqueConstraint(
                fields=["provider", "mode", "payment_reference"], name="wp_payment_reference"
            ),
            models.CheckConstraint(condition=Q(amount__gte=1), name="wp_payment_amount"),
            models.CheckConstraint(condition=Q(quantity__gte=1), name="wp_payment_quantity"),
            models.CheckConstraint(
                condition=Q(refunded_amount__lte=F("captured_amount")), name="wp_payment_refunded"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.display_amount})"

    @property
    def item(self) -> str:
        """The order in words, such as "Workshop, Child × 2"."""
        name = f"{self.title}, {self.price_name}" if self.price_name else self.title
        return f"{name} × {self.quantity}" if self.quantity > 1 else name

    @property
    def display_status(self) -> str:
        """The status in words: refunded payments say so instead of "Paid"."""
        if not self.refunded_amount:
            return label_of(PaymentStatus, self.status)
        if self.refunded_amount < self.captured_amount:
            return gettext("Partly refunded")
        return gettext("Refunded")

    @property
    def display_created_at(self) -> str:
        """When it was started, in the active time zone."""
        return date_format(timezone.localtime(self.created_at), "SHORT_DATETIME_FORMAT")

    @property
    def display_amount(self) -> str:
        """The amount in the active language."""
        return format_amount(self.amount, self.currency)

    @property
    def display_tax(self) -> str:
        """The included tax in the active language."""
        return format_amount(self.tax_amount, self.currency)

    @property
    def display_fee(self) -> str:
        """The provider's fee in the active language, empty while it is unknown."""
        if self.fee is None:
            return ""
        return format_amount(self.fee, self.fee_currency or self.currency)

    @property
    def mismatch(self) -> "PaymentEvent | None":
        """The last line of the timeline about an amount or currency that differs from the order."""
        return self.events.filter(kind=EventKind.FLAGGED, amount__isnull=False).last()

    @property
    def taken_currency(self) -> str:
        """The currency of the money received, and of its refunds."""
        mismatch = self.mismatch if self.is_paid and not self.captured_amount else None
        return (mismatch and mismatch.data.get("currency")) or self.currency

    @property
    def display_captured(self) -> str:
        """The amount received, in the active language."""
        return format_amount(self.captured_amount, self.currency)

    @property
    def display_refunded(self) -> str:
        """The amount refunded or being refunded, in the active language; empty for none."""
        if not self.refunded_amount:
            return ""
        return format_amount(self.refunded_amount, self.currency)

    @property
    def display_method(self) -> str:
        """The payment method, such as "Visa •••• 4242"; empty while it is unknown."""
        brand = self.method_brand.replace("_", " ").capitalize()
        name = brand or (method_name(self.method_type) if self.method_type else "")
        return f"{name} •••• {self.method_last4}" if self.method_last4 else name

    @property
    def is_paid(self) -> bool:
        """Whether the money has arrived."""
        return self.status == PaymentStatus.SUCCEEDED

    @property
    def is_finished(self) -> bool:
        """Whether no further change of the status is expected."""
        return self.status not in UNFINISHED_STATUSES


class PaymentEvent(TimelineEvent):
    """One line of a payment's timeline."""

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="events")
    kind = models.CharField(_("event"), max_length=30, choices=EventKind.choices)

    class Meta(TimelineEvent.Meta):
        verbose_name = _("payment event")
        verbose_name_plural = _("payment events")

    def __str__(self) -> str:
        return self.get_kind_display()
