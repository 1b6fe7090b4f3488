"""The attempts of a run, and whether there is another one after each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from taskdeck.model.retry import RerunPolicy, Retries
from taskdeck.model.run import Outcome, RunStatus

LOST_RERUNS = 3
"""A lost run of a task that may be rerun is repeated so often: one that takes its runner down with it each time must
come to an end."""


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """One try of a run. Times are aware UTC."""

    run_id: int
    number: int
    status: RunStatus
    reason: str = ""
    started_at: datetime
    finished_at: datetime | None = None
    worker_id: str | None = None
    runner_pid: int | None = None
    runner_created_at: float | None = None
    peak_memory_bytes: int | None = None
    """The largest resident memory of all its processes together, as far as it was seen."""
    cpu_seconds: float | None = None
    """Of all its processes."""
    wall_seconds: float | None = None
    """By the runner's own clock, which nobody sets."""
    environment_sha256: str | None = None
    """The same for attempts in the same environment; ``None``: not known, or not yet."""


@dataclass(frozen=True, kw_only=True)
class Retry:
    """The decision that there will be another attempt."""

    pause_seconds: float
    reason: str
    """Why the run is queued again, in a sentence for a person."""


def allowed(retries: Retries, rerun: RerunPolicy, status: RunStatus) -> int:
    """How many attempts there may be in all when one ends with this status."""
    match status:
        case RunStatus.FAILED | RunStatus.TIMED_OUT:
            return 1 + retries.count
        case RunStatus.LOST if rerun is RerunPolicy.RERUN:
            return 1 + max(retries.count, LOST_RERUNS)
        case _:
            return 1


def retry(number: int, outcome: Outcome, retries: Retries, rerun: RerunPolicy) -> Retry | None:
    """What follows attempt ``number`` that ended so; ``None``: the run ends with it."""
    total = allowed(retries, rerun, outcome.status)
    if number >= total:
        return None
    pause = retries.pause_seconds(number)
    how = {RunStatus.TIMED_OUT: "timed out", RunStatus.LOST: "was lost"}.get(outcome.status, "failed")
    why = f": {outcome.reason.rstrip('.')}" if outcome.reason else ""
    return Retry(pause_seconds=pause, reason=f"Attempt {number} of {total} {how}{why}; next attempt in {pause:g} s.")
