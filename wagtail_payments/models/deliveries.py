"""The outbox: queued emails and signals."""

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from wagtail_payments.enums import DeliveryKind, DeliveryState

from .leases import LeaseMixin
from .payments import Payment


class Delivery(LeaseMixin):
    """One email or signal, written in the transaction of the change that causes it.

    ``key`` names its owner and its occurrence, such as "payment:<uuid>:issued". At most one of the
    foreign keys to owners is set. ``resends`` counts how often staff sent it again.
    """

    payment = models.ForeignKey(
        Payment, null=True, blank=True, on_delete=models.PROTECT, related_name="deliveries"
    )
    kind = models.CharField(max_length=20, choices=DeliveryKind.choices)
    key = models.CharField(max_length=120)
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
            ("resend_delivery", _("Can send deliveries again")),
        ]
        indexes: ClassVar = [
            models.Index(fields=["state", "next_attempt_at"], name="wp_delivery_due"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["kind", "key"], name="wp_delivery_once"),
        ]

    @property
    def owner(self) -> Payment:
        """The row that it is about: the foreign key that is set."""
        if self.payment is None:
            raise ValueError(f"Delivery {self.pk} has no owner.")
        return self.payment

    @property
    def occurrence(self) -> str:
        """Which email or signal of its owner this is: the last part of ``key``."""
        return self.key.split(":", 2)[2]

    def __str__(self) -> str:
        kind = str(self.get_kind_display())
        is_signal = self.kind == DeliveryKind.SIGNAL
        return f"{kind} ({self.occurrence.partition(':')[0]})" if is_signal else kind


def delivery_key(owner: Payment, occurrence: str) -> str:
    """Return the key of the email or signal of ``owner`` that ``occurrence`` names."""
    return f"{owner._meta.model_name}:{owner.public_id}:{occurrence}"
