"""The columns of rows that one worker at a time processes."""

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
        """The last line of the last error's traceback: the exception and its message."""
        lines = self.last_error.strip().splitlines()
        name, colon, message = lines[-1].partition(":") if lines else ("", "", "")
        return f"{name.rpartition('.')[2]}{colon}{message}"[:200]
