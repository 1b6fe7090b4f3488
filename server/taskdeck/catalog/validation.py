"""Located values: entries of configuration files that know where they stand, and their validation."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from taskdeck.catalog import schema
from taskdeck.catalog.positions import Document
from taskdeck.catalog.reader import Flaw
from taskdeck.model.problem import Problem, Severity
from taskdeck.model.wording import describe, did_you_mean, quote

Form = TypeVar("Form", bound=BaseModel)
Path = tuple[str | int, ...]

_EXPECTED = {
    "string_type": "a text",
    "bool_type": "true or false",
    "float_type": "a number",
    "int_type": "a whole number",
    "list_type": "a list",
    "dict_type": "an object",
    "model_type": "an object",
    "model_attributes_type": "an object",
}


@dataclass(frozen=True)
class Source:
    """A configuration file that was read. ``label``: its path relative to the project, with slashes."""

    label: str
    document: Document

    def flaw(self, flaw: Flaw, *, task_id: str | None = None) -> Problem:
        line, column = self.document.position_at(flaw.offset)
        return Problem(
            file=self.label,
            line=line,
            column=column,
            message=flaw.message,
            expected=flaw.expected,
            found=flaw.found,
            task_id=task_id,
        )

    def problem(
        self,
        path: Path,
        message: str,
        *,
        severity: Severity = Severity.ERROR,
        expected: str = "",
        found: str = "",
        of_key: bool = False,
        task_id: str | None = None,
    ) -> Problem:
        line, column = self.document.position(path, of_key=of_key)
        return Problem(
            file=self.label,
            line=line,
            column=column,
            message=message,
            severity=severity,
            expected=expected,
            found=found,
            task_id=task_id,
        )


@dataclass(frozen=True)
class Entry:
    """One task, connection or set of values in a file; ``value`` is what could be read of it."""

    source: Source
    path: Path
    value: Any

    @property
    def id(self) -> str:
        """Empty if there is none."""
        declared = self.value.get("id") if isinstance(self.value, dict) else None
        return declared if isinstance(declared, str) else ""

    def problem(self, path: Path, message: str, **details: Any) -> Problem:
        return self.source.problem(self.path + path, message, **details)

    def damage(self, task_id: str | None = None) -> list[Problem]:
        """Where the text of this entry is not JSON; what is left of it is for showing, not for use."""
        return [self.source.flaw(flaw, task_id=task_id) for flaw in self.source.document.flaws_in(self.path)]


def entries(source: Source, key: str, keys: Iterable[str]) -> tuple[list[Entry], list[Problem]]:
    """The entries of the list ``{key: [...]}``, with what is wrong with the file as a whole."""
    root = source.document.value
    if not isinstance(root, dict) and source.document.flaws:
        return [], []
    if not isinstance(root, dict):
        return [], [_unfit(source, (), f"The file must hold an object with the key {quote(key)}", "an object", root)]
    problems = list(unknown_keys(source, (), root, keys))
    listed = root.get(key, [])
    if not isinstance(listed, list):
        return [], [*problems, _unfit(source, (key,), f"{key} must be a list", "a list", listed)]
    found = [Entry(source, (key, index), value) for index, value in enumerate(listed)]
    problems += [
        _unfit(source, entry.path, f"An entry of {key} must be an object", "an object", entry.value)
        for entry in found
        if not isinstance(entry.value, dict) and not entry.damage()
    ]
    return [entry for entry in found if isinstance(entry.value, dict)], problems


def loose_flaws(source: Source, paths: Sequence[Path]) -> list[Problem]:
    """The flaws of the file that lie in none of the values at ``paths``."""
    owned = {flaw for path in paths for flaw in source.document.flaws_in(path)}
    return [source.flaw(flaw) for flaw in source.document.flaws if flaw not in owned]


def unknown_keys(
    source: Source, path: Path, value: dict[str, Any], keys: Iterable[str], *, only_close: bool = False
) -> Iterator[Problem]:
    """Warns of keys that nobody reads. ``only_close``: of misspelt ones alone, where other keys are legal."""
    known = set(keys)
    for key in value.keys() - known:
        suggestion = did_you_mean(key, known - value.keys())
        if suggestion or not only_close:
            message = f"Unknown key {quote(key)}{suggestion}"
            yield source.problem((*path, key), message, severity=Severity.WARNING, of_key=True)


def shadowed(entry: Entry, winner: Entry) -> Problem:
    """Of two entries with the same id the later one has no effect."""
    same_file = entry.source.label == winner.source.label
    line, _ = winner.source.document.position((*winner.path, "id"))
    where = f"line {line}" if same_file else winner.source.label
    return entry.problem(
        ("id",),
        f"The id {quote(entry.id)} is declared in {where} already, which wins",
        severity=Severity.ERROR if same_file else Severity.WARNING,
    )


def validate(form: type[Form], entry: Entry, task_id: str | None = None) -> tuple[Form | None, list[Problem]]:
    """Validates an entry. Unfit parts are reported and left out; `None` if the rest is not enough."""
    try:
        return form.model_validate(entry.value), []
    except ValidationError as invalid:
        errors = invalid.errors(include_url=False, include_context=False)
    problems = [_problem(form, entry, error, task_id) for error in errors]
    try:
        return form.model_validate(_pruned(entry.value, errors)), problems
    except ValidationError:
        return None, problems


def _problem(form: type[BaseModel], entry: Entry, error: ErrorDetails, task_id: str | None) -> Problem:
    path: Path = error["loc"]
    key = str(path[-1]) if path else ""
    if error["type"] == "extra_forbidden":
        siblings = _at(entry.value, path[:-1])
        message = f"Unknown key {quote(key)}" + did_you_mean(key, schema.keys(form, path[:-1]) - siblings.keys())
        return entry.problem(path, message, severity=Severity.WARNING, of_key=True, task_id=task_id)
    if error["type"] == "missing":
        return entry.problem(path[:-1], f"The key {quote(key)} is missing", task_id=task_id)
    expected = _EXPECTED.get(error["type"], error["msg"])
    found = describe(error["input"])
    message = f"{_name(path)} is not {expected}" if error["type"] in _EXPECTED else f"{_name(path)} is not valid"
    return entry.problem(path, message, expected=expected, found=found, task_id=task_id)


def _name(path: Path) -> str:
    """``pythonFile``, or ``dataConnections[1]``."""
    name = ""
    for step in path[-2:]:
        if isinstance(step, int):
            name += f"[{step}]"
        else:
            name = step
    return name


def _pruned(value: Any, errors: list[ErrorDetails]) -> Any:
    """A copy without the unfit parts: unknown keys, or else the top-level key or the item of it that has the error."""
    pruned = copy.deepcopy(value)
    unfit = {
        error["loc"] if error["type"] == "extra_forbidden" else error["loc"][: 2 if len(error["loc"]) > 2 else 1]
        for error in errors
        if error["loc"]
    }
    for path in sorted(unfit, key=lambda path: tuple(map(_order, path)), reverse=True):
        container = _at(pruned, path[:-1])
        if isinstance(container, dict):
            container.pop(path[-1], None)
        elif isinstance(container, list) and isinstance(path[-1], int) and path[-1] < len(container):
            del container[path[-1]]
    return pruned


def _order(step: str | int) -> tuple[int, str]:
    return (step, "") if isinstance(step, int) else (-1, step)


def _at(value: Any, path: Path) -> Any:
    for step in path:
        if isinstance(value, dict):
            value = value.get(step)
        elif isinstance(value, list) and isinstance(step, int) and step < len(value):
            value = value[step]
        else:
            return {}
    return value


def _unfit(source: Source, path: Path, message: str, expected: str, value: object) -> Problem:
    return source.problem(path, message, expected=expected, found=describe(value))
