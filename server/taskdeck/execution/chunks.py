"""Chunks as they are stored: some events of one attempt, their place in the log, and their outline."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, TypeVar

from taskdeck.execution.journal_lines import JournalLine
from taskdeck.execution.log_lines import LEVELS, NOTHING_CARRIED, Log, kind
from taskdeck.model import event
from taskdeck.model.event import WireEvent
from taskdeck.store import events
from taskdeck.store.events import IN_THE_EVENTS, Chunk, Place

T = TypeVar("T")

_KINDS: dict[str, int] = {level: kind("message", level) for level in LEVELS}

MAX_EVENTS = 1000
"""Of a chunk that is written while the run goes on."""

MOST_MESSAGES = 5
"""Of `MAX_EVENTS` events. A task that says so little prints much: its messages are part of the outline."""

MAX_OUTLINE_BYTES = 64 * 1024
"""A longer outline is read from the events themselves: charts need not be stored twice."""

START = Place(lines_before=0, line_count=0, line_kinds=0, carried=NOTHING_CARRIED)


def following(connection: Any, lines: Sequence[JournalLine], *, run_id: int, attempt: int) -> list[Chunk]:
    """Chunks to store after those that are there. Nobody else adds any meanwhile who is not refused by the run's marks.

    Raises what `split` raises.
    """
    has_chunks, previous = events.last_place(connection, run_id)
    return list(split(lines, run_id=run_id, attempt=attempt, previous=previous if has_chunks else START))


def split(lines: Sequence[JournalLine], *, run_id: int, attempt: int, previous: Place | None) -> Iterator[Chunk]:
    """Chunks of at most `MAX_EVENTS` events, which follow the one that is at ``previous``.

    ``None``: its place in the log is not known, so theirs are not either. Raises what `Log.count` raises when an
    event is not what it should be.
    """
    for start in range(0, len(lines), MAX_EVENTS):
        part = lines[start : start + MAX_EVENTS]
        chunk = make(part, run_id=run_id, attempt=attempt, previous=previous)
        previous = chunk.place
        yield chunk


def make(lines: Sequence[JournalLine], *, run_id: int, attempt: int, previous: Place | None) -> Chunk:
    return Chunk(
        run_id=run_id,
        attempt=attempt,
        first_seq=lines[0].seq,
        last_seq=lines[-1].seq,
        lines=b"".join([line.text + b"\n" for line in lines]),
        place=None if previous is None else _place(lines, previous),
        outline=_outline(lines),
    )


def join(chunks: Sequence[Chunk]) -> Chunk:
    """One chunk in place of several that follow one another; nothing is counted anew."""
    first, last = chunks[0], chunks[-1]
    return Chunk(
        run_id=first.run_id,
        attempt=first.attempt,
        first_seq=first.first_seq,
        last_seq=last.last_seq,
        lines=b"".join(chunk.lines for chunk in chunks),
        place=_joined_place([chunk.place for chunk in chunks]),
        outline=_joined_outline(
            [chunk.outline for chunk in chunks if chunk.outline is not None],
            event_count=last.last_seq - first.first_seq + 1,
        ),
    )


def is_outlined(wire: WireEvent) -> bool:
    """Whether whoever skips a part of a run has to get this event all the same: the run makes no sense without it.

    Lines of text are left out, they are in the log; so are messages, but where they are few.
    """
    match wire["type"]:
        case "message" | "stream":
            return False
        case "cell_output":
            return bool(wire["output"]["output_type"] != "stream")
        case _:
            return True


def _place(part: Iterable[JournalLine], previous: Place) -> Place:
    log = Log(previous.carried)
    count = kinds = 0
    attempt = log.attempt
    for line in part:
        if line.wire is None and line.attempt == attempt:
            count += 1
            kinds |= _KINDS[line.level]
        else:
            completed, of_kinds = log.count(line.wire or event.decode(line.text))
            count += completed
            kinds |= of_kinds
            attempt = log.attempt
    before = previous.lines_before + previous.line_count
    return Place(lines_before=before, line_count=count, line_kinds=kinds, carried=log.carried)


def _joined_place(places: Sequence[Place | None]) -> Place | None:
    known = [place for place in places if place is not None]
    if len(known) < len(places):
        return None
    kinds = 0
    for place in known:
        kinds |= place.line_kinds
    count = sum(place.line_count for place in known)
    return Place(lines_before=known[0].lines_before, line_count=count, line_kinds=kinds, carried=known[-1].carried)


def _outline(part: Sequence[JournalLine]) -> bytes | None:
    message_count = sum(_is_message(line) for line in part)
    return _without_old_progress(
        (line.wire or event.decode(line.text), line.text)
        for line in part
        if (_are_few(message_count, len(part)) if _is_message(line) else line.wire and is_outlined(line.wire))
    )


def _joined_outline(outlines: Sequence[bytes], *, event_count: int) -> bytes | None:
    if IN_THE_EVENTS in outlines:
        return IN_THE_EVENTS
    lines = [line for outline in outlines for line in outline.split(b"\n")[:-1]]
    found = [(event.decode(line), line) for line in lines]
    message_count = sum(wire["type"] == "message" for wire, _ in found)
    if not _are_few(message_count, event_count):
        found = [each for each in found if each[0]["type"] != "message"]
    return _without_old_progress(found)


def outlined(all_of_them: Sequence[WireEvent]) -> list[WireEvent]:
    """The outlined events among those of a chunk."""
    message_count = sum(wire["type"] == "message" for wire in all_of_them)
    has_messages = _are_few(message_count, len(all_of_them))
    return _latest(
        (wire, wire) for wire in all_of_them if is_outlined(wire) or (has_messages and wire["type"] == "message")
    )


def _is_message(line: JournalLine) -> bool:
    return line.wire is None or line.wire["type"] == "message"


def _are_few(message_count: int, event_count: int) -> bool:
    return message_count <= MOST_MESSAGES * math.ceil(event_count / MAX_EVENTS)


def _without_old_progress(events: Iterable[tuple[WireEvent, bytes]]) -> bytes | None:
    outline = b"".join([line + b"\n" for line in _latest(events)])
    if not outline:
        return None
    return outline if len(outline) <= MAX_OUTLINE_BYTES else IN_THE_EVENTS


def _latest(events: Iterable[tuple[WireEvent, T]]) -> list[T]:
    """All, but of each progress bar only the last."""
    kept: dict[object, T] = {}
    for wire, what in events:
        key = ("progress", str(wire["id"])) if wire["type"] == "progress" else wire["seq"]
        kept.pop(key, None)
        kept[key] = what
    return list(kept.values())
