"""The line of queued runs: which one starts next, claimed by one worker alone, and what the others wait for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, or_, select, update
from sqlalchemy.exc import IntegrityError

from taskdeck.model import queue
from taskdeck.model.queue import Choice, Load, Queued
from taskdeck.model.resources import Capacity, Resources
from taskdeck.model.run import Run, RunStatus
from taskdeck.model.waiting import Waiting, WaitingKind
from taskdeck.store import attempts, runs
from taskdeck.store.tables import run as table

_DECIDING = (
    table.c.id,
    table.c.task_id,
    table.c.exclusive_key,
    table.c.concurrency_limit,
    table.c.required_cpu,
    table.c.required_memory_mb,
    table.c.required_disk_gb,
    table.c.precedence,
    table.c.not_before,
    table.c.created_at,
)


_CLAIMED = [*runs.COLUMNS, table.c.definition, table.c.sealed_parameters]

# Made once, like those of `runs`.
_TAKE = (
    update(table)
    .where(table.c.id == bindparam("chosen"), table.c.status == RunStatus.QUEUED)
    .values(
        status=RunStatus.RUNNING,
        attempt=table.c.attempt + 1,
        departure=runs.DEPARTURE,
        reason="",
        not_before=None,
        worker_id=bindparam("claimed_by"),
        lease_expires_at=bindparam("leased_until"),
        started_at=bindparam("now"),
        updated_at=bindparam("now"),
    )
    .returning(*_CLAIMED)
)
# First comes first, of those that may start as far as they themselves are concerned. A run that waits for its next
# attempt holds up nobody: the pause may be long, and the others of its task are not to blame for it.
_LINE = (
    select(*_DECIDING)
    .where(
        table.c.status == RunStatus.QUEUED, or_(table.c.not_before.is_(None), table.c.not_before <= bindparam("now"))
    )
    .order_by(table.c.precedence, table.c.id)
)
_RUNNING = select(*_DECIDING).where(table.c.status == RunStatus.RUNNING)


@dataclass(frozen=True, kw_only=True)
class Claim:
    """A run that this worker, and no other, has to launch now."""

    run: Run
    definition: dict[str, Any]
    sealed_parameters: bytes | None
    never_fits: str = ""
    """What the run needs and this machine does not have, however long one waits: it has to fail."""


def has_next(connection: Connection, capacity: Capacity, *, now: datetime, up_to: Run | None = None) -> bool:
    """Whether a claim is worth the write lock that it takes."""
    return _choose(connection, capacity, now=now, up_to=up_to) is not None


def claim_next(
    connection: Connection,
    worker_id: str,
    capacity: Capacity,
    *,
    now: datetime,
    lease: timedelta,
    up_to: Run | None = None,
) -> Claim | None:
    """The first queued run that may start, moved to ``running`` for this worker; or ``None``.

    ``capacity`` is what this machine has for all runs. ``up_to``: only this run, and those of its task that are
    before it in the line.

    The decision takes several queries, and nobody may claim between them. The unique index is the last resort.
    """
    runs.alone_at_the_queue(connection)
    choice = _choose(connection, capacity, now=now, up_to=up_to)
    if choice is None:
        return None
    try:
        claimed = {"chosen": choice.run_id, "claimed_by": worker_id, "leased_until": now + lease, "now": now}
        row = connection.execute(_TAKE, claimed).one_or_none()
    except IntegrityError:
        return None
    if row is None:
        return None
    run = runs.from_row(row)
    attempts.begin(connection, run)
    return Claim(
        run=run,
        definition=row.definition,
        sealed_parameters=row.sealed_parameters,
        never_fits=choice.never_fits,
    )


def claim_of(connection: Connection, run: Run) -> Claim | None:
    """What `claim_next` gave to the worker that had this attempt before; ``None`` if it does not run any more."""
    row = connection.execute(
        select(*_CLAIMED).where(
            table.c.id == run.id, table.c.attempt == run.attempt, table.c.status == RunStatus.RUNNING
        )
    ).one_or_none()
    if row is None:
        return None
    return Claim(run=runs.from_row(row), definition=row.definition, sealed_parameters=row.sealed_parameters)


def waiting(connection: Connection, run: Run, capacity: Capacity, *, now: datetime) -> Waiting | None:
    """What a queued run waits for; ``None``: for nothing but a free place, or not any more."""
    # It may have begun since it was read: then it would be the one that goes before itself.
    still = (table.c.id == run.id) & (table.c.status == RunStatus.QUEUED)
    row = connection.execute(select(*_DECIDING).where(still)).one_or_none()
    if row is None:
        return None
    if row.not_before is not None and row.not_before > now:
        number = run.attempt + 1
        return Waiting(kind=WaitingKind.RETRY, text=f"Attempt {number} has not begun yet.", until=row.not_before)
    load = _load(connection)
    before = load.exclusive.get(row.exclusive_key) if row.exclusive_key else None
    before = before or _queued_before(connection, row, now)
    if before is not None:
        return Waiting(kind=WaitingKind.RUN, text=f"Run {before} of the same task goes before it.", run_id=before)
    if row.concurrency_limit is not None and load.running.get(row.task_id, 0) >= row.concurrency_limit:
        runs_of_task = "1 run" if row.concurrency_limit == 1 else f"{row.concurrency_limit} runs"
        text = f"{runs_of_task} of this task at a time, and so many are running."
        return Waiting(kind=WaitingKind.LIMIT, text=text)
    if shortages := _queued(row).resources.shortages(capacity.present - load.used):
        return Waiting(kind=WaitingKind.RESOURCES, text=f"Needs {' and '.join(shortages)}.")
    return None


def _choose(connection: Connection, capacity: Capacity, *, now: datetime, up_to: Run | None) -> Choice | None:
    query = _LINE
    if up_to is not None:
        query = query.where(table.c.task_id == up_to.task_id, table.c.id <= up_to.id)
    # Read row by row: mostly the first one is it. Only if there is one, who runs matters.
    rows = connection.execute(query, {"now": now}, execution_options={"yield_per": 100})
    first = rows.fetchone()
    if first is None:
        return None
    load = _load(connection)

    def line() -> Iterator[Queued]:
        yield _queued(first)
        for row in rows:
            yield _queued(row)

    with rows:
        return queue.choose(line(), load, capacity, now=now)


def _load(connection: Connection) -> Load:
    rows = connection.execute(_RUNNING).all()
    return Load(
        running=Counter(row.task_id for row in rows),
        exclusive={row.exclusive_key: row.id for row in rows if row.exclusive_key is not None},
        used=Resources(
            cpu=sum(row.required_cpu for row in rows),
            memory_mb=sum(row.required_memory_mb for row in rows),
            disk_gb=sum(row.required_disk_gb for row in rows),
        ),
    )


def _queued_before(connection: Connection, row: Any, now: datetime) -> int | None:
    """The run of the same exclusive key that is next before this one in the line."""
    if row.exclusive_key is None:
        return None
    earlier = or_(table.c.precedence < row.precedence, (table.c.precedence == row.precedence) & (table.c.id < row.id))
    line = _LINE.where(table.c.exclusive_key == row.exclusive_key, earlier).subquery()
    last = select(line.c.id).order_by(line.c.precedence.desc(), line.c.id.desc())
    before: int | None = connection.scalar(last, {"now": now})
    return before


def _queued(row: Any) -> Queued:
    return Queued(
        run_id=row.id,
        task_id=row.task_id,
        exclusive_key=row.exclusive_key,
        limit=row.concurrency_limit,
        resources=Resources(cpu=row.required_cpu, memory_mb=row.required_memory_mb, disk_gb=row.required_disk_gb),
        since=row.not_before or row.created_at,
    )
