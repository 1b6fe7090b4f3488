"""How the server is."""

from __future__ import annotations

from typing import Literal

from pydantic.json_schema import SkipJsonSchema

from taskdeck.web.schemas.shape import Answer, optional
from taskdeck.web.schemas.tasks import Project


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
    version: str | SkipJsonSchema[None] = optional()
    worker: Worker | SkipJsonSchema[None] = optional()
    pdf: bool | SkipJsonSchema[None] = optional()
    """Whether notebooks can be had as PDF."""
    dashboard: str | SkipJsonSchema[None] = optional()
    """Which build of the dashboard is served. An open page that began with another one is out of date."""
    project: Project | SkipJsonSchema[None] = optional()
