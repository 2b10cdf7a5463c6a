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


def optional(thing: Any, name: str) -> Any:
    """Return a field that an answer needn't have, None without it."""
    return getattr(thing, name, None)


def reference_of(thing: Any) -> str | None:
    """Return the id of an object that stands for itself or, not expanded, for its id."""
    return thing if thing is None or isinstance(thing, str) else thing.id


def metadata_of(thing: Any) -> dict[str, str]:
    """Return an object's metadata."""
    return thing.metadata.to_dict() if thing.metadata else {}
