"""Joins the small chunks of runs that have ended into large ones, which compress several times better.

It goes on from where the store says it was: killed at any moment, it has lost nothing and left nothing half done,
and whoever comes next, also two at once, finds the rest. A piece of work is bounded, and as long as it takes, the
next one waits: what runs and what is read meanwhile comes first.
"""

from __future__ import annotations

import logging
import threading
import time
from typing import Any

from taskdeck.execution import chunks, estimates, journal_lines
from taskdeck.store import compactions, events
from taskdeck.store.compactions import Uncompacted
from taskdeck.store.database import Database
from taskdeck.store.events import Chunk

log = logging.getLogger(__name__)

CHUNK_BYTES = 1024 * 1024
"""Small enough to be decompressed for a page of events in a few milliseconds."""
MAX_CHUNKS_PER_PIECE = 1000

IDLE_SECONDS = 2.0
"""Between looks for runs that have ended; not at once, because the end of a run is when somebody looks at it."""
SHARE = 0.3
"""Of the time, at most, that this takes while there is much to do."""


class Overtaken(Exception):
    """Somebody else has compacted these chunks meanwhile."""


def run_until(database: Database, stop: threading.Event) -> None:
    """Compacts whatever there is, now and then, until ``stop`` is set."""
    while not stop.wait(IDLE_SECONDS):
        try:
            _compact_all(database, stop)
        except Exception:
            # A full disk or a store that is away for a moment must not end it for good.
            log.exception("compaction_failed")


def _compact_all(database: Database, stop: threading.Event) -> None:
    while not stop.is_set():
        began = time.monotonic()
        if not compact_piece(database):
            return
        stop.wait((time.monotonic() - began) * (1 / SHARE - 1))


def compact_piece(database: Database) -> bool:
    """Joins some chunks of one run into one; ``False`` when there is nothing to do."""
    with database.read() as connection:
        found = compactions.first(connection)
        if found is None:
            return False
        piece = _piece(connection, found)
    if not piece:
        estimates.note(database, found.run_id)
        with database.write() as connection:
            compactions.move(connection, found, None)
        return True
    joined = chunks.join(piece)
    try:
        with database.write() as connection:
            if not compactions.move(connection, found, joined.last_seq) or not events.replace(
                connection, piece, joined
            ):
                raise Overtaken
    except Overtaken:
        log.info("compaction_overtaken", extra={"run": found.run_id})
    return True


def _piece(connection: Any, found: Uncompacted) -> list[Chunk]:
    """The next chunks, of one attempt, that make a large one."""
    piece: list[Chunk] = []
    size = 0
    after = found.after
    while len(piece) < MAX_CHUNKS_PER_PIECE:
        chunk = events.next_chunk(connection, found.run_id, after=after)
        if chunk is None or (piece and (chunk.attempt != piece[0].attempt or size + len(chunk.lines) > CHUNK_BYTES)):
            break
        if chunk.place is None:
            chunk = _placed(connection, chunk, piece[-1] if piece else None)
        piece.append(chunk)
        size += len(chunk.lines)
        after = chunk.last_seq
    return piece


def _placed(connection: Any, chunk: Chunk, previous: Chunk | None) -> Chunk:
    """A chunk that was stored by a version which did not count lines."""
    if previous is not None and previous.place is not None:
        place = previous.place
    else:
        place = events.place_before(connection, chunk.run_id, chunk.first_seq) or chunks.START
    lines = journal_lines.parse_stored(chunk.lines)
    return chunks.make(lines, run_id=chunk.run_id, attempt=chunk.attempt, previous=place)
