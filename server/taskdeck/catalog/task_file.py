"""The files of tasks, and what lies beside them: nothing but what is in the project's folders of tasks."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from taskdeck.catalog.layout import config_files
from taskdeck.catalog.snapshot import TASK_SUFFIXES
from taskdeck.model.project import Project

MAX_BYTES = 2 * 1024 * 1024
MAX_NOTEBOOK_BYTES = 16 * 1024 * 1024
"""Charts take room that code does not."""

DOCUMENTATION_SUFFIX = ".md"
_NOTEBOOK_SUFFIX = ".ipynb"


class MissingFile(LookupError):
    """There is no such file; the message says which."""


class UnreadableFile(ValueError):
    """The file cannot be shown; the message says which, and why."""


def read(project: Project, path: Path) -> bytes:
    """A task's file or the Markdown beside it, whole.

    ``path`` may come from a definition that has errors: it must not lead to other files of the project, which hold
    secrets. Raises `MissingFile` and `UnreadableFile`.
    """
    label = project.label(path)
    folders = {tasks.folder for tasks in config_files(project).tasks}
    is_known_kind = path.suffix.lower() in (*TASK_SUFFIXES, DOCUMENTATION_SUFFIX)
    if path.parent not in folders or not is_known_kind or "\0" in path.name:
        raise UnreadableFile(f"{label} is not the file of a task: expected the name of one in its data_tasks folder.")
    return _within(path.parent, path, label)


def read_module(project: Project, path: Path) -> bytes:
    """A module beside a task, or in a package beside it. Raises `MissingFile` and `UnreadableFile`."""
    label = project.label(path)
    folders = (tasks.folder for tasks in config_files(project).tasks)
    folder = next((folder for folder in folders if path.is_relative_to(folder)), None)
    if folder is None or path.suffix != ".py" or ".." in path.parts or "\0" in str(path):
        raise UnreadableFile(f"{label} is not a module that a task could import.")
    return _within(folder, path, label)


def _within(folder: Path, path: Path, label: str) -> bytes:
    try:
        target = path.resolve(strict=True)
        if not target.is_relative_to(folder.resolve(strict=True)):
            raise UnreadableFile(f"{label} is a link out of its folder, which is not followed.")
        return _content(target, label)
    except (FileNotFoundError, NotADirectoryError):
        raise MissingFile(f"There is no file {label}.") from None
    except (OSError, RuntimeError) as error:  # RuntimeError: a loop of links, until Python 3.13
        reason = error.strerror if isinstance(error, OSError) else None
        raise UnreadableFile(f"{label} cannot be read: {reason or error}.") from error


def _content(target: Path, label: str) -> bytes:
    # Without O_NONBLOCK, opening a pipe would wait for its other end; Windows has neither flag.
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    with os.fdopen(os.open(target, flags), "rb") as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise UnreadableFile(f"{label} is not a file.")
        most = MAX_NOTEBOOK_BYTES if target.suffix.lower() == _NOTEBOOK_SUFFIX else MAX_BYTES
        content = file.read(most + 1)
    if len(content) > most:
        raise UnreadableFile(f"{label} is larger than {most // 1024**2} MiB, too large to be shown.")
    return content
