"""How the server is."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field
from pydantic.json_schema import SkipJsonSchema

from taskdeck.web.schemas.shape import Answer
from taskdeck.web.schemas.tasks import Project


def _for_who_may() -> Any:
    """Without credentials the member is absent, never ``null``."""
    return Field(
        default=None,
        exclude_if=lambda value: value is None,
        json_schema_extra=lambda schema: schema.__delitem__("default"),
    )


class Worker(Answer):
    """The process that runs the queued runs."""

    alive: bool
    running: int
    queued: int
    limit: int
    """Runs at the same time, at most."""


class Health(Answer):
    """Without credentials, only ``status``."""

    status: Literal["ok"]
    """The web process answers; whether runs can start, ``worker`` tells."""
    version: str | SkipJsonSchema[None] = _for_who_may()
    worker: Worker | SkipJsonSchema[None] = _for_who_may()
    project: Project | SkipJsonSchema[None] = _for_who_may()
