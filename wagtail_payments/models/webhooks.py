"""The inbox: every verified webhook, stored before it is answered."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from ..enums import Mode, WebhookState
from .fields import LeaseMixin, ReferenceField
from .payments import Payment


class WebhookEvent(LeaseMixin):
    """One event of a provider. ``body`` holds the bytes whose signature was checked."""

    provider = models.CharField(max_length=50)
    mode = models.CharField(max_length=4, choices=Mode.choices)
    event_id = ReferenceField(max_length=255)
    type = models.CharField(max_length=100)
    version = models.CharField(max_length=50, blank=True)
    checkout_reference = ReferenceField(max_length=255, null=True, blank=True)
    payment_reference = ReferenceField(max_length=255, null=True, blank=True)
    metadata = models.JSONField(null=True, blank=True)
    body = models.BinaryField()
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
        indexes: ClassVar = [
            models.Index(fields=["state", "next_attempt_at"], name="wp_webhook_due"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["provider", "mode", "event_id"], name="wp_webhook_event"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.event_id}"
