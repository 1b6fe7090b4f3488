"""Estimates on the wire."""

from __future__ import annotations

from taskdeck.model import estimate
from taskdeck.model.duration import Basis
from taskdeck.web.schemas.shape import Answer


class CellEstimate(Answer):
    """What a cell usually takes."""

    index: int
    """As in the events of this run."""
    seconds: float
    """The median of the earlier runs in which the same cell was executed: the one with its id, or else its content."""
    run_count: int
    """How many those are."""


class Estimate(Answer):
    """What a run usually takes, from the last successful runs of its task."""

    run_id: int
    basis: Basis
    """``same_parameters``: only runs with this run's values, of which there are enough; ``all_runs``: the last ones."""
    run_count: int
    """How many runs it rests on, at most ten."""
    seconds: float | None
    """Their median, from start to end; ``null`` where there is none."""
    cells: list[CellEstimate]
    """Cells that an earlier run had as well, in their order; empty for a script, and until the run tells its cells."""

    @classmethod
    def from_model(cls, run_id: int, found: estimate.Estimate) -> Estimate:
        return cls(
            run_id=run_id,
            basis=found.basis,
            run_count=found.run_count,
            seconds=found.seconds,
            cells=[
                CellEstimate(index=each.index, seconds=each.seconds, run_count=each.run_count) for each in found.cells
            ],
        )
