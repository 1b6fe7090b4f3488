"""A real server, started as a user starts it, and the HTTP client that scripts would use."""

from __future__ import annotations

import json
import os
import queue
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


class RunningServer:
    """`taskdeck serve` as a user starts it, and the HTTP client that scripts would use."""

    def __init__(self, project: Path, url: str, process: subprocess.Popen[str]) -> None:
        self.project = project
        self.url = url
        self.process = process

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
        yield RunningServer(project, _announced_url(process), process)
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=30)


def _announced_url(process: subprocess.Popen[str]) -> str:
    """The address that the server prints; the rest of its output is read on, so that it never blocks."""
    found: queue.Queue[str] = queue.Queue()
    told: list[str] = []

    def read(stream: Any) -> None:
        for line in stream:
            told.append(line)
            if "?token=" in line:
                found.put(line.strip().split("/?")[0])

    for stream in (process.stdout, process.stderr):
        threading.Thread(target=read, args=(stream,), daemon=True).start()
    try:
        return found.get(timeout=STARTS_WITHIN_SECONDS)
    except queue.Empty:
        pytest.fail("the server did not start:\n" + "".join(told))


def copy_of_sample(target: Path) -> Path:
    for name in ("config", "data_tasks", "data"):
        shutil.copytree(ROOT / name, target / name, ignore=shutil.ignore_patterns("*.sqlite*", "__pycache__"))
    return target
