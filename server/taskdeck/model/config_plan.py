"""What an update of the configuration would change, found by comparing two catalogs and two lists of files. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from types import NoneType
from typing import Any

from taskdeck.model.config_version import FileEntry
from taskdeck.model.connection import Connection
from taskdeck.model.parameter import Parameter
from taskdeck.model.project import Catalog, Project
from taskdeck.model.task import Task
from taskdeck.model.wording import describe

MAX_FILES = 1000
"""What a plan lists at most of files; the counts are of all."""


class Change(StrEnum):
    ADDED = "added"
    CHANGED = "changed"
    REMOVED = "removed"


class Breakage(StrEnum):
    """How a parameter may break those who give it a value: callers, schedules, saved links."""

    REMOVED = "removed"
    REQUIRED = "required"
    """It is required now, and was not."""
    TYPE = "type"
    NARROWED = "narrowed"
    """Values that were allowed are not any more."""
    PROTECTED = "protected"
    """Callers could set it, and cannot any more."""


@dataclass(frozen=True, kw_only=True)
class KeyChange:
    """A key of a task or connection; ``before`` and ``after`` are JSON, ``None`` where there was nothing."""

    key: str
    before: Any = None
    after: Any = None


@dataclass(frozen=True, kw_only=True)
class ItemChange:
    """A task or connection. ``changes``: of a changed one, by key; of parameters ``parameters.year.default``, or
    ``parameters.year`` for one that is new or gone.
    """

    id: str
    name: str
    change: Change
    changes: tuple[KeyChange, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ParameterBreak:
    """``text`` says it in a sentence."""

    task: str
    parameter: str
    breakage: Breakage
    text: str


@dataclass(frozen=True, kw_only=True)
class Reference:
    """Something in the configuration that names a task. ``where``: ``schedule`` or ``navigation``."""

    where: str
    name: str
    task: str
    file: str


@dataclass(frozen=True, kw_only=True)
class ActiveRun:
    """A queued or running run of a task that is removed: it goes on with its version."""

    run: int
    task: str
    status: str


@dataclass(frozen=True, kw_only=True)
class FileChange:
    path: str
    change: Change
    size_before: int | None = None
    size_after: int | None = None


@dataclass(frozen=True, kw_only=True)
class Plan:
    tasks: tuple[ItemChange, ...] = ()
    connections: tuple[ItemChange, ...] = ()
    parameters: tuple[ParameterBreak, ...] = ()
    """What breaks callers."""
    dangling: tuple[Reference, ...] = ()
    """Schedules and actions of the sidebar that name a task which is not there any more."""
    active_runs: tuple[ActiveRun, ...] = ()
    files: tuple[FileChange, ...] = ()
    file_counts: Mapping[str, int] = field(default_factory=dict)
    """``added``, ``changed``, ``removed``; of all files, also where ``files`` does not list them all."""
    requirements_changed: bool = False

    @property
    def is_empty(self) -> bool:
        return not (self.tasks or self.connections or any(self.file_counts.values()))

    @property
    def summary(self) -> dict[str, int]:
        """Counts, for a list of versions."""
        counts = {
            f"{kind}_{change}": sum(item.change is change for item in items)
            for kind, items in (("tasks", self.tasks), ("connections", self.connections))
            for change in Change
        }
        counts |= {f"files_{change}": self.file_counts.get(change, 0) for change in Change}
        return counts | {"breaks": len(self.parameters) + len(self.dangling)}

    def to_json(self) -> dict[str, Any]:
        """Nothing but what JSON knows."""
        values: dict[str, Any] = _plain(self)
        return {**values, "summary": self.summary}


def compare(
    before: Catalog,
    after: Catalog,
    *,
    files_before: Iterable[FileEntry],
    files_after: Iterable[FileEntry],
    references: Iterable[Reference] = (),
    active_runs: Iterable[ActiveRun] = (),
    requirements: str = "requirements.txt",
) -> Plan:
    """``references`` are those of the configuration afterwards; ``requirements``: the path of that file."""
    removed = before.tasks.keys() - after.tasks.keys()
    files = list(changed_files(files_before, files_after))
    return Plan(
        tasks=tuple(_items(before.tasks, after.tasks, lambda task, of: _task(task, of.project), before, after)),
        connections=tuple(
            _items(before.connections, after.connections, lambda each, _: _connection(each), before, after)
        ),
        parameters=tuple(_breaks(before.tasks, after.tasks)),
        dangling=tuple(reference for reference in references if reference.task in removed),
        active_runs=tuple(run for run in active_runs if run.task in removed),
        files=tuple(files[:MAX_FILES]),
        file_counts={str(change): sum(file.change is change for file in files) for change in Change},
        requirements_changed=any(file.path == requirements for file in files),
    )


def _items(before: Mapping[str, Any], after: Mapping[str, Any], keys: Any, old: Catalog, new: Catalog) -> Iterator[Any]:
    for id_, item in after.items():
        if id_ not in before:
            yield ItemChange(id=id_, name=item.name, change=Change.ADDED)
        elif changes := _changes(keys(before[id_], old), keys(item, new)):
            yield ItemChange(id=id_, name=item.name, change=Change.CHANGED, changes=changes)
    for id_, item in before.items():
        if id_ not in after:
            yield ItemChange(id=id_, name=item.name, change=Change.REMOVED)


def _changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[KeyChange, ...]:
    keys = [*before, *(key for key in after if key not in before)]
    changed = ((key, before.get(key), after.get(key)) for key in keys if before.get(key) != after.get(key))
    return tuple(change for each in changed for change in _key_changes(*each))


def _key_changes(key: str, before: Any, after: Any) -> Iterator[KeyChange]:
    if isinstance(before, Parameter) and isinstance(after, Parameter):
        for name in _names(Parameter):
            if (old := getattr(before, name)) != (new := getattr(after, name)):
                yield KeyChange(key=f"{key}.{name}", before=_plain(old), after=_plain(new))
    else:
        yield KeyChange(key=key, before=_plain(before), after=_plain(after))


def _task(task: Task, project: Project) -> dict[str, Any]:
    """By key, without what differs between any two versions: where the files are."""
    values = {name: getattr(task, name) for name in _names(Task) if name not in ("id", "problems", "parameters")}
    values["file"] = project.label(Path(task.file))
    return values | {f"parameters.{parameter.name}": parameter for parameter in task.parameters}


def _connection(connection: Connection) -> dict[str, Any]:
    """By key, without the operator's values."""
    return {name: getattr(connection, name) for name in _names(Connection) if name not in ("id", "file_values")}


def _plain(value: Any) -> Any:
    """Of dataclasses, dictionaries and sequences what JSON has for them; `asdict` takes ten times as long."""
    kind = type(value)
    if kind in (str, int, float, bool, NoneType):
        return value
    if is_dataclass(kind):
        return {name: _plain(getattr(value, name)) for name in _names(kind)}
    if isinstance(value, Mapping):
        return {key: _plain(each) for key, each in value.items()}
    return [_plain(each) for each in value] if isinstance(value, list | tuple) else value


@cache
def _names(kind: type[Any]) -> tuple[str, ...]:
    return tuple(each.name for each in fields(kind))


def _breaks(before: Mapping[str, Task], after: Mapping[str, Task]) -> Iterator[ParameterBreak]:
    for id_, task in after.items():
        old = before.get(id_)
        if old is None:
            continue
        for parameter in old.parameters:
            for breakage, text in _breakages(parameter, task.parameter(parameter.name)):
                yield ParameterBreak(task=id_, parameter=parameter.name, breakage=breakage, text=text)
        for parameter in task.parameters:
            if parameter.required and old.parameter(parameter.name) is None:
                text = f"{parameter.name} is new and required: whoever runs the task has to give it a value."
                yield ParameterBreak(task=id_, parameter=parameter.name, breakage=Breakage.REQUIRED, text=text)


def _breakages(old: Parameter, new: Parameter | None) -> Iterator[tuple[Breakage, str]]:
    name = old.name
    if new is None:
        if not old.protected:
            yield Breakage.REMOVED, f"{name} is removed: a run that is given a value for it is refused."
        return
    if new.required and not old.required:
        yield Breakage.REQUIRED, f"{name} is required now: whoever runs the task has to give it a value."
    if old.protected:
        return
    if new.protected:
        yield Breakage.PROTECTED, f"{name} is protected now: a run that is given a value for it is refused."
        return
    if new.type is not old.type and not (old.type.is_text and new.type.is_text):
        yield Breakage.TYPE, f"{name} was of type {old.type} and is of type {new.type} now."
    elif gone := _no_longer_allowed(old, new):
        yield Breakage.NARROWED, f"{name} does not allow {gone} any more."


def _no_longer_allowed(old: Parameter, new: Parameter) -> str:
    if not new.allowed_values:
        return ""
    if not old.allowed_values:
        return "any value but those listed"
    allowed = {each.value for each in new.allowed_values}
    return ", ".join(describe(each.value) for each in old.allowed_values if each.value not in allowed)


def changed_files(before: Iterable[FileEntry], after: Iterable[FileEntry]) -> Iterator[FileChange]:
    old, new = _by_path(before), _by_path(after)
    for path in sorted(old.keys() | new.keys()):
        was, now = old.get(path), new.get(path)
        if was is None and now is not None:
            yield FileChange(path=path, change=Change.ADDED, size_after=now.size)
        elif was is not None and now is None:
            yield FileChange(path=path, change=Change.REMOVED, size_before=was.size)
        elif was is not None and now is not None and was != now:
            yield FileChange(path=path, change=Change.CHANGED, size_before=was.size, size_after=now.size)


def _by_path(files: Iterable[FileEntry]) -> dict[str, FileEntry]:
    return {file.path: file for file in files}
