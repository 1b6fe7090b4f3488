"""Which runs a list shows: filters over a history of any length.

Tasks, statuses and times are ranges of indexes; what else is asked for (words, triggers) is looked for among those,
a bounded piece at a time, by `execution.run_search`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, bindparam, func, or_, select, text

from taskdeck.model.run import Run, RunStatus, Trigger
from taskdeck.store import folding, runs
from taskdeck.store.tables import run as table

MAX_TASKS = 20
"""With every status for each of them this stays below the five hundred parts of a union that SQLite takes."""

CLOCK_SLACK = timedelta(hours=1)
"""Runs are numbered in the order of their times, but for so much: a clock that was put back, two requests at once."""


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What all runs of a list have in common; what is empty lets every run through."""

    task_ids: tuple[str, ...] = ()
    statuses: tuple[RunStatus, ...] = ()
    triggers: tuple[Trigger, ...] = ()
    since: datetime | None = None
    """Created at this moment or later."""
    until: datetime | None = None
    """Created before."""
    words: tuple[str, ...] = ()
    """Each is part of a parameter, of the reason or the task's name, or is the run's number."""
    run_id: int | None = None

    @property
    def is_indexed(self) -> bool:
        """Every candidate is wanted."""
        return not (self.triggers or self.words or self.since or self.until)


@dataclass(frozen=True, kw_only=True)
class IdRange:
    """Ids from ``first``, below ``end``; ``None``: no end."""

    first: int = 0
    end: int | None = None


def id_range(connection: Connection, wanted: Wanted) -> IdRange:
    """Where to look for the wanted runs, by a few looks at the primary key."""
    first = 0 if wanted.since is None else _first_since(connection, wanted.since - CLOCK_SLACK)
    end = None if wanted.until is None else _first_since(connection, wanted.until + CLOCK_SLACK)
    if wanted.run_id is not None:
        first, end = max(first, wanted.run_id), min(end or wanted.run_id + 1, wanted.run_id + 1)
    return IdRange(first=first, end=end)


def candidates(connection: Connection, wanted: Wanted, within: IdRange, *, limit: int) -> list[int]:
    """The greatest ids of runs of the wanted tasks and statuses, in descending order."""
    values: dict[str, Any] = {"first": within.first}
    in_range = "id >= :first"
    if within.end is not None:
        in_range += " AND id < :end"
        values["end"] = within.end
    parts = []
    for place, (condition, bound) in enumerate(_index_ranges(wanted)):
        where = " AND ".join(filter(None, [condition, in_range]))
        # Written as text, because making so large an expression takes longer than executing it.
        parts.append(
            f"SELECT id FROM (SELECT id FROM run WHERE {where} "  # noqa: S608 - no values
            f"ORDER BY id DESC LIMIT {limit:d}) AS of_{place}"
        )
        values.update(bound)
    query = " UNION ALL ".join(parts)
    if len(parts) > 1:
        query = f"SELECT id FROM ({query}) AS of_all ORDER BY id DESC LIMIT {limit:d}"  # noqa: S608 - no values
    return list(connection.scalars(text(query), values))


def matching(connection: Connection, wanted: Wanted, ids: Sequence[int], *, limit: int) -> list[Run]:
    """The wanted ones among these candidates, newest first."""
    if not ids:
        return []
    among: ColumnElement[bool] = table.c.id.between(ids[-1], ids[0])
    if ids[0] - ids[-1] + 1 > len(ids):
        # Written into the statement: a thousand parameters take longer to hand over than to read.
        among &= table.c.id.in_(bindparam("among", list(ids), expanding=True, literal_execute=True))
    query = (
        select(*runs.COLUMNS)
        .where(and_(among, *_conditions(wanted, connection.dialect.name)))
        .order_by(table.c.id.desc())
        .limit(limit)
    )
    return [runs.from_row(row) for row in connection.execute(query)]


def _index_ranges(wanted: Wanted) -> Iterator[tuple[str, dict[str, str]]]:
    """Conditions that are each a range of one index, in the order of ids, with their values."""
    task_ids: list[str | None] = [*dict.fromkeys(wanted.task_ids)] or [None]
    statuses: list[RunStatus | None] = [*dict.fromkeys(wanted.statuses)]
    if len(statuses) in (0, len(RunStatus)):
        statuses = [None]
    for task_place, task_id in enumerate(task_ids):
        for status_place, status in enumerate(statuses):
            conditions, values = [], {}
            if task_id is not None:
                conditions.append(f"task_id = :task_{task_place}")
                values[f"task_{task_place}"] = task_id
            if status is not None:
                conditions.append(f"status = :status_{status_place}")
                values[f"status_{status_place}"] = str(status)
            yield " AND ".join(conditions), values


def _conditions(wanted: Wanted, dialect: str) -> Iterator[ColumnElement[bool]]:
    if wanted.since is not None:
        yield table.c.created_at >= wanted.since
    if wanted.until is not None:
        yield table.c.created_at < wanted.until
    if wanted.triggers:
        yield table.c.trigger.in_(list(wanted.triggers))
    for word in wanted.words:
        found = [
            folding.has_json(table.c.parameters, word, dialect),
            folding.has(table.c.reason, word, dialect),
            folding.has(table.c.task_name, word, dialect),
        ]
        if word.isascii() and word.isdigit() and len(word) < 16:
            found.append(table.c.id == int(word))
        yield or_(*found)


def _first_since(connection: Connection, moment: datetime) -> int:
    """The first id from which on runs were created at ``moment`` or later; by halves, as ids and times go together."""
    low = 0
    high = (connection.scalar(select(func.max(table.c.id))) or 0) + 1
    probe = (
        select(table.c.id, table.c.created_at).where(table.c.id >= bindparam("middle")).order_by(table.c.id).limit(1)
    )
    while low < high:
        middle = (low + high) // 2
        row = connection.execute(probe, {"middle": middle}).one_or_none()
        if row is None or row.created_at >= moment:
            high = middle
        else:
            low = row.id + 1
    return low
