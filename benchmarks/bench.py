"""What the subjects of a run of the benchmarks share."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks import project, server
from benchmarks.server import Server


@dataclass(frozen=True, kw_only=True)
class Bench:
    """``directory``: an empty one, for everything that is written."""

    directory: Path
    rounds: int = 8
    quick: bool = False
    """Small amounts everywhere: to see that it works, not how fast it is."""
    _names: list[str] = field(default_factory=list)

    def sized(self, full: int, quick: int) -> int:
        return quick if self.quick else full

    def new_directory(self, name: str) -> Path:
        self._names.append(name)
        directory = self.directory / f"{name}-{len(self._names)}"
        directory.mkdir()
        return directory

    @contextmanager
    def server(self, **settings: str) -> Iterator[Server]:
        """A server on a new project; see `server.serving`."""
        with server.serving(project.make(self.new_directory("project")), **settings) as running:
            yield running
