"""What an operator sees of the runners that wait for jobs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from taskdeck.model.task import TaskKind


class PoolState(StrEnum):
    OFF = "off"
    """Nothing is kept warm: no run has asked for it lately."""
    STARTING = "starting"
    """The libraries are being loaded."""
    READY = "ready"
    UNUSABLE = "unusable"
    """Runs start plainly; `PoolStatus.problem` says why."""


class ParkedState(StrEnum):
    WARMING = "warming"
    PARKED = "parked"


@dataclass(frozen=True, kw_only=True)
class ParkedRunner:
    """A runner without a job yet, with the process of its task: a kernel, or what becomes a script."""

    kind: TaskKind
    state: ParkedState
    pid: int
    private_memory_bytes: int
    """Of both processes, without what they share with others; 0 while they warm up."""


@dataclass(frozen=True, kw_only=True)
class PoolStatus:
    """The parked runners of one Python."""

    python: str
    """Path of the interpreter."""
    state: PoolState
    problem: str
    """What could not be loaded or kept, and why; empty if all is well."""
    zygote_pid: int | None
    parked: tuple[ParkedRunner, ...]

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> PoolStatus:
        """What `to_json` made."""
        parked = (
            ParkedRunner(
                kind=TaskKind(each["kind"]),
                state=ParkedState(each["state"]),
                pid=each["pid"],
                private_memory_bytes=each["private_memory_bytes"],
            )
            for each in content["parked"]
        )
        return cls(
            python=content["python"],
            state=PoolState(content["state"]),
            problem=content["problem"],
            zygote_pid=content["zygote_pid"],
            parked=tuple(parked),
        )
