"""What everybody is told: that a run's status changed, that another version of the configuration is in force, or that
what the project declares changed in whatever way."""

from __future__ import annotations

import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from taskdeck.execution.service import UnknownRun
from taskdeck.model.project import Catalog
from taskdeck.model.run import Run
from taskdeck.runner.wakeup import NEWS

log = logging.getLogger(__name__)

POLL_SECONDS = 1.0
"""All that changed is looked for so often: a hint may be lost, and what it says is only which run to read."""
INTERVAL_SECONDS = 0.05
"""The first change after a pause is told at once; those that follow are collected for so long."""
OVERLAP = timedelta(seconds=15)
"""A change carries the time at which it was made, and is seen when it is committed: after waiting for the store."""
MAX_KNOWN_RUNS = 10_000


class Source(Protocol):
    """What the announcer needs of the service."""

    def run(self, run_id: int) -> Run: ...

    def runs_changed_since(self, moment: datetime) -> Iterable[Run]: ...

    def catalog(self) -> Catalog: ...


class Announcer:
    """Re-reads a run at each hint about it, and now and then all that changed lately; tells what is new once."""

    def __init__(
        self,
        source: Source,
        *,
        run_changed: Callable[[Run], None],
        catalog_changed: Callable[[str], None],
        config_changed: Callable[[Catalog], None],
    ) -> None:
        self._source = source
        self._run_changed = run_changed
        self._catalog_changed = catalog_changed
        self._config_changed = config_changed
        self._news = threading.Event()
        self._rung: set[int] = {NEWS}
        self._looked_at = 0.0
        self._is_stopped = False
        self._told: OrderedDict[int, tuple[Any, ...]] = OrderedDict()
        self._catalog: Catalog | None = None

    def wake(self, run_id: int = NEWS) -> None:
        """There may be news of one run, or of all."""
        self._rung.add(run_id)
        self._news.set()

    def stop(self) -> None:
        self._is_stopped = True
        self._news.set()

    def run(self) -> None:
        """Until `stop`."""
        since = datetime.now(UTC)
        while not self._is_stopped:
            self._news.clear()
            began = datetime.now(UTC)
            rung = self._take_rung()
            try:
                # Who reads all that changed within the overlap at each hint reads every run of a busy minute again
                # and again.
                if NEWS in rung or time.monotonic() - self._looked_at >= POLL_SECONDS:
                    self.look(since)
                    since = began - OVERLAP
                    self._looked_at = time.monotonic()
                else:
                    self.look_at(rung)
            except Exception:
                # A store that is away for a moment must not end the announcements.
                log.exception("announcer_failed")
            time.sleep(INTERVAL_SECONDS)
            self._news.wait(POLL_SECONDS)

    def look(self, since: datetime) -> None:
        for run in self._source.runs_changed_since(since):
            self._tell(run)
        before, self._catalog = self._catalog, self._source.catalog()
        if before is None:
            return
        if self._catalog.config_version != before.config_version:
            self._config_changed(self._catalog)
        if self._catalog.version != before.version:
            self._catalog_changed(self._catalog.version)

    def look_at(self, run_ids: Iterable[int]) -> None:
        for run_id in run_ids:
            try:
                self._tell(self._source.run(run_id))
            except UnknownRun:
                # Anybody on this machine can send a hint with any number.
                continue

    def _take_rung(self) -> set[int]:
        taken = set()
        while self._rung:
            taken.add(self._rung.pop())
        return taken

    def _tell(self, run: Run) -> None:
        if self._is_new(run):
            self._run_changed(run)

    def _is_new(self, run: Run) -> bool:
        state = (run.status, run.attempt, run.reason, run.cancel_requested_at)
        is_new = self._told.pop(run.id, None) != state
        self._told[run.id] = state
        while len(self._told) > MAX_KNOWN_RUNS:
            self._told.popitem(last=False)
        return is_new
