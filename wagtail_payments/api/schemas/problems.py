"""Errors."""

from typing import Annotated

from ninja import Schema

from .base import about, shown

_FIELD_ERROR = {"field": "email", "message": "Enter a valid email address."}


class FieldError(Schema):
    """An error at one field."""

    model_config = shown(_FIELD_ERROR)

    field: Annotated[str, about("The field's name.")]
    message: Annotated[str, about("What is wrong, in the visitor's language.")]


class Problem(Schema):
    """An error in the format of RFC 9457. Some codes have more members, such as the new amount."""

    model_config = shown(
        {
            "type": "about:blank",
            "title": "Unprocessable Entity",
            "status": 422,
            "code": "invalid",
            "detail": "Enter a valid email address.",
            "errors": [_FIELD_ERROR],
        }
    )

    type: Annotated[str, about("Always about:blank: `code` tells problems apart.")] = "about:blank"
    title: Annotated[str, about("The status in words.")]
    status: Annotated[int, about("The HTTP status.")]
    code: Annotated[str, about("Which problem: stable, and meant for programs.")]
    detail: Annotated[str, about("What went wrong, in the visitor's language.")]
    errors: Annotated[list[FieldError], about("The fields to correct.")] = []


def problems(*statuses: int) -> dict[int, type[Problem]]:
    """Return the responses for problems with these statuses, and those that every operation has."""
    return dict.fromkeys(sorted({*statuses, 429, 500}), Problem)
