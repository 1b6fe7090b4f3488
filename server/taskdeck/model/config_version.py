"""Numbered versions of a project's configuration, as data."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Origin(StrEnum):
    """Where a version's files came from."""

    GIT = "git"
    ARCHIVE = "archive"
    EDIT = "edit"
    ROLLBACK = "rollback"
    """An earlier version, whose files it shares."""
    DIRECTORY = "directory"
    """The project's directory as it was at that moment."""
    LIVE = "live"
    """The project's directory as it is at any moment: the version has no files of its own."""


class ConfigTrigger(StrEnum):
    """What asked for a version."""

    API = "api"
    CLI = "cli"
    WEBHOOK = "webhook"
    POLL = "poll"
    TASK = "task"


@dataclass(frozen=True, kw_only=True)
class ConfigSource:
    """Which fields are filled in depends on ``origin``; the others are empty."""

    origin: Origin
    repository: str = ""
    """Of git: the URL, without a password."""
    ref: str = ""
    """Of git: the branch, tag or commit that was asked for."""
    commit: str = ""
    """Of git: what it stood for."""
    directory: str = ""
    """Of git and archives: where in it the project is."""
    file: str = ""
    """Of archives: what it was called."""
    sha256: str = ""
    """Of archives."""
    edited: tuple[str, ...] = ()
    """Of edits, in words: ``task LOAD``."""
    version: int | None = None
    """Of roll-backs: the version that is in force again. Of edits: the one that was edited."""

    @property
    def revision(self) -> str:
        """What tells it from what the same place holds at another time; empty if only its files tell."""
        return self.commit or self.sha256


@dataclass(frozen=True, kw_only=True)
class FileEntry:
    """One file of a version. ``path`` is relative to its tree, with slashes."""

    path: str
    size: int
    sha256: str
    executable: bool = False


@dataclass(frozen=True, kw_only=True)
class ConfigVersion:
    """One version: written once, never changed."""

    number: int
    at: datetime
    by: str
    """Who asked for it, as far as that is known."""
    trigger: ConfigTrigger
    source: ConfigSource
    message: str = ""
    tree: int | None = None
    """The version whose files it has: itself, or the one that a roll-back goes back to; ``None``: it is ``live``."""
    digest: str = ""
    """Of all files: two versions with the same one are the same. Empty of ``live``."""
    environment: str = ""
    """The virtual environment of its requirements, by its name in ``environments/``; empty if it has none."""
    summary: dict[str, int] = field(default_factory=dict)
    """How much the update changed; see ``Plan.summary``."""
    idempotency_key: str = ""
    request_sha256: str = ""
    """Of the request that had the key."""

    @property
    def revision(self) -> str:
        """The commit, the archive's hash, else that of all files: equal for what is the same. Empty of ``live``."""
        return self.source.revision or self.digest
