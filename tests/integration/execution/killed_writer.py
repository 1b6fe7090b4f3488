"""``python killed_writer.py DIRECTORY SEED``: kills processes that write to a store, and prints what is wrong then.

Each is a fork of this one, so that hundreds of deaths take seconds. The first die at each statement of a run's life,
one after the other; the rest die at moments that the seed decides, in the middle of what SQLite writes.
"""

from __future__ import annotations

import contextlib
import os
import random
import signal
import sqlite3
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy
from factories import make_new_run
from sqlalchemy import update

from taskdeck.execution import recorder
from taskdeck.model import event
from taskdeck.model.run import Run, RunStatus
from taskdeck.runner.journal import JOURNAL_NAME
from taskdeck.store import events, runs, tables
from taskdeck.store.database import Database

EVENTS = 25
RANDOM_DEATHS = 80
LONGEST_LIFE_SECONDS = 0.03


def journal() -> bytes:
    said = [event.Message(text=f"message {number} " + "x" * (number * 7 % 300)) for number in range(EVENTS - 1)]
    told = [*said, event.Status(status=RunStatus.SUCCEEDED)]
    at = datetime.now(UTC)
    return b"".join(
        event.encode(event.to_wire(each, seq=seq, attempt=1, at=at)) for seq, each in enumerate(told, start=1)
    )


def live(database: Database, directory: Path) -> None:
    """The life of one run, as the web process and the worker write it."""
    new = make_new_run()
    with database.write() as connection:
        run = runs.insert_queued(connection, new, now=datetime.now(UTC))
    with database.write() as connection:
        connection.execute(update(tables.run).where(tables.run.c.id == run.id).values(status="running", attempt=1))
    record(database, directory, run.id)


def record(database: Database, directory: Path, run_id: int) -> None:
    with database.read() as connection:
        run = runs.get(connection, run_id)
    assert run is not None
    while not (turn := recorder.record(database, run, directory)).ended:
        run = turn.run


def die_at(statement: int, database: Database) -> None:
    """Before, or right after, the commit or the statement of this number."""
    left = [statement]

    def count(*_: object) -> None:
        left[0] -= 1
        if left[0] == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    for name in ("before_cursor_execute", "after_cursor_execute", "commit"):
        sqlalchemy.event.listen(database.engine, name, count)


def problems(store: Path, directory: Path) -> Iterator[str]:
    with contextlib.closing(sqlite3.connect(store)) as connection:
        yield from (text for (text,) in connection.execute("PRAGMA integrity_check") if text != "ok")
        yield from (f"a row refers to nothing: {row}" for row in connection.execute("PRAGMA foreign_key_check"))
    database = Database(f"sqlite:///{store}")
    try:
        with database.read() as connection:
            found = runs.newest(connection, limit=3)
        for run in found:
            yield from (f"run {run.id}: {text}" for text in _of_run(database, run, directory))
    finally:
        database.close()


def _of_run(database: Database, run: Run, directory: Path) -> Iterator[str]:
    lines = (directory / JOURNAL_NAME).read_bytes().splitlines(keepends=True)
    if _seqs(database, run) != list(range(1, run.recorded_seq + 1)):
        yield f"says {run.recorded_seq} events are recorded, and has {_seqs(database, run)}"
    if run.journal_offset != sum(map(len, lines[: run.recorded_seq])):
        yield f"its marks do not belong together: {run.journal_offset} bytes, {run.recorded_seq} events"
    if run.status.is_final != (run.recorded_seq == EVENTS):
        yield f"is {run.status} with {run.recorded_seq} of {EVENTS} events"
    if run.status is RunStatus.RUNNING:
        record(database, directory, run.id)
        if _seqs(database, run) != list(range(1, EVENTS + 1)):
            yield "was not recorded to its end by the next worker"


def _seqs(database: Database, run: Run) -> list[int]:
    with database.read() as connection:
        return [each["seq"] for each in events.read(connection, run.id, after=0, limit=EVENTS + 1)]


def main(directory: Path, seed: int) -> int:
    # Some transactions for one journal.
    recorder.MAX_BYTES_PER_TURN = 1500
    moments = random.Random(seed)  # noqa: S311 - moments, not secrets
    store = directory / "store.db"
    (directory / JOURNAL_NAME).write_bytes(journal())
    database = Database(f"sqlite:///{store}")
    database.prepare()
    database.close()
    statement = deaths = 0
    survived = False
    while not survived or deaths < statement + RANDOM_DEATHS:
        statement += not survived
        deaths += 1
        pid = os.fork()
        if pid == 0:
            own = Database(f"sqlite:///{store}")
            if not survived:
                die_at(statement, own)
                live(own, directory)
                os._exit(0)
            while True:
                live(own, directory)
        if survived:
            time.sleep(moments.uniform(0.0, LONGEST_LIFE_SECONDS))
            os.kill(pid, signal.SIGKILL)
        _, status = os.waitpid(pid, 0)
        if not survived and os.WIFEXITED(status):
            survived = True
        elif not os.WIFSIGNALED(status):
            print(f"the writer failed by itself: {status}")
            return 1
        if found := list(problems(store, directory)):
            print(*(f"death {deaths}, seed {seed}: {text}" for text in found), sep="\n")
            return 1
    print(f"{statement - 1} deaths at statements, {deaths - statement} at random")
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), int(sys.argv[2])))
