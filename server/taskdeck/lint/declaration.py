"""The declaration of a task, as far as its file tells it: its parameters, its connections, its name. Pure."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from taskdeck.lint import passwords
from taskdeck.lint.analysis import Analysis
from taskdeck.lint.annotation import Annotation
from taskdeck.lint.block import NOT_LITERAL
from taskdeck.lint.document import Document
from taskdeck.lint.parameters import could_be_given
from taskdeck.lint.reads import Form, Read
from taskdeck.lint.rules import Rule
from taskdeck.model.conversion import Unconvertible, convert
from taskdeck.model.parameter import ParameterType, infer_type, name_problem
from taskdeck.model.wording import quote

MAX_DESCRIPTION_CHARACTERS = 2000
MAX_NAME_CHARACTERS = 200

_HEADING = re.compile(r"^ {0,3}#{1,6}[ \t](.*)$", re.MULTILINE)
_EMPHASIS = re.compile(r"\*+|`+|(?<!\w)_+|_+(?!\w)")
_NOT_IN_ID = re.compile(r"\W+")


@dataclass(frozen=True, kw_only=True)
class Declared:
    """``entry`` is one of ``data_tasks.json``; ``notes`` say what could not be declared."""

    entry: dict[str, Any]
    notes: tuple[str, ...] = ()


@dataclass
class _Parameters:
    entries: dict[str, dict[str, Any]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


def of_file(
    file_name: str,
    own: Analysis,
    helpers: Iterable[Analysis] = (),
    *,
    id: str = "",  # noqa: A002 - the task's
    name: str = "",
) -> Declared:
    """``id`` and ``name`` go before what the file tells."""
    stem = file_name.rpartition(".")[0]
    title, description = _words(own)
    parameters = _parameters(own.reads.reads)
    connections = dict.fromkeys(use.id for analysis in (own, *helpers) for use in analysis.uses)
    entry: dict[str, Any] = {
        "id": id or id_of(stem),
        "name": name or title or _humanised(stem),
        "description": description,
        "pythonFile": file_name,
    }
    if connections:
        entry["dataConnections"] = list(connections)
    if parameters.entries:
        entry["supportedParameters"] = parameters.entries
    return Declared(entry=entry, notes=(*_unread(own), *parameters.notes))


def id_of(stem: str) -> str:
    """``MONTHLY_REPORT`` for ``monthly report``."""
    return _NOT_IN_ID.sub("_", stem).strip("_").upper() or "TASK"


def _parameters(reads: Sequence[Read]) -> _Parameters:
    found = _Parameters()
    by_name: dict[str, list[Read]] = {}
    for read in sorted(reads, key=lambda each: (each.block.cell.index, *each.block.position(each.node))):
        by_name.setdefault(read.name, []).append(read)
    for name, of_name in by_name.items():
        if problem := name_problem(name):
            found.notes.append(f"The parameter {quote(name)} is left out: {problem}.")
        elif not any(map(could_be_given, of_name)):
            kind = type(of_name[0].default).__name__
            found.notes.append(f"The variable {quote(name)} is left out: a {kind} is no value of a parameter.")
        else:
            found.entries[name] = _parameter(name, of_name, found.notes)
    return found


def _parameter(name: str, reads: Sequence[Read], notes: list[str]) -> dict[str, Any]:
    annotation = next((Annotation.of(read.annotation) for read in reads if read.annotation is not None), Annotation())
    defaults = [read.default for read in reads if read.default is not NOT_LITERAL and read.default is not None]
    type_ = annotation.type
    entry: dict[str, Any] = {"title": _humanised(name)}
    if defaults and not isinstance(defaults[0], bool | int | float | str):
        kind = type(defaults[0]).__name__
        notes.append(f"The default of {quote(name)} is left out: a {kind} is no value of a parameter.")
        defaults = []
    if defaults and passwords.is_secret(name, defaults[0]):
        notes.append(f"The default of {quote(name)} is left out: it looks like a secret. Connections are for those.")
        defaults = []
    if type_ is None and defaults:
        type_ = infer_type(defaults[0])
    if type_ is not None:
        entry["type"] = str(type_)
    elif any(read.form is Form.TAGGED and read.default is NOT_LITERAL and read.may_lack for read in reads):
        notes.append(f"The type of {quote(name)} is not known, and declared as text: an annotation would tell it.")
    if defaults:
        try:
            entry["defaultValue"] = convert(type_ or ParameterType.STRING, defaults[0])
        except Unconvertible as error:
            notes.append(f"The default of {quote(name)} is left out: it {error}.")
    elif not any(read.may_lack for read in reads):
        entry["required"] = True
    entry["allowOverride"] = True
    if annotation.choices:
        entry["allowedValues"] = list(annotation.choices)
    return entry


def _unread(own: Analysis) -> Iterator[str]:
    for remark in own.remarks:
        if remark.rule in (Rule.SYNTAX, Rule.NOT_CHECKED):
            where = f"Cell {remark.cell.number}" if own.document.is_notebook else f"Line {remark.line}"
            yield f"{where} cannot be read, and what it says is missing here: {remark.message}"


def _words(own: Analysis) -> tuple[str, str]:
    """The first heading, and what the first text says beside it."""
    texts = [cell.source for cell in own.document.cells if cell.kind == "markdown" and cell.source.strip()]
    if not texts:
        return "", _docstring(own.document, own)
    heading = next((match[1] for text in texts if (match := _HEADING.search(text))), "")
    first = _HEADING.sub("", texts[0], count=1).strip()
    return _EMPHASIS.sub("", heading.strip().rstrip("#")).strip()[:MAX_NAME_CHARACTERS], _shortened(first)


def _docstring(document: Document, own: Analysis) -> str:
    tree = own.blocks[0].tree if own.blocks and not document.is_notebook else None
    return _shortened(ast.get_docstring(tree) or "") if tree is not None else ""


def _shortened(text: str) -> str:
    """Whole paragraphs, as far as there is room."""
    if len(text) <= MAX_DESCRIPTION_CHARACTERS:
        return text
    cut = text[:MAX_DESCRIPTION_CHARACTERS]
    return cut.rpartition("\n\n")[0] or cut[:-1] + "…"


def _humanised(name: str) -> str:
    words = re.sub(r"[_\-\s]+", " ", name).strip()
    return words[:1].upper() + words[1:]
