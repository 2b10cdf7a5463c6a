"""Model fields that several tables share."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

from wagtail_payments.search_keys import KEY_LENGTH, search_key

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


class SearchKeyField(_CharField):
    """What another field's text is found by: normalised, indexed, and ordered by bytes.

    ``source`` names that field. Ordering by bytes makes everything with one prefix a range.
    """

    def __init__(
        self, source: str, *, key: Callable[[str], str] = search_key, **kwargs: Any
    ) -> None:
        self.source, self.key = source, key
        super().__init__(
            **{"max_length": KEY_LENGTH, "blank": True, "editable": False, "default": "", **kwargs}
        )

    def deconstruct(self) -> Any:
        """Add what this field alone has."""
        name, path, args, kwargs = super().deconstruct()
        extra = {} if self.key is search_key else {"key": self.key}
        return name, path, [self.source, *args], {**kwargs, **extra}

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        """Return the key of the text as it is now; bulk inserts ask for it, too."""
        value = self.key(getattr(model_instance, self.source))
        setattr(model_instance, self.attname, value)
        return value

    def db_parameters(self, connection: BaseDatabaseWrapper) -> dict[str, Any]:
        """Return the column's parameters, with a collation by bytes."""
        parameters = super().db_parameters(connection)
        by_bytes = {"mysql": "utf8mb4_bin", "postgresql": "C"}
        if connection.vendor in by_bytes:
            parameters["collation"] = by_bytes[connection.vendor]
        return dict(parameters)
