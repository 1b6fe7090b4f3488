"""How long tasks usually take, from their last successful runs."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from typing import Any

from taskdeck.model import binding, duration
from taskdeck.model.duration import Basis, UsualDuration
from taskdeck.store import runs
from taskdeck.store.database import Database

# Enough for a median that one slow morning does not move.
RUNS_FOR_TYPICAL_TIME = 20
# Enough for the slowest tenth to be more than one run.
RUNS_FOR_USUAL_DURATION = 50


def typical_seconds(database: Database, task_ids: Sequence[str]) -> dict[str, float]:
    """The median of the last runs by task, whatever their parameters; tasks that never succeeded are absent."""
    with database.read() as connection:
        by_task = runs.seconds_of_successes(connection, task_ids, limit=RUNS_FOR_TYPICAL_TIME)
    return {task_id: statistics.median(seconds) for task_id, seconds in by_task.items() if seconds}


def usual(database: Database, task_id: str, parameters: Mapping[str, Any] | None = None) -> UsualDuration | None:
    """Of the runs with the same bound ``parameters`` (as they are stored, secrets masked), or of all if these are few.

    ``None`` if the task never succeeded.
    """
    with database.read() as connection:
        if parameters is not None:
            same = runs.seconds_of_successes_with(
                connection, task_id, parameters_sha256=binding.fingerprint(parameters), limit=RUNS_FOR_USUAL_DURATION
            )
            if len(same) >= duration.MIN_RUNS_WITH_SAME_PARAMETERS:
                return duration.usual(same, Basis.SAME_PARAMETERS)
        by_task = runs.seconds_of_successes(connection, [task_id], limit=RUNS_FOR_USUAL_DURATION)
    return duration.usual(by_task[task_id], Basis.ALL_RUNS)
