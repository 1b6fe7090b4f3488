"""The code of a task as it is now, to be read by people: bounded, and with secrets masked."""

from __future__ import annotations

import io
import json
import tokenize
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from taskdeck.catalog import task_file
from taskdeck.catalog.task_file import UnreadableFile
from taskdeck.model.project import Project
from taskdeck.model.task import Task, TaskKind
from taskdeck.runner import notebook_file
from taskdeck.runner.masking import Masker
from taskdeck.runner.notebook_file import NotANotebook

MAX_CHARACTERS = 1_000_000
MAX_CELLS = 2000
DEFAULT_LANGUAGE = "python"


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One cell of a notebook. ``type``: ``code``, ``markdown`` or ``raw``; ``id`` is empty in older formats."""

    id: str
    type: str
    source: str
    tags: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Notebook:
    language: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, kw_only=True)
class TaskSource:
    """Of a script ``text``, of a notebook ``cells``; the other one is ``None``."""

    kind: TaskKind
    language: str
    file: str
    """Relative to the project."""
    text: str | None
    cells: tuple[Cell, ...] | None
    truncated: bool
    """There is more of it than is shown."""


def read(project: Project, task: Task, masker: Masker) -> TaskSource:
    """Raises `MissingFile` and `UnreadableFile`."""
    path = Path(task.file)
    content = task_file.read(project, path)
    label = task_file.shown(project, path)
    if task.kind is TaskKind.SCRIPT:
        text = masker.text(_decoded(content))
        return TaskSource(
            kind=task.kind,
            language=DEFAULT_LANGUAGE,
            file=label,
            text=text[:MAX_CHARACTERS],
            cells=None,
            truncated=len(text) > MAX_CHARACTERS,
        )
    found = notebook(content, label)
    masked = tuple(_masked(found.cells, masker))
    cells = tuple(_bounded(masked))
    return TaskSource(
        kind=task.kind,
        language=masker.text(found.language),
        file=label,
        text=None,
        cells=cells,
        truncated=cells != masked,
    )


def notebook(content: bytes, label: str) -> Notebook:
    """Raises `UnreadableFile`."""
    try:
        notebook_file.parse(content)
    except NotANotebook as error:
        raise UnreadableFile(f"{label}: {error}") from error
    document: dict[str, Any] = json.loads(content.decode("utf-8-sig"))
    if document["nbformat"] < notebook_file.LATEST_FORMAT:
        document = _upgraded(document, label)
    return Notebook(language=_language(document), cells=tuple(_cell(each) for each in document["cells"]))


def _upgraded(document: dict[str, Any], label: str) -> dict[str, Any]:
    # Slow to import, and hardly ever needed: notebooks have been of format 4 since 2015.
    import nbformat

    try:
        upgraded: dict[str, Any] = nbformat.convert(nbformat.from_dict(document), notebook_file.LATEST_FORMAT)
    except Exception as error:  # whatever a broken file of an old format makes the conversion trip over
        message = f"{label}: The notebook has the old format {document['nbformat']} and cannot be converted: {error}"
        raise UnreadableFile(message) from error
    return upgraded


def _language(document: dict[str, Any]) -> str:
    metadata = document.get("metadata")
    for part, key in (("kernelspec", "language"), ("language_info", "name")):
        described = metadata.get(part) if isinstance(metadata, dict) else None
        if isinstance(described, dict) and isinstance(language := described.get(key), str) and language:
            return language
    return DEFAULT_LANGUAGE


def _cell(cell: dict[str, Any]) -> Cell:
    source, metadata = cell["source"], cell.get("metadata")
    tags = metadata.get("tags") if isinstance(metadata, dict) else None
    return Cell(
        id=str(cell.get("id", "")),
        type=cell["cell_type"],
        source=source if isinstance(source, str) else "".join(map(str, source)),
        tags=tuple(map(str, tags)) if isinstance(tags, list) else (),
    )


def _masked(cells: tuple[Cell, ...], masker: Masker) -> Iterator[Cell]:
    for cell in cells:
        tags = tuple(map(masker.text, cell.tags))
        yield Cell(id=cell.id, type=cell.type, source=masker.text(cell.source), tags=tags)


def _bounded(cells: Iterable[Cell]) -> Iterator[Cell]:
    """Secrets are masked before: a part of one that is cut off would not be recognised."""
    left = MAX_CHARACTERS
    for cell in islice(cells, MAX_CELLS):
        yield Cell(id=cell.id, type=cell.type, source=cell.source[:left], tags=cell.tags)
        left -= len(cell.source)
        if left <= 0:
            return


def _decoded(content: bytes) -> str:
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(content).readline)
    except SyntaxError:
        encoding = "utf-8"
    return content.decode(encoding, "replace")
