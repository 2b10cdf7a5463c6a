"""Receipts and credit notes: gapless numbers, and the content as issued."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from wagtail_payments.enums import CreditNoteKind, Mode, SeriesKind

from .fields import SearchKeyField
from .payments import Payment
from .refunds import Refund


class ReceiptSeries(models.Model):
    """One series of numbers. Its row is locked while a number is allotted."""

    name = models.CharField(max_length=20, blank=True)
    year = models.PositiveSmallIntegerField()
    mode = models.CharField(max_length=4, choices=Mode.choices)
    kind = models.CharField(max_length=10, choices=SeriesKind.choices, default=SeriesKind.RECEIPT)
    next_number = models.PositiveIntegerField(default=1)

    wagtail_reference_index_ignore = True

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["name", "year", "mode", "kind"], name="wp_series_kind"),
        ]

    def __str__(self) -> str:
        prefix = "TEST-" if self.mode == Mode.TEST else ""
        letter = "R" if self.kind == SeriesKind.CREDIT_NOTE else ""
        return f"{prefix}{self.name}{'-' if self.name else ''}{self.year}{letter}"


class ReceiptDocument(models.Model):
    """A numbered document. ``data`` is frozen: seller, payer and lines at the time of issue."""

    number = models.PositiveIntegerField()
    code = models.CharField(_("number"), max_length=60, unique=True)
    code_key = SearchKeyField("code")
    language = models.CharField(max_length=20)
    data = models.JSONField()
    issued_at = models.DateTimeField(_("issued"))

    wagtail_reference_index_ignore = True

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.code


class Receipt(ReceiptDocument):
    """The receipt of a payment."""

    payment = models.OneToOneField(Payment, on_delete=models.PROTECT, related_name="receipt")
    series = models.ForeignKey(ReceiptSeries, on_delete=models.PROTECT, related_name="receipts")

    class Meta:
        verbose_name = _("receipt")
        verbose_name_plural = _("receipts")
        ordering = ("-issued_at", "-id")
        default_permissions = ("view",)
        indexes: ClassVar = [
            models.Index(fields=["issued_at", "id"], name="wp_receipt_issued"),
            models.Index(fields=["code_key", "payment"], name="wp_receipt_code"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["series", "number"], name="wp_receipt_number"),
        ]


class CreditNote(ReceiptDocument):
    """The document of a refund, or of the cancellation of one. It is never deleted.

    A refund that succeeded has one. If it fails later, a second one of the other kind cancels it.
    ``turn`` counts the notes of a refund: odd ones are refunds, even ones cancel the one before.
    """

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="credit_notes")
    refund = models.ForeignKey(Refund, on_delete=models.PROTECT, related_name="credit_notes")
    kind = models.CharField(_("type"), max_length=12, choices=CreditNoteKind.choices)
    turn = models.PositiveSmallIntegerField(default=1)
    series = models.ForeignKey(ReceiptSeries, on_delete=models.PROTECT, related_name="credit_notes")

    class Meta:
        verbose_name = _("credit note")
        verbose_name_plural = _("credit notes")
        ordering = ("-issued_at", "-id")
        default_permissions = ("view",)
        indexes: ClassVar = [
            models.Index(fields=["issued_at", "id"], name="wp_credit_note_issued"),
            models.Index(fields=["code_key", "payment"], name="wp_credit_note_code"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["series", "number"], name="wp_credit_note_number"),
            models.UniqueConstraint(fields=["refund", "turn"], name="wp_credit_note_turn"),
        ]
