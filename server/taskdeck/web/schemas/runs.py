"""Runs on the wire."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pydantic import Field, JsonValue

from taskdeck.model import attempt as model_attempt
from taskdeck.model import run
from taskdeck.model import waiting as model_waiting
from taskdeck.model.run import RunStatus, Trigger
from taskdeck.model.task import TaskKind
from taskdeck.model.waiting import WaitingKind
from taskdeck.web.schemas.shape import MAX_NUMBER, Answer, Request, Timestamp


class RunRequest(Request):
    """A wish to run a task."""

    task: str = Field(max_length=500)
    parameters: dict[str, JsonValue] = Field(default_factory=dict, max_length=1000)
    """Values by parameter name; those left out take their defaults."""
    rerun_of: int | None = Field(default=None, ge=1, le=MAX_NUMBER)
    """The run whose values these were, edited or not."""


class RunQuery(Request):
    task: str | None = None
    status: RunStatus | None = None
    before: int | None = Field(default=None, ge=1, le=MAX_NUMBER)
    """Only runs with a smaller id: ``next_before`` of the page before."""
    limit: int = Field(default=50, ge=1, le=500)


class Waiting(Answer):
    """Why a queued run has not begun, where it is not just a free place that is missing."""

    kind: WaitingKind
    text: str
    """A sentence."""
    run_id: int | None
    """The run of its task that goes before it; of ``run`` only."""
    until: Timestamp | None
    """When it ends by itself; of ``retry`` only."""

    @classmethod
    def from_model(cls, found: model_waiting.Waiting) -> Waiting:
        return cls(kind=found.kind, text=found.text, run_id=found.run_id, until=found.until)


class Run(Answer):
    """One execution of a task."""

    id: int
    task: str
    task_name: str
    kind: TaskKind
    status: RunStatus
    reason: str
    """Why it ended as it did; empty after a success."""
    parameters: dict[str, Any]
    """Bound values; secrets are masked."""
    attempt: int
    """The present or last one; 0 until the run begins for the first time."""
    max_attempts: int
    """How many there may be when each of them fails."""
    priority: int
    """Higher first."""
    trigger: Trigger
    created_at: Timestamp
    started_at: Timestamp | None
    finished_at: Timestamp | None
    seconds: float | None
    """From start to end; ``null`` until it has ended."""
    cancel_requested_at: Timestamp | None
    rerun_of: int | None
    error_count: int
    """Messages of level error: a run may succeed with errors."""
    last_seq: int
    waiting_for: int | None
    """The active run of the same task that a queued run waits for."""
    waiting: Waiting | None
    source_sha256: str
    catalog_version: str
    facts: dict[str, Any]
    """What the runner told about itself: interpreter, packages, kernel."""

    @classmethod
    def from_model(cls, found: run.Run, *, waits: model_waiting.Waiting | None = None) -> Run:
        return cls(
            id=found.id,
            task=found.task_id,
            task_name=found.task_name,
            kind=found.kind,
            status=found.status,
            reason=found.reason,
            parameters=found.parameters,
            attempt=found.attempt,
            max_attempts=found.max_attempts,
            priority=found.priority,
            trigger=found.trigger,
            created_at=found.created_at,
            started_at=found.started_at,
            finished_at=found.finished_at,
            seconds=found.seconds,
            cancel_requested_at=found.cancel_requested_at,
            rerun_of=found.rerun_of,
            error_count=found.error_count,
            last_seq=found.recorded_seq,
            waiting_for=waits.run_id if waits else None,
            waiting=Waiting.from_model(waits) if waits else None,
            source_sha256=found.source_sha256,
            catalog_version=found.catalog_version,
            facts=found.facts,
        )


class Attempt(Answer):
    """One try of a run."""

    number: int
    status: RunStatus
    reason: str
    started_at: Timestamp
    finished_at: Timestamp | None
    seconds: float | None
    """By the runner's own clock; ``null`` while it runs, and where the runner could not tell."""
    peak_memory_bytes: int | None
    """The largest resident memory of all its processes together, as far as it was seen."""
    cpu_seconds: float | None
    """Of all its processes."""

    @classmethod
    def from_model(cls, found: model_attempt.Attempt) -> Attempt:
        return cls(
            number=found.number,
            status=found.status,
            reason=found.reason,
            started_at=found.started_at,
            finished_at=found.finished_at,
            seconds=found.wall_seconds,
            peak_memory_bytes=found.peak_memory_bytes,
            cpu_seconds=found.cpu_seconds,
        )


class RunDetail(Run):
    """A run with its attempts."""

    attempts: list[Attempt]
    """In their order; empty until it begins."""

    @classmethod
    def with_attempts(
        cls, found: run.Run, attempts: Sequence[model_attempt.Attempt], *, waits: model_waiting.Waiting | None
    ) -> RunDetail:
        shown = dict(Run.from_model(found, waits=waits))
        return cls(**shown, attempts=[Attempt.from_model(each) for each in attempts])


class RunPage(Answer):
    runs: list[Run]
    """Newest first."""
    next_before: int | None
    """``before`` of the next page; ``null`` on the last one."""


class RunDigest(Answer):
    """What the strip of a task's last runs shows of each."""

    id: int
    status: RunStatus
    reason: str
    created_at: Timestamp
    started_at: Timestamp | None
    finished_at: Timestamp | None
    seconds: float | None

    @classmethod
    def from_model(cls, found: run.Run) -> RunDigest:
        return cls(
            id=found.id,
            status=found.status,
            reason=found.reason,
            created_at=found.created_at,
            started_at=found.started_at,
            finished_at=found.finished_at,
            seconds=found.seconds,
        )
