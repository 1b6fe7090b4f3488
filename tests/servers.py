"""A real server, started as a user starts it, and the HTTP client that scripts would use."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
TOKEN = "acceptance"
STARTS_WITHIN_SECONDS = 60.0


class Output:
    """What a process prints. It is always read on, so that the process never blocks."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._lines: list[str] = []
        self._news = threading.Condition()
        for stream in (process.stdout, process.stderr):
            threading.Thread(target=self._read, args=(stream,), daemon=True).start()

    def _read(self, stream: Any) -> None:
        for line in stream:
            with self._news:
                self._lines.append(line)
                self._news.notify_all()

    def wait_for(self, text: str) -> str:
        """The first line that holds it."""

        def found() -> str | None:
            return next((line for line in self._lines if text in line), None)

        with self._news:
            line = self._news.wait_for(found, STARTS_WITHIN_SECONDS)
            if line is None:
                pytest.fail(f"the server did not print {text!r}:\n" + "".join(self._lines))
            return line


class RunningServer:
    """`taskdeck serve` as a user starts it, and the HTTP client that scripts would use."""

    def __init__(self, project: Path, url: str, process: subprocess.Popen[str], output: Output | None = None) -> None:
        self.project = project
        self.url = url
        self.process = process
        self._output = output

    def wait_until_warm(self) -> None:
        """From then on runs are forked, and take a fraction of the time that a plain start takes."""
        assert self._output is not None, "only of a server that `serving` started"
        self._output.wait_for("pool_ready")

    def request(self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        all_headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json", **(headers or {})}
        call = urllib.request.Request(self.url + path, data=data, method=method, headers=all_headers)
        try:
            with urllib.request.urlopen(call, timeout=30) as answer:
                return answer.status, _decoded(answer)
        except urllib.error.HTTPError as error:
            with error:
                return error.code, _decoded(error)

    def get(self, path: str) -> Any:
        status, content = self.request("GET", path)
        assert status == 200, content
        return content

    def submit(self, task: str, **parameters: Any) -> int:
        status, content = self.request("POST", "/api/runs", {"task": task, "parameters": parameters})
        assert status == 201, content
        return content["id"]

    def wait(self, run_id: int, seconds: float = 90.0) -> dict[str, Any]:
        deadline = time.monotonic() + seconds
        while (run := self.get(f"/api/runs/{run_id}"))["status"] in ("queued", "running"):
            assert time.monotonic() < deadline, f"still waiting: {run}"
            time.sleep(0.05)
        return run

    def events(self, run_id: int) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        while page := self.get(f"/api/runs/{run_id}/events?after={found[-1]['seq'] if found else 0}")["events"]:
            found.extend(page)
        return found


def _decoded(answer: Any) -> Any:
    content = answer.read()
    return json.loads(content) if "json" in answer.headers.get("Content-Type", "") else content


@contextmanager
def serving(project: Path, *, port: int = 0, **environment: str) -> Iterator[RunningServer]:
    command = [sys.executable, "-m", "taskdeck", "serve", str(project), "--port", str(port), "--no-browser"]
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "TASKDECK_TOKEN": TOKEN, **environment},
    )
    try:
        output = Output(process)
        yield RunningServer(project, output.wait_for("?token=").strip().split("/?")[0], process, output)
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=30)


def copy_of_sample(target: Path) -> Path:
    for name in ("config", "data_tasks", "data"):
        shutil.copytree(ROOT / name, target / name, ignore=shutil.ignore_patterns("*.sqlite*", "__pycache__"))
    return target
