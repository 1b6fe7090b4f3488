"""The events of one watched run: read once, sent to everybody who watches it, from wherever each one stands.

A feed has one position, the last event it has sent to the run's room. Who joins stands further back and is sent
pages of its own, the next when it has acknowledged the last, until it stands where the feed stands: at that moment,
with nothing happening in between, it enters the room. So nobody misses an event, gets one twice or out of order.
Who takes events more slowly than they come leaves the room again and catches up the same way: however slow a client
is, the server never holds more for it than a bounded number of frames.

The state of all feeds is guarded by one lock. What waits, for the store or for a client, is done without it.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Protocol

from taskdeck.execution.service import EventPage, UnknownRun
from taskdeck.model.event import WireEvent
from taskdeck.web import frames
from taskdeck.web.frames import PageSize

log = logging.getLogger(__name__)

POLL_SECONDS = 1.0
"""A hint may get lost: the store is looked at after this time in any case."""
FRAME_INTERVAL_SECONDS = 0.02
"""The first frames after a pause are sent at once; then there is one in so long, which collects what has come."""
FRAMES_AT_ONCE = 4
MAX_BACKLOG = 16
"""Frames waiting for a client in the room; with more, it has to catch up by itself."""
ACKNOWLEDGEMENT_SECONDS = 5.0
"""Who has not acknowledged a frame by then gets the next one only if nothing is waiting for it."""

Frame = dict[str, Any]


class Outlet(Protocol):
    """The way to the clients. Only `spawn`'s work may wait."""

    def send_to_room(self, run_id: int, frame: Frame) -> None: ...

    def send_to_client(self, client: str, frame: Frame, acknowledged: Callable[[], None]) -> None: ...

    def enter_room(self, client: str, run_id: int) -> None: ...

    def leave_room(self, client: str, run_id: int) -> None: ...

    def backlog(self, client: str) -> int:
        """Frames that wait for the client to take them."""

    def spawn(self, work: Callable[..., None], *arguments: Any) -> None:
        """Runs ``work`` beside everything else."""


@dataclass(eq=False, kw_only=True)
class Watch:
    """One client's watching of one run."""

    client: str
    position: int
    """The last event it was sent, or has from before."""
    outline_up_to: int
    """Up to this event it gets the outline only; see `execution.outlines`."""
    in_room: bool = False
    is_over: bool = False
    progress: threading.Event = field(default_factory=threading.Event)
    """Set when the last frame is acknowledged, and when the watch is over."""


class Pace:
    """How fast frames may follow each other: a few at once, then one in each interval."""

    def __init__(self) -> None:
        self._due = 0.0

    def after_frame(self, now: float) -> float:
        """Seconds to wait after a frame that was sent ``now``, by a clock that only goes forward."""
        self._due = max(self._due, now - (FRAMES_AT_ONCE - 1) * FRAME_INTERVAL_SECONDS) + FRAME_INTERVAL_SECONDS
        return max(0.0, self._due - now)


class Feed:
    """One run, while somebody watches it."""

    def __init__(
        self,
        run_id: int,
        *,
        position: int,
        read: Callable[[int, int, int], EventPage],
        outline: Callable[[int, int, int], Iterable[WireEvent]],
        outlet: Outlet,
        lock: threading.RLock,
        on_idle: Callable[[Feed], None],
    ) -> None:
        """``position``: the last event in the store by now. ``on_idle`` is called, under the lock, when the last
        watch is over."""
        self.run_id = run_id
        self.position = position
        self._read = read
        self._outline = outline
        self._outlet = outlet
        self._lock = lock
        self._on_idle = on_idle
        self._watches: dict[str, Watch] = {}
        self._news = threading.Event()
        self._is_following = False
        self._has_ended = False
        self._pace = Pace()

    def has(self, client: str) -> bool:
        return client in self._watches

    def add(self, client: str, after: int, outline_up_to: int = 0) -> None:
        """The client gets all events after ``after``, as far as ``outline_up_to`` in outline. The lock is held."""
        watch = Watch(client=client, position=after, outline_up_to=outline_up_to)
        self._watches[client] = watch
        self._outlet.spawn(self._catch_up, watch)
        if not self._is_following:
            self._is_following = True
            self._outlet.spawn(self._follow)

    def remove(self, client: str) -> None:
        """The client gets nothing more. The lock is held."""
        if watch := self._watches.pop(client, None):
            self._retire(watch)

    def wake(self) -> None:
        """There may be news."""
        self._news.set()

    def _follow(self) -> None:
        """Sends the room what is new, as long as anybody watches."""
        page_size = PageSize()
        while True:
            self._news.clear()
            with self._lock:
                if self._has_ended or not self._watches:
                    self._is_following = False
                    return
            try:
                has_sent = self._advance(page_size)
            except UnknownRun:
                with self._lock:
                    self._is_following = False
                    self._retire_all()
                return
            except Exception:
                # A store that is away for a moment must not end the watching.
                log.exception("feed_failed run_id=%s", self.run_id)
                has_sent = False
            if not has_sent:
                self._news.wait(POLL_SECONDS)

    def _advance(self, page_size: PageSize) -> bool:
        """Sends the room the next page of events, if there is one."""
        page = self._read(self.run_id, self.position, page_size.limit)
        page_size.adapt(page.events)
        for events in frames.split(page.events):
            with self._lock:
                self.position = events[-1]["seq"]
                self._has_ended = page.ended and events[-1] is page.events[-1]
                self._send_to_room(events)
            time.sleep(self._pace.after_frame(time.monotonic()))
        if page.ended and not page.events:
            with self._lock:
                self._has_ended = True
                self._send_to_room([])
        return bool(page.events)

    def _send_to_room(self, events: list[WireEvent]) -> None:
        in_room = [watch for watch in self._watches.values() if watch.in_room]
        if not in_room:
            return
        self._outlet.send_to_room(self.run_id, self._frame(events, self.position, ended=self._has_ended))
        for watch in in_room:
            if self._has_ended:
                self.remove(watch.client)
            elif self._outlet.backlog(watch.client) > MAX_BACKLOG:
                self._leave_room(watch)
                watch.position = self.position
                self._outlet.spawn(self._catch_up, watch)

    def _catch_up(self, watch: Watch) -> None:
        """Sends one client what it lacks, at its own speed, until it stands where the feed stands."""
        page_size = PageSize()
        while True:
            with self._lock:
                if watch.is_over:
                    return
                target = self.position
                is_taking = self._outlet.backlog(watch.client) <= MAX_BACKLOG // 2
                if watch.position == target and is_taking:
                    self._arrive(watch)
                    return
            if watch.position > target:
                # It has events from elsewhere that the feed is about to read, and must not get them again.
                self._news.set()
            if watch.position >= target or not is_taking:
                time.sleep(FRAME_INTERVAL_SECONDS)
                continue
            try:
                if watch.position < watch.outline_up_to:
                    if not self._send_outline(watch):
                        return
                    continue
                # Never beyond the feed's position: what comes after it, the room gets.
                page = self._read(self.run_id, watch.position, min(page_size.limit, target - watch.position))
            except UnknownRun:
                with self._lock:
                    self.remove(watch.client)
                return
            except Exception:
                log.exception("replay_failed run_id=%s", self.run_id)
                watch.progress.wait(POLL_SECONDS)
                continue
            page_size.adapt(page.events)
            for events in frames.split(page.events):
                if not self._send_to_client(watch, events):
                    return
            if not page.events:
                watch.position = target

    def _arrive(self, watch: Watch) -> None:
        if not self._has_ended:
            self._outlet.enter_room(watch.client, self.run_id)
            watch.in_room = True
            return
        frame = self._frame([], self.position, ended=True)
        self._outlet.send_to_client(watch.client, frame, lambda: None)
        self.remove(watch.client)

    def _send_outline(self, watch: Watch) -> bool:
        """``False`` when the watch is over."""
        outline = self._outline(self.run_id, watch.position, watch.outline_up_to)
        for events in frames.split(outline):
            if not self._send_to_client(watch, events):
                return False
        return watch.position == watch.outline_up_to or self._send_to_client(watch, [], up_to=watch.outline_up_to)

    def _send_to_client(self, watch: Watch, events: list[WireEvent], *, up_to: int | None = None) -> bool:
        """Waits until the client has taken the frame; ``False`` when the watch is over.

        ``up_to``: the event up to which there is nothing else to send; otherwise the last of ``events``.
        """
        with self._lock:
            if watch.is_over:
                return False
            after = watch.position
            watch.position = up_to or events[-1]["seq"]
            watch.progress.clear()
            left_out = watch.position - after - len(events)
            frame = self._frame(events, watch.position, ended=False, left_out=left_out)
            self._outlet.send_to_client(watch.client, frame, watch.progress.set)
        while not watch.progress.wait(ACKNOWLEDGEMENT_SECONDS):
            if self._outlet.backlog(watch.client) == 0:
                break
        return not watch.is_over

    def _frame(self, events: list[WireEvent], last_seq: int, *, ended: bool, left_out: int = 0) -> Frame:
        after = last_seq - len(events) - left_out
        return {
            "run_id": self.run_id,
            "after": after,
            "events": events,
            "last_seq": last_seq,
            "left_out": left_out,
            "ended": ended,
        }

    def _retire(self, watch: Watch) -> None:
        watch.is_over = True
        watch.progress.set()
        if watch.in_room:
            self._leave_room(watch)
        if not self._watches:
            self._news.set()
            self._on_idle(self)

    def _retire_all(self) -> None:
        for client in list(self._watches):
            self.remove(client)

    def _leave_room(self, watch: Watch) -> None:
        watch.in_room = False
        self._outlet.leave_room(watch.client, self.run_id)
