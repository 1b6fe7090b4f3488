"""How long a run may take, from how long earlier ones took."""

from __future__ import annotations

import statistics
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from taskdeck.model.cells import Cell, matched
from taskdeck.model.duration import MIN_RUNS_WITH_SAME_PARAMETERS, Basis

RUNS = 10
"""The last ones count: a task changes, and so do its data."""


@dataclass(frozen=True, kw_only=True)
class Success:
    """An earlier successful run."""

    run_id: int
    parameters: Mapping[str, Any]
    seconds: float


@dataclass(frozen=True, kw_only=True)
class TimedCell(Cell):
    """A cell that was executed to its end."""

    seconds: float


@dataclass(frozen=True, kw_only=True)
class CellEstimate:
    index: int
    seconds: float
    """The median."""
    run_count: int


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """``seconds`` is the median of ``run_count`` runs; ``None`` where there is none."""

    basis: Basis
    run_count: int
    seconds: float | None
    cells: tuple[CellEstimate, ...] = ()


def chosen(parameters: Mapping[str, Any], earlier: Sequence[Success]) -> tuple[Basis, Sequence[Success]]:
    """Of ``earlier``, newest first, those that say most about a run with these values."""
    same = [each for each in earlier if each.parameters == parameters]
    if len(same) >= MIN_RUNS_WITH_SAME_PARAMETERS:
        return Basis.SAME_PARAMETERS, same[:RUNS]
    return Basis.ALL_RUNS, earlier[:RUNS]


def estimate(
    basis: Basis, earlier: Sequence[Success], cells: Sequence[Cell], timed: Sequence[Sequence[TimedCell]]
) -> Estimate:
    """``cells``: those of the run; ``timed``: of each earlier run, those it executed."""
    seconds: defaultdict[int, list[float]] = defaultdict(list)
    for of_run in timed:
        by_index = {cell.index: cell.seconds for cell in of_run}
        for index, same in matched(cells, of_run).items():
            seconds[index].append(by_index[same])
    return Estimate(
        basis=basis,
        run_count=len(earlier),
        seconds=_median([each.seconds for each in earlier]),
        cells=tuple(
            CellEstimate(index=index, seconds=statistics.median(of_cell), run_count=len(of_cell))
            for index, of_cell in sorted(seconds.items())
        ),
    )


def _median(values: Sequence[float]) -> float | None:
    return statistics.median(values) if values else None
