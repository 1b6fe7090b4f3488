"""What all shapes on the wire have in common."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer, WithJsonSchema

from taskdeck.model import event

Timestamp = Annotated[
    datetime,
    PlainSerializer(event.timestamp, return_type=str),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]
"""ISO 8601 in UTC with milliseconds and ``Z``, as in events."""


MAX_NUMBER = 2**53 - 1
"""Of runs and events: the largest that JavaScript knows exactly, and that every database takes."""


class Answer(BaseModel):
    """Something the server sends."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class Request(BaseModel):
    """Something a caller sends: unknown members are mistakes, and said to be."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True, allow_inf_nan=False)


def optional() -> Any:
    """For a member of an `Answer` that is absent where it is ``None``, never ``null``."""
    return Field(
        default=None,
        exclude_if=lambda value: value is None,
        json_schema_extra=lambda schema: schema.__delitem__("default"),
    )
