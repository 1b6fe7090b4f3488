"""The versions of a project's configuration on the disk, and which of them is served.

::

    versions/41/version.json    who, when, from where
    versions/41/files.json      each file with its hash
    versions/41/plan.json       what it changed
    versions/41/tree/           the files: a project root of their own, with links to what is of no version

The highest-numbered version is the active one. As a directory becomes a version by one rename, there is nothing else
that could disagree: no pointer, no row in the store.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

from taskdeck.catalog import layout
from taskdeck.model.config_version import ConfigSource, ConfigTrigger, ConfigVersion, FileEntry, Origin
from taskdeck.model.project import Project, ServedVersion
from taskdeck.settings import Settings

_log = logging.getLogger(__name__)

VERSION_FILE = "version.json"
FILES_FILE = "files.json"
PLAN_FILE = "plan.json"
TREE = "tree"


class NoSuchVersion(LookupError):
    """There is no version of that number, or its files are gone; the message says which."""


@dataclass(frozen=True, kw_only=True)
class Versions:
    """Reads only: versions are made by `update`, under its lock."""

    directory: Path
    environments: Path

    @classmethod
    def of(cls, settings: Settings) -> Versions:
        return cls(
            directory=settings.configuration_directory / "versions", environments=settings.environments_directory
        )

    def numbers(self) -> list[int]:
        """Of all versions, the newest first."""
        try:
            names = [path.name for path in self.directory.iterdir()]
        except OSError:
            return []
        return sorted((int(name) for name in names if name.isascii() and name.isdecimal()), reverse=True)

    def active(self) -> ConfigVersion | None:
        """The version in force; ``None``: there are no versions."""
        return next(self._readable(self.numbers()), None)

    def get(self, number: int) -> ConfigVersion:
        """Raises `NoSuchVersion`."""
        try:
            return from_json((self.directory / str(number) / VERSION_FILE).read_bytes())
        except FileNotFoundError:
            raise NoSuchVersion(f"There is no version {number} of the configuration.") from None
        except (OSError, ValueError, TypeError, KeyError) as error:
            raise NoSuchVersion(f"Version {number} of the configuration cannot be read: {error}.") from error

    def page(self, *, before: int | None = None, limit: int = 50) -> list[ConfigVersion]:
        """The newest versions first; ``before`` is the number of the last one of the page above."""
        numbers = [number for number in self.numbers() if before is None or number < before]
        return list(islice(self._readable(numbers), limit))

    def plan(self, number: int) -> dict[str, Any] | None:
        """What the version changed, as it was found then; see `plan.Plan`. Raises `NoSuchVersion`."""
        self.get(number)
        try:
            found: dict[str, Any] = json.loads((self.directory / str(number) / PLAN_FILE).read_bytes())
        except (OSError, ValueError):
            return None
        return found

    def tree(self, version: ConfigVersion) -> Path | None:
        """Where the version's files are; ``None``: they are those of the project's directory."""
        return None if version.tree is None else self.directory / str(version.tree) / TREE

    def has_files(self, version: ConfigVersion) -> bool:
        """Whether they have not been removed to make room."""
        tree = self.tree(version)
        return tree is None or tree.is_dir()

    def files(self, version: ConfigVersion) -> tuple[FileEntry, ...]:
        """The version's files by their paths; none if it is ``live``. Raises `NoSuchVersion`."""
        if version.tree is None:
            return ()
        try:
            listed = json.loads((self.directory / str(version.tree) / FILES_FILE).read_bytes())
        except (OSError, ValueError) as error:
            raise NoSuchVersion(f"The files of version {version.number} are not known any more: {error}.") from error
        return tuple(FileEntry(**entry) for entry in listed)

    def served(self, project: Project) -> Project:
        """The project as its active version has it."""
        version = self.active()
        return project if version is None else self.project_of(project, version)

    def project_of(self, project: Project, version: ConfigVersion) -> Project:
        environment = str(self.environments / version.environment) if version.environment else ""
        served = ServedVersion(number=version.number, tree=self.tree(version), environment=environment)
        return layout.of_version(project, served)

    def _readable(self, numbers: Iterable[int]) -> Iterator[ConfigVersion]:
        """Passes over those that cannot be read, and says so: they came into being whole, and were damaged since."""
        for number in numbers:
            try:
                yield self.get(number)
            except NoSuchVersion as error:
                _log.error("config_version_unreadable", extra={"version": number, "reason": str(error)})


def to_json(version: ConfigVersion) -> bytes:
    values = asdict(version) | {"at": version.at.isoformat()}
    return json.dumps(values, indent=2, ensure_ascii=False).encode()


def from_json(content: bytes) -> ConfigVersion:
    """Raises ValueError, TypeError and KeyError."""
    values: Mapping[str, Any] = json.loads(content)
    source = dict(values["source"])
    return ConfigVersion(
        **{
            **values,
            "at": datetime.fromisoformat(values["at"]),
            "trigger": ConfigTrigger(values["trigger"]),
            "source": ConfigSource(
                **{**source, "origin": Origin(source["origin"]), "edited": tuple(source.get("edited", ()))}
            ),
        }
    )
