"""Differences between a provider's records and ours that cannot be corrected safely."""

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from wagtail_payments.enums import DiscrepancyKind, Mode

from .fields import ReferenceField
from .payments import Payment


class Discrepancy(models.Model):
    """One difference. ``reference`` is the provider's id of the object; ``data`` has both sides.

    ``asked_at`` is when staff last refreshed it and the provider reported the same state.
    """

    provider = models.CharField(_("provider"), max_length=50)
    mode = models.CharField(_("mode"), max_length=4, choices=Mode.choices)
    kind = models.CharField(_("type"), max_length=10, choices=DiscrepancyKind.choices)
    reference = ReferenceField(_("reference"), max_length=255)
    payment = models.ForeignKey(
        Payment,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="discrepancies",
        verbose_name=_("payment"),
    )
    data = models.JSONField(default=dict, blank=True)
    found_at = models.DateTimeField(_("found"), auto_now_add=True)
    seen_at = models.DateTimeField(_("last seen"), default=timezone.now)
    asked_at = models.DateTimeField(_("refreshed"), null=True, blank=True)
    resolved_at = models.DateTimeField(_("resolved"), null=True, blank=True, db_index=True)
    dismissed = models.BooleanField(_("dismissed"), default=False)

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("discrepancy")
        verbose_name_plural = _("discrepancies")
        ordering = ("-found_at", "-id")
        default_permissions = ("view",)
        permissions: ClassVar = [("resolve_discrepancy", _("Can resolve discrepancies"))]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["provider", "mode", "kind", "reference"], name="wp_discrepancy_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.reference}"
