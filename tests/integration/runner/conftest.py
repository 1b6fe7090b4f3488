"""Starts runners exactly as the worker does, in both ways: plainly, and forked ahead from a zygote.

Every test of this directory that does not say otherwise is run with both.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import nbformat
import pytest

from taskdeck.execution.runner_process import runner_environment
from taskdeck.execution.zygote import Seat, Zygote
from taskdeck.model.task import TaskKind
from taskdeck.runner import control, processes
from taskdeck.runner.job import Job
from taskdeck.settings import Settings

Event = dict[str, Any]
PATIENCE_SECONDS = 30.0

# A task speaks to its runner without any library, as a program in another language would.
SAY = """
import json, os, socket
_host, _port = os.environ["TASKDECK_CHANNEL"].rsplit(":", 1)
_socket = socket.create_connection((_host, int(_port)))
_socket.sendall(json.dumps({"token": os.environ["TASKDECK_CHANNEL_TOKEN"]}).encode() + b"\\n")

def send(**line):
    _socket.sendall(json.dumps(line).encode() + b"\\n")

def say(text, level="info"):
    send(kind="message", level=level, text=text)

def ask(connection_id):
    with socket.create_connection((_host, int(_port))) as question:
        question.sendall(json.dumps({"token": os.environ["TASKDECK_CHANNEL_TOKEN"]}).encode() + b"\\n")
        question.sendall(json.dumps({"ask": "connection", "id": connection_id}).encode() + b"\\n")
        return json.loads(question.makefile().readline())
"""


@dataclass(frozen=True, kw_only=True)
class LeasedProcess:
    """A runner that is the zygote's child: what a test needs of `subprocess.Popen`."""

    zygote: Zygote
    pid: int

    def poll(self) -> int | None:
        return self.zygote.exit_code(self.pid)

    def wait(self, timeout: float = PATIENCE_SECONDS) -> int:
        deadline = time.monotonic() + timeout
        while (code := self.poll()) is None:
            assert time.monotonic() < deadline, f"{self.pid} has not ended"
            time.sleep(0.005)
        return code

    def send_signal(self, number: int) -> None:
        os.kill(self.pid, number)

    def kill(self) -> None:
        os.kill(self.pid, signal.SIGKILL)


@dataclass(kw_only=True)
class Running:
    """A runner that was started, and what it leaves in its directory."""

    process: subprocess.Popen[bytes] | LeasedProcess
    directory: Path

    @property
    def journal(self) -> list[Event]:
        """The complete lines so far."""
        try:
            data = (self.directory / "journal.jsonl").read_bytes()
        except FileNotFoundError:
            return []
        return [json.loads(line, parse_constant=_no_json) for line in data[: data.rfind(b"\n") + 1].splitlines()]

    def finish(self) -> list[Event]:
        """The whole journal, when the runner has ended with its outcome as the last line."""
        assert self.process.wait(PATIENCE_SECONDS) == 0, self.log
        events = self.journal
        assert events[-1]["type"] == "status", events
        assert [each["seq"] for each in events] == list(range(events[0]["seq"], events[0]["seq"] + len(events)))
        return events

    def until(self, wanted: Callable[[Event], bool]) -> Event:
        """The first event that is wanted, as soon as it is in the journal of a run that still goes on."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            ended = self.process.poll() is not None
            for event in self.journal:
                if wanted(event):
                    return event
            assert not ended, f"ended without it: {self.journal}\n{self.log}"
            time.sleep(0.01)
        raise AssertionError(f"not within {PATIENCE_SECONDS} s: {self.journal}")

    def until_said(self, text: str) -> Event:
        return self.until(lambda event: event["type"] in ("message", "stream") and text in event["text"])

    def cancel(self) -> bool:
        return control.request_cancel(self.directory, "ada", 5.0)

    @property
    def log(self) -> str:
        return (self.directory / "runner.log").read_text()

    @property
    def notebook(self) -> Any:
        notebook = nbformat.read(self.directory / "output.ipynb", as_version=4)
        nbformat.validate(notebook)
        return notebook


class Runners:
    """Writes tasks into a project and starts their runners."""

    def __init__(self, project: Path, zygote: Zygote | None) -> None:
        """``zygote``: what forks them; ``None`` starts them plainly."""
        self._zygote = zygote
        self.project = project
        self.tasks = project / "data_tasks"
        self.tasks.mkdir(parents=True)
        self.started: list[Running] = []
        self._seats: list[Seat] = []

    def script(self, code: str, *, speaks: bool = False, **job: Any) -> Running:
        file = self.tasks / "task.py"
        file.write_text((SAY if speaks else "") + code)
        return self.start(kind="script", file=str(file), **job)

    def notebook(
        self,
        *sources: str,
        speaks: bool = False,
        metadata: dict[str, Any] | None = None,
        **job: Any,
    ) -> Running:
        """``speaks``: the first cell begins with what a task needs to speak."""
        first, *others = sources
        cells = [nbformat.v4.new_code_cell(source) for source in (SAY + first if speaks else first, *others)]
        notebook = nbformat.v4.new_notebook(cells=cells, metadata=metadata or {})
        return self.notebook_json(nbformat.v4.writes(notebook), **job)

    def notebook_json(self, text: str, **job: Any) -> Running:
        file = self.tasks / "task.ipynb"
        file.write_text(text)
        return self.start(kind="notebook", file=str(file), **job)

    def start(
        self,
        *,
        environ: dict[str, str] | None = None,
        prepare: Callable[[Path], None] | None = None,
        limit_bytes: int | None = None,
        **changes: Any,
    ) -> Running:
        """``limit_bytes`` stands in for a disk that becomes full: no file can grow beyond it."""
        run_id = len(self.started) + 1
        directory = self.project / ".taskdeck" / "runs" / str(run_id)
        directory.mkdir(parents=True)
        if prepare is not None:
            prepare(directory)
        job = Job(
            run_id=run_id,
            attempt=1,
            task_id="sample",
            task_name="Sample",
            kind="script",
            file="",
            run_directory=str(directory),
            working_directory=str(self.tasks),
            project_root=str(self.project),
            data_directory=str(self.project / "data"),
            temporary_directory=str(self.project / "tmp"),
            uploads_directory=str(self.project / "uploads"),
            config_directory=str(self.project / "config"),
            layout="native",
            cancel_timeout_seconds=10.0,
        )
        job = replace(job, **changes)
        running = Running(process=self._process(job, directory, environ, limit_bytes), directory=directory)
        self.started.append(running)
        return running

    def _process(
        self, job: Job, directory: Path, environ: dict[str, str] | None, limit_bytes: int | None
    ) -> subprocess.Popen[bytes] | LeasedProcess:
        if self._zygote is not None:
            assert environ is None, "a zygote has its own variables: say that this test is for plain runners"
            seat = self._zygote.fork(TaskKind(job.kind), urgent=True)
            assert seat is not None
            if limit_bytes is not None:
                _limit_file_size(limit_bytes, seat.pid)
            assert seat.give(job)
            self._seats.append(seat)
            return LeasedProcess(zygote=self._zygote, pid=seat.pid)
        with (directory / "runner.log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "taskdeck.runner"],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                cwd=directory,
                env={**_inherited(), **(environ or {})},
                preexec_fn=None if limit_bytes is None else lambda: _limit_file_size(limit_bytes, 0),
                **processes.new_session(),
            )
        assert process.stdin is not None
        with process.stdin as stdin:
            stdin.write(job.to_json().encode())
        return process

    def end(self) -> None:
        for running in self.started:
            if running.process.poll() is None:
                processes.kill_tree(running.process.pid, processes.created_at(running.process.pid))
            running.process.wait()
        for seat in self._seats:
            seat.connection.close()


@pytest.fixture(scope="session")
def zygote(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Zygote]:
    started = Zygote(
        python=sys.executable,
        preload=Settings.preload,
        environment=_inherited(),
        directory=tmp_path_factory.mktemp("zygote"),
    )
    deadline = time.monotonic() + 60.0
    while not started.is_ready:
        assert started.is_alive, started.refused
        assert time.monotonic() < deadline, "the zygote was not ready in time"
        time.sleep(0.02)
        started.look()
    yield started
    started.close()


@pytest.fixture(params=["plain", "warm"])
def runners(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Runners]:
    forking = request.getfixturevalue("zygote") if request.param == "warm" else None
    started = Runners(tmp_path / "project", forking)
    yield started
    started.end()


def _inherited() -> dict[str, str]:
    # ipykernel behaves differently under pytest: it leaves the descriptors of its process alone.
    return {name: value for name, value in runner_environment().items() if name != "PYTEST_CURRENT_TEST"}


def _no_json(constant: str) -> None:
    raise AssertionError(f"{constant} is not JSON: no browser can read it")


def _limit_file_size(limit_bytes: int, pid: int) -> None:
    import resource

    resource.prlimit(pid, resource.RLIMIT_FSIZE, (limit_bytes, limit_bytes))
