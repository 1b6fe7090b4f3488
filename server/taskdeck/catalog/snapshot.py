"""What is on disk of a project's configuration at one moment: all reading happens here, and never raises."""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from taskdeck.catalog.layout import ConfigFiles, config_files
from taskdeck.model.project import Project

MAX_FILE_BYTES = 8 * 1024 * 1024
TASK_SUFFIXES = (".ipynb", ".py")


@dataclass(frozen=True, kw_only=True)
class ConfigText:
    """The bytes of a configuration file, or the sentence that says why there are none."""

    content: bytes = b""
    unreadable: str = ""


class FileState(Enum):
    """What a name in a folder of tasks stands for."""

    FILE = "a file"
    NOT_A_FILE = "not a file"
    OUTSIDE = "a link out of the folder"
    BROKEN = "a link to nowhere"


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """Equal snapshots make equal catalogs. ``texts`` holds the files that exist."""

    project: Project
    files: ConfigFiles
    texts: Mapping[Path, ConfigText]
    folders: Mapping[Path, Mapping[str, FileState]]
    """By folder of tasks, its notebooks and scripts."""


def take(project: Project) -> Snapshot:
    files = config_files(project)
    paths = (*(tasks.path for tasks in files.tasks), *files.connections, *files.values, *files.navigation)
    texts = {path: text for path in paths if (text := _read(path)) is not None}
    folders = {tasks.folder: _list(tasks.folder) for tasks in files.tasks}
    return Snapshot(project=project, files=files, texts=texts, folders=folders)


def _read(path: Path) -> ConfigText | None:
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            return ConfigText(unreadable="This is not a file")
        with path.open("rb") as file:
            content = file.read(MAX_FILE_BYTES + 1)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        return ConfigText(unreadable=f"The file cannot be read: {error.strerror or error}")
    if len(content) > MAX_FILE_BYTES:
        return ConfigText(unreadable=f"The file is larger than {MAX_FILE_BYTES // 1024**2} MiB")
    return ConfigText(content=content)


def _list(folder: Path) -> dict[str, FileState]:
    try:
        with os.scandir(folder) as entries:
            tasks = [entry for entry in entries if entry.name.lower().endswith(TASK_SUFFIXES)]
        home = folder.resolve()
    except OSError:
        return {}
    return {entry.name: _state(entry, home) for entry in tasks}


def _state(entry: os.DirEntry[str], home: Path) -> FileState:
    try:
        if entry.is_symlink():
            target = Path(entry.path).resolve(strict=True)
            if not target.is_relative_to(home):
                return FileState.OUTSIDE
        return FileState.FILE if entry.is_file() else FileState.NOT_A_FILE
    except (OSError, RuntimeError):  # RuntimeError: a loop of links, until Python 3.13
        return FileState.BROKEN
