"""Three hundred people watch one run."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from contextlib import ExitStack

from benchmarks import processes, project, race
from benchmarks.bench import Bench
from benchmarks.measurement import Comparison, Measurement, Target, thinned
from benchmarks.server import TOKEN, NoAnswer, Server, environment

NAME = "watchers"
WATCHERS = 300
CROWDS = 2
SECONDS = 15
DELAY = "from `sdk.log` to each watcher"
LOAD = "web process"


def measure(bench: Bench) -> list[Comparison]:
    count = bench.sized(WATCHERS, 20)
    frames = project.FRAMES_A_SECOND * bench.sized(SECONDS, 3)
    delays: list[float] = []
    load: list[float] = []
    error = ""
    with bench.server() as running:
        try:
            delays, cores = _watch(running, count, frames)
            load.append(cores)
        except Exception as failure:  # noqa: BLE001 - it says so in its rows
            error = race.describe(failure)
    return [
        Comparison(
            name=NAME,
            title=f"{count} watchers of one run",
            measurements=(
                Measurement(
                    name=DELAY,
                    unit="ms",
                    values=thinned(delays),
                    targets=(Target(statistic="p99", limit=250),),
                    error=error,
                ),
                Measurement(
                    name=LOAD,
                    unit="CPU s/s",
                    values=tuple(load),
                    targets=(Target(statistic="median", limit=1),),
                    error=error,
                ),
            ),
            note=(
                f"{project.FRAMES_A_SECOND} messages a second of {project.FRAME_BYTES:,} bytes each, {frames} in all, "
                f"which makes {len(delays):,} arrivals, of which at most 1,000 are kept, evenly spaced in order of "
                f"size. The Socket.IO connections are held by {CROWDS} processes on the same machine. Every watcher "
                "is checked to have got every message."
            ),
        )
    ]


def _watch(running: Server, count: int, frames: int) -> tuple[list[float], float]:
    """Milliseconds of each message to each watcher, and processor seconds of the web process a second."""
    run_id = running.submit("CHATTER")
    go = running.project / "data_tasks" / "go"
    with ExitStack() as stack:
        crowds = [stack.enter_context(_crowd(running, run_id, share, frames)) for share in shares(count)]
        for crowd in crowds:
            _line(crowd)
        web = [running.child("web")]
        before, began = processes.cpu_seconds(web), time.perf_counter()
        go.with_name("go.new").write_text(str(frames))
        go.with_name("go.new").rename(go)
        results = [json.loads(_line(crowd)) for crowd in crowds]
        cores = (processes.cpu_seconds(web) - before) / (time.perf_counter() - began)
    complete = sum(each["complete"] for each in results)
    if complete != count:
        raise NoAnswer(f"only {complete} of {count} watchers got all messages")
    return [delay for each in results for delay in each["delays"]], cores


def shares(count: int) -> list[int]:
    """How many watchers each process holds."""
    return [count // CROWDS + (number < count % CROWDS) for number in range(CROWDS)]


def _crowd(running: Server, run_id: int, count: int, frames: int) -> subprocess.Popen[str]:
    arguments = [running.url, TOKEN, str(run_id), str(count), str(frames)]
    command = [sys.executable, "-m", "benchmarks.crowd", *arguments]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment())


def _line(crowd: subprocess.Popen[str]) -> str:
    assert crowd.stdout is not None
    line = crowd.stdout.readline()
    if not line:
        raise NoAnswer("a process of watchers died")
    return line
