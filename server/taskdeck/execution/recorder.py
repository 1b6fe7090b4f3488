"""Brings the journals of runs into the store: tails the files, writes chunks, moves the marks."""

from __future__ import annotations

import contextlib
import os
import stat
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from taskdeck.execution import chunks, ending, environments, journal_lines
from taskdeck.execution.journal_lines import CorruptJournal as CorruptJournal
from taskdeck.execution.journal_lines import JournalLine
from taskdeck.model import event
from taskdeck.model.event import WireEvent
from taskdeck.model.run import Outcome, Run, RunStatus
from taskdeck.runner.journal import JOURNAL_NAME
from taskdeck.store import events, runs
from taskdeck.store.database import Database

# One run's flood must not delay the others: each gets a turn of at most this much of its journal.
MAX_BYTES_PER_TURN = 1024 * 1024
MAX_BYTES_PER_EVENT = 64 * 1024 * 1024


@dataclass(frozen=True, kw_only=True)
class Turn:
    """What one look at a journal brought: the run as it is now, and whether there may be more."""

    run: Run
    news: bool
    more: bool
    ended: bool


def record(database: Database, run: Run, run_directory: Path) -> Turn:
    """Stores what the journal has beyond the run's mark; its final line ends the run in the same transaction.

    Raises `CorruptJournal`.
    """
    path = run_directory / JOURNAL_NAME
    data, more = _read(path, run.journal_offset)
    if not data:
        return Turn(run=run, news=False, more=False, ended=False)
    offset = run.journal_offset + len(data)
    fresh = _fresh(journal_lines.parse(data, path, run.journal_offset), run)
    decoded = [line.wire for line in fresh if line.wire is not None]
    final = _final_status(decoded)
    facts = _facts(decoded, run.facts)
    environment = None if facts is None else environments.noted(database, run_directory, decoded)
    errors = sum(line.level == "error" for line in fresh)
    last_seq = fresh[-1].seq if fresh else run.recorded_seq
    recorded = replace(
        run,
        recorded_seq=last_seq,
        journal_offset=offset,
        error_count=run.error_count + errors,
        facts=run.facts if facts is None else facts,
    )
    try:
        with database.read() as connection:
            new_chunks = chunks.following(connection, fresh, run_id=run.id, attempt=run.attempt)
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError) as error:
        raise journal_lines.damaged(path, run.journal_offset) from error
    with database.write() as connection:
        moved = runs.record_progress(
            connection, run, recorded_seq=last_seq, journal_offset=offset, new_errors=errors, facts=facts
        )
        if not moved:
            # Another worker records this run now, or it has been given up: nothing of this turn is written.
            return Turn(run=run, news=False, more=False, ended=True)
        for chunk in new_chunks:
            events.append(connection, chunk)
        if environment is not None:
            environments.keep(connection, run, environment)
        if final is not None:
            outcome = Outcome(status=RunStatus(final["status"]), reason=final["reason"])
            # When it ended, not when a worker came to read of it.
            ending.conclude(connection, recorded, outcome, now=event.moment(final), is_told=True)
    return Turn(
        run=recorded,
        news=bool(fresh),
        more=more,
        ended=final is not None,
    )


def end(database: Database, run: Run, run_directory: Path, outcome: Outcome, *, may_retry: bool = True) -> bool:
    """Ends an attempt whose runner left no outcome; an event says so. ``False`` when it had ended already.

    ``may_retry``: another attempt would not go the same way for certain.
    """
    _end_journal(run_directory / JOURNAL_NAME)
    with database.write() as connection:
        return ending.conclude(connection, run, outcome, now=datetime.now(UTC), is_told=False, may_retry=may_retry)


def cancel_queued(database: Database, run: Run, *, by: str) -> bool:
    """Ends a run that waits for its first or next attempt; ``False`` when it is not queued any more."""
    now = datetime.now(UTC)
    when = f"while it waited for attempt {run.attempt + 1}" if run.attempt else "before it started"
    outcome = Outcome(status=RunStatus.CANCELLED, reason=f"Cancelled by {by} {when}.")
    with database.write() as connection:
        if not runs.cancel_queued(connection, run.id, by=by, reason=outcome.reason, now=now):
            return False
        ending.append_status(connection, run, outcome, now=now)
        return True


def _end_journal(path: Path) -> None:
    """Cuts off the half line that a killed runner left: the journal may go on with the next attempt's."""
    with contextlib.suppress(OSError), path.open("r+b") as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            return
        end = file.seek(0, os.SEEK_END)
        start = max(0, end - MAX_BYTES_PER_EVENT)
        file.seek(start)
        kept = start + file.read().rfind(b"\n") + 1
        if kept < end and (kept > start or start == 0):
            file.truncate(kept)


def _read(path: Path, offset: int) -> tuple[bytes, bool]:
    """Complete lines from ``offset`` on, and whether the turn's share cut them off."""
    try:
        with path.open("rb") as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                return b"", False
            file.seek(offset)
            data = file.read(MAX_BYTES_PER_TURN)
            if len(data) == MAX_BYTES_PER_TURN and b"\n" not in data:
                # A single event larger than a turn's share.
                data += file.readline(MAX_BYTES_PER_EVENT)
    except FileNotFoundError:
        return b"", False
    return data[: data.rfind(b"\n") + 1], len(data) >= MAX_BYTES_PER_TURN


def _fresh(lines: list[JournalLine], run: Run) -> list[JournalLine]:
    """Those that come after what is recorded, each after the one before it.

    A runner of an earlier attempt that could not be killed may still write: nothing of it counts.
    """
    found = []
    last = run.recorded_seq
    for line in lines:
        if line.seq > last and line.attempt == run.attempt:
            found.append(line)
            last = line.seq
    return found


def _final_status(fresh: list[WireEvent]) -> WireEvent | None:
    """The event that ends the attempt, if it has ended."""
    for wire in reversed(fresh):
        if wire["type"] == "status" and RunStatus(wire["status"]).is_final:
            return wire
    return None


def _facts(fresh: list[WireEvent], known: dict[str, Any]) -> dict[str, Any] | None:
    new: dict[str, Any] = {}
    for wire in fresh:
        if wire["type"] == "facts":
            new.update(wire["facts"])
    return {**known, **new} if new else None
