"""One execution of a task with bound parameters, and the decisions about its life."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from taskdeck.model.connection import MASKED
from taskdeck.model.labels import Labels
from taskdeck.model.task import TaskKind


class RunStatus(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"
    TIMED_OUT = "timed_out"
    LOST = "lost"

    @property
    def is_final(self) -> bool:
        return self not in (RunStatus.QUEUED, RunStatus.RUNNING)


class Trigger(StrEnum):
    """What started a run."""

    DASHBOARD = "dashboard"
    API = "api"
    CLI = "cli"

    @property
    def in_words(self) -> str:
        """Who it was, for a sentence such as "Cancelled by the dashboard."."""
        return {"dashboard": "the dashboard", "api": "the API", "cli": "the command line"}[self.value]


@dataclass(frozen=True, kw_only=True)
class Run:
    """A row of the store. All times are aware UTC; ``parameters`` never hold a secret in clear."""

    id: int
    task_id: str
    task_name: str
    kind: TaskKind
    status: RunStatus
    parameters: dict[str, Any]
    created_at: datetime
    catalog_version: str
    source_sha256: str
    trigger: Trigger
    attempt: int = 0
    """0 until first claimed."""
    departure: int | None = None
    """Its place in the order in which runs left the queue for the first time, from 1; ``None``: it has not left yet, or
    did so under an older version."""
    max_attempts: int = 1
    """How many there may be when each of them fails."""
    priority: int = 0
    """Higher first."""
    not_before: datetime | None = None
    """Until then a queued run waits for its next attempt."""
    reason: str = ""
    """Why it ended as it did, in a sentence for a person; empty after a success."""
    started_at: datetime | None = None
    finished_at: datetime | None = None
    cancel_requested_at: datetime | None = None
    rerun_of: int | None = None
    worker_id: str | None = None
    runner_pid: int | None = None
    runner_created_at: float | None = None
    """Start time of the runner process as the operating system tells it: pids are reused."""
    recorded_seq: int = 0
    """The last event in the store."""
    journal_offset: int = 0
    """Bytes of the journal that are in the store."""
    error_count: int = 0
    """Messages of level error: a run may succeed with errors."""
    parameter_labels: Labels | None = None
    """As the task declared them when the run was queued; ``None``: an older version queued it."""
    facts: dict[str, Any] = field(default_factory=dict)
    """What the runner tells about itself: ``python``, ``packages``, ``kernel``, ``peak_memory_bytes`` …"""

    @property
    def seconds(self) -> float | None:
        return _seconds(self.started_at, self.finished_at)

    @property
    def masked_parameters(self) -> list[str]:
        """Those of which only a mask is left, wholly or in part: their values are no values for another run."""
        return [name for name, value in self.parameters.items() if isinstance(value, str) and MASKED in value]


@dataclass(frozen=True, kw_only=True)
class RunDigest:
    """The little of a run that a strip of many runs shows."""

    id: int
    task_id: str
    status: RunStatus
    reason: str
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None

    @property
    def seconds(self) -> float | None:
        return _seconds(self.started_at, self.finished_at)


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """How an attempt ended."""

    status: RunStatus
    reason: str = ""


def _seconds(started_at: datetime | None, finished_at: datetime | None) -> float | None:
    if started_at is None or finished_at is None:
        return None
    return (finished_at - started_at).total_seconds()
