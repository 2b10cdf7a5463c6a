"""Payouts of providers to the site's bank account."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from wagtail_payments.enums import Mode, PayoutStatus
from wagtail_payments.money import format_amount

from .fields import ReferenceField


class Payout(models.Model):
    """One payout, as the provider reports it. ``amount`` is in minor units, below zero for a debit."""

    provider = models.CharField(_("provider"), max_length=50)
    mode = models.CharField(_("mode"), max_length=4, choices=Mode.choices)
    reference = ReferenceField(_("reference"), max_length=255)
    status = models.CharField(_("status"), max_length=10, choices=PayoutStatus.choices)
    amount = models.BigIntegerField(_("amount"))
    currency = models.CharField(_("currency"), max_length=3)
    created_at = models.DateTimeField(_("sent"))
    arrives_on = models.DateField(_("arrives"))

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("payout")
        verbose_name_plural = _("payouts")
        ordering = ("-created_at", "-id")
        default_permissions = ("view",)
        indexes: ClassVar = [
            models.Index(fields=["created_at", "id"], name="wp_payout_created"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["provider", "mode", "reference"], name="wp_payout_reference"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reference} ({self.display_amount})"

    @property
    def display_amount(self) -> str:
        """The amount in the active language."""
        return format_amount(self.amount, self.currency)
