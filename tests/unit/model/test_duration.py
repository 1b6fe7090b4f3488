"""How long a task usually takes."""

from __future__ import annotations

import pytest

from taskdeck.model.duration import Basis, UsualDuration, usual


def test_without_a_run_there_is_nothing_to_tell() -> None:
    assert usual([], Basis.ALL_RUNS) is None


def test_one_run_is_all_there_is_to_tell() -> None:
    assert usual([7.5], Basis.ALL_RUNS) == UsualDuration(
        basis=Basis.ALL_RUNS, runs=1, median_seconds=7.5, p90_seconds=7.5
    )


def test_one_slow_run_moves_neither_the_median_nor_what_nine_of_ten_take() -> None:
    found = usual([*range(1, 20), 10_000.0], Basis.SAME_PARAMETERS)

    assert found is not None
    assert (found.basis, found.runs, found.median_seconds) == (Basis.SAME_PARAMETERS, 20, 10.5)
    assert found.p90_seconds == pytest.approx(18.1)
