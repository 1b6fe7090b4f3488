"""One execution of a task with bound parameters, and the decisions about its life."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

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
    facts: dict[str, Any] = field(default_factory=dict)
    """What the runner tells about itself: ``python``, ``packages``, ``kernel``, ``peak_memory_bytes`` …"""

    @property
    def seconds(self) -> float | None:
        if self.started_at is None or self.finished_at is None:
            return None
        return (self.finished_at - self.started_at).total_seconds()


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """How an attempt ended."""

    status: RunStatus
    reason: str = ""
