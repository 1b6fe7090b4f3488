"""From the click to the first message: how soon an analyst sees that something happens."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack

from benchmarks import dashboard, peers, project, race, scheduler
from benchmarks.bench import Bench
from benchmarks.dashboard import Dashboard
from benchmarks.measurement import Comparison, Measurement, Target
from benchmarks.race import Contestant, Results, Times
from benchmarks.server import PLAIN, Server

NAME = "start"
WARM_TURNS = 6

PAPERMILL = "papermill command, from its start"
NBCLIENT = "nbclient program, from its start"
SCHEDULER = "jupyter-scheduler, from the POST"
PYTHON = "python command, from its start"
WARM_NOTEBOOK = "Taskdeck notebook, warm"
PLAIN_NOTEBOOK = "Taskdeck notebook, plain"
WARM_SCRIPT = "Taskdeck script, warm"
PLAIN_SCRIPT = "Taskdeck script, plain"

_ORDER = (PAPERMILL, NBCLIENT, SCHEDULER, PLAIN_NOTEBOOK, WARM_NOTEBOOK, PYTHON, PLAIN_SCRIPT, WARM_SCRIPT)
_FIRST_TARGETS = {
    WARM_NOTEBOOK: (
        Target(statistic="median", limit=60),
        Target(statistic="p99", limit=200),
        Target(statistic="ratio", limit=25),
    ),
    WARM_SCRIPT: (Target(statistic="median", limit=50),),
}


def measure(bench: Bench) -> list[Comparison]:
    """The first message, and the whole run of the same trivial task."""
    with ExitStack() as stack:
        directory = bench.new_directory("peers")
        effect = directory / "effect"
        notebook = project.write_notebook(directory / "first.ipynb", peers.EFFECT.format(effect=str(effect)))
        script = directory / "first.py"
        script.write_text(peers.EFFECT.format(effect=str(effect)))
        contestants = [
            Contestant(name=PAPERMILL, turn=lambda: peers.timed(peers.papermill(notebook), effect)),
            Contestant(name=NBCLIENT, turn=lambda: peers.timed(peers.nbclient(notebook), effect)),
            Contestant(name=PYTHON, turn=lambda: peers.timed(peers.python(script), effect)),
        ]
        missing = {}
        try:
            jupyter = stack.enter_context(scheduler.serving(directory))
            contestants.append(Contestant(name=SCHEDULER, turn=lambda: jupyter.run("first.ipynb", effect)))
        except (scheduler.Unavailable, OSError) as error:
            missing[SCHEDULER] = race.describe(error)
        for settings, turns, names in (
            ({}, WARM_TURNS, (WARM_NOTEBOOK, WARM_SCRIPT)),
            (PLAIN, 1, (PLAIN_NOTEBOOK, PLAIN_SCRIPT)),
        ):
            running = stack.enter_context(bench.server(**settings))
            seen = stack.enter_context(dashboard.watching(running))
            for name, task in zip(names, ("NOTEBOOK", "SCRIPT"), strict=True):
                contestants.append(Contestant(name=name, turn=_click(running, seen, task), turns_in_a_round=turns))
        results = race.run(contestants, bench.rounds)
    results.errors.update(missing)
    return [_first(results), _whole(results)]


def _click(running: Server, seen: Dashboard, task: str) -> Callable[[], Times]:
    def turn() -> Times:
        running.settle()
        watched = seen.run(task)
        return {"first": watched.first_message_seconds, "end": watched.end_seconds}

    return turn


def _first(results: Results) -> Comparison:
    measurements = [
        measurement(
            results, name, "first", baseline=PYTHON if "script" in name else PAPERMILL, targets=_FIRST_TARGETS.get(name)
        )
        for name in _ORDER
    ]
    return Comparison(
        name=NAME,
        title="Click to first message",
        measurements=tuple(measurements),
        note=(
            "Taskdeck: from the POST of a client to the arrival of the task's first message at its Socket.IO "
            "connection, watched as the dashboard does. The others: until the task's first line has had its effect, "
            "a file, because they show nothing before their end. Warm: the default, a pool of parked kernels; before "
            "each click the pool is full and the server at rest. Plain: `TASKDECK_POOL_SIZE=0`."
        ),
    )


def _whole(results: Results) -> Comparison:
    plain_targets = {PLAIN_NOTEBOOK: (Target(statistic="ratio", limit=1),)}
    measurements = [
        measurement(
            results, name, "end", baseline=PYTHON if "script" in name else PAPERMILL, targets=plain_targets.get(name)
        )
        for name in _ORDER
    ]
    return Comparison(
        name="trivial",
        title="Whole run of a trivial task",
        measurements=tuple(measurements),
        note="One cell or one line. Taskdeck: until its client is told that the run has ended.",
    )


def measurement(
    results: Results, name: str, of: str, *, baseline: str, targets: tuple[Target, ...] | None = None
) -> Measurement:
    """In milliseconds."""
    return Measurement(
        name=name,
        unit="ms",
        values=tuple(seconds * 1000 for seconds in results.seconds(name, of)),
        baseline="" if baseline == name else baseline,
        targets=targets or (),
        error=results.errors.get(name, ""),
    )
