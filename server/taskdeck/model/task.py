"""A declared unit of work: a file with its parameters, connections and policies."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from taskdeck.model.concurrency import Concurrency
from taskdeck.model.parameter import Parameter
from taskdeck.model.problem import Problem
from taskdeck.model.resources import Resources
from taskdeck.model.retry import RerunPolicy, Retries


class TaskKind(StrEnum):
    NOTEBOOK = "notebook"
    SCRIPT = "script"


@dataclass(frozen=True, kw_only=True)
class Task:
    """One entry of ``data_tasks.json``. A task with an error among its ``problems`` is listed but cannot run."""

    id: str
    name: str
    kind: TaskKind
    file: str
    """Absolute path of the notebook or script."""
    description: str = ""
    tags: tuple[str, ...] = ()
    parameters: tuple[Parameter, ...] = ()
    connections: tuple[str, ...] = ()
    hidden: bool = False
    """Left out of the catalogue page; never a reason to refuse a run."""
    execute_from_root: bool = False
    cancel_timeout_seconds: float | None = None
    """``None``: the server's setting."""
    timeout_seconds: float | None = None
    """``None``: a run may take as long as it takes."""
    timeout_warning_seconds: float | None = None
    """How long before its time-out a run is warned; ``None``: a sensible share of it."""
    retries: Retries = field(default_factory=Retries)
    rerun_policy: RerunPolicy = RerunPolicy.NEVER
    concurrency: Concurrency = field(default_factory=Concurrency)
    priority: int = 0
    """Higher first."""
    resources: Resources = field(default_factory=Resources)
    environment: str = ""
    """Path of an interpreter or name of a kernelspec; empty: the server's own Python."""
    problems: tuple[Problem, ...] = ()

    def parameter(self, name: str) -> Parameter | None:
        return next((declared for declared in self.parameters if declared.name == name), None)
