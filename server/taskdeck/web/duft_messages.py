"""What DUFT's stream says of a run: its events as ``{"isRunning", "message", "dataTask"}``.

``dataTask`` is the task's name, or one of three words at a run's beginning and end. ``run`` and ``level`` are
additions.
"""

from __future__ import annotations

from typing import Any

from taskdeck.model.event import WireEvent
from taskdeck.model.run import Run, RunStatus
from taskdeck.web import wire

STARTED = "script_start"
COMPLETED = "script_complete"
FAILED = "scriptError"


def started(run: Run) -> bytes:
    return _encoded(run, f"{run.task_name} started.", STARTED)


def left_out(run: Run, count: int) -> bytes:
    return _encoded(run, f"{count:,} events before this are in the log of run {run.id}.", run.task_name)


def said(run: Run, event: WireEvent) -> bytes | None:
    """``None``: nothing that DUFT knows."""
    if event["type"] == "message":
        return _encoded(run, event["text"], run.task_name, level=event["level"])
    if event["type"] == "status":
        # That of an attempt which another one follows: the end of a run is `ended`.
        text = event["reason"] or f"{run.task_name}: {event['status']}."
        return _encoded(run, text, run.task_name, level="warning")
    return None


def ended(run: Run, *, others_run: bool) -> bytes:
    if run.status is RunStatus.SUCCEEDED:
        errors = f" with {run.error_count} error{'' if run.error_count == 1 else 's'}" if run.error_count else ""
        return _encoded(run, f"{run.task_name} completed{errors}.", COMPLETED, is_running=others_run)
    text = run.reason or f"{run.task_name}: {run.status}."
    return _encoded(run, text, FAILED, is_running=others_run, level="error")


def _encoded(run: Run, text: str, data_task: str, *, is_running: bool = True, level: str = "info") -> bytes:
    message: dict[str, Any] = {
        "isRunning": is_running,
        "message": text,
        "dataTask": data_task,
        "run": run.id,
        "level": level,
    }
    return wire.encode(message)
