"""Keeps the children of ``taskdeck serve`` up, and ends them with it."""

from __future__ import annotations

import _thread
import logging
import os
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from taskdeck.runner import processes

log = logging.getLogger(__name__)

SUPERVISED = "TASKDECK_SUPERVISED"
"""Set in a child: it ends when its standard input does, because its parent is gone then."""

RESTART_DELAYS_SECONDS = (0.1, 0.5, 1.0, 5.0)
# A child that ran this long was well: its next death starts with the shortest delay again.
HEALTHY_SECONDS = 30.0
# What cannot start says so before that.
UP_SECONDS = 10.0
STOP_SECONDS = 10.0
POLL_SECONDS = 0.2

EXIT_CANNOT_START = 3
"""A child's word that starting it again is of no use (a port in use, a wrong key)."""


@dataclass(kw_only=True)
class Child:
    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    deaths: int = 0
    was_up: bool = False
    """It has worked before: what keeps it from starting now, a full disk for example, may pass."""
    restart_at: float = 0.0


@dataclass(kw_only=True)
class Supervisor:
    children: list[Child] = field(default_factory=list)

    def add(self, name: str, *arguments: str, environment: Mapping[str, str]) -> None:
        """A child ``taskdeck NAME …`` with this environment."""
        command = [sys.executable, "-m", "taskdeck", name, *arguments]
        self.children.append(Child(name=name, command=command, environment=environment))

    def start(self) -> None:
        for child in self.children:
            self._start(child)

    def watch(self, stop: threading.Event) -> int:
        """Restarts children that die, until ``stop`` is set or one says that it cannot start; its exit code then."""
        while not stop.wait(POLL_SECONDS):
            for child in self.children:
                if (code := self._look_after(child)) is not None:
                    return code
        return 0

    def stop(self) -> None:
        """Asks all children to end and kills those that do not. Running runs go on: they are nobody's children."""
        running = [child.process for child in self.children if child.process is not None]
        for process in running:
            # Closing the pipe asks as well, on platforms without SIGTERM.
            if process.stdin is not None:
                process.stdin.close()
            if process.poll() is None:
                process.terminate()
        deadline = time.monotonic() + STOP_SECONDS
        for process in running:
            try:
                process.wait(max(0.0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def _look_after(self, child: Child) -> int | None:
        now = time.monotonic()
        if child.process is None:
            if now >= child.restart_at:
                self._start(child)
            return None
        code = child.process.poll()
        if code is None:
            return None
        child.was_up = child.was_up or now - child.started_at > UP_SECONDS
        if code == EXIT_CANNOT_START and not child.was_up:
            return code
        if now - child.started_at > HEALTHY_SECONDS:
            child.deaths = 0
        delay = RESTART_DELAYS_SECONDS[min(child.deaths, len(RESTART_DELAYS_SECONDS) - 1)]
        log.error("child_died", extra={"child": child.name, "exit": processes.describe_exit(code), "delay": delay})
        child.deaths += 1
        child.restart_at = now + delay
        if child.process.stdin is not None:
            child.process.stdin.close()
        child.process = None
        return None

    def _start(self, child: Child) -> None:
        child.process = subprocess.Popen(
            child.command,
            stdin=subprocess.PIPE,
            env={**child.environment, SUPERVISED: "1"},
            # A session of its own: Ctrl-C reaches the supervisor alone, which then ends the children in order.
            **processes.new_session(),
        )
        child.started_at = time.monotonic()


def end_with_parent() -> None:
    """In a child: ends this process by SIGTERM's own path when the supervisor is gone, however it went."""
    if os.environ.pop(SUPERVISED, None) != "1":
        return

    def wait_for_end_of_input() -> None:
        while os.read(0, 1):
            pass
        processes.terminate_self()

    # A bare thread: the web process patches the threading module while this one waits.
    _thread.start_new_thread(wait_for_end_of_input, ())
