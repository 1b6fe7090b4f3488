"""Runners keep the time-outs of their runs themselves; one that hangs does not, and is ended here."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from taskdeck.model.run import Outcome, Run, RunStatus
from taskdeck.model.wording import duration

# For the start, the end and the last words of a task whose processes are being killed.
GRACE_SECONDS = 15.0


def ends_at(run: Run, definition: dict[str, Any], *, cancel_timeout_seconds: float) -> datetime | None:
    """When a run whose runner works has ended for certain; ``None``: it may take as long as it takes."""
    timeout = definition.get("timeout_seconds")
    if timeout is None or run.started_at is None:
        return None
    own = definition.get("cancel_timeout_seconds")
    grace = (cancel_timeout_seconds if own is None else own) + GRACE_SECONDS
    return run.started_at + timedelta(seconds=timeout + grace)


def outcome(definition: dict[str, Any]) -> Outcome:
    limit = duration(definition["timeout_seconds"])
    reason = f"The run took longer than its time-out of {limit}; the process that ran the task had to be killed."
    return Outcome(status=RunStatus.TIMED_OUT, reason=reason)
