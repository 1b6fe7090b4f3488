"""The quick form; ``make chaos`` is the long one."""

import pytest
from integration.chaos import verdict
from integration.chaos.harness import Chaos

pytestmark = pytest.mark.timeout(300)


@pytest.mark.parametrize("seed", [1])
def test_whatever_is_killed_every_run_has_one_outcome_and_all_its_events(tmp_path, seed):
    chaos = Chaos(seed=seed, runs=20, kills=8, directory=tmp_path)
    try:
        chaos.wreak()
        found = verdict.problems(chaos)
    finally:
        chaos.destroy()

    assert found == []
