"""A runner's side of the wire, and task processes that speak with it."""

from __future__ import annotations

import json
import os
import socket
import socketserver
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from taskdeck.sdk import authoring

TOKEN = "a-token-of-the-task"


@dataclass
class Conversation:
    """One connection: what the task said on it, and whether it is over."""

    events: list[dict[str, Any]] = field(default_factory=list)
    is_over: bool = False


class Runner:
    """Speaks the wire format of a real one. Answers questions from ``connections``."""

    def __init__(self) -> None:
        self.conversations: list[Conversation] = []
        self.questions: list[dict[str, Any]] = []
        self.refused = 0
        self.connections: dict[str, dict[str, Any]] = {}
        self.answers = True
        self._open = 0
        self._changed = threading.Condition()
        self._server = _Server(self, self._converse)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self._server.server_address[1]}"

    @property
    def environment(self) -> dict[str, str]:
        return {"TASKDECK_CHANNEL": self.address, "TASKDECK_CHANNEL_TOKEN": TOKEN, "TASKDECK_RUN_ID": "12"}

    @property
    def events(self) -> list[dict[str, Any]]:
        """In the order of each connection, one connection after the other."""
        return [event for conversation in self.conversations for event in conversation.events]

    @property
    def texts(self) -> list[str]:
        return [event["text"] for event in self.events]

    def wait_until(self, condition: Callable[[], bool]) -> None:
        with self._changed:
            assert self._changed.wait_for(condition, timeout=20), f"only {self.events!r:.500} arrived"

    def wait_for_end(self) -> None:
        """Until every connection that was made is closed by its task."""
        # Connections are accepted in the order they were made: when ours is over, all earlier ones were counted.
        with socket.create_connection(self._server.server_address[:2]) as last:
            last.shutdown(socket.SHUT_WR)
            last.recv(1)
        self.wait_until(lambda: self._open == 0)

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def count_open(self, change: int) -> None:
        with self._changed:
            self._open += change
            self._changed.notify_all()

    def _converse(self, request: socketserver.StreamRequestHandler) -> None:
        greeting = request.rfile.readline()
        if not greeting:
            return
        if json.loads(greeting) != {"token": TOKEN}:
            self.refused += 1
            return
        conversation = Conversation()
        for line in request.rfile:
            said = json.loads(line)
            if "ask" in said:
                self.questions.append(said)
                answer = {"answer": self.connections.get(said["id"]), "known": sorted(self.connections)}
                if self.answers:
                    request.wfile.write(json.dumps(answer).encode() + b"\n")
                return
            with self._changed:
                if not conversation.events:
                    self.conversations.append(conversation)
                conversation.events.append(said)
                self._changed.notify_all()
        conversation.is_over = True


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def __init__(self, runner: Runner, converse: Callable[[socketserver.StreamRequestHandler], None]) -> None:
        self._runner = runner

        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                converse(self)

        super().__init__(("127.0.0.1", 0), Handler)

    def get_request(self) -> tuple[socket.socket, Any]:
        request = super().get_request()
        self._runner.count_open(1)
        return request

    def shutdown_request(self, request: Any) -> None:
        super().shutdown_request(request)
        self._runner.count_open(-1)


@pytest.fixture
def runner() -> Iterator[Runner]:
    running = Runner()
    yield running
    running.close()


@dataclass(frozen=True, kw_only=True)
class Result:
    code: int
    out: str
    err: str


class Tasks:
    """Runs pieces of Python as task processes, with the aliases on their path as a runner has it."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.environment: dict[str, str] = {}

    def start(self, code: str, *arguments: str, **environment: str) -> subprocess.Popen[str]:
        script = self.directory / "task.py"
        script.write_text(code, encoding="utf-8")
        return subprocess.Popen(
            [sys.executable, "-W", "error", str(script), *arguments],
            cwd=self.directory,
            env={
                **{name: value for name, value in os.environ.items() if not name.startswith("TASKDECK_")},
                "PYTHONPATH": str(authoring.ALIASES),
                "PYTHONIOENCODING": "utf-8",
                **self.environment,
                **environment,
            },
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )

    def run(self, code: str, *arguments: str, **environment: str) -> Result:
        with self.start(code, *arguments, **environment) as process:
            try:
                out, err = process.communicate(timeout=60)
            finally:
                process.kill()
        return Result(code=process.returncode, out=out, err=err)


@pytest.fixture
def tasks(tmp_path: Path) -> Tasks:
    """Without a server, in an empty directory."""
    (tmp_path / "work").mkdir()
    return Tasks(tmp_path / "work")


@pytest.fixture
def run_tasks(tasks: Tasks, runner: Runner) -> Tasks:
    """In a run of ``runner``."""
    tasks.environment = runner.environment
    return tasks
