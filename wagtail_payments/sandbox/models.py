"""The sandbox's tables. They never hold a card number: brand and last four digits at most."""

from typing import ClassVar

from django.db import models

from wagtail_payments.models.leases import LeaseMixin

from .enums import AttemptState, DeliveryState, EventType, FaultKind, SessionState


class Session(models.Model):
    """A checkout session: one thing to pay, until ``expires_at``, at most once.

    ``secret`` is what the visitor's browser holds; ``provider`` is the alias that opened it.
    """

    provider = models.CharField(max_length=50)
    reference = models.CharField(max_length=60, unique=True)
    payment_reference = models.CharField(max_length=60, unique=True)
    secret = models.CharField(max_length=60, unique=True)
    idempotency_key = models.CharField(max_length=255)
    fingerprint = models.CharField(max_length=64)
    state = models.CharField(max_length=10, choices=SessionState.choices, default=SessionState.OPEN)
    amount = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    fee = models.BigIntegerField(null=True)
    description = models.TextField()
    quantity = models.PositiveBigIntegerField()
    ui = models.CharField(max_length=10)
    locale = models.CharField(max_length=35, blank=True)
    return_url = models.TextField()
    cancel_url = models.TextField()
    webhook_url = models.TextField()
    metadata = models.JSONField(default=dict)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        indexes: ClassVar = [models.Index(fields=["state", "expires_at"], name="wps_session_due")]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["provider", "idempotency_key"], name="wps_session_idempotency"
            ),
        ]

    def __str__(self) -> str:
        return self.reference


class Attempt(models.Model):
    """One attempt to pay. A delayed one settles at ``settles_at``, in ``settles_to``."""

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="attempts")
    reference = models.CharField(max_length=60, unique=True)
    state = models.CharField(max_length=10, choices=AttemptState.choices)
    method_type = models.CharField(max_length=20)
    brand = models.CharField(max_length=20, blank=True)
    last4 = models.CharField(max_length=4, blank=True)
    reason = models.CharField(max_length=30, blank=True)
    settles_at = models.DateTimeField(null=True)
    settles_to = models.CharField(max_length=10, choices=AttemptState.choices, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        default_permissions = ()
        ordering = ("id",)
        indexes: ClassVar = [models.Index(fields=["state", "settles_at"], name="wps_attempt_due")]

    def __str__(self) -> str:
        return self.reference


class Refund(models.Model):
    """A refund, which succeeds at once. ``amount`` is in minor units."""

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="refunds")
    reference = models.CharField(max_length=60, unique=True)
    idempotency_key = models.CharField(max_length=255)
    amount = models.BigIntegerField()
    reason = models.CharField(max_length=40, blank=True)
    metadata = models.JSONField(default=dict)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        default_permissions = ()
        ordering = ("id",)
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["session", "idempotency_key"], name="wps_refund_idempotency"
            ),
        ]

    def __str__(self) -> str:
        return self.reference


class Event(models.Model):
    """An event of a session. ``body`` is signed and sent byte for byte."""

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="events")
    reference = models.CharField(max_length=60, unique=True)
    type = models.CharField(max_length=40, choices=EventType.choices)
    body = models.TextField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        default_permissions = ()
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.type} {self.reference}"


class EventDelivery(LeaseMixin):
    """One delivery of an event. While ``held``, it waits for a later event to be sent first."""

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="deliveries")
    state = models.CharField(
        max_length=10, choices=DeliveryState.choices, default=DeliveryState.PENDING
    )
    held = models.BooleanField(default=False)
    status_code = models.PositiveSmallIntegerField(null=True)
    delivered_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()
        ordering = ("id",)
        indexes: ClassVar = [
            models.Index(fields=["state", "next_attempt_at"], name="wps_delivery_due")
        ]

    def __str__(self) -> str:
        return f"{self.event} ({self.state})"


class Fault(models.Model):
    """One fault that happens once. ``seconds`` is the duration of a delay."""

    kind = models.CharField(max_length=30, choices=FaultKind.choices)
    seconds = models.FloatField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        default_permissions = ()
        ordering = ("id",)

    def __str__(self) -> str:
        return self.kind
