"""Stores with a past: filled through the store's own functions, because living through it would take days."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select

from taskdeck import app
from taskdeck.execution import capacity, chunks, submission
from taskdeck.execution.journal_lines import JournalLine
from taskdeck.execution.submission import Submission
from taskdeck.model.run import Outcome, Run, RunStatus, Trigger
from taskdeck.runner.trace import Trace
from taskdeck.store import claims, compactions, events, runs, tables
from taskdeck.store.compactions import Uncompacted
from taskdeck.store.database import Database

EVENTS_IN_A_CHUNK = 7000
"""About a megabyte, which is what compaction makes."""
RUNS_AT_ONCE = 10_000
STARTED = datetime(2026, 1, 1, tzinfo=UTC)
FAILED_EVERY = 50


def fill_log(project: Path, lines: int) -> int:
    """A run of the project that has said so many lines, and its number."""
    with app.open_application(app.settings_of(project)) as application:
        database = application.database
        request = Submission(task_id="SCRIPT", parameters={}, trigger=Trigger.API)
        catalog = application.live_catalog.current()
        submission.submit(database, application.keystore, catalog, request, Trace())
        with database.write() as connection:
            available = capacity.of_machine(application.settings)
            lease = timedelta(seconds=30)
            claim = claims.claim_next(connection, "nobody:0:0", available, now=datetime.now(UTC), lease=lease)
        assert claim is not None, "just submitted"
        _write_chunks(database, claim.run, lines)
        return claim.run.id


def _write_chunks(database: Database, run: Run, lines: int) -> None:
    """In large chunks, as a run's are some time after its end."""
    place = chunks.START
    with database.write() as connection:
        for first in range(1, lines + 1, EVENTS_IN_A_CHUNK):
            last = min(first + EVENTS_IN_A_CHUNK - 1, lines)
            part = [_line(seq, run.attempt) for seq in range(first, last + 1)]
            chunk = chunks.make(part, run_id=run.id, attempt=run.attempt, previous=place)
            assert chunk.place is not None, "the one before has one"
            place = chunk.place
            events.append(connection, chunk, compression=events.COMPACT_COMPRESSION)
        runs.record_progress(connection, run, recorded_seq=lines, journal_offset=1, new_errors=0, facts=None)
        runs.finish(connection, run, Outcome(status=RunStatus.SUCCEEDED), now=datetime.now(UTC))
        compactions.move(connection, Uncompacted(run_id=run.id, after=0), None)


def _line(seq: int, attempt: int) -> JournalLine:
    text = (
        f'{{"seq":{seq},"at":"2026-11-21T10:00:00.123Z","attempt":{attempt},"type":"message","level":"info",'
        f'"text":"line {seq} of a task that has run for a week","source":"task"}}'
    )
    return JournalLine(seq, text.encode(), attempt, "info", None)


def fill_runs(project: Path, count: int) -> None:
    """Runs that ended long ago, of all tasks of the project by turns: the first ones, again and again."""
    columns = [column for column in tables.run.c if column.name != "id"]
    with app.open_application(app.settings_of(project)) as application:
        tasks = sorted(application.live_catalog.current().tasks)
        first = [_row(number, tasks[number % len(tasks)]) for number in range(min(count, RUNS_AT_ONCE))]
        again = insert(tables.run).from_select(
            [column.name for column in columns], select(*columns).where(tables.run.c.id <= len(first))
        )
        with application.database.write() as connection:
            connection.execute(insert(tables.run), first)
        for _ in range(count // len(first) - 1):
            with application.database.write() as connection:
                connection.execute(again)


def _row(number: int, task: str) -> dict[str, Any]:
    at = STARTED + timedelta(seconds=20 * number)
    failed = number % FAILED_EVERY == 0
    return {
        "task_id": task,
        "task_name": task.capitalize(),
        "kind": "script",
        "status": RunStatus.FAILED if failed else RunStatus.SUCCEEDED,
        "exclusive_key": task,
        "definition": json.loads('{"file": "script.py", "connections": []}'),
        "parameters": {"year": 2026, "district": "Mubende"},
        "catalog_version": "benchmark",
        "source_sha256": "",
        "trigger": Trigger.API,
        "attempt": 1,
        "reason": "ValueError: no such district" if failed else "",
        "created_at": at,
        "started_at": at,
        "finished_at": at + timedelta(seconds=12),
        "updated_at": at + timedelta(seconds=12),
        "recorded_seq": 3,
        "uncompacted_after": None,
        "facts": {},
    }
