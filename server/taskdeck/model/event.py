"""What happens in a run: the events of the public contract, as dataclasses.

On the wire and in the journal an event is a flat JSON object:
``{"seq": 7, "at": "2026-11-21T10:00:00.123Z", "attempt": 1, "type": "message", "level": "info", "text": "…"}``.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, ClassVar, Literal

from taskdeck.model.run import RunStatus

WireEvent = dict[str, Any]
"""An event as a JSON object, with ``seq``, ``at``, ``attempt`` and ``type``."""


@dataclass(frozen=True, kw_only=True)
class Message:
    """What the author tells the analyst."""

    type: ClassVar[str] = "message"
    level: Literal["debug", "info", "warning", "error"] = "info"
    text: str
    source: Literal["task", "taskdeck"] = "task"
    """``taskdeck``: said by the server about the run, not by the author."""


@dataclass(frozen=True, kw_only=True)
class Progress:
    """``total`` is ``None`` while unknown. ``id`` tells several bars of one run apart."""

    type: ClassVar[str] = "progress"
    current: float
    total: float | None = None
    text: str = ""
    id: str = "main"


@dataclass(frozen=True, kw_only=True)
class Stream:
    """Raw text of a process; may hold part of a line, several lines, ``\\r`` and ANSI colours."""

    type: ClassVar[str] = "stream"
    name: Literal["stdout", "stderr"]
    text: str


@dataclass(frozen=True, kw_only=True)
class NotebookStarted:
    """The cells that are going to run, outputs cleared: the first event of a notebook.

    Each cell: ``{"index", "id", "cell_type", "source", "tags"}``.
    """

    type: ClassVar[str] = "notebook"
    cells: list[dict[str, Any]]


@dataclass(frozen=True, kw_only=True)
class CellStarted:
    type: ClassVar[str] = "cell_started"
    index: int
    """Position among all cells of the notebook, from 0."""


@dataclass(frozen=True, kw_only=True)
class CellOutput:
    """One output to append to a cell, as nbformat has it. Consecutive streams of one name are one output."""

    type: ClassVar[str] = "cell_output"
    index: int
    output: dict[str, Any]
    display_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class CellOutputUpdated:
    """Replaces ``data`` and ``metadata`` of every output with this display id, in whichever cell."""

    type: ClassVar[str] = "cell_output_updated"
    display_id: str
    output: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class CellCleared:
    """All outputs of the cell are gone (``clear_output``; with ``wait``, sent just before the next output)."""

    type: ClassVar[str] = "cell_cleared"
    index: int


@dataclass(frozen=True, kw_only=True)
class CellFinished:
    """How a cell ended, and what it took."""

    type: ClassVar[str] = "cell_finished"
    index: int
    status: Literal["ok", "error", "cancelled"]
    seconds: float
    execution_count: int | None = None
    cpu_seconds: float | None = None
    """Of all processes of the task, while the cell ran; ``None`` where the platform does not tell."""
    peak_memory_bytes: int | None = None
    """The largest resident memory of all its processes together, as far as it was seen."""


@dataclass(frozen=True, kw_only=True)
class OutputPublished:
    """A named result. ``value`` for ``kind`` ``value``; otherwise ``file`` below the run's ``outputs/``."""

    type: ClassVar[str] = "output"
    name: str
    kind: Literal["value", "table", "file"]
    value: Any = None
    file: str | None = None
    size: int | None = None
    rows: int | None = None
    columns: list[str] | None = None


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What the runner tells about itself and the task's process; later facts add to earlier ones."""

    type: ClassVar[str] = "facts"
    facts: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Status:
    """A change of the run's status. The final one is the last event of the run."""

    type: ClassVar[str] = "status"
    status: RunStatus
    reason: str = ""


Event = (
    Message
    | Progress
    | Stream
    | NotebookStarted
    | CellStarted
    | CellOutput
    | CellOutputUpdated
    | CellCleared
    | CellFinished
    | OutputPublished
    | Facts
    | Status
)


def to_wire(event: Event, *, seq: int, attempt: int, at: datetime) -> WireEvent:
    # Not asdict(): its deep copy costs more than all else, and events are values.
    return {"seq": seq, "at": timestamp(at), "attempt": attempt, "type": event.type, **vars(event)}


def timestamp(at: datetime) -> str:
    """ISO 8601 in UTC with milliseconds and ``Z``."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def moment(wire_event: WireEvent) -> datetime:
    """When it happened, as aware UTC. Raises `ValueError`."""
    return datetime.fromisoformat(wire_event["at"]).astimezone(UTC)


def encode(wire_event: WireEvent) -> bytes:
    """One line of a journal or chunk, newline included: JSON that a browser can read as well.

    JSON has neither NaN nor infinities, they become ``null``; lone surrogates, which UTF-8 lacks, become ``?``.
    """
    try:
        text = _to_json(wire_event)
    except ValueError:
        text = _to_json(finite(wire_event))
    return text.encode("utf-8", "replace") + b"\n"


# Made once: json.dumps() would make an encoder for each event.
_to_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode


def finite(value: Any) -> Any:
    """A JSON-like value with ``None`` in place of NaN and infinities."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {key: finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [finite(item) for item in value]
    return value


def decode(line: bytes) -> WireEvent:
    decoded: WireEvent = json.loads(line)
    return decoded
