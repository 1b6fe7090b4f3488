"""``taskdeck task add``: a notebook or script becomes a task, declared by what its code says."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from taskdeck.catalog import layout, loader, replacement, rewriting
from taskdeck.catalog.layout import TasksFile
from taskdeck.catalog.rewriting import CannotRewrite
from taskdeck.catalog.schema import TaskForm
from taskdeck.catalog.snapshot import TASK_SUFFIXES
from taskdeck.execution import linting
from taskdeck.lint import declaration
from taskdeck.lint.declaration import Declared
from taskdeck.model.project import Project
from taskdeck.model.task import Task
from taskdeck.model.wording import quote

_KEY = "dataTasks"


class CannotDeclare(ValueError):
    """The file cannot become a task; the message says why, and what to do."""


@dataclass(frozen=True, kw_only=True)
class Addition:
    """What is to be written where; nothing is, before `write`."""

    declared: Declared
    file: Path
    content: str

    def write(self) -> None:
        """In one step: whoever reads the file sees it before or after. Raises `CannotDeclare`."""
        try:
            replacement.replace(self.file, self.content.encode("utf-8", "surrogateescape"))
        except OSError as error:
            raise CannotDeclare(f"{self.file} cannot be written: {error.strerror}.") from error


def find_project(file: Path, project: Path | None) -> Project:
    """The project given, or else the one around the file. Raises `ProjectNotFound`."""
    return layout.find_project(file.parent, search_upwards=True) if project is None else layout.find_project(project)


def prepare(
    project: Project,
    file: Path,
    *,
    id: str = "",  # noqa: A002 - the task's
    name: str = "",
    replace: bool = False,
) -> Addition:
    """Reads the file and says what its declaration would be. Raises `CannotDeclare`."""
    catalog = loader.load(project)
    place = _place(project, file)
    path = place.folder / file.name
    read = linting.analyse(catalog, path)
    if not isinstance(read, tuple):
        reason = read[0].message if read else "There is no such file."
        raise CannotDeclare(f"{file} cannot become a task. {reason}")
    declared = declaration.of_file(file.name, *read, id=id, name=name)
    _check(declared.entry)
    known = catalog.tasks.get(declared.entry["id"])
    if known and not (replace and Path(known.file).parent == place.folder):
        raise CannotDeclare(_taken(project, known, place, wanted_to_replace=replace))
    try:
        content = rewriting.put(_text(place.path), _KEY, declared.entry)
    except CannotRewrite as error:
        raise CannotDeclare(f"{project.label(place.path)} cannot be edited: {error}.") from error
    return Addition(declared=declared, file=place.path, content=content)


def _place(project: Project, file: Path) -> TasksFile:
    """The ``data_tasks.json`` that declares the files of this folder."""
    if file.suffix.lower() not in TASK_SUFFIXES:
        raise CannotDeclare(f"{file} is neither a notebook nor a script: expected a name that ends in .ipynb or .py.")
    folder = file.absolute().parent.resolve()
    places = layout.config_files(project).tasks
    found = next((place for place in places if place.folder.resolve() == folder), None)
    if found is None:
        folders = " or ".join(f"{project.label(place.folder)}/" for place in places if place.folder.is_dir())
        raise CannotDeclare(
            f"{file} is not in a folder of tasks of {project.root}: move it to {folders or layout.TASK_FOLDER + '/'}."
        )
    return found


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8", "surrogateescape")
    except FileNotFoundError:
        return ""
    except OSError as error:
        raise CannotDeclare(f"{path} cannot be read: {error.strerror}.") from error


def _check(entry: dict[str, Any]) -> None:
    try:
        TaskForm.model_validate(entry)
    except ValidationError as error:
        wrong = error.errors()[0]
        key = ".".join(map(str, wrong["loc"]))
        raise CannotDeclare(f"{quote(str(wrong['input']))} is no {key} of a task: expected {wrong['msg']}.") from error


def _taken(project: Project, known: Task, place: TasksFile, *, wanted_to_replace: bool) -> str:
    other = next(each for each in layout.config_files(project).tasks if each.folder == Path(known.file).parent)
    where = project.label(other.path)
    if wanted_to_replace:
        return f"The task {known.id!r} is declared in {where}, not in {project.label(place.path)}: choose another --id."
    return f"There is a task {known.id!r} already, in {where}. Choose another --id, or replace it with --force."
