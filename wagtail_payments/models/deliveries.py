"""The outbox: outward effects that a payment owes."""

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from wagtail_payments.enums import DeliveryKind, DeliveryState

from .leases import LeaseMixin
from .payments import Payment


class Delivery(LeaseMixin):
    """One effect, such as the receipt's e-mail, written in the transaction that makes it owed.

    ``resends`` counts how often staff asked for it once more.
    """

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="deliveries")
    kind = models.CharField(max_length=20, choices=DeliveryKind.choices)
    occurrence = models.CharField(max_length=60)
    state = models.CharField(
        max_length=10, choices=DeliveryState.choices, default=DeliveryState.PENDING
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    sent_at = models.DateTimeField(null=True, blank=True)
    resends = models.PositiveSmallIntegerField(default=0)

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        ordering = ("created_at", "id")
        default_permissions = ("view",)
        permissions: ClassVar = [
            ("resend_delivery", _("Can send mails and signals again")),
        ]
        indexes: ClassVar = [
            models.Index(fields=["state", "next_attempt_at"], name="wp_delivery_due"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["payment", "kind", "occurrence"], name="wp_delivery_once"
            ),
        ]

    def __str__(self) -> str:
        kind = str(self.get_kind_display())
        is_signal = self.kind == DeliveryKind.SIGNAL
        return f"{kind} ({self.occurrence.partition(':')[0]})" if is_signal else kind
