"""Workers on the wire."""

from __future__ import annotations

from collections.abc import Iterable

from taskdeck.model.pool import ParkedState, PoolState
from taskdeck.model.task import TaskKind
from taskdeck.store.workers import WorkerRow
from taskdeck.web.schemas.shape import Answer, Timestamp


class ParkedRunner(Answer):
    """A runner without a job yet, with the process of its task: a kernel, or what becomes a script."""

    kind: TaskKind
    state: ParkedState
    pid: int
    private_memory_bytes: int
    """Of both processes, without what they share with others; 0 while they warm up."""


class Pool(Answer):
    """The parked runners of one Python."""

    python: str
    """Path of the interpreter."""
    state: PoolState
    problem: str
    """What could not be loaded or kept, and why; empty if all is well."""
    zygote_pid: int | None
    parked: list[ParkedRunner]


class WorkerProcess(Answer):
    """A process that claims queued runs."""

    id: str
    host: str
    pid: int
    max_parallel_runs: int
    heartbeat_at: Timestamp
    pools: list[Pool]


class WorkerList(Answer):
    workers: list[WorkerProcess]

    @classmethod
    def of(cls, found: Iterable[WorkerRow]) -> WorkerList:
        return cls(
            workers=[
                WorkerProcess(
                    id=worker.id,
                    host=worker.host,
                    pid=worker.pid,
                    max_parallel_runs=worker.max_parallel_runs,
                    heartbeat_at=worker.heartbeat_at,
                    pools=[Pool.model_validate(pool.to_json()) for pool in worker.pools],
                )
                for worker in found
            ]
        )
