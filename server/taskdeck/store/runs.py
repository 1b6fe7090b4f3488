"""The table of runs. Every change of a status is a compare-and-set here, and nowhere else."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    Connection,
    Row,
    TextClause,
    bindparam,
    case,
    func,
    insert,
    literal,
    literal_column,
    select,
    text,
    update,
)
from sqlalchemy.exc import IntegrityError

from taskdeck.model import binding
from taskdeck.model.concurrency import Concurrency, ConcurrencyPolicy
from taskdeck.model.labels import Labels
from taskdeck.model.resources import Resources
from taskdeck.model.run import Outcome, Run, RunDigest, RunStatus, Trigger
from taskdeck.model.task import TaskKind
from taskdeck.store import attempts
from taskdeck.store.tables import run as table

_INTERNAL = {
    "exclusive_key",
    "sole_key",
    "concurrency_limit",
    "required_cpu",
    "required_memory_mb",
    "required_disk_gb",
    "definition",
    "parameters_sha256",
    "sealed_parameters",
    "updated_at",
    "cancel_requested_by",
    "lease_expires_at",
    "uncompacted_after",
}
COLUMNS = [column for column in table.c if column.name not in _INTERNAL]
"""Those that a `Run` shows."""

_DIGEST_COLUMNS = [table.c[name] for name in RunDigest.__dataclass_fields__]

# Written out: neither database takes an index of successes alone for a status that it does not know beforehand.
_SUCCEEDED = table.c.status == literal_column(f"'{RunStatus.SUCCEEDED}'")

# Made once: with so many columns, making a statement takes longer than executing it.
_GET = select(*COLUMNS).where(table.c.id == bindparam("run_id"))
_INSERT = insert(table).returning(*COLUMNS)
_RECORD = (
    update(table)
    .where(
        table.c.id == bindparam("of_run"),
        table.c.attempt == bindparam("of_attempt"),
        table.c.status == RunStatus.RUNNING,
        table.c.journal_offset == bindparam("from_offset"),
    )
    .values(
        recorded_seq=bindparam("to_seq"),
        journal_offset=bindparam("to_offset"),
        error_count=table.c.error_count + bindparam("new_errors"),
    )
)
_RECORD_WITH_FACTS = _RECORD.values(facts=bindparam("new_facts"))

_OTHERS = table.alias()
DEPARTURE = func.coalesce(
    table.c.departure, select(func.coalesce(func.max(_OTHERS.c.departure), 0) + 1).scalar_subquery()
)
"""Of a run that leaves the queue now; whoever sets it has called `alone_at_the_queue` before."""
# Any number will do, as long as nobody else locks with it.
_POSTGRESQL_LOCK = 7_284_110_001

# SQLite takes five hundred parts of a union.
_MAX_TASKS_PER_QUERY = 400


class AlreadyActive(Exception):
    """A run of this task is queued or running, and the task takes no other meanwhile."""


@dataclass(frozen=True, kw_only=True)
class NewRun:
    """What `insert_queued` stores. ``definition`` is all that a worker needs to know of the task."""

    task_id: str
    task_name: str
    kind: TaskKind
    definition: dict[str, Any]
    parameters: dict[str, Any]
    parameter_labels: Labels = field(default_factory=dict)
    sealed_parameters: bytes | None
    catalog_version: str
    source_sha256: str
    trigger: Trigger
    rerun_of: int | None = None
    concurrency: Concurrency = field(default_factory=Concurrency)
    priority: int = 0
    resources: Resources = field(default_factory=Resources)
    max_attempts: int = 1


@dataclass(frozen=True, kw_only=True)
class CancelRequest:
    """Somebody's wish that a running run ends; the time-out is its task's own, or ``None``."""

    run_id: int
    by: str
    cancel_timeout_seconds: float | None


def insert_queued(connection: Connection, new: NewRun, *, now: datetime) -> Run:
    """Raises `AlreadyActive`; the transaction is lost then."""
    is_sole = new.concurrency.policy is ConcurrencyPolicy.REJECT
    # The index refuses only runs that were queued under this policy; it may have been another until now.
    if is_sole and active(connection, new.task_id) is not None:
        raise AlreadyActive
    try:
        return _insert(connection, new, is_sole=is_sole, now=now)
    except IntegrityError as error:
        raise AlreadyActive from error


def _insert(connection: Connection, new: NewRun, *, is_sole: bool, now: datetime) -> Run:
    is_exclusive = new.concurrency.policy is not ConcurrencyPolicy.ALLOW
    values = {
        "task_id": new.task_id,
        "task_name": new.task_name,
        "kind": new.kind,
        "status": RunStatus.QUEUED,
        "exclusive_key": new.task_id if is_exclusive else None,
        "sole_key": new.task_id if is_sole else None,
        "concurrency_limit": new.concurrency.limit if not is_exclusive else None,
        "precedence": -new.priority,
        "required_cpu": new.resources.cpu,
        "required_memory_mb": new.resources.memory_mb,
        "required_disk_gb": new.resources.disk_gb,
        "max_attempts": new.max_attempts,
        "definition": new.definition,
        "parameters": new.parameters,
        "parameters_sha256": binding.fingerprint(new.parameters),
        "parameter_labels": new.parameter_labels,
        "sealed_parameters": new.sealed_parameters,
        "catalog_version": new.catalog_version,
        "source_sha256": new.source_sha256,
        "trigger": new.trigger,
        "rerun_of": new.rerun_of,
        "created_at": now,
        "updated_at": now,
    }
    return from_row(connection.execute(_INSERT, values).one())


def active(connection: Connection, task_id: str) -> int | None:
    """The oldest queued or running run of a task."""
    found: int | None = connection.scalar(
        select(func.min(table.c.id)).where(
            table.c.task_id == task_id, table.c.status.in_([RunStatus.QUEUED, RunStatus.RUNNING])
        )
    )
    return found


def active_definitions(connection: Connection) -> list[tuple[int, str, RunStatus, dict[str, Any]]]:
    """Of each queued or running run: its number, task, status and what it keeps of its task."""
    rows = connection.execute(
        select(table.c.id, table.c.task_id, table.c.status, table.c.definition)
        .where(table.c.status.in_([RunStatus.QUEUED, RunStatus.RUNNING]))
        .order_by(table.c.id)
    )
    return [(row.id, row.task_id, RunStatus(row.status), row.definition) for row in rows]


def get(connection: Connection, run_id: int) -> Run | None:
    row = connection.execute(_GET, {"run_id": run_id}).one_or_none()
    return from_row(row) if row else None


def newest(
    connection: Connection,
    *,
    task_id: str | None = None,
    statuses: Collection[RunStatus] = (),
    before: int | None = None,
    limit: int = 50,
) -> list[Run]:
    """A page of runs, newest first; ``before`` is the id of the last run of the page above."""
    query = select(*COLUMNS).order_by(table.c.id.desc()).limit(limit)
    if task_id is not None:
        query = query.where(table.c.task_id == task_id)
    if statuses:
        query = query.where(table.c.status.in_(list(statuses)))
    if before is not None:
        query = query.where(table.c.id < before)
    return [from_row(row) for row in connection.execute(query)]


def newest_of_each(connection: Connection, task_ids: Sequence[str], *, limit: int) -> dict[str, list[RunDigest]]:
    """The last runs of each task, newest first, in one query."""
    found: dict[str, list[RunDigest]] = {task_id: [] for task_id in task_ids}
    for ids, values in _newest_ids(task_ids, limit=limit):
        query = select(*_DIGEST_COLUMNS).where(table.c.id.in_(ids)).order_by(table.c.id.desc())
        for row in connection.execute(query, values).mappings():
            found[row["task_id"]].append(RunDigest(**{**row, "status": RunStatus(row["status"])}))
    return found


def seconds_of_successes(connection: Connection, task_ids: Sequence[str], *, limit: int) -> dict[str, list[float]]:
    """How long the last successful runs of each task took, in one query."""
    found: dict[str, list[float]] = {task_id: [] for task_id in task_ids}
    for ids, values in _newest_ids(task_ids, limit=limit, status=RunStatus.SUCCEEDED):
        query = select(table.c.task_id, table.c.started_at, table.c.finished_at).where(table.c.id.in_(ids))
        for task_id, started_at, finished_at in connection.execute(query, values):
            if started_at is not None and finished_at is not None:
                found[task_id].append((finished_at - started_at).total_seconds())
    return found


def seconds_of_successes_with(
    connection: Connection, task_id: str, *, parameters_sha256: str, limit: int
) -> list[float]:
    """How long the last successful runs of a task with these parameters took; see `binding.fingerprint`."""
    query = (
        select(table.c.started_at, table.c.finished_at)
        .where(
            table.c.task_id == task_id,
            table.c.parameters_sha256 == parameters_sha256,
            table.c.finished_at.is_not(None),
            _SUCCEEDED,
        )
        .order_by(table.c.finished_at.desc())
        .limit(limit)
    )
    return [
        (finished_at - started_at).total_seconds()
        for started_at, finished_at in connection.execute(query)
        if started_at is not None
    ]


def _newest_ids(
    task_ids: Sequence[str], *, limit: int, status: RunStatus | None = None
) -> Iterator[tuple[TextClause, dict[str, str]]]:
    """Sub-queries for the ids of each task's last runs, with what to execute them with."""
    for start in range(0, len(task_ids), _MAX_TASKS_PER_QUERY):
        part = task_ids[start : start + _MAX_TASKS_PER_QUERY]
        values = {f"task_{place}": task_id for place, task_id in enumerate(part)}
        yield (
            _newest_ids_of(len(part), limit, of_status=status is not None),
            values | ({"status": str(status)} if status else {}),
        )


@lru_cache(maxsize=64)
def _newest_ids_of(tasks: int, limit: int, *, of_status: bool) -> TextClause:
    """A range of an index for each task, whatever the table holds.

    Written as text, and without values, because making so large an expression takes longer than executing it.
    """
    condition = " AND status = :status" if of_status else ""
    each = (
        f"SELECT id FROM (SELECT id FROM run WHERE task_id = :task_{place}{condition} "  # noqa: S608 - no values
        f"ORDER BY id DESC LIMIT {limit:d}) AS of_{place}"
        for place in range(tasks)
    )
    return text(" UNION ALL ".join(each))


def alone_at_the_queue(connection: Connection) -> None:
    """Until the transaction ends, no other one takes a run out of the queue.

    SQLite has one writer at a time anyway.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(_POSTGRESQL_LOCK)))


def departed_after(connection: Connection, departure: int, *, limit: int) -> list[Run]:
    """The next runs that left the queue, in their order; see `Run.departure`.

    Numbers are given and committed by one at a time: whoever has seen one has seen all before it.
    """
    query = select(*COLUMNS).where(table.c.departure > departure).order_by(table.c.departure).limit(limit)
    return [from_row(row) for row in connection.execute(query)]


def last_departure(connection: Connection) -> int:
    """0 if none has left."""
    return connection.scalar(select(func.max(table.c.departure))) or 0


def definition(connection: Connection, run_id: int) -> dict[str, Any]:
    """What the run keeps of its task; empty if there is no such run."""
    return dict(connection.scalar(select(table.c.definition).where(table.c.id == run_id)) or {})


def set_runner(connection: Connection, run: Run, *, pid: int, created_at: float) -> None:
    connection.execute(_this_attempt(run).values(runner_pid=pid, runner_created_at=created_at))
    attempts.set_runner(connection, run, pid=pid, created_at=created_at)


def renew_leases(connection: Connection, worker_id: str, *, now: datetime, lease: timedelta) -> None:
    connection.execute(
        update(table)
        .where(table.c.worker_id == worker_id, table.c.status == RunStatus.RUNNING)
        .values(lease_expires_at=now + lease)
    )


def adopt(connection: Connection, run: Run, worker_id: str, *, now: datetime, lease: timedelta) -> bool:
    """Takes a running run over from the worker it had; ``False`` when another one was quicker."""
    return (
        connection.execute(
            _this_attempt(run)
            .where(table.c.worker_id == run.worker_id)
            .values(worker_id=worker_id, lease_expires_at=now + lease)
        ).rowcount
        == 1
    )


def record_progress(
    connection: Connection,
    run: Run,
    *,
    recorded_seq: int,
    journal_offset: int,
    new_errors: int,
    facts: dict[str, Any] | None,
) -> bool:
    """Moves the marks of what is in the store; ``False`` when another worker has moved them meanwhile."""
    values: dict[str, Any] = {
        "of_run": run.id,
        "of_attempt": run.attempt,
        "from_offset": run.journal_offset,
        "to_seq": recorded_seq,
        "to_offset": journal_offset,
        "new_errors": new_errors,
    }
    if facts is None:
        return connection.execute(_RECORD, values).rowcount == 1
    return connection.execute(_RECORD_WITH_FACTS, {**values, "new_facts": facts}).rowcount == 1


def next_seq(connection: Connection, run_id: int) -> int:
    """Takes the number of an event that no journal holds, because no runner wrote it."""
    seq: int = connection.execute(
        update(table)
        .where(table.c.id == run_id)
        .values(recorded_seq=table.c.recorded_seq + 1)
        .returning(table.c.recorded_seq)
    ).scalar_one()
    return seq


def finish(connection: Connection, run: Run, outcome: Outcome, *, now: datetime) -> bool:
    """From ``running`` to a final status; ``False`` when the attempt is not running any more.

    ``now`` is when it ended, which may be long before this is known.
    """
    finished = connection.execute(
        _this_attempt(run).values(
            status=outcome.status,
            reason=outcome.reason,
            finished_at=now,
            updated_at=datetime.now(UTC),
            sealed_parameters=None,
        )
    )
    if finished.rowcount != 1:
        return False
    attempts.end(connection, run, outcome, now=now)
    return True


def requeue(
    connection: Connection, run: Run, outcome: Outcome, *, reason: str, now: datetime, not_before: datetime
) -> bool:
    """From ``running`` back to ``queued`` for another attempt after this one, which ended so at ``now``.

    ``False`` when the attempt is not running any more, or when somebody wants the run to end.
    """
    requeued = connection.execute(
        _this_attempt(run)
        .where(table.c.cancel_requested_at.is_(None))
        .values(
            status=RunStatus.QUEUED,
            reason=reason,
            not_before=not_before,
            started_at=None,
            worker_id=None,
            lease_expires_at=None,
            runner_pid=None,
            runner_created_at=None,
            error_count=0,
            updated_at=datetime.now(UTC),
        )
    )
    if requeued.rowcount != 1:
        return False
    attempts.end(connection, run, outcome, now=now)
    return True


def cancel_queued(connection: Connection, run_id: int, *, by: str, reason: str, now: datetime) -> bool:
    """From ``queued`` to ``cancelled``; ``False`` when it is not queued any more."""
    alone_at_the_queue(connection)
    return (
        connection.execute(
            update(table)
            .where(table.c.id == run_id, table.c.status == RunStatus.QUEUED)
            .values(
                status=RunStatus.CANCELLED,
                departure=DEPARTURE,
                reason=reason,
                cancel_requested_at=now,
                cancel_requested_by=by,
                finished_at=now,
                updated_at=now,
                sealed_parameters=None,
            )
        ).rowcount
        == 1
    )


def request_cancel(connection: Connection, run_id: int, *, by: str, now: datetime) -> None:
    """Notes the wish; asking twice keeps the first."""
    connection.execute(
        update(table)
        .where(table.c.id == run_id, table.c.status == RunStatus.RUNNING, table.c.cancel_requested_at.is_(None))
        .values(cancel_requested_at=now, cancel_requested_by=by, updated_at=now)
    )


def cancel_requests(connection: Connection, worker_id: str) -> list[CancelRequest]:
    """Those of this worker's running runs."""
    query = select(table.c.id, table.c.cancel_requested_by, table.c.definition).where(
        table.c.worker_id == worker_id,
        table.c.status == RunStatus.RUNNING,
        table.c.cancel_requested_at.is_not(None),
    )
    return [
        CancelRequest(
            run_id=row.id,
            by=row.cancel_requested_by or "",
            cancel_timeout_seconds=row.definition.get("cancel_timeout_seconds"),
        )
        for row in connection.execute(query)
    ]


def changed_since(
    connection: Connection, moment: datetime, *, after: int = 0, limit: int = 500
) -> list[tuple[Run, datetime]]:
    """Runs whose status or cancel request changed at or after ``moment``, oldest change first, with its time.

    A page of them: the next one begins at the last time of this one, ``after`` the id of its run.
    """
    at = table.c.updated_at
    query = (
        select(*[*COLUMNS, at])
        # The first condition is a range of the index, which no "or" is.
        .where(at >= moment, (at > moment) | (table.c.id > after))
        .order_by(at, table.c.id)
        .limit(limit)
    )
    return [(from_row(row), row.updated_at) for row in connection.execute(query)]


def count_active(connection: Connection) -> tuple[int, int]:
    """How many are running and how many are queued."""
    row = connection.execute(
        select(
            func.coalesce(func.sum(case((table.c.status == RunStatus.RUNNING, 1), else_=0)), literal(0)),
            func.coalesce(func.sum(case((table.c.status == RunStatus.QUEUED, 1), else_=0)), literal(0)),
        ).where(table.c.status.in_([RunStatus.QUEUED, RunStatus.RUNNING]))
    ).one()
    return int(row[0]), int(row[1])


def _this_attempt(run: Run) -> Any:
    return update(table).where(
        table.c.id == run.id, table.c.attempt == run.attempt, table.c.status == RunStatus.RUNNING
    )


def from_row(row: Row[Any]) -> Run:
    values = {column.name: getattr(row, column.name) for column in COLUMNS}
    values["priority"] = -values.pop("precedence")
    return Run(
        **{
            **values,
            "kind": TaskKind(values["kind"]),
            "status": RunStatus(values["status"]),
            "trigger": Trigger(values["trigger"]),
        }
    )
