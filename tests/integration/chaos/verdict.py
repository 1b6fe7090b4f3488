"""What must be true of every run, whatever was killed."""

from __future__ import annotations

import contextlib
import json
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
from integration.chaos.harness import FINAL, Chaos

from taskdeck.store import events as store
from taskdeck.store.database import Database

LEFT_SECONDS = 15.0
# Of a file that is written under another name first.
_DRAFT = re.compile(r"^\..*\.\d+$")


def problems(chaos: Chaos) -> list[str]:
    """Everything that is wrong, in sentences; ends the server."""
    found = [*_of_submissions(chaos)]
    database = Database(f"sqlite:///{chaos.state}/taskdeck.db")
    for run_id in sorted(chaos.submitted):
        found.extend(f"run {run_id} ({chaos.submitted[run_id]}): {text}" for text in _of_run(chaos, database, run_id))
    database.close()
    chaos.end()
    found.extend(_of_leftovers(chaos))
    with chaos.store() as connection:
        found.extend(f"the store: {text}" for (text,) in connection.execute("PRAGMA integrity_check") if text != "ok")
    return found


def _of_submissions(chaos: Chaos) -> Iterator[str]:
    ids = set(chaos.states())
    if ids != set(chaos.submitted):
        yield f"runs that nobody submitted, or that vanished: {sorted(ids ^ set(chaos.submitted))}"


def _of_run(chaos: Chaos, database: Database, run_id: int) -> Iterator[str]:
    run = chaos.run_over_http(run_id)
    events = chaos.events_over_http(run_id)
    kind = chaos.tasks[chaos.submitted[run_id]]
    harmed = chaos.harm_to(run_id, run["attempt"])
    status, reason = run["status"], run["reason"]
    journal = _journal(chaos.state / "runs" / str(run_id) / "journal.jsonl")

    if [event["seq"] for event in events] != list(range(1, len(events) + 1)):
        yield f"events have gaps or doubles: {_gaps([event['seq'] for event in events])}"
    if _stored(database, run_id) != events:
        yield "the store and HTTP tell different events"
    outcomes = [(event["attempt"], event["status"]) for event in events if event["type"] == "status"]
    outcomes = [(attempt, each) for attempt, each in outcomes if each in FINAL]
    if [attempt for attempt, _ in outcomes] != list(range(1, run["attempt"] + 1)) or outcomes[-1][1] != status:
        yield f"it is {status} after {run['attempt']} attempts, and its events say {outcomes}"
    if events[-1].get("status") != status:
        yield f"its last event is no end: {events[-1]}"
    if run["attempt"] > 1 and not (kind.settings and harmed):
        yield f"it was tried {run['attempt']} times for no reason: {outcomes}"
    told = {event["seq"]: event for event in journal}
    if any(told.get(event["seq"], event) != event for event in events) or len(told) != len(journal):
        yield "its events are not those of its journal"
    if lost := [seq for seq in told if seq > len(events)]:
        yield f"events of its journal are missing: {lost}"
    if made_up := [event for event in events if event["seq"] not in told and event["type"] != "status"]:
        yield f"events that its journal does not have: {made_up}"

    last = journal[-1] if journal else None
    said_itself = last["status"] if last and last["attempt"] == run["attempt"] and last["type"] == "status" else None
    if said_itself is not None and status != said_itself:
        yield f"its runner says {said_itself}, the store {status}: {reason}"
    if said_itself is None and status != "lost":
        yield f"its runner says nothing, the store {status}: {reason}"
    if status == "lost" and "runner" not in harmed:
        yield f"lost, although nobody killed its runner: {reason}"
    if status == "failed" and kind.status != "failed" and not ("task" in harmed and "SIGKILL" in reason):
        yield f"failed for no reason that it should: {reason}"
    if status in ("cancelled", "timed_out"):
        yield f"{status}, which nobody asked for: {reason}"

    notes = _notes(chaos.ledger / str(run_id))
    if len(set(notes)) != len(notes) or any(attempt > run["attempt"] for _, attempt in notes):
        yield f"an attempt was executed more than once: {notes}"
    if said_itself == kind.status and "task" not in harmed:
        expected = ["begin", "end"] if status == "succeeded" else ["begin"]
        if [word for word, attempt in notes if attempt == run["attempt"]] != expected:
            yield f"{status}, and its body noted {notes}"
    if status == "succeeded" and kind.messages:
        said = [event["text"] for event in events if event["type"] == "message" and event["source"] == "task"]
        if said != [str(number) for number in range(kind.messages)]:
            yield f"messages are missing or in disorder: {len(said)} of {kind.messages}"


def _of_leftovers(chaos: Chaos) -> Iterator[str]:
    deadline = time.monotonic() + LEFT_SECONDS
    while (left := list(chaos.victims.all())) and time.monotonic() < deadline:
        time.sleep(0.1)
    for process in left:
        with contextlib.suppress(psutil.Error):
            yield f"a process is left over: {process.pid} {' '.join(process.cmdline())[:300]}"
    for file in sorted(chaos.temporary.iterdir()):
        yield f"a temporary file is left over: {file}"
    for file in sorted((chaos.state / "runs").rglob(".*")):
        if _DRAFT.match(file.name):
            yield f"a draft is left over: {file}"
    for directory in sorted((chaos.state / "runs").iterdir()):
        if not directory.name.isdecimal():
            yield f"a directory was moved aside: {directory}"


def _journal(path: Path) -> list[dict[str, Any]]:
    """Its complete lines."""
    content = path.read_bytes() if path.exists() else b""
    return [json.loads(line) for line in content[: content.rfind(b"\n") + 1].splitlines()]


def _stored(database: Database, run_id: int) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    with database.read() as connection:
        while page := store.read(connection, run_id, after=found[-1]["seq"] if found else 0, limit=1000):
            found.extend(page)
    return found


def _notes(path: Path) -> list[tuple[str, int]]:
    """What the body noted, and in which attempt."""
    lines = path.read_text().splitlines() if path.exists() else []
    return [(word, int(attempt)) for word, attempt in (line.split() for line in lines)]


def _gaps(seqs: list[int]) -> str:
    return ", ".join(f"{a} → {b}" for a, b in zip([0, *seqs], seqs, strict=False) if b != a + 1)[:200]
