"""The code of a task as it is now, to be read by people: bounded, and with secrets masked.

A notebook may hold the charts of its last execution, and parsing it would hold up all requests of the web process: a
large one is read in a process of its own. ``python -m taskdeck.execution.task_source LABEL`` reads the file from
standard input and writes what is shown of it to standard output as JSON.
"""

from __future__ import annotations

import io
import json
import subprocess
import sys
import tokenize
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
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
MAX_BYTES_HERE = 512 * 1024
"""What is parsed in a few milliseconds."""

TIMEOUT_SECONDS = 60.0
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
    is_whole: bool
    """Otherwise there are more cells than can be shown."""


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
    label = project.label(path)
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
        truncated=cells != masked or not found.is_whole,
    )


def notebook(content: bytes, label: str) -> Notebook:
    """Raises `UnreadableFile`."""
    if len(content) > MAX_BYTES_HERE:
        return _read_elsewhere(content, label)
    document = _document(content, label)
    # nbformat takes half a second to import, and is hardly ever needed: format 4 is from 2015.
    is_old = document["nbformat"] < notebook_file.LATEST_FORMAT
    return _read_elsewhere(content, label) if is_old else _notebook(document)


def _read_elsewhere(content: bytes, label: str) -> Notebook:
    try:
        finished = subprocess.run(
            [sys.executable, "-m", "taskdeck.execution.task_source", label],
            input=content,
            capture_output=True,
            timeout=TIMEOUT_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise UnreadableFile(f"{label}: To read it takes longer than {TIMEOUT_SECONDS:g} s.") from None
    if finished.returncode:
        lines = finished.stderr.decode("utf-8", "replace").strip().splitlines()
        raise UnreadableFile(lines[-1] if lines else f"{label} cannot be read.")
    found = json.loads(finished.stdout)
    cells = tuple(Cell(**{**cell, "tags": tuple(cell["tags"])}) for cell in found["cells"])
    return Notebook(language=found["language"], cells=cells, is_whole=found["is_whole"])


def main() -> None:
    label, content = sys.argv[1], sys.stdin.buffer.read()
    try:
        document = _document(content, label)
        if document["nbformat"] < notebook_file.LATEST_FORMAT:
            document = _upgraded(document, label)
    except UnreadableFile as error:
        sys.exit(" ".join(str(error).split()))
    sys.stdout.write(json.dumps(asdict(_notebook(document))))


def _document(content: bytes, label: str) -> dict[str, Any]:
    try:
        return notebook_file.load(content)
    except NotANotebook as error:
        raise UnreadableFile(f"{label}: {error}") from error


def _notebook(document: dict[str, Any]) -> Notebook:
    cells: list[Cell] = []
    left = MAX_CHARACTERS
    for cell in document["cells"]:
        # Whole cells, as secrets are yet to be masked in them.
        if len(cells) == MAX_CELLS or left < 0:
            break
        cells.append(_cell(cell))
        left -= len(cells[-1].source)
    is_whole = len(cells) == len(document["cells"])
    return Notebook(language=_language(document), cells=tuple(cells), is_whole=is_whole)


def _upgraded(document: dict[str, Any], label: str) -> dict[str, Any]:
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
    for cell in cells:
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


if __name__ == "__main__":
    main()
