"""What happened in a run without all it said: the events that make its page, however long its log is.

Left out are pieces of text and, where they are many, messages, which are in the log, and all but the last of each
progress bar in a chunk.
"""

from __future__ import annotations

import time
from collections.abc import Iterator

from taskdeck.execution import chunks, log_pages
from taskdeck.model.event import WireEvent
from taskdeck.store import events
from taskdeck.store.database import Database

CHUNKS_PER_READ = 50

MAX_SEQ = 2**53 - 1


def read(database: Database, run_id: int, *, after: int = 0, up_to: int = MAX_SEQ) -> Iterator[WireEvent]:
    """The outlined events after ``after``, up to ``up_to``, in order."""
    with database.read() as connection:
        is_outlined = not events.has_unplaced(connection, run_id)
    if is_outlined:
        found = _from_outlines(database, run_id, after, up_to)
    else:
        found = filter(chunks.is_outlined, log_pages.all_events(database, run_id))
    for wire in found:
        if wire["seq"] > up_to:
            return
        if wire["seq"] > after:
            yield wire


def _from_outlines(database: Database, run_id: int, after: int, up_to: int) -> Iterator[WireEvent]:
    reached = after
    while True:
        with database.read() as connection:
            found = events.outlines(connection, run_id, after=reached, up_to=up_to, limit=CHUNKS_PER_READ)
        for chunk in found:
            stored = events.decoded(chunk.outline or chunk.lines)
            for wire in stored if chunk.outline else chunks.outlined(list(stored)):
                if wire["seq"] > reached:
                    yield wire
            reached = chunk.last_seq
            # All requests of the web process share one thread.
            time.sleep(0)
        if len(found) < CHUNKS_PER_READ:
            return
