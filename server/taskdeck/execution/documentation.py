"""What an author wrote about a task for those who run it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from taskdeck.catalog import task_file
from taskdeck.catalog.task_file import DOCUMENTATION_SUFFIX, MissingFile, UnreadableFile
from taskdeck.execution import task_source
from taskdeck.model.project import Project
from taskdeck.model.task import Task, TaskKind
from taskdeck.runner.masking import Masker

MAX_CHARACTERS = 200_000


class Origin(StrEnum):
    FILE = "file"
    """A Markdown file beside the task."""
    NOTEBOOK = "notebook"
    """The first cell of the notebook."""
    NONE = "none"


@dataclass(frozen=True, kw_only=True)
class Documentation:
    """``text`` is Markdown; ``file``, relative to the project, is where it stands. Both empty if there is none."""

    origin: Origin
    text: str = ""
    file: str = ""
    truncated: bool = False
    """There is more of it than is shown."""


def read(project: Project, task: Task, masker: Masker) -> Documentation:
    """Raises `UnreadableFile`, of a Markdown file alone: what is wrong with the task's own file, its source tells."""
    path = Path(task.file)
    if path.name in ("", ".."):
        return Documentation(origin=Origin.NONE)
    beside = path.with_suffix(DOCUMENTATION_SUFFIX)
    try:
        text = task_file.read(project, beside).decode("utf-8-sig", "replace")
        return _documentation(Origin.FILE, text, project.label(beside), masker)
    except MissingFile:
        pass
    if task.kind is not TaskKind.NOTEBOOK:
        return Documentation(origin=Origin.NONE)
    label = project.label(path)
    try:
        cells = task_source.notebook(task_file.read(project, path), label).cells
    except (MissingFile, UnreadableFile):
        return Documentation(origin=Origin.NONE)
    if not cells or cells[0].type != "markdown":
        return Documentation(origin=Origin.NONE)
    return _documentation(Origin.NOTEBOOK, cells[0].source, label, masker)


def _documentation(origin: Origin, text: str, file: str, masker: Masker) -> Documentation:
    if not text.strip():
        return Documentation(origin=Origin.NONE)
    # Masked before it is cut: a part of a secret would not be recognised.
    masked = masker.text(text)
    return Documentation(origin=origin, text=masked[:MAX_CHARACTERS], file=file, truncated=len(masked) > MAX_CHARACTERS)
