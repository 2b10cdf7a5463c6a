"""Receipts: numbers without gaps, and what each said when it was issued."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from ..enums import Mode
from .payments import Payment


class ReceiptSeries(models.Model):
    """One run of numbers. Its row is locked while a number is taken."""

    name = models.CharField(max_length=20, blank=True)
    year = models.PositiveSmallIntegerField()
    mode = models.CharField(max_length=4, choices=Mode.choices)
    next_number = models.PositiveIntegerField(default=1)

    wagtail_reference_index_ignore = True

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["name", "year", "mode"], name="wp_series"),
        ]

    def __str__(self) -> str:
        prefix = "TEST-" if self.mode == Mode.TEST else ""
        return f"{prefix}{self.name}{'-' if self.name else ''}{self.year}"


class Receipt(models.Model):
    """A numbered receipt. ``data`` is frozen: seller, payer and lines as they were."""

    payment = models.OneToOneField(Payment, on_delete=models.PROTECT, related_name="receipt")
    series = models.ForeignKey(ReceiptSeries, on_delete=models.PROTECT, related_name="receipts")
    number = models.PositiveIntegerField()
    code = models.CharField(_("number"), max_length=60, unique=True)
    language = models.CharField(max_length=20)
    data = models.JSONField()
    issued_at = models.DateTimeField(_("issued"))

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("receipt")
        verbose_name_plural = _("receipts")
        ordering = ("-issued_at", "-id")
        default_permissions = ("view",)
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["series", "number"], name="wp_receipt_number"),
        ]

    def __str__(self) -> str:
        return self.code
