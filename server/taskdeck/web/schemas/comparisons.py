"""Comparisons of two runs on the wire."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pydantic import Field

from taskdeck.model import comparison
from taskdeck.model.comparison import State
from taskdeck.web.schemas.runs import Run
from taskdeck.web.schemas.shape import MAX_NUMBER, Answer, Request

MAX_CELLS = 2000
MAX_SOURCE_CHARACTERS = 2_000_000
"""Of all cells together."""


class ComparisonQuery(Request):
    a: int = Field(ge=1, le=MAX_NUMBER)
    """A run, usually the earlier one."""
    b: int = Field(ge=1, le=MAX_NUMBER)
    """Another run."""


class ComparedParameter(Answer):
    name: str
    title: str | None
    """As the newer of the two runs was asked for it."""
    state: State
    a: Any
    """``null`` where this run has no such parameter, too."""
    b: Any


class ComparedVersion(Answer):
    """Something the runs were executed with: a name of ``facts``, or a package."""

    name: str
    state: State
    a: Any
    b: Any


class ComparedPackages(Answer):
    """What was installed where the runs were executed."""

    different: list[ComparedVersion]
    """By name."""
    same: int
    """So many packages have the same version in both."""


class SourceTexts(Answer):
    """Scripts that differ; ``null`` where one is not there, or is too long."""

    a: str | None
    b: str | None


class ComparedCellSide(Answer):
    """A cell in one of the executed notebooks."""

    index: int
    """In that notebook, from 0."""
    cell_type: str
    source: str | None
    """Where the two differ; ``null`` where they do not, and beyond two million characters."""
    seconds: float | None
    status: str | None
    """As papermill notes it: ``pending``, ``running``, ``completed``, ``failed``."""
    output_count: int


class ComparedCell(Answer):
    """A cell of both notebooks, or of one."""

    state: State
    """Of its source."""
    outputs_equal: bool | None
    """Addresses in memory and numbers of executions left out; ``null`` for a cell of one notebook."""
    injected: bool
    """It holds the values of the parameters."""
    a: ComparedCellSide | None
    b: ComparedCellSide | None


class Comparison(Answer):
    """Two runs side by side. Durations are in the runs and the cells."""

    a: Run
    b: Run
    same_task: bool
    parameters: list[ComparedParameter]
    versions: list[ComparedVersion]
    packages: ComparedPackages | None
    """``null`` where they are not known of both runs."""
    source_identical: bool
    """The code as it was run; without regard to the values of the parameters."""
    source_texts: SourceTexts | None
    """Of scripts that differ."""
    cells: list[ComparedCell]
    """Of notebooks, in the order of ``b``; those of a run that has no notebook yet are missing."""
    cells_left_out: int
    """Beyond two thousand."""

    @classmethod
    def of(
        cls,
        a: Run,
        b: Run,
        *,
        parameters: Sequence[comparison.ComparedValue],
        versions: Sequence[comparison.ComparedValue],
        packages: Sequence[comparison.ComparedValue] | None,
        identical: bool,
        texts: SourceTexts | None,
        cells: Sequence[comparison.ComparedCell],
    ) -> Comparison:
        older, newer = sorted((a, b), key=lambda each: each.id)
        titles = {**(older.parameter_titles or {}), **(newer.parameter_titles or {})}
        return cls(
            a=a,
            b=b,
            same_task=a.task == b.task,
            parameters=[
                ComparedParameter(name=each.name, title=titles.get(each.name), state=each.state, a=each.a, b=each.b)
                for each in parameters
            ],
            versions=_versions(versions),
            packages=None if packages is None else _packages(packages),
            source_identical=identical,
            source_texts=texts,
            cells=_cells(cells[:MAX_CELLS]),
            cells_left_out=max(0, len(cells) - MAX_CELLS),
        )


def _versions(compared: Sequence[comparison.ComparedValue]) -> list[ComparedVersion]:
    return [ComparedVersion(name=each.name, state=each.state, a=each.a, b=each.b) for each in compared]


def _packages(compared: Sequence[comparison.ComparedValue]) -> ComparedPackages:
    different = [each for each in compared if each.state is not State.SAME]
    return ComparedPackages(different=_versions(different), same=len(compared) - len(different))


def _cells(compared: Sequence[comparison.ComparedCell]) -> list[ComparedCell]:
    left = MAX_SOURCE_CHARACTERS
    found = []
    for each in compared:
        length = sum(len(cell.source) for cell in (each.a, each.b) if cell is not None)
        is_told = each.state is not State.SAME and length <= left
        if is_told:
            left -= length
        found.append(
            ComparedCell(
                state=each.state,
                outputs_equal=each.outputs_equal,
                injected=each.is_injected,
                a=_side(each.a, is_told=is_told),
                b=_side(each.b, is_told=is_told),
            )
        )
    return found


def _side(cell: comparison.ExecutedCell | None, *, is_told: bool) -> ComparedCellSide | None:
    if cell is None:
        return None
    return ComparedCellSide(
        index=cell.index,
        cell_type=cell.cell_type,
        source=cell.source if is_told else None,
        seconds=cell.seconds,
        status=cell.status,
        output_count=cell.output_count,
    )
