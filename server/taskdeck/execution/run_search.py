"""Pages of the history: by index where there is one, otherwise by looking through it for a bounded time."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace

from taskdeck.model.run import Run
from taskdeck.store import run_lists
from taskdeck.store.database import Database
from taskdeck.store.run_lists import IdRange, Wanted

WORK_SECONDS = 0.03
"""After so long, a page says how far it came."""

_LOOKED_AT = 8000
_AT_ONCE = range(250, 2001)


@dataclass(frozen=True, kw_only=True)
class RunPage:
    """Newest first. ``next_before``: where to go on; ``None`` where there is nothing more.

    A page may hold less than was asked for, even nothing, and yet have a next one.
    """

    runs: list[Run]
    next_before: int | None


def page(database: Database, wanted: Wanted, *, before: int | None, limit: int) -> RunPage:
    """At most ``limit`` wanted runs with ids below ``before``."""
    deadline = time.monotonic() + WORK_SECONDS
    with database.read() as connection:
        within = run_lists.id_range(connection, wanted)
    if before is not None:
        within = replace(within, end=before if within.end is None else min(before, within.end))
    size = limit + 1 if wanted.is_indexed else _piece(wanted)
    found: list[Run] = []
    while True:
        with database.read() as connection:
            ids = run_lists.candidates(connection, wanted, within, limit=size)
            found += run_lists.matching(connection, wanted, ids, limit=limit + 1 - len(found))
        if len(found) > limit:
            return RunPage(runs=found[:limit], next_before=found[limit - 1].id)
        if len(ids) < size:
            return RunPage(runs=found, next_before=None)
        if time.monotonic() > deadline:
            return RunPage(runs=found, next_before=ids[-1])
        within = IdRange(first=within.first, end=ids[-1])
        # All requests of the web process share one thread.
        time.sleep(0)


def _piece(wanted: Wanted) -> int:
    """How many runs to look at before looking at the clock: each part of the union finds as many."""
    parts = max(1, len(wanted.task_ids)) * max(1, len(wanted.statuses))
    return min(max(_LOOKED_AT // parts, _AT_ONCE.start), _AT_ONCE.stop - 1)
