"""Pages of a history of a million runs."""

from __future__ import annotations

import time

from benchmarks import history, project, race, server
from benchmarks.bench import Bench
from benchmarks.measurement import Comparison, Measurement, Target
from benchmarks.server import NoAnswer, Server

NAME = "runs"
RUNS = 1_000_000
LOOKS = 20


def measure(bench: Bench) -> list[Comparison]:
    count = bench.sized(RUNS, 20_000)
    root = project.make(bench.new_directory("project"))
    began = time.perf_counter()
    history.fill_runs(root, count)
    race.progress(f"{count:,} runs written in {time.perf_counter() - began:.0f} s")
    middle, oldest = count // 2, 60
    pages = {
        "first page": "",
        "page in the middle": f"&before={middle}",
        "last page": f"&before={oldest}",
        "of one task": "&task=SCRIPT",
        "of one task, in the middle": f"&task=SCRIPT&before={middle}",
        "failed ones": "&status=failed",
        "failed ones, the oldest": f"&status=failed&before={count // 100}",
        "failed ones of one task": "&task=SCRIPT&status=failed",
        "running ones (there are none)": "&status=running",
        "running ones of one task (there are none)": "&task=SCRIPT&status=running",
        "failed and lost ones of two tasks": "&task=SCRIPT&task=LOAD&status=failed&status=lost",
        "those with two words": "&q=mubende+district",
        "those with a word that none has, as far as one answer goes": "&q=kalangala",
        "those from the command line (there are none), as far as one answer goes": "&triggered_by=cli",
    }
    measurements = []
    with server.serving(root) as running:
        running.settle()
        for name, query in pages.items():
            measurements.append(_measured(running, name, f"/api/runs?limit=50{query}"))
        measurements.append(_measured(running, "list of tasks, with their last runs", "/api/tasks"))
    return [
        Comparison(
            name=NAME,
            title="The history of a million runs",
            measurements=tuple(measurements),
            note=(
                f"{count:,} runs of nine tasks in the store, one in {history.FAILED_EVERY} failed; 50 asked for by "
                "HTTP."
            ),
        )
    ]


def _measured(running: Server, name: str, path: str) -> Measurement:
    target = (Target(statistic="median", limit=50),)
    values = []
    try:
        for _ in range(LOOKS):
            began = time.perf_counter()
            running.request("GET", path)
            values.append((time.perf_counter() - began) * 1000)
    except (NoAnswer, OSError) as error:
        return Measurement(name=name, unit="ms", targets=target, error=race.describe(error))
    return Measurement(name=name, unit="ms", values=tuple(values), targets=target)
