"""Where a provider's books and ours differ, and nothing that is safe would mend it."""

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from wagtail_payments.enums import DiscrepancyKind, Mode

from .fields import ReferenceField
from .payments import Payment


class Discrepancy(models.Model):
    """One difference. ``reference`` is the provider's id of the object; ``data`` holds both sides.

    ``asked_at`` is when staff had the provider asked once more, and it said the same.
    """

    provider = models.CharField(_("provider"), max_length=50)
    mode = models.CharField(_("mode"), max_length=4, choices=Mode.choices)
    kind = models.CharField(_("what"), max_length=10, choices=DiscrepancyKind.choices)
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
    asked_at = models.DateTimeField(_("asked again"), null=True, blank=True)
    resolved_at = models.DateTimeField(_("resolved"), null=True, blank=True, db_index=True)
    dismissed = models.BooleanField(_("dismissed"), default=False)

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("difference")
        verbose_name_plural = _("differences")
        ordering = ("-found_at", "-id")
        default_permissions = ("view",)
        permissions: ClassVar = [
            ("resolve_discrepancy", _("Can settle differences with providers"))
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["provider", "mode", "kind", "reference"], name="wp_discrepancy_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.reference}"
