"""Takes over the running runs that nobody watches any more: their worker is gone, or hangs."""

from __future__ import annotations

import logging
import socket
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from taskdeck.model.run import Run, RunStatus
from taskdeck.runner import processes
from taskdeck.store import runs, workers
from taskdeck.store.database import Database
from taskdeck.store.workers import WorkerRow

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=30)
MAX_RUNS_AT_ONCE = 1000


@dataclass(frozen=True, kw_only=True)
class Orphan:
    """A run that this worker, and no other, has to watch now."""

    run: Run
    may_launch: bool
    """If it has no runner: after a reboot, what one has left may be missing because it was never written out."""


def orphans(
    database: Database, worker_id: str, watched: Collection[int], *, task_id: str | None = None
) -> Iterator[Orphan]:
    """Those of this host, one after the other as they are adopted; ``watched`` are the runs that the worker knows.

    A worker that only seemed to hang loses nothing: whatever two of them write is a compare-and-set.
    ``task_id``: of this task only, and dead workers stay listed.
    """
    with database.read() as connection:
        running = runs.newest(connection, task_id=task_id, statuses=[RunStatus.RUNNING], limit=MAX_RUNS_AT_ONCE)
        known = {row.id: row for row in workers.all_workers(connection)}
    for run in running:
        owner = known.get(run.worker_id or "")
        is_watched = run.id in watched if run.worker_id == worker_id else owner is not None and _is_alive(owner)
        if is_watched or not (database.is_local or _is_of_this_host(run)):
            continue
        with database.write() as connection:
            if not runs.adopt(connection, run, worker_id, now=datetime.now(UTC), lease=LEASE):
                continue
        log.info("run_adopted", extra={"run": run.id, "worker": worker_id})
        yield Orphan(run=run, may_launch=owner is None or processes.is_of_this_boot(owner.process_created_at))
    # Only now: of a worker that has runs left, the next one still wants to know when it lived.
    gone = [row.id for row in known.values() if _is_here(row) and not _exists(row)]
    if gone and task_id is None:
        with database.write() as connection:
            for dead in gone:
                workers.remove(connection, dead)


def _is_of_this_host(run: Run) -> bool:
    """Elsewhere there is neither its process nor its journal."""
    return (run.worker_id or "").partition(":")[0] == socket.gethostname()


def _is_alive(worker: WorkerRow) -> bool:
    """Whether a worker still works: its process exists, as far as can be seen from here, and is not stuck."""
    if _is_here(worker) and not _exists(worker):
        return False
    return datetime.now(UTC) - worker.heartbeat_at < LEASE


def _is_here(worker: WorkerRow) -> bool:
    return worker.host == socket.gethostname()


def _exists(worker: WorkerRow) -> bool:
    return processes.is_alive(worker.pid, worker.process_created_at)
