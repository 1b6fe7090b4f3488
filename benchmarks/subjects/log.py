"""The last page of a log of five million lines."""

from __future__ import annotations

import time

from benchmarks import history, project, race, server
from benchmarks.bench import Bench
from benchmarks.measurement import Comparison, Measurement, Target
from benchmarks.server import NoAnswer, Server

NAME = "log"
LINES = 5_000_000
PAGE = 500
LOOKS = 30


def measure(bench: Bench) -> list[Comparison]:
    lines = bench.sized(LINES, 50_000)
    root = project.make(bench.new_directory("project"))
    began = time.perf_counter()
    run_id = history.fill_log(root, lines)
    race.progress(f"{lines:,} lines written in {time.perf_counter() - began:.0f} s")
    pages = {
        "the last lines": f"/api/runs/{run_id}/log/lines?limit={PAGE}",
        "the last events": f"/api/runs/{run_id}/events?after={lines - PAGE}&limit={PAGE}",
    }
    measurements = []
    with server.serving(root) as running:
        running.settle()
        for name, path in pages.items():
            target = (Target(statistic="median", limit=200),) if "lines" in name else ()
            try:
                values = tuple(_look(running, path) for _ in range(LOOKS))
                measurements.append(Measurement(name=name, unit="ms", values=values, targets=target))
            except (NoAnswer, OSError) as error:
                failed = Measurement(name=name, unit="ms", targets=target, error=race.describe(error))
                measurements.append(failed)
    size = sum(file.stat().st_size for file in (root / ".taskdeck").glob("taskdeck.db*")) / 1e6
    return [
        Comparison(
            name=NAME,
            title="Opening the end of a long log",
            measurements=tuple(measurements),
            note=(
                f"A run with {lines:,} messages of one line in the store ({size:,.0f} MB); {PAGE} of them asked for "
                "by HTTP."
            ),
        )
    ]


def _look(running: Server, path: str) -> float:
    """Milliseconds."""
    began = time.perf_counter()
    running.request("GET", path)
    return (time.perf_counter() - began) * 1000
