"""The runs that left the queue last, in their order: read once, however many listen to DUFT's stream."""

from __future__ import annotations

import itertools
import threading
from collections import deque
from collections.abc import Sequence
from typing import Protocol

from taskdeck.model.run import Run

MAX_KEPT = 1000
PAGE_SIZE = 100


class Source(Protocol):
    """What departures need of the service."""

    def departed_after(self, departure: int, limit: int) -> list[Run]: ...

    def last_departure(self) -> int: ...


class Departures:
    """Of one server. Runs are as they were when they were read: only what never changes may be read from them."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._lock = threading.Lock()
        self._has_news = False
        self._kept: deque[Run] = deque()
        self._kept_after = 0
        self._last: int | None = None

    def wake(self) -> None:
        """There may be another one."""
        self._has_news = True

    def last(self) -> int:
        """Its number; 0 if none has left the queue yet."""
        with self._lock:
            return self._look()

    def after(self, departure: int) -> Sequence[Run]:
        """The next ones, a page of them; empty if there are none that `wake` has told of."""
        with self._lock:
            last = self._look() if self._has_news or self._last is None else self._last
            if departure >= last:
                return []
            if departure >= self._kept_after:
                later = (run for run in self._kept if (run.departure or 0) > departure)
                return list(itertools.islice(later, PAGE_SIZE))
        # Who comes back after a long time reads by itself.
        return self._source.departed_after(departure, PAGE_SIZE)

    def _look(self) -> int:
        if self._last is None:
            self._last = self._kept_after = self._source.last_departure()
        while page := self._page_after(self._last):
            self._kept.extend(page)
            self._last = page[-1].departure or self._last
        while len(self._kept) > MAX_KEPT:
            self._kept_after = self._kept.popleft().departure or 0
        return self._last

    def _page_after(self, departure: int) -> list[Run]:
        # Before reading: what comes meanwhile is news again, and so it is if the store cannot be read.
        self._has_news = False
        try:
            return self._source.departed_after(departure, PAGE_SIZE)
        except BaseException:
            self._has_news = True
            raise
