"""A Taskdeck server of its own, started as a user starts it, and its HTTP interface on one connection."""

from __future__ import annotations

import http.client
import json
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psutil

from benchmarks import processes

TOKEN = "benchmark"  # of a server that lives for a minute on loopback
START_SECONDS = 60.0
STOP_SECONDS = 30.0
RUN_SECONDS = 120.0
PLAIN = {"TASKDECK_POOL_SIZE": "0"}


class NoAnswer(Exception):
    """The server did not start or did not answer as it should; the message says what it did."""


class Server:
    """One running server."""

    def __init__(self, project: Path, url: str, pid: int) -> None:
        self.project = project
        self.url = url
        self.pid = pid
        self._connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=RUN_SECONDS)

    def request(self, method: str, path: str, body: Any = None) -> Any:
        """The decoded answer. Raises `NoAnswer`, and `OSError` when the connection breaks."""
        data = None if body is None else json.dumps(body)
        headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"}
        self._connection.request(method, path, body=data, headers=headers)
        answer = self._connection.getresponse()
        content = answer.read()
        if answer.status >= 400:
            raise NoAnswer(f"{method} {path}: {answer.status} {content[:200]!r}")
        return json.loads(content) if "json" in answer.headers.get("Content-Type", "") else content

    def submit(self, task: str) -> int:
        run_id: int = self.request("POST", "/api/runs", {"task": task, "parameters": {}})["id"]
        return run_id

    def wait(self, run_id: int) -> dict[str, Any]:
        """The run when it has ended. Raises `NoAnswer`."""
        deadline = time.monotonic() + RUN_SECONDS
        while True:
            run: dict[str, Any] = self.request("GET", f"/api/runs/{run_id}")
            if run["status"] not in ("queued", "running"):
                return run
            if time.monotonic() > deadline:
                raise NoAnswer(f"run {run_id} is still {run['status']} after {RUN_SECONDS:.0f} s")
            time.sleep(0.02)

    def events(self, run_id: int) -> Iterator[dict[str, Any]]:
        after = 0
        while page := self.request("GET", f"/api/runs/{run_id}/events?after={after}&limit=1000")["events"]:
            yield from page
            after = page[-1]["seq"]

    def settle(self) -> None:
        """Waits until nothing happens in the background any more."""
        processes.settle(self.pid)

    def child(self, name: str) -> psutil.Process:
        """The process of ``taskdeck web`` or ``taskdeck worker``. Raises `NoAnswer`."""
        for each in psutil.Process(self.pid).children():
            command = each.cmdline()
            if "taskdeck" in command and name in command:
                return each
        raise NoAnswer(f"the server has no process {name}")


@contextmanager
def serving(project: Path, **settings: str) -> Iterator[Server]:
    """``settings``: environment variables. Raises `NoAnswer`."""
    with (project / "server.log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "taskdeck", "serve", str(project), "--port", "0", "--no-browser"],
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            env=environment(**settings),
        )
    try:
        yield Server(project, _announced_url(process), process.pid)
    finally:
        stop(process)


def environment(**settings: str) -> dict[str, str]:
    """The settings of whoever measures are none of the measured server's business."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("TASKDECK_")}
    return {**inherited, "TASKDECK_TOKEN": TOKEN, "TASKDECK_MAX_PARALLEL_RUNS": "2", **settings}


def stop(process: subprocess.Popen[Any]) -> None:
    """Ends a server and waits for it."""
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    if process.stdout is not None:
        process.stdout.close()


def _announced_url(process: subprocess.Popen[str]) -> str:
    found: queue.Queue[str] = queue.Queue()

    def read() -> None:
        assert process.stdout is not None
        for line in process.stdout:
            if "?token=" in line:
                found.put(line.strip().split("/?")[0])

    threading.Thread(target=read, daemon=True).start()
    try:
        return found.get(timeout=START_SECONDS)
    except queue.Empty:
        raise NoAnswer(f"the server did not start within {START_SECONDS:.0f} s") from None
