"""How long a run may take, from how long earlier ones took."""

from taskdeck.model import estimate
from taskdeck.model.cells import Cell
from taskdeck.model.duration import Basis
from taskdeck.model.estimate import CellEstimate, Estimate, Success, TimedCell


def success(run_id, seconds=1.0, **parameters):
    return Success(run_id=run_id, parameters=parameters, seconds=seconds)


def cell(index, id_, content=""):
    return Cell(index=index, id=id_, content=content)


def timed(index, id_, seconds, content=""):
    return TimedCell(index=index, id=id_, content=content, seconds=seconds)


def test_three_runs_with_the_same_values_are_enough():
    earlier = [success(9, year=1), success(8, year=2), success(7, year=1), success(6, year=1)]

    basis, chosen = estimate.chosen({"year": 1}, earlier)

    assert (basis, [each.run_id for each in chosen]) == (Basis.SAME_PARAMETERS, [9, 7, 6])


def test_with_fewer_the_last_runs_count_whatever_their_values():
    earlier = [success(run_id, year=run_id % 7) for run_id in range(20, 0, -1)]

    basis, chosen = estimate.chosen({"year": 1}, earlier[:14])

    assert (basis, [each.run_id for each in chosen]) == (Basis.ALL_RUNS, list(range(20, 10, -1)))


def test_one_slow_morning_does_not_count():
    earlier = [success(1, 2.0), success(2, 3.0), success(3, 600.0)]
    cells = [cell(0, "a"), cell(1, "b"), cell(2, "new")]
    past = [[timed(0, "a", 1.0), timed(1, "b", 1.5)], [timed(0, "a", 1.2)], [timed(0, "a", 590.0), timed(4, "b", 2.5)]]

    assert estimate.estimate(Basis.ALL_RUNS, earlier, cells, past) == Estimate(
        basis=Basis.ALL_RUNS,
        run_count=3,
        seconds=3.0,
        cells=(CellEstimate(index=0, seconds=1.2, run_count=3), CellEstimate(index=1, seconds=2.0, run_count=2)),
    )


def test_without_earlier_runs_there_is_no_estimate():
    assert estimate.estimate(Basis.ALL_RUNS, [], [cell(0, "a")], []).seconds is None
