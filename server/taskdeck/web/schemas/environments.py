"""Environments of runs on the wire."""

from __future__ import annotations

from taskdeck.model import environment
from taskdeck.web.schemas.shape import Answer


class Package(Answer):
    """An installed distribution."""

    name: str
    version: str


class Environment(Answer):
    """What a run was executed with."""

    name: str
    """As the task asks for it; empty for one that has no name."""
    path: str
    """The directory it is in."""
    python_version: str
    implementation: str
    """``cpython``, for example."""
    platform: str
    packages: list[Package]
    """By name."""
    packages_left_out: int
    """Beyond two thousand."""

    @classmethod
    def from_model(cls, found: environment.Environment) -> Environment:
        return cls(
            name=found.name,
            path=found.path,
            python_version=found.python_version,
            implementation=found.implementation,
            platform=found.platform,
            packages=[Package(name=each.name, version=each.version) for each in found.packages],
            packages_left_out=found.packages_left_out,
        )
