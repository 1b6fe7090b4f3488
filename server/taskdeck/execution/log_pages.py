"""Pages of a run's log, with a filter and a search: each reads the chunks it needs, and no more than it has time for.

An answer says which numbers it has looked through. What it found is all that fits there; who wants more goes on
where it ended.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from taskdeck.execution import journal_lines, log_lines
from taskdeck.execution.log_lines import Log, LogLine
from taskdeck.model import event
from taskdeck.model.event import WireEvent
from taskdeck.store import events
from taskdeck.store.database import Database
from taskdeck.store.events import Chunk

WORK_SECONDS = 0.2
"""After so long, an answer says how far it came."""

MAX_CHARACTERS = 2_000_000
"""An answer with more text ends there: a line can be long."""

ALL_KINDS = log_lines.kinds()

_MESSAGES = log_lines.kinds(sources=["message"])

Direction = Literal["before", "after"]


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Lines nearest to ``line`` come first: those before or after it."""

    direction: Direction
    line: int | None
    """``None``: from the end of the log, or from its beginning."""
    limit: int
    kinds: int = ALL_KINDS
    text: str = ""
    """Only lines that hold it; empty: all."""
    case_sensitive: bool = False


@dataclass(frozen=True, kw_only=True)
class NumberedLine:
    number: int
    line: LogLine


@dataclass(frozen=True, kw_only=True)
class LogPage:
    lines: list[NumberedLine]
    """In the order of the log."""
    first: int
    """The first number that was looked at …"""
    last: int
    """… and the last. Less than ``first`` when there is nothing to look at."""
    line_count: int
    """Complete lines of the log by now."""
    open_lines: list[LogLine]
    """Lines that are still being written, of those that were wanted, where the page reaches the end of the log."""


def read(database: Database, run_id: int, wanted: Wanted) -> LogPage:
    """The run must be there; see `log_lines` for what a line is."""
    with database.read() as connection:
        if events.has_unplaced(connection, run_id):
            # An older version stored it, and it is not compacted yet.
            return pick(all_events(database, run_id), wanted)
        _, place = events.last_place(connection, run_id)
    line_count = place.lines_before + place.line_count if place else 0
    start = _start(wanted, line_count)
    matches = _matcher(wanted)
    found: deque[NumberedLine] = deque()
    reached = start
    characters = 0
    is_full = False
    deadline = time.monotonic() + WORK_SECONDS
    for chunk, carried in _chunks(database, run_id, wanted, start):
        is_hopeless = wanted.text and _is_without(chunk, wanted)
        lines = [] if is_hopeless else _numbered(database, chunk, carried, beyond=reached, direction=wanted.direction)
        for each in lines:
            reached = each.number
            if matches(each.line):
                _add(found, each, wanted.direction)
                characters += len(each.line.text)
                if is_full := len(found) == wanted.limit or characters >= MAX_CHARACTERS:
                    break
        if is_full:
            break
        reached = _edge(chunk, wanted.direction)
        # All requests of the process share one thread.
        time.sleep(0)
        if time.monotonic() > deadline:
            break
    else:
        reached = 1 if wanted.direction == "before" else line_count
    first, last = (reached, start - 1) if wanted.direction == "before" else (start + 1, reached)
    # A log that grows meanwhile is longer than it was.
    line_count = max(line_count, reached if wanted.direction == "after" else 0)
    open_lines = Log(place.carried).rest() if place and last >= line_count else []
    return LogPage(
        lines=list(found),
        first=max(1, first),
        last=min(last, line_count),
        line_count=line_count,
        open_lines=[line for line in open_lines if matches(line)],
    )


def _start(wanted: Wanted, line_count: int) -> int:
    """Where to begin, itself not included."""
    if wanted.line is None:
        return line_count + 1 if wanted.direction == "before" else 0
    return min(max(wanted.line, 0), line_count + (wanted.direction == "before"))


def _matcher(wanted: Wanted) -> Callable[[LogLine], bool]:
    kinds, text = wanted.kinds, wanted.text
    if not wanted.case_sensitive:
        text = text.casefold()

    def matches(line: LogLine) -> bool:
        if kinds != ALL_KINDS and not kinds & log_lines.kind(line.source, line.level):
            return False
        if not text:
            return True
        shown = line.plain_text
        return text in (shown if wanted.case_sensitive else shown.casefold())

    return matches


def _is_without(chunk: Chunk, wanted: Wanted) -> bool:
    """Whether the text is certainly in no line of the chunk: seen at once, without making its lines.

    Only where all lines are messages: those of a stream may lie in pieces, also of other chunks. And only where the
    text is written in JSON as it is.
    """
    assert chunk.place is not None
    if chunk.place.line_kinds & ~_MESSAGES or not wanted.text.isprintable() or set(wanted.text) & {'"', "\\"}:
        return False
    if b"\\u001b" in chunk.lines:
        return False
    if wanted.case_sensitive:
        return wanted.text.encode() not in chunk.lines
    text = wanted.text.casefold()
    if chunk.lines.isascii():
        return text.encode() not in chunk.lines.lower()
    return text not in chunk.lines.decode().casefold()


def _add(found: deque[NumberedLine], line: NumberedLine, direction: Direction) -> None:
    if direction == "before":
        found.appendleft(line)
    else:
        found.append(line)


def _chunks(database: Database, run_id: int, wanted: Wanted, start: int) -> Iterator[tuple[Chunk, bytes]]:
    line = start
    while True:
        with database.read() as connection:
            found = events.chunk_of_lines(connection, run_id, direction=wanted.direction, line=line, kinds=wanted.kinds)
        if found is None:
            return
        yield found
        line = _edge(found[0], wanted.direction)


def _edge(chunk: Chunk, direction: Direction) -> int:
    """The last number of the chunk that is looked at."""
    assert chunk.place is not None
    before = chunk.place.lines_before
    return before + 1 if direction == "before" else before + chunk.place.line_count


def _numbered(
    database: Database, chunk: Chunk, carried: bytes, *, beyond: int, direction: Direction
) -> Iterable[NumberedLine]:
    """The chunk's lines before or after a number, in the order in which they are looked at."""
    assert chunk.place is not None
    numbered = [
        NumberedLine(number=number, line=line)
        for number, line in enumerate(_lines(database, chunk, carried), start=chunk.place.lines_before + 1)
        if (number < beyond if direction == "before" else number > beyond)
    ]
    return reversed(numbered) if direction == "before" else numbered


def _lines(database: Database, chunk: Chunk, carried: bytes) -> Iterator[LogLine]:
    notebook = None
    if (notebook_seq := Log(carried).notebook_seq) is not None:
        with database.read() as connection:
            notebook = events.read(connection, chunk.run_id, after=notebook_seq - 1, limit=1)[0]
    log = Log(carried, notebook)
    for line in chunk.lines.split(b"\n")[:-1]:
        message = journal_lines.plain_message(line, log.attempt)
        if message is not None:
            yield message
        else:
            yield from log.take(event.decode(line))


def pick(all_of_them: Iterable[WireEvent], wanted: Wanted) -> LogPage:
    """The same from all events of a run, looking at each."""
    matches = _matcher(wanted)
    log = Log()
    number = 0
    found: deque[NumberedLine] = deque()
    start = wanted.line if wanted.line is not None else 0
    for wire in all_of_them:
        for line in log.take(wire):
            number += 1
            if not matches(line):
                continue
            if wanted.direction == "before":
                if wanted.line is None or number < wanted.line:
                    found.append(NumberedLine(number=number, line=line))
                    if len(found) > wanted.limit:
                        found.popleft()
            elif number > start and len(found) < wanted.limit:
                found.append(NumberedLine(number=number, line=line))
    is_full = len(found) == wanted.limit
    if wanted.direction == "before":
        first = found[0].number if is_full else 1
        last = number if wanted.line is None else min(number, wanted.line - 1)
    else:
        first, last = start + 1, found[-1].number if is_full else number
    open_lines = [line for line in log.rest() if matches(line)] if last >= number else []
    return LogPage(lines=list(found), first=first, last=last, line_count=number, open_lines=open_lines)


def all_events(database: Database, run_id: int) -> Iterator[WireEvent]:
    """Every event that is in the store by now; no more than a chunk of them is in memory."""
    after = 0
    while True:
        with database.read() as connection:
            chunk = events.next_chunk(connection, run_id, after=after)
        if chunk is None:
            return
        # A chunk that was joined meanwhile begins with what has been read.
        yield from (wire for wire in events.decoded(chunk.lines) if wire["seq"] > after)
        after = chunk.last_seq
        time.sleep(0)
