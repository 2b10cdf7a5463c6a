"""Reads Stripe's answers: what is new is tolerated, what is missing is said."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from wagtail_payments.providers.exceptions import AnswerIncomplete


@contextmanager
def complete() -> Iterator[None]:
    """Raise AnswerIncomplete, naming the field, when the answer that is read inside lacks one."""
    missing = ""
    try:
        yield
    except (AttributeError, KeyError, TypeError) as error:
        missing = str(error)
    if missing:
        raise AnswerIncomplete(f"Stripe's answer can't be read: {missing}.")


def optional(obj: Any, name: str) -> Any:
    """Return a field that an answer needn't have, None without it."""
    return getattr(obj, name, None)


def reference_of(obj: Any) -> str | None:
    """Return the id of an object that stands for itself or, not expanded, for its id."""
    return obj if obj is None or isinstance(obj, str) else obj.id


def metadata_of(obj: Any) -> dict[str, str]:
    """Return an object's metadata."""
    return obj.metadata.to_dict() if obj.metadata else {}
