"""Model fields that several tables share."""

from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils import timezone

if TYPE_CHECKING:
    _CharField = models.CharField["str | None", "str | None"]
else:
    _CharField = models.CharField


class ReferenceField(_CharField):
    """A provider's id. Ids differ by case, which MySQL and MariaDB ignore unless told."""

    def db_parameters(self, connection: BaseDatabaseWrapper) -> dict[str, Any]:
        """Return the column's parameters, with a collation by bytes where the default isn't."""
        parameters = super().db_parameters(connection)
        if connection.vendor == "mysql":
            parameters["collation"] = "utf8mb4_bin"
        return dict(parameters)


class LeaseMixin(models.Model):
    """A row that one worker at a time takes, works on, and tries again later if that fails."""

    attempts = models.PositiveIntegerField(default=0)
    leased_until = models.DateTimeField(null=True, blank=True, editable=False)
    next_attempt_at = models.DateTimeField(default=timezone.now)
    last_error = models.TextField(blank=True)

    class Meta:
        abstract = True

    @property
    def short_error(self) -> str:
        """The last line of the last error's traceback, which says what went wrong."""
        lines = self.last_error.strip().splitlines()
        name, colon, message = lines[-1].partition(":") if lines else ("", "", "")
        return f"{name.rpartition('.')[2]}{colon}{message}"[:200]
