"""How long a task usually takes, from how long it took."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

MIN_RUNS_WITH_SAME_PARAMETERS = 3
"""Fewer say too little; all runs of the task together say more."""


class Basis(StrEnum):
    """Which successful runs a usual duration comes from."""

    SAME_PARAMETERS = "same_parameters"
    ALL_RUNS = "all_runs"


@dataclass(frozen=True, kw_only=True)
class UsualDuration:
    basis: Basis
    runs: int
    """How many runs it comes from: the last ones, at most as many as were looked at."""
    median_seconds: float
    p90_seconds: float
    """Nine of ten runs took no longer."""


def usual(seconds: Sequence[float], basis: Basis) -> UsualDuration | None:
    """``None`` where there is no run to tell from."""
    if not seconds:
        return None
    p90 = statistics.quantiles(seconds, n=10, method="inclusive")[-1] if len(seconds) > 1 else seconds[0]
    return UsualDuration(basis=basis, runs=len(seconds), median_seconds=statistics.median(seconds), p90_seconds=p90)
