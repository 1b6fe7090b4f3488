"""A notebook that does what most notebooks begin with: it imports pandas and makes a table."""

from __future__ import annotations

from contextlib import ExitStack

from benchmarks import dashboard, peers, project, race, scheduler
from benchmarks.bench import Bench
from benchmarks.measurement import Comparison
from benchmarks.race import Contestant
from benchmarks.server import PLAIN
from benchmarks.subjects.start import measurement

NAME = "pandas"
PAPERMILL = "papermill command"
NBCLIENT = "nbclient program"
SCHEDULER = "jupyter-scheduler"
WARM = "Taskdeck, warm"
COLD = "Taskdeck, plain"


def measure(bench: Bench) -> list[Comparison]:
    with ExitStack() as stack:
        directory = bench.new_directory("peers")
        notebook = project.write_notebook(directory / "pandas.ipynb", *project.PANDAS)
        contestants = [
            Contestant(name=PAPERMILL, turn=lambda: peers.timed(peers.papermill(notebook))),
            Contestant(name=NBCLIENT, turn=lambda: peers.timed(peers.nbclient(notebook))),
        ]
        missing = {}
        try:
            jupyter = stack.enter_context(scheduler.serving(directory))
            contestants.append(Contestant(name=SCHEDULER, turn=lambda: jupyter.run(notebook.name)))
        except (scheduler.Unavailable, OSError) as error:
            missing[SCHEDULER] = race.describe(error)
        for name, settings in ((WARM, {}), (COLD, PLAIN)):
            running = stack.enter_context(bench.server(**settings))
            seen = stack.enter_context(dashboard.watching(running))

            def turn(running=running, seen=seen) -> dict[str, float]:  # type: ignore[no-untyped-def]
                running.settle()
                return {"end": seen.run("PANDAS").end_seconds}

            contestants.append(Contestant(name=name, turn=turn))
        results = race.run(contestants, bench.rounds)
    results.errors.update(missing)
    return [
        Comparison(
            name=NAME,
            title="Whole run of a pandas notebook",
            measurements=tuple(
                measurement(results, name, "end", baseline=PAPERMILL)
                for name in (PAPERMILL, NBCLIENT, SCHEDULER, COLD, WARM)
            ),
            note="Three cells: import pandas and make a table of 4,000 rows, group it, print the sums.",
        )
    ]
