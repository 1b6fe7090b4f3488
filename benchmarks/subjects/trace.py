"""Where the time between the click and the first message goes."""

from __future__ import annotations

from benchmarks import dashboard, race, timeline
from benchmarks.bench import Bench
from benchmarks.measurement import Comparison, Measurement
from benchmarks.server import PLAIN, Server

NAME = "trace"
KINDS = {
    "notebook, warm": ("NOTEBOOK", {}),
    "script, warm": ("SCRIPT", {}),
    "notebook, plain": ("NOTEBOOK", PLAIN),
    "script, plain": ("SCRIPT", PLAIN),
}
RUNS = 20


def measure(bench: Bench) -> list[Comparison]:
    """A table for each kind of start; its rows are stages, their values milliseconds since the click."""
    comparisons = []
    for kind, (task, settings) in KINDS.items():
        name, title = f"trace-{kind.replace(', ', '-')}", f"Stages from click to first message: {kind}"
        try:
            with bench.server(TASKDECK_TRACE="true", **settings) as running:
                timelines = _timelines(running, task, bench.sized(RUNS, 3))
            comparisons.append(_comparison(name, title, timelines))
        except Exception as error:  # noqa: BLE001 - the others go on
            comparisons.append(Comparison(name=name, title=title, error=race.describe(error)))
        race.progress(kind)
    return comparisons


def _timelines(running: Server, task: str, count: int) -> list[dict[str, float]]:
    timelines = []
    with dashboard.watching(running) as seen:
        for number in range(count + 1):
            running.settle()
            watched = seen.run(task)
            if number == 0:
                continue  # fills the system's caches
            marks = timeline.read(running.project / f".taskdeck/traces/{watched.run_id}.jsonl")
            timelines.append(
                timeline.of_run(marks, clicked_at_ns=watched.clicked_at_ns, arrived_at_ns=watched.first_message_at_ns)
            )
    return timelines


def _comparison(name: str, title: str, timelines: list[dict[str, float]]) -> Comparison:
    return Comparison(
        name=name,
        title=title,
        measurements=tuple(
            Measurement(
                name=step.name,
                unit="ms since click",
                values=tuple(each[step.name] for each in timelines if step.name in each),
            )
            for step in timeline.steps(timelines)
        ),
    )
