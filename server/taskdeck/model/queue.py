"""Which of the queued runs starts next, and what the others wait for.

The rule about shares of the machine: the first run in line whose share is free starts. One whose share is not free
may be overtaken by runs behind it, so that the machine is not idle while a large run waits; but not for ever. Once it
has waited for `OVERTAKEN_SECONDS`, nothing behind it that takes of the same resources starts before it, until enough
has ended for its share to be free. Runs that declare no resources take nothing from it and go on.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from taskdeck.model.resources import Capacity, Resources

OVERTAKEN_SECONDS = 60.0


@dataclass(frozen=True, kw_only=True)
class Queued:
    """What decides when a queued run may start."""

    run_id: int
    task_id: str
    exclusive_key: str | None
    """Runs with the same key run one after the other."""
    limit: int | None
    """Of running runs of its task."""
    resources: Resources
    since: datetime
    """When it could have started for the first time."""


@dataclass(frozen=True, kw_only=True)
class Load:
    """What runs now."""

    running: Mapping[str, int] = field(default_factory=dict)
    """Number of running runs by task."""
    exclusive: Mapping[str, int] = field(default_factory=dict)
    """The running run of each exclusive key."""
    used: Resources = field(default_factory=Resources)
    """The shares of this machine that running runs have."""


@dataclass(frozen=True, kw_only=True)
class Choice:
    """The run to start; ``never_fits`` says, in words, that no machine of this size can hold it."""

    run_id: int
    never_fits: str = ""


def choose(queued: Iterable[Queued], load: Load, capacity: Capacity, *, now: datetime) -> Choice | None:
    """The first of the queued runs, which come in the order of the line, that may start."""
    free = capacity.present - load.used
    patient: list[Resources] = []
    blocked: set[str] = set()
    for each in queued:
        if each.exclusive_key is not None and (each.exclusive_key in load.exclusive or each.exclusive_key in blocked):
            continue
        if each.limit is not None and load.running.get(each.task_id, 0) >= each.limit:
            continue
        if shortages := each.resources.shortages(capacity.total, word="in all"):
            return Choice(run_id=each.run_id, never_fits=" and ".join(shortages))
        if not each.resources.shortages(free) and not any(map(each.resources.shares_need_with, patient)):
            return Choice(run_id=each.run_id)
        if now - each.since >= timedelta(seconds=OVERTAKEN_SECONDS):
            patient.append(each.resources)
        if each.exclusive_key is not None:
            # The runs of one task keep their order among themselves.
            blocked.add(each.exclusive_key)
    return None
