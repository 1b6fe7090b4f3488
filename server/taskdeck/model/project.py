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
class ServedVersion:
    """The numbered version of the configuration that is served."""

    number: int
    tree: Path | None
    """A project root of its own, in place of the project's; ``None``: the project's directory itself is served."""
    environment: str = ""
    """The virtual environment of its requirements; empty if it has none."""


@dataclass(frozen=True, kw_only=True)
class Project:
    """Absolute directories of a project. Those of data and temporary files may not exist yet."""

    root: Path
    layout: Layout
    config_directory: Path
    """``config/`` or ``duft-config/``, where it is read: in a version's tree, or in ``root``."""
    data_directory: Path
    temporary_directory: Path
    uploads_directory: Path
    version: ServedVersion | None = None
    """``None``: there are no versions, and the directory itself is served."""

    @property
    def name(self) -> str:
        return self.root.name

    @property
    def source_root(self) -> Path:
        """Where configuration and tasks are read: the tree of the served version, or ``root``."""
        return self.root if self.version is None or self.version.tree is None else self.version.tree

    @property
    def operator_directory(self) -> Path:
        """``config/`` or ``duft-config/`` in ``root``: what operators set there is of no version."""
        return self.root / self.config_directory.name

    @property
    def environment(self) -> str:
        """The virtual environment of tasks that name none; empty: the server's own Python."""
        return "" if self.version is None else self.version.environment

    def label(self, path: Path) -> str:
        """How a file is called: relative to the project, with slashes, in whichever version it lies."""
        for base in (self.source_root, self.root):
            if path.is_relative_to(base):
                return path.relative_to(base).as_posix()
        return path.name


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
    def config_version(self) -> int | None:
        """The number of the served version; ``None``: there are no versions."""
        return None if self.project.version is None else self.project.version.number

    @property
    def has_errors(self) -> bool:
        return any(problem.severity is Severity.ERROR for problem in self.problems)
