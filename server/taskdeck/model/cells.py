"""Which cells of two versions of a notebook are the same: what an edit must not lose track of."""

from __future__ import annotations

import ast
import hashlib
from collections import defaultdict, deque
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass

INJECTED_TAG = "injected-parameters"
"""Of the cell that gives a run its values: it is made anew for each run, with a new id and other content."""

PARAMETERS_TAG = "parameters"
"""papermill's, of the cell whose assignments are the parameters."""


def is_params_cell(source: str, tags: Iterable[str] = ()) -> bool:
    """``params = {}`` and nothing else but comments; also what an earlier run put in its place."""
    try:
        body = ast.parse(source).body
    except (SyntaxError, ValueError, RecursionError):
        return False
    match body:
        case [ast.Assign(targets=[ast.Name(id="params")], value=ast.Dict(keys=keys))]:
            return not keys or INJECTED_TAG in tags
        case _:
            return False


@dataclass(frozen=True, kw_only=True)
class Cell:
    """A cell as far as it matters here."""

    index: int
    """Position among all cells of its notebook, from 0."""
    id: str
    content: str
    """A hash of its source; empty where there is none."""

    @classmethod
    def of(cls, *, index: int, id: str, source: str, tags: Iterable[str] = ()) -> Cell:  # noqa: A002 - as in nbformat
        text = source.strip()
        return cls(
            index=index,
            id=INJECTED_TAG if INJECTED_TAG in tags else id,
            content=hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:16] if text else "",
        )


def matched(left: Sequence[Cell], right: Sequence[Cell]) -> dict[int, int]:
    """By index in ``left``, the index of the same cell in ``right``: by id, then by content, each cell once.

    Ids come first, because an edited cell keeps its own; notebooks before format 4.5 have none, and get new ones in
    each run: then equal contents are matched in their order. Where several cells have the same id, which copying
    within a file leads to, the content tells them apart.
    """
    found: dict[int, int] = {}
    for key in (_id_and_content, _id, _content):
        taken = set(found.values())
        free: defaultdict[Hashable, deque[int]] = defaultdict(deque)
        for cell in right:
            if cell.index not in taken and (of_cell := key(cell)):
                free[of_cell].append(cell.index)
        for cell in left:
            if cell.index not in found and (candidates := free.get(key(cell))):
                found[cell.index] = candidates.popleft()
    return found


def _id_and_content(cell: Cell) -> tuple[str, str] | None:
    return (cell.id, cell.content) if cell.id else None


def _id(cell: Cell) -> str:
    return cell.id


def _content(cell: Cell) -> str:
    return cell.content
