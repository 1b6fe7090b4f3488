"""The one place where an update in progress writes, and how its result becomes a version."""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import secrets
import shutil
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from taskdeck.configuration import versions
from taskdeck.configuration.versions import FILES_FILE, PLAN_FILE, TREE, VERSION_FILE
from taskdeck.model.config_version import ConfigVersion, FileEntry


@dataclass(frozen=True, kw_only=True)
class Area:
    """A directory of its own for one update."""

    directory: Path

    def path(self, name: str) -> Path:
        return self.directory / name


@dataclass(frozen=True, kw_only=True)
class Staging:
    """Only whoever holds the lock may use it."""

    directory: Path

    def clear(self) -> None:
        """Removes what killed updates have left. Raises `OSError`."""
        self.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        for entry in self.directory.iterdir():
            remove(entry)

    @contextmanager
    def area(self) -> Iterator[Area]:
        directory = self.directory / secrets.token_hex(8)
        directory.mkdir(mode=0o700)
        try:
            yield Area(directory=directory)
        finally:
            remove(directory)


@dataclass(frozen=True, kw_only=True)
class Staged:
    """A draft with all that a version has, which is none yet."""

    draft: Path
    number: int


def stage(
    draft: Path, version: ConfigVersion, files: tuple[FileEntry, ...] | None, plan: dict[str, Any] | None
) -> Staged:
    """``files``: ``None`` if the version has none of its own. Raises `OSError`."""
    (draft / VERSION_FILE).write_bytes(versions.to_json(version))
    if files is not None:
        _write_json(draft / FILES_FILE, [asdict(file) for file in files])
    if plan is not None:
        _write_json(draft / PLAN_FILE, plan)
    return Staged(draft=draft, number=version.number)


def publish(staged: Sequence[Staged], directory: Path) -> None:
    """Makes each draft a version in one step, one right after the other: before its rename there is none, after it the
    whole one. Raises `OSError`.
    """
    for each in staged:
        _make_durable(each.draft)
    for each in staged:
        each.draft.rename(directory / str(each.number))
    _sync(directory)


def withdraw_tree(version_directory: Path, staging: Path) -> None:
    """Removes a version's files, which vanish at once; what is known of the version stays. Raises `OSError`."""
    gone = staging / secrets.token_hex(8)
    (version_directory / TREE).rename(gone)
    remove(gone)


def remove(path: Path) -> None:
    """Removes a file or a directory without following links; what cannot be removed is for the next one."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        with contextlib.suppress(OSError):
            path.unlink()


def _write_json(path: Path, content: Any) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")


def _make_durable(draft: Path) -> None:
    """Has the system write all files of the draft to the disk: a rename may reach it before them."""
    if _sync_file_system(draft):
        return
    for directory, _, files in os.walk(draft, topdown=False):
        for name in files:
            path = Path(directory, name)
            if not path.is_symlink():
                _sync(path)
        _sync(Path(directory))


def _sync_file_system(path: Path) -> bool:
    """One call for a thousand files (Linux, syncfs(2)); ``False`` where there is none."""
    if not sys.platform.startswith("linux"):
        return False
    descriptor = os.open(path, os.O_RDONLY)
    try:
        return bool(ctypes.CDLL(None, use_errno=True).syncfs(descriptor) == 0)
    except AttributeError:
        return False
    finally:
        os.close(descriptor)


def _sync(path: Path) -> None:
    if os.name == "nt" and path.is_dir():
        return
    descriptor = os.open(path, os.O_RDWR if os.name == "nt" else os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
