"""The workers that are, or were, alive."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, update

from taskdeck.model.pool import PoolStatus
from taskdeck.store.tables import worker as table


@dataclass(frozen=True, kw_only=True)
class WorkerRow:
    """A worker process; pid and start time tell it from a later process with the same pid."""

    id: str
    host: str
    pid: int
    process_created_at: float
    max_parallel_runs: int
    dedicated: bool
    heartbeat_at: datetime
    pools: tuple[PoolStatus, ...] = ()


def add(connection: Connection, worker: WorkerRow) -> None:
    connection.execute(
        insert(table).values(
            id=worker.id,
            host=worker.host,
            pid=worker.pid,
            process_created_at=worker.process_created_at,
            max_parallel_runs=worker.max_parallel_runs,
            dedicated=worker.dedicated,
            started_at=worker.heartbeat_at,
            heartbeat_at=worker.heartbeat_at,
            pools=[pool.to_json() for pool in worker.pools],
        )
    )


def heartbeat(connection: Connection, worker_id: str, *, pools: Iterable[PoolStatus], now: datetime) -> bool:
    """``False``: the worker is not listed any more, because another one took it for dead."""
    values = {"heartbeat_at": now, "pools": [pool.to_json() for pool in pools]}
    return connection.execute(update(table).where(table.c.id == worker_id).values(values)).rowcount == 1


def remove(connection: Connection, worker_id: str) -> None:
    connection.execute(delete(table).where(table.c.id == worker_id))


def all_workers(connection: Connection) -> list[WorkerRow]:
    return [
        WorkerRow(
            **{
                **{name: getattr(row, name) for name in WorkerRow.__dataclass_fields__},
                "pools": tuple(PoolStatus.from_json(pool) for pool in row.pools),
            }
        )
        for row in connection.execute(select(table).order_by(table.c.started_at))
    ]
