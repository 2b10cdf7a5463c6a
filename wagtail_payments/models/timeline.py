"""What all timelines have in common."""

from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from wagtail_payments.enums import EventSource


class TimelineEvent(models.Model):
    """One line of a timeline. Lines are added, never changed. ``amount`` is in minor units.

    Each owner has a table of its own, with a foreign key to it and the ``kind`` of each line.
    """

    source = models.CharField(_("source"), max_length=10, choices=EventSource.choices)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    amount = models.BigIntegerField(null=True, blank=True)
    data = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField(_("time"), default=timezone.now, editable=False)

    wagtail_reference_index_ignore = True

    class Meta:
        abstract = True
        ordering = ("created_at", "id")
        default_permissions = ()

    @override
    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk is not None:
            raise TypeError("A timeline is append-only.")
        super().save(*args, **kwargs)

    @override
    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise TypeError("A timeline is append-only.")
