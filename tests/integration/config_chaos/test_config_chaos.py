"""The quick form; ``make chaos-config`` is the long one."""

from pathlib import Path

import pytest
from integration.config_chaos.harness import Chaos

pytestmark = pytest.mark.timeout(300)


@pytest.mark.parametrize("seed", [1])
def test_whatever_comes_and_whenever_it_is_killed_one_of_the_versions_is_served_whole(
    tmp_path: Path, seed: int
) -> None:
    chaos = Chaos(seed=seed, updates=30, directory=tmp_path)

    chaos.wreak()

    assert chaos.problems == []
