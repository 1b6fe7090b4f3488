"""The file of a task as the cells it is made of; a script is a single one."""

from __future__ import annotations

import io
import json
import tokenize
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from taskdeck.catalog import positions
from taskdeck.catalog.positions import Position
from taskdeck.runner import notebook_file
from taskdeck.runner.notebook_file import NotANotebook

PYTHON = "python"
CELL_KINDS = ("code", "markdown", "raw")
MAX_LOCATED_CHARACTERS = 4_000_000
"""In a larger file, only cells are named: finding a line in JSON takes a second for each three million characters."""


class BrokenNotebook(ValueError):
    """The message says what is wrong; ``position`` is where in the file."""

    def __init__(self, message: str, position: Position = Position(1, 1)) -> None:  # noqa: B008 - a constant
        super().__init__(message)
        self.position = position


@dataclass(frozen=True, kw_only=True, eq=False)
class Cell:
    kind: str = "code"
    source: str
    index: int = 0
    """Among all cells, from 0."""
    number: int = 0
    """Among the code cells, from 1, as runs count them; of text, that of the code cell before it."""
    tags: frozenset[str] = frozenset()
    outputs: tuple[Mapping[str, Any], ...] = ()
    parts: tuple[int, ...] | None = None
    """How long the texts are that the file has the source in; ``None``: it is a single one."""

    @property
    def is_code(self) -> bool:
        return self.kind == "code"


@dataclass(frozen=True, kw_only=True, eq=False)
class Document:
    file: str
    """Relative to the project."""
    cells: tuple[Cell, ...]
    is_notebook: bool
    language: str = PYTHON
    is_converted: bool = False
    """From an older format of notebooks: places in the file are unknown."""
    raw: str = ""
    """The text of a notebook's file."""
    undecodable: SyntaxError | None = None
    """Why Python cannot make text of the script's bytes, with the line."""

    @property
    def is_python(self) -> bool:
        return self.language.lower() == PYTHON

    def locate(self, cell: Cell, line: int, column: int, output: int | None = None) -> Position:
        """The place in the file of a place in a cell, both counted from 1."""
        if not self.is_notebook:
            return Position(line, column)
        if self.is_converted or len(self.raw) > MAX_LOCATED_CHARACTERS:
            return Position(1, 1)
        path = ("cells", cell.index)
        if output is not None:
            return self._json.position((*path, "outputs", output))
        lines = cell.source.split("\n")
        offset = sum(len(each) + 1 for each in lines[: line - 1]) + min(column - 1, len(lines[line - 1]))
        if cell.parts is None:
            return _inside(self.raw, self._json.position((*path, "source")), offset)
        for number, length in enumerate(cell.parts):
            if offset < length or number == len(cell.parts) - 1:
                return _inside(self.raw, self._json.position((*path, "source", number)), min(offset, length))
            offset -= length
        return self._json.position((*path, "source"))

    @cached_property
    def _json(self) -> positions.Document:
        return positions.parse(self.raw)


def of_script(content: bytes, file: str) -> Document:
    text, problem = _decoded(content)
    return Document(file=file, cells=(Cell(source=text),), is_notebook=False, undecodable=problem)


def of_notebook(content: bytes, file: str) -> Document:
    """Raises `BrokenNotebook`."""
    try:
        loaded = notebook_file.load(content)
    except NotANotebook as error:
        where = Position(1, 1)
        if isinstance(cause := error.__cause__, json.JSONDecodeError):
            where = Position(cause.lineno, cause.colno)
        raise BrokenNotebook(str(error), where) from error
    except ValueError as error:  # a number of thousands of digits
        raise BrokenNotebook(f"The notebook is not valid JSON: {error}.") from error
    is_old = loaded["nbformat"] < notebook_file.LATEST_FORMAT
    if is_old:
        loaded = _upgraded(loaded)
    raw = content.decode("utf-8-sig")
    try:
        cells = tuple(_cells(loaded["cells"]))
    except BrokenNotebook as broken:
        if is_old or len(raw) > MAX_LOCATED_CHARACTERS:
            raise
        where = positions.parse(raw).position(("cells", broken.position.line - 1))
        raise BrokenNotebook(str(broken), where) from None
    return Document(file=file, cells=cells, is_notebook=True, language=_language(loaded), is_converted=is_old, raw=raw)


def _cells(cells: list[dict[str, Any]]) -> Iterator[Cell]:
    """Raises `BrokenNotebook`, whose line is the number of the cell among all."""
    number = 0
    for index, cell in enumerate(cells):
        kind, source, metadata = cell["cell_type"], cell["source"], cell.get("metadata", {})
        if kind not in CELL_KINDS:
            message = f"Cell {index + 1} of the notebook has the type {kind[:40]!r}, which does not exist."
            raise BrokenNotebook(message, Position(index + 1, 1))
        if not isinstance(source, str) and not all(isinstance(part, str) for part in source):
            message = f"The source of cell {index + 1} of the notebook is not text."
            raise BrokenNotebook(message, Position(index + 1, 1))
        outputs = cell.get("outputs", []) if kind == "code" else []
        if not isinstance(metadata, dict) or not isinstance(outputs, list):
            message = f"Cell {index + 1} of the notebook is broken: metadata must be an object and outputs a list."
            raise BrokenNotebook(message, Position(index + 1, 1))
        number += kind == "code"
        tags = metadata.get("tags")
        yield Cell(
            kind=kind,
            source=source if isinstance(source, str) else "".join(source),
            index=index,
            number=number,
            tags=frozenset(map(str, tags)) if isinstance(tags, list) else frozenset(),
            outputs=tuple(output if isinstance(output, dict) else {} for output in outputs),
            parts=None if isinstance(source, str) else tuple(map(len, source)),
        )


def _upgraded(loaded: dict[str, Any]) -> dict[str, Any]:
    # Half a second to import, for formats from before 2015.
    import nbformat

    try:
        upgraded: dict[str, Any] = nbformat.convert(nbformat.from_dict(loaded), notebook_file.LATEST_FORMAT)
        notebook_file.load(json.dumps(upgraded).encode())
    except Exception as error:  # whatever a broken file of an old format makes the conversion trip over
        message = f"The notebook has the old format {loaded['nbformat']} and cannot be converted."
        raise BrokenNotebook(message) from error
    return upgraded


def _language(notebook: dict[str, Any]) -> str:
    metadata = notebook.get("metadata")
    for part, key in (("kernelspec", "language"), ("language_info", "name")):
        described = metadata.get(part) if isinstance(metadata, dict) else None
        if isinstance(described, dict) and isinstance(language := described.get(key), str) and language:
            return language
    return PYTHON


def _inside(raw: str, start: Position, offset: int) -> Position:
    """The place of the character ``offset`` of the JSON text that begins at ``start``."""
    line_start = 0
    for _ in range(start.line - 1):
        line_start = raw.index("\n", line_start) + 1
    at = line_start + start.column  # behind the quotation mark
    for _ in range(offset):
        at += 1 if raw[at] != "\\" else 6 if raw[at + 1] == "u" else 2
    return Position(start.line, at - line_start + 1)


def _decoded(content: bytes) -> tuple[str, SyntaxError | None]:
    """The text, and what Python would say where the bytes are not of the encoding that they should be."""
    encoding, problem, valid = "utf-8", None, 0
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(content).readline)
        content.decode(encoding)
    except UnicodeDecodeError as error:
        problem, valid = f"the file is not {encoding}, which it should be", error.start
    except SyntaxError as error:  # by the first two lines
        problem, valid = error.msg, len(_valid_part(content))
    text = content.decode(encoding, "replace").replace("\r\n", "\n").replace("\r", "\n")
    if problem is None:
        return text, None
    told = SyntaxError(problem)
    told.lineno = content.count(b"\n", 0, valid) + 1
    return text, told


def _valid_part(content: bytes) -> bytes:
    """What comes before the first byte that is not UTF-8; nothing, where all are."""
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as error:
        return content[: error.start]
    return b""
