"""The events of runs, in compressed chunks: a row holds many lines of a journal as they were.

While a run goes on its chunks are small, each written as its events came. When it has ended they are joined into
large ones, a piece at a time, each in one transaction: at any moment every event is in exactly one chunk.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import Connection, Select, bindparam, case, delete, insert, literal, null, select

from taskdeck.model import event
from taskdeck.model.event import WireEvent
from taskdeck.store.tables import event_chunk as table

# While somebody is watching, a chunk is written at once: the gain of higher levels is small then.
LIVE_COMPRESSION = 1
COMPACT_COMPRESSION = 6

# A thousand messages are small, a thousand charts would fill the memory of who asks for a page of them.
MAX_BYTES_PER_READ = 8 * 1024 * 1024

CHUNKS_PER_QUERY = 8

_PLACE_COLUMNS = (table.c.lines_before, table.c.line_count, table.c.line_kinds, table.c.carried)

# Made once: putting a statement together takes longer than the database takes to carry it out, and these stand
# between what a task says and the screen.
_INSERT = insert(table)
_FOLLOWING = (
    select(table.c.first_seq, table.c.last_seq, table.c.data)
    .where(table.c.run_id == bindparam("of_run"), table.c.last_seq > bindparam("reached"))
    .order_by(table.c.last_seq)
    .limit(CHUNKS_PER_QUERY)
)
_LAST_PLACE = (
    select(*_PLACE_COLUMNS).where(table.c.run_id == bindparam("of_run")).order_by(table.c.last_seq.desc()).limit(1)
)

IN_THE_EVENTS = b""
"""In place of an outline that is too long to be stored twice."""


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where in a run's log a chunk's lines are; what a line is, `execution.log_lines` says."""

    lines_before: int
    line_count: int
    line_kinds: int
    """A bit for each kind of line that there is in it."""
    carried: bytes
    """What the lines after it depend on."""


@dataclass(frozen=True, kw_only=True)
class Chunk:
    """Consecutive events of one attempt; ``lines`` are their journal lines, newlines included."""

    run_id: int
    attempt: int
    first_seq: int
    last_seq: int
    lines: bytes
    place: Place | None = None
    """``None``: stored by a version that did not count lines, and not compacted yet."""
    outline: bytes | None = None
    """Lines of the events without which the others make no sense; ``None``: there are none."""


def append(connection: Connection, chunk: Chunk, *, compression: int = LIVE_COMPRESSION) -> None:
    place: dict[str, Any] = vars(chunk.place) if chunk.place else {}
    connection.execute(
        _INSERT,
        {
            "run_id": chunk.run_id,
            "attempt": chunk.attempt,
            "first_seq": chunk.first_seq,
            "last_seq": chunk.last_seq,
            "data": zlib.compress(chunk.lines, compression),
            "outline": zlib.compress(chunk.outline, LIVE_COMPRESSION) if chunk.outline else chunk.outline,
            **place,
        },
    )


def replace(connection: Connection, old: Sequence[Chunk], new: Chunk) -> bool:
    """Puts one chunk in place of those it was made of; ``False``, with nothing changed yet, when one is gone.

    The caller rolls its transaction back then: somebody else has compacted them.
    """
    removed = connection.execute(
        delete(table).where(
            table.c.run_id == new.run_id,
            table.c.first_seq >= new.first_seq,
            table.c.last_seq <= new.last_seq,
        )
    ).rowcount
    if removed != len(old):
        return False
    append(connection, new, compression=COMPACT_COMPRESSION)
    return True


def read(connection: Connection, run_id: int, *, after: int, limit: int) -> list[WireEvent]:
    """Up to ``limit`` events with ``seq > after``, in order; fewer where they are large, but at least one."""
    found: list[WireEvent] = []
    size = 0
    reached = after
    for row in _following(connection, run_id, after):
        lines = zlib.decompress(row.data).rstrip(b"\n").split(b"\n")
        # Mostly numbered without gaps: then what comes before need not be decoded.
        is_dense = len(lines) == row.last_seq - row.first_seq + 1
        for line in lines[max(0, reached + 1 - row.first_seq) if is_dense else 0 :]:
            wire_event = event.decode(line)
            if wire_event["seq"] > reached:
                found.append(wire_event)
                reached = wire_event["seq"]
                size += len(line)
                if len(found) == limit or size >= MAX_BYTES_PER_READ:
                    return found
    return found


def _following(connection: Connection, run_id: int, after: int) -> Iterator[Any]:
    """The chunks from ``after`` on, a few at a time: the first is often all that is wanted, and they may be large.

    In queries of their own, rather than by a cursor of the server, which would have to be closed. A chunk that is
    joined to others between two of them comes with what has been read before.
    """
    reached = after
    while True:
        rows = connection.execute(_FOLLOWING, {"of_run": run_id, "reached": reached}).all()
        yield from rows
        if len(rows) < CHUNKS_PER_QUERY:
            return
        reached = rows[-1].last_seq


def next_chunk(connection: Connection, run_id: int, *, after: int) -> Chunk | None:
    """The chunk with the first event after ``after``."""
    query = _chunks(run_id).where(table.c.last_seq > after).order_by(table.c.last_seq).limit(1)
    row = connection.execute(query).one_or_none()
    return _from_row(row) if row else None


def last_place(connection: Connection, run_id: int) -> tuple[bool, Place | None]:
    """Whether there are chunks, and the place of the last one, where it is known."""
    row = connection.execute(_LAST_PLACE, {"of_run": run_id}).one_or_none()
    return row is not None, _place(row) if row else None


def has_unplaced(connection: Connection, run_id: int) -> bool:
    query = select(literal(1)).where(table.c.run_id == run_id, table.c.lines_before.is_(None)).limit(1)
    return connection.scalar(query) is not None


def place_before(connection: Connection, run_id: int, first_seq: int) -> Place | None:
    """The place of the chunk before the one that begins with this event."""
    query = (
        select(*_PLACE_COLUMNS)
        .where(table.c.run_id == run_id, table.c.last_seq < first_seq)
        .order_by(table.c.last_seq.desc())
        .limit(1)
    )
    row = connection.execute(query).one_or_none()
    return _place(row) if row else None


def chunk_of_lines(
    connection: Connection, run_id: int, *, direction: Literal["before", "after"], line: int, kinds: int
) -> tuple[Chunk, bytes] | None:
    """The nearest chunk with a line of one of these kinds whose number is less, or greater, than ``line``; and what
    the chunk before it carries, read at the same moment: afterwards the two may have been joined.

    With a line of such a kind, that is: it may be another one than those before or after ``line``.
    """
    before = table.alias()
    carried = (
        select(before.c.carried)
        .where(before.c.run_id == table.c.run_id, before.c.last_seq < table.c.first_seq)
        .order_by(before.c.last_seq.desc())
        .limit(1)
        .correlate(table)
    )
    place = _chunks(run_id).add_columns(carried.scalar_subquery().label("carried_before"))
    place = place.where(table.c.line_count > 0, table.c.line_kinds.bitwise_and(kinds) != 0)
    if direction == "before":
        query = place.where(table.c.lines_before < line - 1).order_by(table.c.lines_before.desc())
    else:
        end = table.c.lines_before + table.c.line_count
        # The greatest `lines_before` up to the line is found by the index; the sum is not.
        begins = (
            select(table.c.lines_before)
            .where(table.c.run_id == run_id, table.c.lines_before <= line)
            .order_by(table.c.lines_before.desc())
            .limit(1)
        )
        query = place.where(table.c.lines_before >= begins.scalar_subquery(), end > line).order_by(table.c.lines_before)
    row = connection.execute(query.limit(1)).one_or_none()
    return (_from_row(row), row.carried_before or b"") if row else None


def outlines(connection: Connection, run_id: int, *, after: int, up_to: int, limit: int) -> list[Chunk]:
    """Chunks with an outline that end after ``after`` and begin up to ``up_to``, in order; their ``lines`` are there
    only where they are the outline."""
    from_events = table.c.outline == IN_THE_EVENTS
    query = (
        select(
            table.c.attempt,
            table.c.first_seq,
            table.c.last_seq,
            table.c.outline,
            # Without the data of the others: it is most of what a run takes.
            case((from_events, table.c.data), else_=null()).label("data"),
        )
        .where(
            table.c.run_id == run_id,
            table.c.outline.is_not(None),
            table.c.last_seq > after,
            table.c.first_seq <= up_to,
        )
        .order_by(table.c.last_seq)
        .limit(limit)
    )
    return [
        Chunk(
            run_id=run_id,
            attempt=row.attempt,
            first_seq=row.first_seq,
            last_seq=row.last_seq,
            lines=zlib.decompress(row.data) if row.data is not None else b"",
            outline=zlib.decompress(row.outline) if row.outline else IN_THE_EVENTS,
        )
        for row in connection.execute(query)
    ]


def _chunks(run_id: int) -> Select[Any]:
    return select(
        table.c.run_id,
        table.c.attempt,
        table.c.first_seq,
        table.c.last_seq,
        table.c.data,
        table.c.outline,
        *_PLACE_COLUMNS,
    ).where(table.c.run_id == run_id)


def _from_row(row: Any) -> Chunk:
    return Chunk(
        run_id=row.run_id,
        attempt=row.attempt,
        first_seq=row.first_seq,
        last_seq=row.last_seq,
        lines=zlib.decompress(row.data),
        place=_place(row),
        outline=zlib.decompress(row.outline) if row.outline else row.outline,
    )


def _place(row: Any) -> Place | None:
    if row.lines_before is None:
        return None
    return Place(
        lines_before=row.lines_before, line_count=row.line_count, line_kinds=row.line_kinds, carried=row.carried
    )


def decoded(lines: bytes) -> Iterable[WireEvent]:
    """The events of a chunk's lines."""
    return (event.decode(line) for line in lines.rstrip(b"\n").split(b"\n") if line)
