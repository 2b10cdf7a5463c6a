"""Refunds and their movements of money."""

import uuid
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from wagtail_payments.enums import Mode, RefundReason, RefundStatus, label_of
from wagtail_payments.money import format_amount

from .fields import ReferenceField
from .leases import LeaseMixin
from .payments import Payment


class Refund(LeaseMixin):
    """One refund of one payment, in minor units of the currency that was paid.

    Refunds of staff are written before the provider is called; refunds made at the provider are
    added when it reports them. ``refund_try`` and ``tried_at`` name the request whose outcome may be
    unknown.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="refunds")
    provider = models.CharField(max_length=50)
    mode = models.CharField(max_length=4, choices=Mode.choices)
    reference = ReferenceField(max_length=255, null=True, blank=True)
    status = models.CharField(
        _("status"), max_length=10, choices=RefundStatus.choices, default=RefundStatus.CREATED
    )
    amount = models.PositiveBigIntegerField(_("amount"))
    reason = models.CharField(_("reason"), max_length=40, choices=RefundReason.choices, blank=True)
    note = models.CharField(_("note"), max_length=255, blank=True)
    failure_reason = models.CharField(_("reason of the failure"), max_length=255, blank=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    refund_try = models.PositiveSmallIntegerField(default=1)
    tried_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(_("requested"), default=timezone.now, editable=False)
    settled_at = models.DateTimeField(_("settled"), null=True, blank=True)

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("refund")
        verbose_name_plural = _("refunds")
        ordering = ("created_at", "id")
        default_permissions = ("view",)
        indexes: ClassVar = [
            models.Index(fields=["status", "next_attempt_at"], name="wp_refund_due"),
            models.Index(fields=["created_at", "id"], name="wp_refund_created"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["provider", "mode", "reference"], name="wp_refund_reference"
            ),
            models.CheckConstraint(condition=Q(amount__gte=1), name="wp_refund_amount"),
        ]

    def __str__(self) -> str:
        return f"{self.display_amount} ({self.display_status})"

    @property
    def display_amount(self) -> str:
        """The amount in the active language."""
        return format_amount(self.amount, self.payment.taken_currency)

    @property
    def display_status(self) -> str:
        """The status in words."""
        return label_of(RefundStatus, self.status)

    @property
    def display_reason(self) -> str:
        """The reason in words, empty if there is none."""
        return label_of(RefundReason, self.reason)


class RefundMovement(models.Model):
    """Money that a refund paid out (above zero), or that came back because it failed late (below).

    Rows are added, never changed, so the sums of a past day stay the same. ``turn`` counts them within
    their refund, as it counts its credit notes: odd ones pay out, even ones undo the one before.
    """

    refund = models.ForeignKey(Refund, on_delete=models.PROTECT, related_name="movements")
    turn = models.PositiveSmallIntegerField(default=1)
    amount = models.BigIntegerField()
    moved_at = models.DateTimeField()

    wagtail_reference_index_ignore = True

    class Meta:
        ordering = ("refund_id", "turn")
        default_permissions = ()
        indexes: ClassVar = [models.Index(fields=["moved_at", "id"], name="wp_refund_moved")]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["refund", "turn"], name="wp_refund_turn"),
        ]

    def __str__(self) -> str:
        return format_amount(self.amount, self.refund.payment.taken_currency)

    @override
    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk is not None:
            raise TypeError("Movements are append-only.")
        super().save(*args, **kwargs)

    @override
    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise TypeError("Movements are append-only.")
