"""DUFT's stream of events: all runs in one, for who listens now, comes late or comes back.

Each listener is a client of the same feeds as the sockets of the dashboard: a run is read once for all of them, and who
takes messages more slowly than they come catches up by itself, at its own speed.
"""

from __future__ import annotations

import itertools
import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from taskdeck.execution.service import UnknownRun
from taskdeck.model.event import WireEvent
from taskdeck.model.run import Run, RunStatus
from taskdeck.web import duft_departures, duft_messages, duft_progress
from taskdeck.web.duft_departures import Departures
from taskdeck.web.duft_progress import MAX_OPEN, Progress
from taskdeck.web.feed import Frame
from taskdeck.web.feeds import Feeds

log = logging.getLogger(__name__)

HEARTBEAT_SECONDS = 15.0
"""Proxies close what is silent for a minute; and a browser that is gone is noticed when something is sent to it."""
MAX_LISTENERS = 1000
MAX_REPLAYED = 10_000
"""Events of a run that who comes late gets from the time before."""
MAX_QUEUED = 1000
MAX_KNOWN_RUNS = 1000
_BEGINNING = b"retry: 2000\nid: %s\n\n"
_HEARTBEAT = b": still here\n\n"

_CLIENT = "duft:"
"""How their names among the clients of feeds begin; those of sockets are made of letters and digits."""
_numbers = itertools.count(1)


class TooManyListeners(RuntimeError):
    """So many listen to the stream of events already that the server takes no more. Try again later."""

    def __init__(self) -> None:
        super().__init__(self.__doc__)


class Source(duft_departures.Source, Protocol):
    """What the stream needs of the service."""

    def run(self, run_id: int) -> Run: ...

    def runs(
        self, task: str | None = None, status: RunStatus | None = None, before: int | None = None, limit: int = 50
    ) -> list[Run]: ...


@dataclass(eq=False, kw_only=True)
class Piece:
    """A frame of a run, the same one for all who stand in its room."""

    run_id: int
    events: Sequence[WireEvent]
    ended: bool
    acknowledged: Callable[[], None] = lambda: None
    told: list[Told] | None = None
    """What it is to listeners, as soon as the first one has worked it out."""


class Told(NamedTuple):
    seq: int
    data: bytes
    may_be_the_end: bool


@dataclass(eq=False, kw_only=True)
class Listener:
    """One connection. Its progress is its own thread's alone."""

    client: str
    progress: Progress = field(default_factory=Progress)
    is_gone: bool = False
    news: threading.Event = field(default_factory=threading.Event)
    """Set when there is a piece for it, when a run has begun, and when it is to end."""
    _pieces: deque[Piece] = field(default_factory=deque)

    @property
    def backlog(self) -> int:
        return len(self._pieces)

    def put(self, piece: Piece) -> None:
        self._pieces.append(piece)
        self.news.set()

    def take(self) -> Piece | None:
        return self._pieces.popleft() if self._pieces else None

    def end(self) -> None:
        self.is_gone = True
        self.news.set()


class Listeners:
    """All connections to the stream; `feed.Outlet` for them."""

    def __init__(self, source: Source, *, heartbeat_seconds: float = HEARTBEAT_SECONDS) -> None:
        self._source = source
        self._departures = Departures(source)
        self._heartbeat_seconds = heartbeat_seconds
        self._listeners: dict[str, Listener] = {}
        self._rooms: dict[int, set[str]] = {}
        self._runs: dict[int, Run] = {}
        """Those that were told of last, as they were when they began: only what never changes is read from them."""
        self._feeds: Feeds
        self._is_stopped = False

    def init_feeds(self, feeds: Feeds) -> None:
        self._feeds = feeds

    def stop(self) -> None:
        self._is_stopped = True
        for listener in list(self._listeners.values()):
            listener.end()

    def check_room(self) -> None:
        """Raises `TooManyListeners`."""
        if len(self._listeners) >= MAX_LISTENERS:
            raise TooManyListeners

    def listen(self, last_event_id: str = "", *, may: Callable[[], bool] = lambda: True) -> Iterator[bytes]:
        """What one connection is sent until it is closed. ``may`` is asked now and then whether that is right still."""
        listener = Listener(client=f"{_CLIENT}{next(_numbers)}")
        try:
            # First of all: whatever begins from here on wakes it.
            self._listeners[listener.client] = listener
            yield b"".join(self._join(listener, last_event_id))
            yield from self._tell(listener, may)
        finally:
            listener.end()
            self._listeners.pop(listener.client, None)
            self._feeds.forget(listener.client)

    def run_changed(self, run: Run) -> None:
        """A run may have left the queue; which ones have, the store knows."""
        if run.status is RunStatus.QUEUED:
            return
        self._departures.wake()
        for listener in list(self._listeners.values()):
            listener.news.set()

    # Where a listener begins

    def _join(self, listener: Listener, last_event_id: str) -> Iterator[bytes]:
        """The first that it is sent: where it stands, for the case that its connection breaks before anything else."""
        last = self._departures.last()
        known = duft_progress.parse(last_event_id)
        if known is None or known.departure > last:
            listener.progress = Progress(departure=last)
            yield _BEGINNING % listener.progress.text().encode()
            yield from self._join_late(listener)
        else:
            listener.progress = known
            yield _BEGINNING % known.text().encode()
            for run_id, seq in list(known.open.items()):
                self._watch(listener, run_id, seq)

    def _join_late(self, listener: Listener) -> Iterator[bytes]:
        """What is going on by now: it has begun, but for this listener it is to come."""
        running = self._source.runs(status=RunStatus.RUNNING, limit=MAX_OPEN)
        again = [run for run in self._source.runs(status=RunStatus.QUEUED, limit=MAX_QUEUED) if run.attempt]
        # What has left the queue since then comes in its turn.
        begun = [run for run in [*running, *again] if (run.departure or 0) <= listener.progress.departure]
        for run in reversed(begun[:MAX_OPEN]):
            yield from self._begin(listener, run, after=max(0, run.recorded_seq - MAX_REPLAYED))

    def _begin(self, listener: Listener, run: Run, after: int = 0) -> Iterator[bytes]:
        self._know(run)
        listener.progress.begin(run.id, run.departure, after)
        yield _message(listener, duft_messages.started(run))
        if after:
            yield _message(listener, duft_messages.left_out(run, after))
        self._watch(listener, run.id, after)

    def _watch(self, listener: Listener, run_id: int, after: int) -> None:
        try:
            self._feeds.watch(listener.client, run_id, after, most=MAX_OPEN)
        except UnknownRun:
            listener.progress.end(run_id)

    # What it is told

    def _tell(self, listener: Listener, may: Callable[[], bool]) -> Iterator[bytes]:
        held: dict[int, Told] = {}
        """By run, what may be its end: that is known when nothing follows."""
        asked_at = time.monotonic()
        while not (self._is_stopped or listener.is_gone):
            # Before looking: what comes meanwhile sets it again.
            listener.news.clear()
            if text := b"".join(self._begin_next(listener)):
                yield text
            if time.monotonic() - asked_at >= self._heartbeat_seconds:
                if not may():
                    return
                asked_at = time.monotonic()
            if piece := listener.take():
                if text := b"".join(self._texts(listener, piece, held)):
                    yield text
                # Only now: it has been sent.
                piece.acknowledged()
            elif not listener.news.wait(self._heartbeat_seconds):
                yield _HEARTBEAT

    def _begin_next(self, listener: Listener) -> Iterator[bytes]:
        """As many as there is room for: those that have left the queue since the last one that it was told of."""
        progress = listener.progress
        while not progress.is_full and (later := self._departures.after(progress.departure)):
            for run in itertools.islice(later, MAX_OPEN - len(progress.open)):
                yield from self._begin(listener, run)

    def _texts(self, listener: Listener, piece: Piece, held: dict[int, Told]) -> Iterator[bytes]:
        progress, run_id = listener.progress, piece.run_id
        if piece.told is None:
            piece.told = self._told(piece)
        for told in piece.told:
            if earlier := held.pop(run_id, None):
                progress.reach(run_id, earlier.seq)
                yield _message(listener, earlier.data)
            if told.may_be_the_end:
                held[run_id] = told
            else:
                progress.reach(run_id, told.seq)
                yield _message(listener, told.data)
        if piece.ended:
            held.pop(run_id, None)
            progress.end(run_id)
            yield _message(listener, duft_messages.ended(self._source.run(run_id), others_run=bool(progress.open)))

    def _told(self, piece: Piece) -> list[Told]:
        run = self._run(piece.run_id)
        return [
            Told(event["seq"], data, _may_end(event))
            for event in piece.events
            if (data := duft_messages.said(run, event)) is not None
        ]

    def _run(self, run_id: int) -> Run:
        return self._know(self._runs.get(run_id) or self._source.run(run_id))

    def _know(self, run: Run) -> Run:
        self._runs.pop(run.id, None)
        self._runs[run.id] = run
        while len(self._runs) > MAX_KNOWN_RUNS:
            self._runs.pop(next(iter(self._runs)), None)
        return run

    # `feed.Outlet`; nothing here may wait.

    def send_to_room(self, run_id: int, frame: Frame) -> None:
        if clients := self._rooms.get(run_id):
            piece = Piece(run_id=run_id, events=frame["events"], ended=frame["ended"])
            for client in list(clients):
                if listener := self._listeners.get(client):
                    listener.put(piece)

    def send_to_client(self, client: str, frame: Frame, acknowledged: Callable[[], None]) -> None:
        if listener := self._listeners.get(client):
            listener.put(
                Piece(run_id=frame["run_id"], events=frame["events"], ended=frame["ended"], acknowledged=acknowledged)
            )

    def enter_room(self, client: str, run_id: int) -> None:
        self._rooms.setdefault(run_id, set()).add(client)

    def leave_room(self, client: str, run_id: int) -> None:
        clients = self._rooms.get(run_id, set())
        clients.discard(client)
        if not clients:
            self._rooms.pop(run_id, None)

    def backlog(self, client: str) -> int:
        listener = self._listeners.get(client)
        return listener.backlog if listener else 0


def is_listener(client: str) -> bool:
    return client.startswith(_CLIENT)


def _may_end(event: WireEvent) -> bool:
    return event["type"] == "status" and RunStatus(event["status"]).is_final


def _message(listener: Listener, data: bytes) -> bytes:
    return b"id: %s\ndata: %s\n\n" % (listener.progress.text().encode(), data)
