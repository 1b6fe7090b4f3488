"""The sample on the wire."""

from __future__ import annotations

from taskdeck.web.schemas.shape import Answer


class Sample(Answer):
    files: list[str]
    """What was written, relative to the project's directory."""
