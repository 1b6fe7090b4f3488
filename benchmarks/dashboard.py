"""A Socket.IO client that sees what a browser would show, and when."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import socketio

from benchmarks.server import RUN_SECONDS, TOKEN, NoAnswer, Server


@dataclass(kw_only=True)
class Watched:
    """One run as the dashboard saw it; times are of `time.perf_counter`, in seconds."""

    run_id: int
    clicked_at: float
    clicked_at_ns: int
    """The same by the wall clock."""
    first_message_at: float | None = None
    first_message_at_ns: int = 0
    ended_at: float | None = None
    status: str = ""
    messages: list[tuple[int, str, float]] = field(default_factory=list)
    """Seq, text, and when it came by the wall clock."""

    @property
    def first_message_seconds(self) -> float:
        if self.first_message_at is None:
            raise NoAnswer(f"run {self.run_id} {self.status} without a message")
        return self.first_message_at - self.clicked_at

    @property
    def end_seconds(self) -> float:
        assert self.ended_at is not None, "waited for"
        return self.ended_at - self.clicked_at


class Dashboard:
    """One client, which starts and watches one run at a time."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._client = socketio.Client()
        self._watched: Watched | None = None
        self._ended = threading.Event()
        self._client.on("events", self._take)
        self._client.connect(server.url, auth={"token": TOKEN}, transports=["websocket"])

    def run(self, task: str) -> Watched:
        """Clicks on *Run* and watches to the end. Raises `NoAnswer` also when the run does not succeed."""
        self._ended.clear()
        clicked_at_ns, clicked_at = time.time_ns(), time.perf_counter()
        run_id = self._server.submit(task)
        watched = Watched(run_id=run_id, clicked_at=clicked_at, clicked_at_ns=clicked_at_ns)
        self._watched = watched
        self._client.emit("watch", {"run_id": run_id, "after": 0})
        if not self._ended.wait(RUN_SECONDS):
            raise NoAnswer(f"run {run_id} did not end within {RUN_SECONDS:.0f} s")
        if watched.status != "succeeded":
            raise NoAnswer(f"run {run_id} of {task} ended as {watched.status or 'nobody knows what'}")
        return watched

    def close(self) -> None:
        self._client.disconnect()

    def _take(self, frame: dict[str, Any]) -> bool:
        arrived_at_ns, arrived_at = time.time_ns(), time.perf_counter()
        watched = self._watched
        if watched is None or frame["run_id"] != watched.run_id:
            return True
        for event in frame["events"]:
            if event["type"] == "message":
                if watched.first_message_at is None:
                    watched.first_message_at, watched.first_message_at_ns = arrived_at, arrived_at_ns
                watched.messages.append((event["seq"], event["text"], arrived_at_ns / 1e9))
            elif event["type"] == "status":
                watched.status = event["status"]
        if frame["ended"]:
            watched.ended_at = arrived_at
            self._ended.set()
        return True  # the acknowledgement that the server waits for while a client catches up


@contextmanager
def watching(server: Server) -> Iterator[Dashboard]:
    dashboard = Dashboard(server)
    try:
        yield dashboard
    finally:
        dashboard.close()
