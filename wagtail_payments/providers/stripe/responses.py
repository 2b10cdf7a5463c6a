"""Reads Stripe's answers: new fields are ignored, missing ones are reported."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from wagtail_payments.providers.exceptions import AnswerIncomplete


@contextmanager
def complete() -> Iterator[None]:
    """Raise AnswerIncomplete, with the field's name, if the answer read inside lacks a field."""
    missing = ""
    try:
        yield
    except (AttributeError, KeyError, TypeError) as error:
        missing = str(error)
    if missing:
        raise AnswerIncomplete(f"Stripe's answer cannot be read: {missing}.")


def optional(obj: Any, name: str) -> Any:
    """Return an optional field of an answer, None if it is missing."""
    return getattr(obj, name, None)


def reference_of(obj: Any) -> str | None:
    """Return the id of an object, which may be expanded or just an id."""
    return obj if obj is None or isinstance(obj, str) else obj.id


def metadata_of(obj: Any) -> dict[str, str]:
    """Return an object's metadata."""
    return obj.metadata.to_dict() if obj.metadata else {}
