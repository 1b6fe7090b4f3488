"""What becomes of a run when one of its attempts has ended: another attempt, or the end."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from taskdeck.execution import chunks
from taskdeck.execution.journal_lines import JournalLine
from taskdeck.model import attempt, event
from taskdeck.model.event import Event
from taskdeck.model.retry import RerunPolicy, Retries
from taskdeck.model.run import Outcome, Run, RunStatus
from taskdeck.store import events, runs


def conclude(
    connection: Any,
    run: Run,
    outcome: Outcome,
    *,
    now: datetime,
    is_told: bool,
    may_retry: bool = True,
) -> bool:
    """Ends the attempt of ``run``, which ended so at ``now``; ``False`` when it is not running any more.

    ``is_told``: the journal said how it ended, so an event about it is in the store. ``may_retry``: another attempt
    would not go the same way for certain.
    """
    definition = runs.definition(connection, run.id)
    retry = attempt.retry(run.attempt, outcome, retries_of(definition), rerun_policy_of(definition))
    if retry is not None and may_retry:
        # From now, not from its end: a worker that was away must not make up for the pause.
        not_before = datetime.now(UTC) + timedelta(seconds=retry.pause_seconds)
        if runs.requeue(connection, run, outcome, reason=retry.reason, now=now, not_before=not_before):
            if not is_told:
                append_status(connection, run, outcome, now=now)
            append_status(connection, run, Outcome(status=RunStatus.QUEUED, reason=retry.reason))
            return True
    if not runs.finish(connection, run, outcome, now=now):
        return False
    if not is_told:
        append_status(connection, run, outcome, now=now)
    return True


def append_status(connection: Any, run: Run, outcome: Outcome, *, now: datetime | None = None) -> None:
    append_event(connection, run, event.Status(status=outcome.status, reason=outcome.reason), now=now)


def append_event(connection: Any, run: Run, happened: Event, *, now: datetime | None = None) -> None:
    """One that no runner wrote, after all others; while the run goes on, nobody but its runner may number them."""
    seq = runs.next_seq(connection, run.id)
    wire = event.to_wire(happened, seq=seq, attempt=run.attempt, at=now or datetime.now(UTC))
    line = JournalLine(seq, event.encode(wire).rstrip(b"\n"), run.attempt, "", wire)
    for chunk in chunks.following(connection, [line], run_id=run.id, attempt=run.attempt):
        events.append(connection, chunk)


def retries_of(definition: dict[str, Any]) -> Retries:
    """A run that an earlier version queued has no policies: those are the defaults."""
    return Retries(**definition.get("retries", {}))


def rerun_policy_of(definition: dict[str, Any]) -> RerunPolicy:
    return RerunPolicy(definition.get("rerun_policy", RerunPolicy.NEVER))
