"""A project directory, as data: where its parts are, and what it declares."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from taskdeck.model.connection import Connection
from taskdeck.model.navigation import Navigation
from taskdeck.model.problem import Problem, Severity
from taskdeck.model.task import Task


class Layout(StrEnum):
    NATIVE = "native"
    """``config/`` and ``data_tasks/`` side by side."""
    DUFT = "duft"
    """A workspace with ``duft-config/{system,user,apps}``."""


@dataclass(frozen=True, kw_only=True)
class Project:
    """Absolute directories of a project. Those of data and temporary files may not exist yet."""

    root: Path
    layout: Layout
    config_directory: Path
    """``config/`` or ``duft-config/``."""
    data_directory: Path
    temporary_directory: Path
    uploads_directory: Path

    @property
    def name(self) -> str:
        return self.root.name


@dataclass(frozen=True, kw_only=True)
class Catalog:
    """Everything a project declares, read at one moment. ``version`` is a hash of all files it came from."""

    project: Project
    version: str
    tasks: Mapping[str, Task] = field(default_factory=dict)
    connections: Mapping[str, Connection] = field(default_factory=dict)
    navigation: Navigation = field(default_factory=Navigation)
    problems: tuple[Problem, ...] = ()
    """All of them, those of tasks included, ordered by file, line and column."""

    @property
    def has_errors(self) -> bool:
        return any(problem.severity is Severity.ERROR for problem in self.problems)
