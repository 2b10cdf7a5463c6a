"""Periodic jobs. Every consumer schedules them, one at a time runs each."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from .leases import LeaseMixin


class Job(LeaseMixin):
    """One periodic job: when it is due, when it last succeeded, and its last result."""

    name = models.CharField(max_length=80, unique=True)
    result = models.JSONField(default=dict, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("periodic job")
        verbose_name_plural = _("periodic jobs")
        ordering = ("name",)
        default_permissions: ClassVar = ()

    @property
    def subject(self) -> str:
        """What the job is about, such as a provider's alias."""
        return self.name.partition(":")[2]

    def __str__(self) -> str:
        return self.name
