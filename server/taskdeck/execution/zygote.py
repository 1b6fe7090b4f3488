"""The worker's end of a zygote: started, asked to fork, listened to, ended. See `taskdeck.runner.zygote`."""

from __future__ import annotations

import json
import logging
import os
import select
import socket
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from taskdeck.model.pool import ParkedState
from taskdeck.model.task import TaskKind
from taskdeck.runner import packages, packet, processes
from taskdeck.runner.job import Job

log = logging.getLogger(__name__)

FORK_SECONDS = 5.0
MAX_EXIT_CODES = 1000


@dataclass(kw_only=True)
class Seat:
    """A forked runner without a job yet, and the socket over which it gets one."""

    kind: TaskKind
    pid: int
    created_at: float
    connection: socket.socket
    state: ParkedState = ParkedState.WARMING
    private_memory_bytes: int = 0
    """Of the runner and the process of its task, without what they share with the zygote; 0 while it warms up."""

    def look(self) -> bool:
        """Reads what the runner says; ``False`` when it is gone."""
        if not select.select([self.connection], [], [], 0)[0]:
            return True
        try:
            told = packet.receive_json(self.connection)
        except (packet.Disconnected, OSError):
            return False
        self.state = ParkedState(told["state"])
        self.private_memory_bytes = sum(told["private_memory_bytes"].values())
        return True

    def give(self, job: Job) -> bool:
        """Sends the job; ``False`` when the runner is gone.

        The connection stays open until the runner closes it: what is closed with something unread may take along
        what was sent.
        """
        try:
            self.connection.sendall(packet.encode(job.to_json()))
        except OSError:
            return False
        return True


@dataclass(kw_only=True)
class Zygote:
    """A process that has loaded the libraries of one Python and forks runners from itself."""

    python: str
    preload: Sequence[str]
    environment: Mapping[str, str]
    directory: Path
    is_ready: bool = False
    refused: str | None = None
    """Why this Python cannot fork with what it was to load."""
    failed: dict[str, str] = field(default_factory=dict)
    """Why a library could not be loaded, by name."""
    _installed: list[packages.Directory] = field(default_factory=list)
    """As it was when the zygote started."""
    _requests: int = 0
    _forked: dict[int, int] = field(default_factory=dict)
    """Pids, by the number of the request: an answer that comes too late must not be taken for the next one."""
    _exit_codes: dict[int, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Raises `OSError`."""
        self._connection, theirs = socket.socketpair()
        try:
            with theirs:
                self._process = self._start(theirs.fileno())
        except OSError:
            self._connection.close()
            raise
        self._unread = b""

    def _start(self, descriptor: int) -> subprocess.Popen[bytes]:
        arguments = [str(descriptor), str(os.getpid()), *self.preload]
        return subprocess.Popen(
            # Unbuffered: what is held back would be printed by each fork once more.
            [self.python, "-u", "-m", "taskdeck.runner.zygote", *arguments],
            stdin=subprocess.DEVNULL,
            cwd=self.directory,
            # The run's directory last: who reads this block of memory stops at an end, see
            # `processes.show_run_directory`.
            env={
                **self.environment,
                # The debugger of ipykernel complains about Python's own frozen modules otherwise.
                "PYDEVD_DISABLE_FILE_VALIDATION": "1",
                "TASKDECK_RUN_DIR": processes.RUN_DIRECTORY_ROOM,
            },
            pass_fds=[descriptor],
            **processes.new_session(),
        )

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def is_alive(self) -> bool:
        return self._process.poll() is None

    @property
    def is_outdated(self) -> bool:
        """Whether a package was installed, changed or removed since it was started."""
        return any(directory.has_changed() for directory in self._installed)

    def look(self) -> None:
        """Reads what the zygote has said meanwhile, without waiting."""
        while select.select([self._connection], [], [], 0)[0] and self._read():
            pass

    def fork(self, kind: TaskKind, *, urgent: bool) -> Seat | None:
        """A new runner, which warms up; ``None`` when the zygote does not answer. ``urgent``: at normal priority."""
        ours, theirs = socket.socketpair()
        with theirs:
            try:
                self._requests += 1
                request = json.dumps({"kind": kind, "urgent": urgent, "number": self._requests}).encode()
                socket.send_fds(self._connection, [request], [theirs.fileno()])
            except OSError:
                ours.close()
                return None
        deadline = time.monotonic() + FORK_SECONDS
        while self._requests not in self._forked:
            left = max(0.0, deadline - time.monotonic())
            if not select.select([self._connection], [], [], left)[0] or not self._read():
                ours.close()
                return None
        pid = self._forked.pop(self._requests)
        return Seat(kind=kind, pid=pid, created_at=processes.created_at(pid), connection=ours)

    def exit_code(self, pid: int) -> int | None:
        """Of a runner that was forked here and has ended; ``None`` if it runs or nobody knows."""
        if self._connection.fileno() != -1:
            self.look()
        return self._exit_codes.get(pid)

    def close(self) -> None:
        """Ends the zygote. What it forked goes on."""
        self._connection.close()
        self._process.kill()
        threading.Thread(target=self._process.wait, name=f"reap {self.pid}", daemon=True).start()

    def _read(self) -> bool:
        """Takes in some of what was said; ``False`` at the end of the zygote."""
        try:
            data = self._connection.recv(65536)
        except OSError:
            return False
        *lines, self._unread = (self._unread + data).split(b"\n")
        for line in lines:
            self._hear(json.loads(line))
        return bool(data)

    def _hear(self, news: dict[str, Any]) -> None:
        match news:
            case {"ready": True, "failed": failed, "installed": found}:
                self.is_ready, self.failed = True, failed
                self._installed = [packages.Directory(**directory) for directory in found]
            case {"refused": reason}:
                self.refused = reason
            case {"forked": pid, "number": number}:
                self._forked = {number: pid}
            case {"ended": pid, "exit_code": code}:
                self._exit_codes[pid] = code
                if len(self._exit_codes) > MAX_EXIT_CODES:
                    del self._exit_codes[next(iter(self._exit_codes))]
            case _:
                log.warning("zygote_not_understood", extra={"said": str(news)[:200]})
