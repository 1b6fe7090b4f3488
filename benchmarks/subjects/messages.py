"""A task with a lot to say: how much of it gets through, and how late."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from benchmarks import dashboard, project, race
from benchmarks.bench import Bench
from benchmarks.dashboard import Watched
from benchmarks.measurement import Comparison, Measurement, Target, thinned
from benchmarks.server import NoAnswer, Server

NAME = "messages"
SENT = "said by the task"
STORED = "in the store"
SHOWN = "at a watching client"
LATENCY = "1,000 a second, from `sdk.log` to a client"


def measure(bench: Bench) -> list[Comparison]:
    rates: dict[str, list[float]] = {SENT: [], STORED: [], SHOWN: []}
    errors: dict[str, str] = {}
    delays: list[float] = []
    with bench.server() as running:
        for _ in range(bench.sized(3, 1)):
            try:
                _flood(running, rates, quick=bench.quick)
            except Exception as error:  # noqa: BLE001 - the latency is measured all the same
                errors.update(dict.fromkeys((SENT, STORED), race.describe(error)))
            try:
                rates[SHOWN].append(_watched_flood(running, quick=bench.quick))
            except Exception as error:  # noqa: BLE001
                errors[SHOWN] = race.describe(error)
            race.progress("flood")
        try:
            delays = _delays(running)
        except Exception as error:  # noqa: BLE001
            errors[LATENCY] = race.describe(error)
    count = _count(quick=bench.quick)
    goal = {STORED: (Target(statistic="median", limit=50_000),)}
    return [
        Comparison(
            name=NAME,
            title="Messages of one run",
            measurements=tuple(
                Measurement(
                    name=name,
                    unit="messages/s",
                    values=tuple(values),
                    more_is_better=True,
                    targets=goal.get(name, ()),
                    error=errors.get(name, ""),
                )
                for name, values in rates.items()
            ),
            note=(
                f"A script calls `sdk.log` {count:,} times in a loop. Afterwards each `seq` and each text is checked: "
                "none missing, none twice, all in order. *Said*: between the first and the last event's times. *In "
                "the store*: until the run has ended, all of it committed, and nobody watching. *At a client*: until "
                "a Socket.IO client, which takes a core's share itself, has them all."
            ),
        ),
        Comparison(
            name="latency",
            title="Latency of messages",
            measurements=(
                Measurement(
                    name=LATENCY,
                    unit="ms",
                    values=thinned(delays),
                    targets=(Target(statistic="p99", limit=200),),
                    error=errors.get(LATENCY, ""),
                ),
            ),
            note=(
                f"{len(delays):,} messages over {project.STEADY_SECONDS} s, each with the time at which it was sent; "
                "at most 1,000 of the values are kept, evenly spaced in order of size."
            ),
        ),
    ]


def _flood(running: Server, rates: dict[str, list[float]], *, quick: bool) -> None:
    running.settle()
    run_id = running.submit(_task(quick=quick))
    run = running.wait(run_id)
    if run["status"] != "succeeded":
        raise NoAnswer(f"run {run_id} ended as {run['status']}: {run['reason']}")
    events = list(running.events(run_id))
    said = [(each["seq"], each["text"]) for each in events if each["type"] == "message"]
    check(said, _count(quick=quick))
    check_seqs(each["seq"] for each in events)
    times = [_moment(each) for each in events if each["type"] == "message"]
    rates[SENT].append(len(said) / max((times[-1] - times[0]).total_seconds(), 1e-3))
    ended = datetime.fromisoformat(run["finished_at"])
    rates[STORED].append(len(said) / max((ended - times[0]).total_seconds(), 1e-3))


def _watched_flood(running: Server, *, quick: bool) -> float:
    running.settle()
    with dashboard.watching(running) as seen:
        watched = seen.run(_task(quick=quick))
    check([(seq, text) for seq, text, _ in watched.messages], _count(quick=quick))
    assert watched.first_message_at is not None, "there are as many as there should be"
    assert watched.ended_at is not None, "waited for"
    return len(watched.messages) / (watched.ended_at - watched.first_message_at)


def _delays(running: Server) -> list[float]:
    """Milliseconds from each call of `sdk.log` to its arrival."""
    running.settle()
    with dashboard.watching(running) as seen:
        watched: Watched = seen.run("STEADY")
    expected = project.STEADY_RATE * project.STEADY_SECONDS
    if len(watched.messages) != expected:
        raise NoAnswer(f"{len(watched.messages)} of {expected} messages came")
    return [(arrived - float(text)) * 1000 for _, text, arrived in watched.messages]


def check(said: list[tuple[int, str]], count: int) -> None:
    """All messages of a flood, in order, each once. Raises `NoAnswer`."""
    texts = [text for _, text in said]
    if texts != [f"message {number} of a task that has a lot to say" for number in range(count)]:
        raise NoAnswer(f"{len(texts)} of {count} messages came, or not in order")


def check_seqs(seqs: Iterable[int]) -> None:
    """From 1 to the last without a gap. Raises `NoAnswer`."""
    for expected, seq in enumerate(seqs, start=1):
        if seq != expected:
            raise NoAnswer(f"event {seq} came where {expected} belongs")


def _task(*, quick: bool) -> str:
    return "QUICK_FLOOD" if quick else "FLOOD"


def _count(*, quick: bool) -> int:
    return project.QUICK_MESSAGES if quick else project.MESSAGES


def _moment(event: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(event["at"])
