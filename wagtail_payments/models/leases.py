"""The columns of rows that one worker at a time processes."""

import re

from django.db import models
from django.utils import timezone


class LeaseMixin(models.Model):
    """A row that one worker at a time leases and processes, and that is retried if that fails."""

    attempts = models.PositiveIntegerField(default=0)
    leased_until = models.DateTimeField(null=True, blank=True, editable=False)
    next_attempt_at = models.DateTimeField(default=timezone.now)
    last_error = models.TextField(blank=True)

    class Meta:
        abstract = True

    @property
    def short_error(self) -> str:
        """The last line of the last error, and of a traceback without the exception's module."""
        last = self.last_error.strip().rpartition("\n")[2]
        return re.sub(r"^(\w+\.)+(?=\w+(:|$))", "", last)[:200]
