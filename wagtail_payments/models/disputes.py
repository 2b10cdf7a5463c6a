"""Disputes (chargebacks) about payments."""

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from wagtail_payments.enums import DisputeStatus, Mode, label_of
from wagtail_payments.labels import dispute_reason
from wagtail_payments.money import format_amount

from .fields import ReferenceField
from .payments import Payment


class Dispute(models.Model):
    """One dispute, as the provider reports it; staff respond there. Amounts are in minor units."""

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="disputes")
    provider = models.CharField(max_length=50)
    mode = models.CharField(max_length=4, choices=Mode.choices)
    reference = ReferenceField(max_length=255)
    status = models.CharField(_("status"), max_length=20, choices=DisputeStatus.choices)
    amount = models.PositiveBigIntegerField(_("amount"))
    currency = models.CharField(_("currency"), max_length=3)
    reason = models.CharField(_("reason"), max_length=60, blank=True)
    due_by = models.DateTimeField(_("respond by"), null=True, blank=True)
    created_at = models.DateTimeField(_("opened"), default=timezone.now, editable=False)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True, editable=False)

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("dispute")
        verbose_name_plural = _("disputes")
        ordering = ("created_at", "id")
        default_permissions = ("view",)
        indexes: ClassVar = [
            models.Index(fields=["created_at", "id"], name="wp_dispute_created"),
            models.Index(fields=["closed_at"], name="wp_dispute_closed"),
            models.Index(fields=["status", "due_by"], name="wp_dispute_due"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["provider", "mode", "reference"], name="wp_dispute_reference"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.display_amount} ({self.display_status})"

    @property
    def display_amount(self) -> str:
        """The amount in the active language."""
        return format_amount(self.amount, self.currency)

    @property
    def display_status(self) -> str:
        """The status in words."""
        return label_of(DisputeStatus, self.status)

    @property
    def display_reason(self) -> str:
        """The reason in words, empty if none was reported."""
        return dispute_reason(self.reason)
