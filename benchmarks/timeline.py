"""One run's way to its first message, put together from the trace that its processes wrote."""

from __future__ import annotations

import json
import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from taskdeck.model.trace import MEANINGS, Stage

ARRIVED = "client: message arrived"

_ABOUT_THE_MESSAGE = (Stage.SAID, Stage.JOURNALED, Stage.RECORDED, Stage.CHUNK_READ, Stage.EMITTED)
"""These come many times, each with the last event that it is about: the first that includes the message counts."""
_BETWEEN = {
    Stage.NEWS_HEARD: (Stage.JOURNALED, Stage.RECORDED),
    Stage.OBSERVERS_TOLD: (Stage.RECORDED, None),
    Stage.WEB_WOKEN: (Stage.RECORDED, Stage.CHUNK_READ),
}
"""These come many times and do not say what they are about: the first between two others counts, if there is one.

Who is awake already is not woken.
"""


@dataclass(frozen=True, kw_only=True)
class Step:
    """A stage in the median of several runs, in milliseconds: since the click, and since the step before."""

    name: str
    since_click: float
    took: float
    runs: int
    """How many runs had it."""


def read(file: Path) -> list[dict[str, Any]]:
    """The marks of a trace file, by time."""
    marks = [json.loads(line) for line in file.read_text().splitlines()]
    return sorted(marks, key=lambda mark: mark["at_ns"])


def of_run(marks: Sequence[Mapping[str, Any]], *, clicked_at_ns: int, arrived_at_ns: int) -> dict[str, float]:
    """Milliseconds since the click by the name of each stage. Raises `ValueError` when no message was said."""
    message = next((mark["seq"] for mark in marks if mark["stage"] == Stage.SAID), None)
    if message is None:
        raise ValueError("the run's trace has no message")
    found: dict[str, int] = {}
    for mark in marks:
        stage = mark["stage"]
        if stage not in _BETWEEN and (stage not in _ABOUT_THE_MESSAGE or mark["seq"] >= message):
            found.setdefault(stage, mark["at_ns"])
    for stage, (earlier, later) in _BETWEEN.items():
        begin, end = found.get(earlier, arrived_at_ns), found.get(later or "", arrived_at_ns)
        between = (mark["at_ns"] for mark in marks if mark["stage"] == stage and begin <= mark["at_ns"] <= end)
        if (at_ns := next(between, None)) is not None:
            found[stage] = at_ns
    named = {MEANINGS[Stage(stage)]: at_ns for stage, at_ns in found.items()}
    return {name: (at_ns - clicked_at_ns) / 1e6 for name, at_ns in [*named.items(), (ARRIVED, arrived_at_ns)]}


def steps(timelines: Iterable[Mapping[str, float]]) -> list[Step]:
    """The stages that at least half of the runs had, in the order of their medians."""
    timelines = list(timelines)
    times: dict[str, list[float]] = {}
    for timeline in timelines:
        for name, since_click in timeline.items():
            times.setdefault(name, []).append(since_click)
    medians = sorted(
        (statistics.median(values), name) for name, values in times.items() if 2 * len(values) >= len(timelines)
    )
    previous = 0.0
    found = []
    for since_click, name in medians:
        found.append(
            Step(name=name, since_click=since_click, took=since_click - previous, runs=len(times[name])),
        )
        previous = since_click
    return found
