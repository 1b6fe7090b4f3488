"""What a run takes of its machine, and whether its share is free."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

MILLICORES = 1000
"""One processor core."""

_PARAMETERS = {"REQUIRED_CPU": "cpu", "REQUIRED_MEMORY": "memory_mb", "REQUIRED_DISK_SPACE": "disk_gb"}


@dataclass(frozen=True, kw_only=True)
class Resources:
    """``cpu`` in thousandths of a core, memory in MB (2**20 bytes), disk in GB (2**30 bytes). 0: nothing declared."""

    cpu: int = 0
    memory_mb: int = 0
    disk_gb: float = 0.0

    def __bool__(self) -> bool:
        return bool(self.cpu or self.memory_mb or self.disk_gb)

    def __sub__(self, other: Resources) -> Resources:
        return Resources(
            cpu=self.cpu - other.cpu, memory_mb=self.memory_mb - other.memory_mb, disk_gb=self.disk_gb - other.disk_gb
        )

    def shortages(self, free: Resources, *, word: str = "free") -> list[str]:
        """What of this is not free, in words: ``4000 MB of memory (1000 MB free)``; none: all of it is.

        What is not declared is never short, whatever is free.
        """
        found = []
        if self.cpu > max(free.cpu, 0):
            found.append(f"{_cores(self.cpu)} of processor ({_cores(free.cpu)} {word})")
        if self.memory_mb > max(free.memory_mb, 0):
            found.append(f"{self.memory_mb} MB of memory ({max(free.memory_mb, 0)} MB {word})")
        if self.disk_gb > max(free.disk_gb, 0):
            found.append(f"{self.disk_gb:g} GB of disk space ({max(free.disk_gb, 0):.3g} GB {word})")
        return found

    def shares_need_with(self, other: Resources) -> bool:
        """Whether both take from the same resource."""
        return bool(
            (self.cpu and other.cpu) or (self.memory_mb and other.memory_mb) or (self.disk_gb and other.disk_gb)
        )


@dataclass(frozen=True, kw_only=True)
class Capacity:
    """What a machine has for runs."""

    total: Resources
    """What needs more than this never fits."""
    present: Resources
    """The same, with the disk space that is there now: what is free when nothing runs."""


def overridden(declared: Resources, parameters: Mapping[str, Any]) -> Resources:
    """The task's resources with those that a run's parameters set, by the names that Civis gives them, in any case.

    Raises `ValueError`, a mapping of messages by parameter as its only argument.
    """
    changes: dict[str, Any] = {}
    errors: dict[str, str] = {}
    for name, value in parameters.items():
        field = _PARAMETERS.get(name.upper())
        if field is None or value is None:
            continue
        kind = "a number" if field == "disk_gb" else "a whole number"
        fits = isinstance(value, int) or (isinstance(value, float) and field == "disk_gb")
        if isinstance(value, bool) or not fits or not 0 <= value < 2**31:
            errors[name] = f"must be {kind} from 0 up, because it sets the run's share of the machine"
        else:
            changes[field] = value
    if errors:
        raise ValueError(errors)
    return replace(declared, **changes)


def _cores(cpu: int) -> str:
    cores = max(cpu, 0) / MILLICORES
    return f"{cores:g} core" if cores == 1 else f"{cores:g} cores"
