"""The attempts of runs. They change together with their run's status, in the same transaction."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from taskdeck.model.attempt import Attempt
from taskdeck.model.run import Outcome, Run, RunStatus
from taskdeck.store.tables import attempt as table

USAGE = ("peak_memory_bytes", "cpu_seconds", "wall_seconds")
"""What the runner tells among its facts about what the attempt took."""


_INSERT = insert(table)


def begin(connection: Connection, run: Run) -> None:
    """For a run that has just been claimed."""
    values = {
        "run_id": run.id,
        "number": run.attempt,
        "status": RunStatus.RUNNING,
        "reason": "",
        "started_at": run.started_at,
        "worker_id": run.worker_id,
    }
    connection.execute(_INSERT, values)


def set_runner(connection: Connection, run: Run, *, pid: int, created_at: float) -> None:
    connection.execute(_of(run).values(runner_pid=pid, runner_created_at=created_at))


def set_environment(connection: Connection, run: Run, sha256: str) -> None:
    """Of the table `environment`."""
    connection.execute(_of(run).values(environment_sha256=sha256))


def end(connection: Connection, run: Run, outcome: Outcome, *, now: datetime) -> None:
    usage = {name: value for name in USAGE if _is_number(value := run.facts.get(name))}
    connection.execute(_of(run).values(status=outcome.status, reason=outcome.reason, finished_at=now, **usage))


def of_run(connection: Connection, run_id: int) -> list[Attempt]:
    """In their order."""
    rows = connection.execute(select(table).where(table.c.run_id == run_id).order_by(table.c.number))
    return [
        Attempt(**{**{column.name: getattr(row, column.name) for column in table.c}, "status": RunStatus(row.status)})
        for row in rows
    ]


def _of(run: Run) -> Any:
    return update(table).where(table.c.run_id == run.id, table.c.number == run.attempt)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
