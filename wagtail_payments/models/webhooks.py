"""The inbox: every verified webhook is stored before it is answered."""

from datetime import timedelta
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from wagtail_payments.enums import Mode, WebhookObject, WebhookState

from .fields import ReferenceField
from .leases import LeaseMixin
from .payments import Payment


class WebhookEvent(LeaseMixin):
    """One event of a provider. ``body`` holds the bytes whose signature was verified.

    The body may hold personal data, so it is removed after a while or on demand; the rest stays.
    ``recovered`` marks an event that never arrived and was fetched by the reconciliation.
    """

    provider = models.CharField(max_length=50)
    mode = models.CharField(max_length=4, choices=Mode.choices)
    event_id = ReferenceField(max_length=255)
    type = models.CharField(max_length=100)
    object_kind = models.CharField(
        max_length=20, choices=WebhookObject.choices, default=WebhookObject.PAYMENT
    )
    version = models.CharField(max_length=50, blank=True)
    checkout_reference = ReferenceField(max_length=255, null=True, blank=True)
    payment_reference = ReferenceField(max_length=255, null=True, blank=True)
    metadata = models.JSONField(null=True, blank=True)
    body = models.BinaryField()
    recovered = models.BooleanField(default=False)
    state = models.CharField(
        max_length=10, choices=WebhookState.choices, default=WebhookState.PENDING
    )
    payment = models.ForeignKey(
        Payment, null=True, blank=True, on_delete=models.SET_NULL, related_name="webhook_events"
    )
    received_at = models.DateTimeField(auto_now_add=True)
    processed_at = models.DateTimeField(null=True, blank=True)

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("webhook event")
        verbose_name_plural = _("webhook events")
        ordering = ("-received_at", "-id")
        default_permissions = ("view",)
        permissions: ClassVar = [
            ("replay_webhookevent", _("Can replay webhook events")),
        ]
        indexes: ClassVar = [
            models.Index(fields=["state", "next_attempt_at"], name="wp_webhook_due"),
            models.Index(fields=["received_at"], name="wp_webhook_received"),
            models.Index(fields=["checkout_reference"], name="wp_webhook_checkout"),
            models.Index(fields=["payment_reference"], name="wp_webhook_payment"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["provider", "mode", "event_id"], name="wp_webhook_event"
            ),
        ]

    @property
    def lag(self) -> timedelta | None:
        """The time from storing the event to applying it; None before that."""
        return self.processed_at - self.received_at if self.processed_at else None

    @property
    def text(self) -> str:
        """The payload as text; empty once it was removed."""
        return bytes(self.body).decode(errors="replace")

    def __str__(self) -> str:
        return f"{self.type} {self.event_id}"
