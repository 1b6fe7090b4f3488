"""Two runs side by side."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from taskdeck.model import comparison, run
from taskdeck.model.comparison import ComparedCell, ExecutedCell, State
from taskdeck.model.environment import Environment
from taskdeck.model.task import TaskKind
from taskdeck.web import confined, context, notebook_cells, runs
from taskdeck.web.api import Routes
from taskdeck.web.schemas.comparisons import Comparison, ComparisonQuery, SourceTexts

MAX_SCRIPT_BYTES = 500_000

routes = Routes("Runs")


@dataclass(frozen=True, kw_only=True)
class _Sources:
    """Code of both runs; ``texts`` where it is scripts that differ."""

    are_identical: bool
    cells: list[ComparedCell]
    texts: SourceTexts | None = None


@routes.get("/api/runs/compare", "compareRuns", returns=Comparison, problems=(404,))
def compare_runs(query: ComparisonQuery) -> Comparison:
    """What is the same in two runs and what is not.

    Cells are matched by id, then by content. The outputs of a cell are said to be equal or not; what they are is in
    the executed notebook of each run, at the cell's index there.
    """
    service = context.service()
    a, b = service.run(query.a), service.run(query.b)
    sources = _sources(a, b)
    there = service.environment(a.id), service.environment(b.id)
    return Comparison.of(
        runs.shown(a),
        runs.shown(b),
        parameters=comparison.values(a.parameters, b.parameters),
        versions=comparison.versions(_facts(a, there[0]), _facts(b, there[1])),
        packages=None if there[0] is None or there[1] is None else comparison.packages(there[0], there[1]),
        identical=sources.are_identical,
        texts=sources.texts,
        cells=sources.cells,
    )


def _facts(found: run.Run, environment: Environment | None) -> dict[str, Any]:
    """The runner, which tells them, may have another Python than its task."""
    return found.facts if environment is None else {**found.facts, "python_version": environment.python_version}


def _sources(a: run.Run, b: run.Run) -> _Sources:
    is_same_file = a.source_sha256 == b.source_sha256 != ""
    if a.kind is not b.kind:
        return _Sources(are_identical=False, cells=[])
    if a.kind is TaskKind.NOTEBOOK:
        left, right = _cells(a), _cells(b)
        cells = comparison.cells(left, right)
        if left and right:
            is_same_file = all(each.state is State.SAME for each in cells if not each.is_injected)
        return _Sources(are_identical=is_same_file, cells=cells)
    first, second = _script(a), _script(b)
    if first is not None and second is not None:
        is_same_file = first == second
    if is_same_file:
        return _Sources(are_identical=True, cells=[])
    return _Sources(are_identical=False, cells=[], texts=SourceTexts(a=_text(first), b=_text(second)))


def _cells(found: run.Run) -> list[ExecutedCell]:
    """None of a run that has not begun, or whose files are gone. Raises what `notebook_cells.read` raises."""
    try:
        file = confined.open_below(_directory(found), "output.ipynb")
    except (FileNotFoundError, confined.OutsideOfDirectory):
        return []
    with file:
        return notebook_cells.read(file, found.id)


def _script(found: run.Run) -> bytes | None:
    """``None`` where there is none, or one too long to be shown beside another."""
    try:
        with confined.open_below(_directory(found), "source.py") as file:
            content = file.read(MAX_SCRIPT_BYTES + 1)
    except (FileNotFoundError, confined.OutsideOfDirectory):
        return None
    return content if len(content) <= MAX_SCRIPT_BYTES else None


def _directory(found: run.Run) -> Path:
    return context.service().run_directory(found.id)


def _text(script: bytes | None) -> str | None:
    return None if script is None else script.decode("utf-8", "replace")
