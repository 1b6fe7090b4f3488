"""jupyter-scheduler: a real one, in an environment of its own, driven by its REST interface."""

from __future__ import annotations

import hashlib
import http.client
import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks import race
from benchmarks.server import RUN_SECONDS, START_SECONDS, TOKEN, stop

REQUIREMENTS = Path(__file__).with_name("peers.txt")
LOOK_SECONDS = 0.01


class Unavailable(Exception):
    """jupyter-scheduler cannot be installed or does not start; the message says why."""


def python() -> Path:
    """The interpreter of the environment, which is made at the first use. Raises `Unavailable`."""
    version = hashlib.sha256(REQUIREMENTS.read_bytes() + sys.version.encode()).hexdigest()[:12]
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    home = cache / "taskdeck-benchmarks" / f"peers-{version}"
    interpreter = home / "bin" / "python"
    if (home / "complete").exists():
        return interpreter
    race.progress(f"installing jupyter-scheduler into {home}")
    shutil.rmtree(home, ignore_errors=True)
    _call(sys.executable, "-m", "venv", str(home))
    _call(str(interpreter), "-m", "pip", "install", "--quiet", "--requirement", str(REQUIREMENTS))
    (home / "complete").touch()
    return interpreter


def _call(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        lines = [line for line in done.stderr.splitlines() if line.strip()]
        raise Unavailable(f"it cannot be installed: {(lines or ['pip failed'])[-1]}")


class Scheduler:
    """A running one; its notebooks are below ``root``."""

    def __init__(self, root: Path, port: int) -> None:
        self.root = root
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=RUN_SECONDS)
        self._environment = ""

    def run(self, notebook: str, effect: Path | None = None) -> dict[str, float]:
        """Seconds from the POST to the ``end``, and to the ``first`` effect, if the notebook writes one.

        Raises `Unavailable` when the job does not complete.
        """
        if not self._environment:
            self._environment = self.request("GET", "runtime_environments")[0]["name"]
        if effect is not None:
            effect.unlink(missing_ok=True)
        job = {
            "name": "benchmark",
            "input_uri": notebook,
            "runtime_environment_name": self._environment,
            "output_formats": ["ipynb"],
        }
        started_at, started = time.time(), time.perf_counter()
        job_id = self.request("POST", "jobs", job)["job_id"]
        while (status := self.request("GET", f"jobs/{job_id}")["status"]) != "COMPLETED":
            # It says STOPPED while the job runs.
            if status == "FAILED" or time.perf_counter() - started > RUN_SECONDS:
                raise Unavailable(f"the job is {status}")
            time.sleep(LOOK_SECONDS)
        took = {"end": time.perf_counter() - started}
        if effect is not None:
            took["first"] = float(effect.read_text()) - started_at
        return took

    def request(self, method: str, path: str, body: Any = None) -> Any:
        """Raises `Unavailable`, and `OSError`."""
        headers = {"Authorization": f"token {TOKEN}", "Content-Type": "application/json"}
        data = None if body is None else json.dumps(body)
        self._connection.request(method, f"/scheduler/{path}", body=data, headers=headers)
        answer = self._connection.getresponse()
        content = answer.read()
        if answer.status >= 400:
            raise Unavailable(f"{method} {path}: {answer.status} {content[:60]!r}")
        return json.loads(content)


@contextmanager
def serving(root: Path) -> Iterator[Scheduler]:
    """Raises `Unavailable`."""
    interpreter = python()
    port = free_port()
    with (root / "jupyter.log").open("wb") as log:
        process = subprocess.Popen(
            command(interpreter, root, port), stdout=log, stderr=log, env=environment(root / "jupyter-state")
        )
    try:
        _wait_until_it_answers(process, port)
        yield Scheduler(root, port)
    finally:
        stop(process)


def command(interpreter: Path, root: Path, port: int) -> list[str]:
    options = [f"--ServerApp.port={port}", f"--ServerApp.root_dir={root}", f"--IdentityProvider.token={TOKEN}"]
    return [str(interpreter), "-m", "jupyter_server", "--no-browser", "--allow-root", *options]


def environment(state: Path) -> dict[str, str]:
    """Everything that Jupyter keeps goes below ``state``, nothing into the home of whoever measures."""
    own = {name: state / name.lower() for name in ("JUPYTER_DATA_DIR", "JUPYTER_CONFIG_DIR", "JUPYTER_RUNTIME_DIR")}
    for directory in own.values():
        # Without its data directory the scheduler does not load, and only the log says so.
        directory.mkdir(parents=True, exist_ok=True)
    return {**os.environ, **{name: str(directory) for name, directory in own.items()}}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_until_it_answers(process: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise Unavailable("its server does not answer")
