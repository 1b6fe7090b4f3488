"""An update of a large configuration, and how long requests take meanwhile."""

from __future__ import annotations

import http.client
import io
import itertools
import json
import tarfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from benchmarks import race, server
from benchmarks.bench import Bench
from benchmarks.measurement import Comparison, Measurement, Target
from benchmarks.server import NoAnswer, Server

NAME = "configuration"
TASKS = 500
PAUSE_SECONDS = 0.002
ANSWER_SECONDS = 60.0
VALUES = {"parameters": {f"parameter_{each}": each for each in range(5)}}
ASKED: dict[str, tuple[str, str, Any]] = {
    "the list of runs": ("GET", "/api/runs?limit=50", None),
    "the list of tasks": ("GET", "/api/tasks", None),
    "one task": ("GET", "/api/tasks/TASK_1", None),
    "the configuration": ("GET", "/api/config", None),
    "the page itself": ("GET", "/", None),
    "the check of a run's values": ("POST", "/api/tasks/TASK_1/validate", VALUES),
}
"""What is asked for meanwhile, by turns."""


def measure(bench: Bench) -> list[Comparison]:
    count = bench.sized(TASKS, 20)
    root = bench.new_directory("project")
    _write(root, _project(count, 0))
    latencies: dict[str, list[float]] = {name: [] for name in ASKED}
    try:
        with server.serving(root, TASKDECK_CONFIG_ARCHIVES="true") as running:
            running.settle()
            stop = threading.Event()
            with ThreadPoolExecutor(1) as asking:
                asked = asking.submit(_ask, running, latencies, stop)
                try:
                    took = tuple(_update(running, _project(count, number + 1)) for number in range(bench.rounds))
                finally:
                    stop.set()
            asked.result()
        error = ""
    except (NoAnswer, OSError) as failure:
        took, latencies, error = (), {name: [] for name in ASKED}, race.describe(failure)
    update = Measurement(
        name="the update", unit="ms", values=took, targets=(Target(statistic="worst", limit=2000),), error=error
    )
    requests = tuple(
        Measurement(
            name=f"{name} meanwhile",
            unit="ms",
            values=tuple(values),
            targets=(Target(statistic="worst", limit=250),),
            error=error,
        )
        for name, values in latencies.items()
    )
    return [
        Comparison(
            name=NAME,
            title="Updating a configuration",
            measurements=(update, *requests),
            note=(
                f"A project with {count} tasks is updated by HTTP from an archive in which every task has changed, "
                "from the request until its answer. Meanwhile one client asks for these in turns, again and again."
            ),
        )
    ]


def _update(running: Server, files: dict[str, str]) -> float:
    """Milliseconds. Raises `NoAnswer` and `OSError`."""
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w:gz") as made:
        for name, text in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(text.encode())
            made.addfile(entry, io.BytesIO(text.encode()))
    headers = {"Authorization": f"Bearer {server.TOKEN}", "Content-Type": "application/gzip"}
    connection = http.client.HTTPConnection(urlsplit(running.url).netloc, timeout=ANSWER_SECONDS)
    began = time.perf_counter()
    try:
        connection.request("POST", "/api/config/archive", body=archive.getvalue(), headers=headers)
        answer = connection.getresponse()
        content = answer.read()
    finally:
        connection.close()
    if answer.status != 201:
        raise NoAnswer(f"the update was answered with {answer.status} {content[:200]!r}")
    return (time.perf_counter() - began) * 1000


def _ask(running: Server, latencies: dict[str, list[float]], stop: threading.Event) -> None:
    """Raises `NoAnswer` and `OSError`."""
    for name, (method, path, body) in itertools.cycle(ASKED.items()):
        if stop.is_set():
            return
        began = time.perf_counter()
        running.request(method, path, body)
        latencies[name].append((time.perf_counter() - began) * 1000)
        time.sleep(PAUSE_SECONDS)


def _write(root: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")


def _project(count: int, number: int) -> dict[str, str]:
    """``count`` scripts with five parameters each, all other than in the project of another ``number``."""
    parameters = {
        f"parameter_{each}": {
            "title": f"Parameter {each}",
            "type": "integer",
            "defaultValue": number,
            "allowOverride": True,
        }
        for each in range(5)
    }
    tasks = [
        {
            "id": f"TASK_{task}",
            "name": f"Task {task}",
            "description": f"What it does, in a sentence or two, as of {number}. " * 3,
            "pythonFile": f"task_{task}.py",
            "dataConnections": ["ANA"],
            "supportedParameters": parameters,
        }
        for task in range(count)
    ]
    return {
        "config/data_tasks.json": json.dumps({"dataTasks": tasks}, indent=2),
        "config/data_connections.json": json.dumps({"dataConnections": [{"id": "ANA"}]}),
        **{f"data_tasks/task_{task}.py": f"print({number})\n" * 50 for task in range(count)},
    }
