"""Edits of single tasks, connections and parameters, in the files where they are declared."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from taskdeck.catalog import positions, rewriting
from taskdeck.catalog.layout import ConfigFiles, config_files
from taskdeck.configuration.failure import Kind, UpdateFailed
from taskdeck.model.project import Project
from taskdeck.model.wording import quote

_PARAMETERS = "supportedParameters"
_LEGACY_PARAMETERS = "params"


class Item(StrEnum):
    TASK = "task"
    CONNECTION = "connection"
    PARAMETER = "parameter"


class Operation(StrEnum):
    PUT = "put"
    PATCH = "patch"
    """As RFC 7396 has it: keys with ``null`` are removed."""
    DELETE = "delete"


@dataclass(frozen=True, kw_only=True)
class Edit:
    """``id``: of the task or connection; ``name``: of the parameter, which is one of the task ``id``.

    ``value``: what the entry holds afterwards, as in its file, or what is merged into it; of no use to ``delete``.
    """

    item: Item
    operation: Operation
    id: str
    name: str = ""
    value: Any = None

    def __str__(self) -> str:
        return f"parameter {self.name} of task {self.id}" if self.item is Item.PARAMETER else f"{self.item} {self.id}"


def apply(project: Project, edits: Sequence[Edit]) -> None:
    """Changes the files of the project's tree. Raises `UpdateFailed` and `OSError`."""
    for edit in edits:
        if edit.operation is not Operation.DELETE and not isinstance(edit.value, dict):
            raise UpdateFailed(Kind.INVALID, f"The new content of {edit} must be an object.")
        _apply(project, edit)


def merged(target: Any, patch: Any) -> Any:
    """``target`` with the patch merged into it (RFC 7396)."""
    if not isinstance(patch, dict):
        return patch
    result = dict(target) if isinstance(target, dict) else {}
    for key, value in patch.items():
        if value is None:
            result.pop(key, None)
        else:
            result[key] = merged(result.get(key), value)
    return result


def _apply(project: Project, edit: Edit) -> None:
    is_connection = edit.item is Item.CONNECTION
    key = "dataConnections" if is_connection else "dataTasks"
    found = _find(project, _paths(config_files(project), is_connection=is_connection), key, edit.id)
    if found is None:
        if edit.operation is not Operation.PUT or edit.item is Item.PARAMETER:
            kind = "connection" if is_connection else "task"
            raise UpdateFailed(Kind.NO_SUCH_ITEM, f"There is no {kind} {quote(edit.id)}.")
        file = _file_for_new(project, is_connection=is_connection)
        entries = file.content.setdefault(key, [])
        if not isinstance(entries, list):
            message = f"{project.label(file.path)} cannot be edited: it is not an object with the list {key!r}."
            raise UpdateFailed(Kind.INVALID, message)
        entries.append(_with_id(edit, edit.value))
        file.write()
        return
    file, entries, index = found
    if edit.item is Item.PARAMETER:
        _edit_parameter(entries[index], edit)
    elif edit.operation is Operation.DELETE:
        del entries[index]
    else:
        value = edit.value if edit.operation is Operation.PUT else merged(entries[index], edit.value)
        entries[index] = _with_id(edit, value)
    file.write()


def _edit_parameter(task: dict[str, Any], edit: Edit) -> None:
    legacy, declared = task.get(_LEGACY_PARAMETERS), task.get(_PARAMETERS)
    if isinstance(legacy, dict) and edit.name in legacy:
        if edit.operation is not Operation.DELETE:
            message = f"The {edit} is declared in the older form, {_LEGACY_PARAMETERS}: put the task as a whole."
            raise UpdateFailed(Kind.INVALID, message)
        del legacy[edit.name]
        return
    parameters = declared if isinstance(declared, dict) else {}
    if edit.name not in parameters and edit.operation is not Operation.PUT:
        raise UpdateFailed(Kind.NO_SUCH_ITEM, f"There is no {edit}.")
    if edit.operation is Operation.DELETE:
        del parameters[edit.name]
    elif edit.operation is Operation.PUT:
        parameters[edit.name] = copy.deepcopy(edit.value)
    else:
        parameters[edit.name] = merged(parameters[edit.name], edit.value)
    task[_PARAMETERS] = parameters


def _with_id(edit: Edit, value: dict[str, Any]) -> dict[str, Any]:
    if value.get("id", edit.id) != edit.id:
        raise UpdateFailed(Kind.INVALID, f"The id of {edit} cannot be changed: make a new one, and delete this.")
    return {"id": edit.id, **copy.deepcopy(value)}


@dataclass(frozen=True)
class _File:
    """A configuration file; written back, it is as it was found but for what differs in ``content``."""

    path: Path
    text: str
    content: dict[str, Any]

    def write(self) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.write_bytes(rewriting.rewritten(self.text, self.content).encode())


def _paths(files: ConfigFiles, *, is_connection: bool) -> tuple[Path, ...]:
    return files.connections if is_connection else tuple(tasks.path for tasks in files.tasks)


def _find(project: Project, paths: Sequence[Path], key: str, id_: str) -> tuple[_File, list[Any], int] | None:
    """The file that declares the entry in force, its list of entries, and which one it is. Raises `UpdateFailed`."""
    for path in paths:
        file = _read(project, path)
        entries = file.content.get(key) if file else None
        if file is None or not isinstance(entries, list):
            continue
        for index, entry in enumerate(entries):
            if isinstance(entry, dict) and entry.get("id") == id_:
                if not path.is_relative_to(project.source_root):
                    where = project.label(path)
                    message = f"{quote(id_)} is declared in {where}, which is the operator's, not the configuration's."
                    raise UpdateFailed(Kind.REFUSED, message)
                return file, entries, index
    return None


def _file_for_new(project: Project, *, is_connection: bool) -> _File:
    """The first file of the configuration, which is made if there is none."""
    path = _paths(config_files(project), is_connection=is_connection)[0]
    return _read(project, path) or _File(path, "", {})


def _read(project: Project, path: Path) -> _File | None:
    """Raises `UpdateFailed`."""
    try:
        text = path.read_bytes().decode()
    except FileNotFoundError:
        return None
    except UnicodeDecodeError as error:
        raise UpdateFailed(Kind.INVALID, f"{project.label(path)} is not UTF-8, and cannot be edited.") from error
    document = positions.parse(text.removeprefix(rewriting.BOM))
    if document.flaws or not isinstance(document.value, dict):
        if not path.is_relative_to(project.source_root):
            return None
        message = f"{project.label(path)} is not a JSON object, and cannot be edited until it is mended."
        raise UpdateFailed(Kind.INVALID, message)
    return _File(path, text, document.value)
