"""What a run is expected to take, and the notes on earlier runs that this rests on.

The notes are made after a run's end, when its events are compacted; of a run that has just ended, or ended before
there were notes, they are made when they are asked for.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence

from taskdeck.execution import outlines
from taskdeck.model import estimate
from taskdeck.model.cells import Cell
from taskdeck.model.estimate import Estimate, TimedCell
from taskdeck.model.event import WireEvent
from taskdeck.model.run import Run, RunStatus
from taskdeck.model.task import TaskKind
from taskdeck.store import cell_times, runs
from taskdeck.store.database import Database, StoreUnavailable

RUNS_LOOKED_AT = 50
"""For enough with the same values among them."""


def of_run(database: Database, run: Run) -> Estimate:
    """From the last successful runs of its task, itself left out."""
    with database.read() as connection:
        found = cell_times.successes(connection, run.task_id, limit=RUNS_LOOKED_AT + 1)
    basis, earlier = estimate.chosen(run.parameters, [each for each in found if each.run_id != run.id])
    if run.kind is not TaskKind.NOTEBOOK or not earlier or run.attempt == 0:
        return estimate.estimate(basis, earlier, [], [])
    return estimate.estimate(
        basis, earlier, _present_cells(database, run), _timed(database, run.task_id, [each.run_id for each in earlier])
    )


def note(database: Database, run_id: int) -> None:
    """Notes what the cells of a run that has ended took, if anybody is ever going to ask for it."""
    with database.read() as connection:
        run = runs.get(connection, run_id)
        if run is None or run.kind is not TaskKind.NOTEBOOK or run.status is not RunStatus.SUCCEEDED:
            return
        if cell_times.are_noted(connection, run_id):
            return
    _note(database, run.task_id, {run_id: _read(database, run_id)})


def _timed(database: Database, task_id: str, run_ids: Sequence[int]) -> list[list[TimedCell]]:
    with database.read() as connection:
        noted = cell_times.of_runs(connection, run_ids)
    missing = {run_id: _read(database, run_id) for run_id in run_ids if run_id not in noted}
    # Without room for notes there is an estimate all the same.
    with contextlib.suppress(StoreUnavailable):
        _note(database, task_id, missing)
    noted.update(missing)
    return [noted[run_id] for run_id in run_ids]


def _note(database: Database, task_id: str, cells: Mapping[int, Sequence[TimedCell]]) -> None:
    """``cells`` by run."""
    if not cells:
        return
    with contextlib.suppress(cell_times.AlreadyNoted), database.write() as connection:
        for run_id, of_run in cells.items():
            cell_times.note(connection, run_id, task_id, of_run)


def _read(database: Database, run_id: int) -> list[TimedCell]:
    """From the run's events; those of its last attempt count."""
    cells: list[Cell] = []
    seconds: dict[int, float] = {}
    for wire in outlines.read(database, run_id):
        if wire["type"] == "notebook":
            cells, seconds = _cells(wire), {}
        elif wire["type"] == "cell_finished" and wire["status"] == "ok":
            seconds[wire["index"]] = wire["seconds"]
    return [
        TimedCell(index=cell.index, id=cell.id, content=cell.content, seconds=seconds[cell.index])
        for cell in cells
        if cell.index in seconds
    ]


def _present_cells(database: Database, run: Run) -> list[Cell]:
    """Those with code, as the present attempt has them; none until it tells."""
    for wire in outlines.read(database, run.id):
        if wire["type"] == "notebook" and wire["attempt"] == run.attempt:
            return _cells(wire)
    return []


def _cells(wire: WireEvent) -> list[Cell]:
    return [
        Cell.of(index=cell["index"], id=cell["id"], source=cell["source"], tags=cell["tags"])
        for cell in wire["cells"]
        if cell["cell_type"] == "code"
    ]
