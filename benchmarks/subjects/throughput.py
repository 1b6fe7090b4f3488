"""Short notebooks, one after another, two at a time."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

from benchmarks import peers, project, race
from benchmarks.bench import Bench
from benchmarks.measurement import Comparison, Measurement, Target
from benchmarks.server import PLAIN, NoAnswer, Server

NAME = "throughput"
AT_A_TIME = 2
PAPERMILL = "papermill command"
WARM = "Taskdeck, warm"
COLD = "Taskdeck, plain"
SLICES = 3
SLICE_SECONDS = 12
QUEUED_EACH = 2
"""Of each task, one runs at a time; the other waits for it, so that nobody waits for the one who measures."""


def measure(bench: Bench) -> list[Comparison]:
    seconds = bench.sized(SLICE_SECONDS, 5)
    rates: dict[str, list[float]] = {PAPERMILL: [], COLD: [], WARM: []}
    errors: dict[str, str] = {}
    with ExitStack() as stack:
        notebook = project.write_notebook(bench.new_directory("peers") / "trivial.ipynb", project.TRIVIAL)
        warm = stack.enter_context(bench.server())
        plain = stack.enter_context(bench.server(**PLAIN))
        contestants: dict[str, Callable[[], float]] = {
            PAPERMILL: lambda: _papermill_rate(notebook, seconds),
            COLD: lambda: _taskdeck_rate(plain, seconds),
            WARM: lambda: _taskdeck_rate(warm, seconds),
        }
        for number in range(bench.sized(SLICES, 1)):
            for name, rate in contestants.items():
                try:
                    rates[name].append(rate())
                except Exception as error:  # noqa: BLE001 - the others go on
                    errors[name] = race.describe(error)
            race.progress(f"slice {number + 1}")
    return [
        Comparison(
            name=NAME,
            title="Sustained short notebook runs",
            measurements=tuple(
                Measurement(
                    name=name,
                    unit="runs/min",
                    values=tuple(rates[name]),
                    baseline="" if name == PAPERMILL else PAPERMILL,
                    more_is_better=True,
                    targets=(Target(statistic="ratio", limit=5),) if name == WARM else (),
                    error=errors.get(name, ""),
                )
                for name in rates
            ),
            note=(
                f"A trivial notebook, {AT_A_TIME} at a time, in slices of {seconds} s by turns; every run is checked "
                "to have succeeded."
            ),
        )
    ]


def _papermill_rate(notebook: Path, seconds: float) -> float:
    """Runs a minute."""
    began = time.perf_counter()

    def run_one_after_another(number: int) -> int:
        own = notebook.with_name(f"own-{number}.ipynb")
        shutil.copyfile(notebook, own)
        done = 0
        while time.perf_counter() - began < seconds:
            peers.timed(peers.papermill(own))
            done += 1
        return done

    with ThreadPoolExecutor(AT_A_TIME) as pool:
        done = sum(pool.map(run_one_after_another, range(AT_A_TIME)))
    return 60 * done / (time.perf_counter() - began)


def _taskdeck_rate(server: Server, seconds: float) -> float:
    """Runs a minute. Raises `NoAnswer` when one of them does not succeed."""
    server.settle()
    began = time.perf_counter()
    active = {server.submit(task): task for _ in range(QUEUED_EACH) for task in ("TRIVIAL", "TRIVIAL_2")}
    done = 0
    while active:
        # One request for all: who measures must not keep the server busy.
        for run in server.request("GET", "/api/runs?limit=50")["runs"]:
            if run["id"] not in active or run["status"] in ("queued", "running"):
                continue
            if run["status"] != "succeeded":
                raise NoAnswer(f"run {run['id']} ended as {run['status']}: {run['reason']}")
            task = active.pop(run["id"])
            done += 1
            if time.perf_counter() - began < seconds:
                active[server.submit(task)] = task
        time.sleep(0.02)
    return 60 * done / (time.perf_counter() - began)
