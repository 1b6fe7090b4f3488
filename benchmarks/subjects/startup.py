"""From the command to the first page."""

from __future__ import annotations

import http.client
import subprocess
import sys
import time
from pathlib import Path

from benchmarks import project, race, scheduler
from benchmarks.bench import Bench
from benchmarks.measurement import Comparison
from benchmarks.race import Contestant
from benchmarks.server import START_SECONDS, TOKEN, NoAnswer, environment, stop
from benchmarks.subjects.start import measurement

NAME = "startup"
TASKDECK = "taskdeck serve"
JUPYTER = "jupyter server, with jupyter-scheduler"


def measure(bench: Bench) -> list[Comparison]:
    root = project.make(bench.new_directory("project"))
    contestants = [Contestant(name=TASKDECK, turn=lambda: {"end": _taskdeck(root)})]
    missing = {}
    try:
        interpreter = scheduler.python()
        contestants.append(Contestant(name=JUPYTER, turn=lambda: {"end": _jupyter(interpreter, root)}))
    except (scheduler.Unavailable, OSError) as error:
        missing[JUPYTER] = race.describe(error)
    results = race.run(contestants, min(bench.rounds, 5))
    results.errors.update(missing)
    return [
        Comparison(
            name=NAME,
            title="Server start to first page",
            measurements=(
                measurement(results, JUPYTER, "end", baseline=""),
                measurement(results, TASKDECK, "end", baseline=JUPYTER),
            ),
            note=(
                "From the start of the command until it answers the request that its first page makes, with 200: "
                "the list of tasks, the list of files. The store exists already."
            ),
        )
    ]


def _taskdeck(root: Path) -> float:
    port = scheduler.free_port()
    command = [sys.executable, "-m", "taskdeck", "serve", str(root), "--port", str(port), "--no-browser"]
    return _seconds_to_first_page(command, port, "/api/tasks", {"Authorization": f"Bearer {TOKEN}"}, environment())


def _jupyter(interpreter: Path, root: Path) -> float:
    port = scheduler.free_port()
    return _seconds_to_first_page(
        scheduler.command(interpreter, root, port),
        port,
        "/api/contents",
        {"Authorization": f"token {TOKEN}"},
        scheduler.environment(root / "jupyter-state"),
    )


def _seconds_to_first_page(
    command: list[str], port: int, path: str, headers: dict[str, str], variables: dict[str, str]
) -> float:
    began = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=variables)
    try:
        while process.poll() is None and time.perf_counter() - began < START_SECONDS:
            if _status(port, path, headers) == 200:
                return time.perf_counter() - began
            time.sleep(0.005)
        raise NoAnswer("it did not start")
    finally:
        stop(process)


def _status(port: int, path: str, headers: dict[str, str]) -> int | None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        answer.read()
    except (OSError, http.client.HTTPException):
        return None
    else:
        return answer.status
    finally:
        connection.close()
