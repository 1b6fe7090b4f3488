"""All runs that somebody watches, and who watches which."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from typing import Protocol

from taskdeck.execution.service import EventPage
from taskdeck.model.event import WireEvent
from taskdeck.model.run import Run
from taskdeck.web.feed import Feed, Outlet

MAX_RUNS_PER_CLIENT = 20


class TooManyWatchedRuns(ValueError):
    """One client can watch only so many runs at a time; unwatch one first."""

    def __init__(self) -> None:
        super().__init__(f"One client can watch {MAX_RUNS_PER_CLIENT} runs at a time; unwatch one first.")


class Source(Protocol):
    """What feeds need of the service."""

    def run(self, run_id: int) -> Run: ...

    def events(self, run_id: int, after: int, limit: int) -> EventPage: ...

    def outline(self, run_id: int, after: int, up_to: int) -> Iterable[WireEvent]: ...


class Feeds:
    """The feeds of one server, by run."""

    def __init__(self, source: Source, outlet: Outlet) -> None:
        self._source = source
        self._outlet = outlet
        # One for all feeds, and reentrant: sending may find that a client is gone, which ends its watches.
        self._lock = threading.RLock()
        self._feeds: dict[int, Feed] = {}

    def watch(
        self, client: str, run_id: int, after: int, tail: int | None = None, *, most: int = MAX_RUNS_PER_CLIENT
    ) -> int:
        """Sends the client all events after ``after``, and those that follow; returns the last one stored by now.

        ``tail``: of what is stored by now, all of the last so many events, and the outline of what comes before them.
        Watching a run once more starts anew. Raises `UnknownRun` and `TooManyWatchedRuns`.
        """
        run = self._source.run(run_id)
        with self._lock:
            self._remove(client, run_id)
            if sum(feed.has(client) for feed in self._feeds.values()) >= most:
                raise TooManyWatchedRuns
            feed = self._feeds.get(run_id) or self._new_feed(run)
            # Nobody has an event that is not stored: whoever claims to has seen another store.
            outline_up_to = 0 if tail is None else max(0, run.recorded_seq - tail)
            feed.add(client, min(after, run.recorded_seq), outline_up_to)
            return run.recorded_seq

    def unwatch(self, client: str, run_id: int) -> None:
        with self._lock:
            self._remove(client, run_id)

    def forget(self, client: str) -> None:
        """The client is gone."""
        with self._lock:
            for run_id in list(self._feeds):
                self._remove(client, run_id)

    def wake(self, run_id: int | None = None) -> None:
        """There may be news of one run, or of all."""
        with self._lock:
            for feed in list(self._feeds.values()):
                if run_id in (None, feed.run_id):
                    feed.wake()

    def _new_feed(self, run: Run) -> Feed:
        feed = Feed(
            run.id,
            position=run.recorded_seq,
            read=self._source.events,
            outline=self._source.outline,
            outlet=self._outlet,
            lock=self._lock,
            on_idle=self._discard,
        )
        self._feeds[run.id] = feed
        return feed

    def _remove(self, client: str, run_id: int) -> None:
        if feed := self._feeds.get(run_id):
            feed.remove(client)

    def _discard(self, feed: Feed) -> None:
        if self._feeds.get(feed.run_id) is feed:
            del self._feeds[feed.run_id]
