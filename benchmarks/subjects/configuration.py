"""An update of a large configuration, and how long requests take meanwhile."""

from __future__ import annotations

import io
import json
import tarfile
import threading
import time
from dataclasses import replace
from pathlib import Path

from benchmarks import race, server
from benchmarks.bench import Bench
from benchmarks.measurement import Comparison, Measurement, Target
from benchmarks.server import NoAnswer, Server
from taskdeck import settings as settings_module
from taskdeck.configuration import child
from taskdeck.configuration.failure import UpdateFailed
from taskdeck.configuration.request import Action, Request
from taskdeck.settings import Settings

NAME = "configuration"
TASKS = 500
PAUSE_SECONDS = 0.01


def measure(bench: Bench) -> list[Comparison]:
    count = bench.sized(TASKS, 20)
    root = bench.new_directory("project")
    _write(root, _project(count, 0))
    settings = settings_module.from_environment(root)
    settings = replace(settings, configuration=replace(settings.configuration, archives=True))
    latencies: list[float] = []
    try:
        with server.serving(root) as running:
            running.settle()
            stop = threading.Event()
            asking = threading.Thread(target=_ask, args=(running, latencies, stop))
            asking.start()
            try:
                took = tuple(_update(settings, _project(count, number + 1)) for number in range(bench.rounds))
            finally:
                stop.set()
                asking.join()
        error = ""
    except (UpdateFailed, NoAnswer, OSError) as failure:
        took, latencies, error = (), [], race.describe(failure)
    update = Measurement(
        name="the update", unit="ms", values=took, targets=(Target(statistic="worst", limit=2000),), error=error
    )
    requests = Measurement(
        name="requests meanwhile",
        unit="ms",
        values=tuple(latencies),
        targets=(Target(statistic="worst", limit=250),),
        error=error,
    )
    return [
        Comparison(
            name=NAME,
            title="Updating a configuration",
            measurements=(update, requests),
            note=(
                f"A project with {count} tasks is updated from an archive, in which every task has changed, by the "
                "process that a server starts for it: from its start until its answer. Meanwhile one client asks for "
                "the list of runs, again and again."
            ),
        )
    ]


def _update(settings: Settings, files: dict[str, str]) -> float:
    """Milliseconds. Raises `UpdateFailed`."""
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w:gz") as made:
        for name, text in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(text.encode())
            made.addfile(entry, io.BytesIO(text.encode()))
    archive.seek(0)
    began = time.perf_counter()
    child.apply(settings, Request(action=Action.ARCHIVE, by="benchmark"), archive)
    return (time.perf_counter() - began) * 1000


def _ask(running: Server, latencies: list[float], stop: threading.Event) -> None:
    while not stop.is_set():
        began = time.perf_counter()
        running.request("GET", "/api/runs?limit=50")
        latencies.append((time.perf_counter() - began) * 1000)
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
