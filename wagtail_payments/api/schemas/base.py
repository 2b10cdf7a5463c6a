"""Helpers for descriptions and examples."""

from typing import Annotated, Any

from ninja import Field, Path, Query


def shown(example: dict[str, Any], **config: Any) -> Any:
    """Return a schema's configuration with an example."""
    return {"json_schema_extra": {"examples": [example]}, **config}


def about(text: str, **fields: Any) -> Any:
    """Return a field with a description."""
    return Field(description=text, **fields)


Page = Annotated[int, Query(description="Which page, from 1 on.", ge=1, le=10_000, examples=[1])]
Limit = Annotated[
    int, Query(description="How many on a page: 100 at most.", ge=1, le=100, examples=[20])
]
Token = Annotated[
    str,
    Path(
        description="The signed name of one payment, from its link.",
        examples=["4f0f6f9e7d0a4a618b7e2f9f2a6a1c55:BPSkVo3cS1u"],
    ),
]
