"""How long each cell of a successful run took: a small row for each of a task's last runs."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, delete, insert, literal, select
from sqlalchemy.exc import IntegrityError

from taskdeck.model.estimate import Success, TimedCell
from taskdeck.model.run import RunStatus
from taskdeck.store.tables import cell_times as table
from taskdeck.store.tables import run

KEPT_OF_EACH_TASK = 100
MAX_CELLS = 1000


class AlreadyNoted(Exception):
    """Somebody else has noted them meanwhile; the transaction is lost."""


def successes(connection: Connection, task_id: str, *, limit: int) -> list[Success]:
    """The last successful runs of a task, newest first: a range of an index."""
    query = (
        select(run.c.id, run.c.parameters, run.c.started_at, run.c.finished_at)
        .where(run.c.task_id == task_id, run.c.status == RunStatus.SUCCEEDED)
        .order_by(run.c.id.desc())
        .limit(limit)
    )
    return [
        Success(
            run_id=row.id,
            parameters=row.parameters,
            seconds=(row.finished_at - row.started_at).total_seconds(),
        )
        for row in connection.execute(query)
        if row.started_at is not None and row.finished_at is not None
    ]


def of_runs(connection: Connection, run_ids: Sequence[int]) -> dict[int, list[TimedCell]]:
    """By run; those of which nothing has been noted are absent."""
    query = select(table.c.run_id, table.c.cells).where(table.c.run_id.in_(run_ids))
    return {row.run_id: _cells(row.cells) for row in connection.execute(query)}


def are_noted(connection: Connection, run_id: int) -> bool:
    return connection.scalar(select(literal(1)).where(table.c.run_id == run_id)) is not None


def note(connection: Connection, run_id: int, task_id: str, cells: Iterable[TimedCell]) -> None:
    """Also forgets those of the task's runs long ago. Raises `AlreadyNoted`."""
    packed = [[cell.index, cell.id, cell.content, cell.seconds] for cell in cells][:MAX_CELLS]
    data = zlib.compress(json.dumps(packed, separators=(",", ":")).encode())
    try:
        connection.execute(insert(table).values(run_id=run_id, task_id=task_id, cells=data))
    except IntegrityError as error:
        raise AlreadyNoted from error
    oldest = (
        select(table.c.run_id)
        .where(table.c.task_id == task_id)
        .order_by(table.c.run_id.desc())
        .limit(1)
        .offset(KEPT_OF_EACH_TASK - 1)
    )
    connection.execute(delete(table).where(table.c.task_id == task_id, table.c.run_id < oldest.scalar_subquery()))


def _cells(data: bytes) -> list[TimedCell]:
    packed: list[Any] = json.loads(zlib.decompress(data))
    return [TimedCell(index=index, id=id_, content=content, seconds=seconds) for index, id_, content, seconds in packed]
