"""Events on the wire. Their shapes are made from ``model/event.py``, so that there is one source of them."""

from __future__ import annotations

import dataclasses
from typing import Annotated, Any, Literal, Union, get_args, get_type_hints

from pydantic import BaseModel, Field, RootModel, create_model

from taskdeck.model import event
from taskdeck.web.schemas.shape import MAX_NUMBER, Answer, Request, Timestamp

MAX_EVENTS_PER_PAGE = 1000


class EventEnvelope(Answer):
    """What every event has. Clients ignore types they do not know."""

    seq: int
    """Counts from 1 within the run, without gaps."""
    at: Timestamp
    attempt: int


class NotebookCell(Answer):
    """A cell as the run found it, without outputs."""

    index: int
    id: str
    cell_type: Literal["code", "markdown", "raw"]
    source: str
    tags: list[str]


_NARROWER_TYPES: dict[tuple[type, str], Any] = {(event.NotebookStarted, "cells"): list[NotebookCell]}
"""Where the wire's shape says more than the dataclass."""


def _shape_of(event_class: Any) -> type[BaseModel]:
    hints = get_type_hints(event_class)
    fields: dict[str, Any] = {"type": (Literal[event_class.type], ...)}
    for field in dataclasses.fields(event_class):
        fields[field.name] = (_NARROWER_TYPES.get((event_class, field.name), hints[field.name]), ...)
    return create_model(f"{event_class.__name__}Event", __base__=EventEnvelope, __doc__=event_class.__doc__, **fields)


EVENT_SHAPES: tuple[type[BaseModel], ...] = tuple(_shape_of(event_class) for event_class in get_args(event.Event))


class Event(RootModel[Annotated[Union[EVENT_SHAPES], Field(discriminator="type")]]):  # type: ignore[valid-type]  # noqa: UP007 - made at run time
    """One thing that happened in a run; ``type`` tells which."""


class EventQuery(Request):
    after: int = Field(default=0, ge=0, le=MAX_NUMBER)
    """The last ``seq`` the caller has."""
    limit: int = Field(default=MAX_EVENTS_PER_PAGE, ge=1, le=MAX_EVENTS_PER_PAGE)


class EventPage(Answer):
    events: list[Event]
    last_seq: int
    """The last event of the run that is stored, whether on this page or not."""
    ended: bool
    """The run has ended and this page holds its last event: there will be no more."""
