"""The named results a run published."""

from __future__ import annotations

from typing import Any, Literal

from taskdeck.web.schemas.shape import Answer, Request


class PageQuery(Request):
    code: Literal["shown", "hidden"] = "shown"
    """``hidden``: only texts and outputs, as a report."""

    @property
    def shows_code(self) -> bool:
        return self.code == "shown"


class PublishedOutput(Answer):
    """A result; those with a ``file`` can be downloaded under their name."""

    name: str
    kind: Literal["value", "table", "file"]
    value: Any
    file: str | None
    size: int | None
    """Bytes of the file."""
    rows: int | None
    columns: list[str] | None


class PublishedOutputs(Answer):
    outputs: list[PublishedOutput]
    """By name; of results published twice under one name, the last."""
