"""Memory of a server that has nothing to do."""

from __future__ import annotations

import psutil

from benchmarks import processes, race
from benchmarks.bench import Bench
from benchmarks.measurement import Comparison, Measurement, Target
from benchmarks.processes import Memory
from benchmarks.server import PLAIN, Server

NAME = "memory"
WEB = "web"
WORKER = "worker"
BOTH = "web + worker, without the pool"
WHOLE = "whole idle system, without the pool"
WHOLE_WARM = "whole idle system, with the pool"
ZYGOTE = "zygote"
NOTEBOOK_PAIR = "a pair parked for a notebook, private"
SCRIPT_PAIR = "a pair parked for a script, private"


def measure(bench: Bench) -> list[Comparison]:
    """A single look each: memory does not jitter."""
    found: dict[str, float] = {}
    errors: dict[str, str] = {}
    try:
        with bench.server(**PLAIN) as running:
            found.update(_without_pool(running))
    except Exception as error:  # noqa: BLE001 - it says so in its rows
        errors.update(dict.fromkeys((WEB, WORKER, BOTH, WHOLE), race.describe(error)))
    try:
        with bench.server() as running:
            found.update(_with_pool(running))
    except Exception as error:  # noqa: BLE001
        errors.update(dict.fromkeys((WHOLE_WARM, ZYGOTE, NOTEBOOK_PAIR, SCRIPT_PAIR), race.describe(error)))
    targets = {BOTH: (Target(statistic="median", limit=200),)}
    return [
        Comparison(
            name=NAME,
            title="Memory at rest",
            measurements=tuple(
                Measurement(
                    name=name,
                    unit="MB",
                    values=(found[name],) if name in found else (),
                    targets=targets.get(name, ()),
                    error=errors.get(name, ""),
                )
                for name in (WEB, WORKER, BOTH, WHOLE, WHOLE_WARM, ZYGOTE, NOTEBOOK_PAIR, SCRIPT_PAIR)
            ),
            note=(
                "Proportional memory (PSS), in which pages that several processes use count once; *private* is what "
                "would be free again without the process (USS). After one run of each kind, when nothing moves any "
                "more. The whole system has `taskdeck serve` itself, too."
            ),
        )
    ]


def _without_pool(running: Server) -> dict[str, float]:
    _use(running)
    web, worker = (_memory(running.child(name)).proportional for name in ("web", "worker"))
    return {WEB: web, WORKER: worker, BOTH: web + worker, WHOLE: _whole(running)}


def _with_pool(running: Server) -> dict[str, float]:
    _use(running)
    found = {WHOLE_WARM: _whole(running)}
    # The worker's children at rest are the zygotes, theirs the parked runners, and those have a kernel each.
    zygotes = running.child("worker").children()
    if not zygotes:
        return found
    found[ZYGOTE] = _memory(zygotes[0]).proportional
    pairs = [[runner, *runner.children(recursive=True)] for zygote in zygotes for runner in zygote.children()]
    sizes = sorted(sum(_memory(each).unique for each in pair) for pair in pairs)
    if sizes:
        # A kernel has more of its own than an interpreter that waits for a script.
        found[NOTEBOOK_PAIR], found[SCRIPT_PAIR] = sizes[-1], sizes[0]
    return found


def _use(running: Server) -> None:
    for task in ("NOTEBOOK", "SCRIPT"):
        running.wait(running.submit(task))
    running.settle()


def _whole(running: Server) -> float:
    return sum(_memory(each).proportional for each in processes.tree(running.pid))


def _memory(process: psutil.Process) -> Memory:
    return processes.memory(process.pid)
