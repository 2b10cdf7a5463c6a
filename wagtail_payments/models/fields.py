"""Model fields that several models share."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from typing_extensions import override

from wagtail_payments.search_keys import KEY_LENGTH, search_key

if TYPE_CHECKING:
    _CharField = models.CharField["str | None", "str | None"]
else:
    _CharField = models.CharField


class ReferenceField(_CharField):
    """A provider's id. Ids are case-sensitive; MySQL and MariaDB need a binary collation for that."""

    @override
    def db_parameters(self, connection: BaseDatabaseWrapper) -> dict[str, Any]:
        parameters = super().db_parameters(connection)
        if connection.vendor == "mysql":
            parameters["collation"] = "utf8mb4_bin"
        return dict(parameters)


class SearchKeyField(_CharField):
    """The normalized text of the field ``source``, for prefix searches.

    It is compared by bytes, so that all keys with one prefix are a range of the index.
    """

    def __init__(
        self, source: str, *, key: Callable[[str], str] = search_key, **kwargs: Any
    ) -> None:
        self.source, self.key = source, key
        super().__init__(
            **{"max_length": KEY_LENGTH, "blank": True, "editable": False, "default": "", **kwargs}
        )

    @override
    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        extra = {} if self.key is search_key else {"key": self.key}
        return name, path, [self.source, *args], {**kwargs, **extra}

    @override
    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        # Bulk inserts call this, too.
        value = self.key(getattr(model_instance, self.source))
        setattr(model_instance, self.attname, value)
        return value

    @override
    def db_parameters(self, connection: BaseDatabaseWrapper) -> dict[str, Any]:
        parameters = super().db_parameters(connection)
        by_bytes = {"mysql": "utf8mb4_bin", "postgresql": "C"}
        if connection.vendor in by_bytes:
            parameters["collation"] = by_bytes[connection.vendor]
        return dict(parameters)
