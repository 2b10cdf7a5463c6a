"""Files that a background task creates, for the user who requested them."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from wagtail_payments.enums import ExportFormat, ExportKind, ExportState

from .leases import LeaseMixin


class Export(LeaseMixin):
    """One file, which only ``user`` may download. ``query`` holds the filters.

    The file itself is in :class:`ExportChunk`: payers' data does not belong in a media folder, and
    web server and consumer may run on two machines. ``rights`` is a digest of the user's permissions
    when it was created.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(_("content"), max_length=20, choices=ExportKind.choices)
    format = models.CharField(_("format"), max_length=4, choices=ExportFormat.choices)
    query = models.TextField(blank=True)
    state = models.CharField(
        _("state"), max_length=10, choices=ExportState.choices, default=ExportState.WAITING
    )
    rows_done = models.PositiveIntegerField(_("rows"), default=0)
    rows_total = models.PositiveIntegerField(null=True, blank=True)
    filename = models.CharField(max_length=100, blank=True)
    rights = models.CharField(max_length=64, blank=True)
    size = models.PositiveBigIntegerField(_("size"), default=0)
    created_at = models.DateTimeField(_("requested"), default=timezone.now, editable=False)
    finished_at = models.DateTimeField(_("ready"), null=True, blank=True)

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("export")
        verbose_name_plural = _("exports")
        ordering = ("-created_at", "-id")
        default_permissions: ClassVar = ()

    def __str__(self) -> str:
        return self.filename or str(self.get_kind_display())


class ExportChunk(models.Model):
    """One part of an export's file."""

    export = models.ForeignKey(Export, on_delete=models.CASCADE, related_name="chunks")
    number = models.PositiveIntegerField()
    data = models.BinaryField()

    wagtail_reference_index_ignore = True

    class Meta:
        ordering = ("number",)
        default_permissions: ClassVar = ()
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["export", "number"], name="wp_export_chunk"),
        ]

    def __str__(self) -> str:
        return f"{self.export_id}/{self.number}"
