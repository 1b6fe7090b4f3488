"""One action for many runs: each for itself, so that one bad run does not stop the others."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from taskdeck.execution.checking import BrokenTask, UnknownTask
from taskdeck.execution.service import AlreadyEnded, Service, UnknownRun
from taskdeck.execution.submission import AlreadyRunning, IdempotencyConflict, InvalidParameters
from taskdeck.model.run import Run, RunStatus, Trigger

MAX_RUNS = 200


class Action(StrEnum):
    CANCEL = "cancel"
    RERUN = "rerun"


class HiddenValues(ValueError):
    """Values of the run were secret and are not kept; the message says which."""

    def __init__(self, run_id: int, names: Sequence[str]) -> None:
        which = ", ".join(names)
        super().__init__(
            f"Run {run_id} had secrets among its values ({which}), which are not kept. Run it again from its own form."
        )


@dataclass(frozen=True, kw_only=True)
class Result:
    """What became of one run. ``problem``: why nothing did, in words; empty if all went well."""

    run_id: int
    new_run_id: int | None = None
    problem: str = ""


def carry_out(
    service: Service, action: Action, run_ids: Sequence[int], *, trigger: Trigger, idempotency_key: str | None = None
) -> list[Result]:
    """In the order of ``run_ids``, each run once.

    The same request with the same key starts nothing twice, also after one that was broken off. Raises what the
    store raises; the runs before are done then.
    """
    results = []
    for run_id in dict.fromkeys(run_ids):
        results.append(_one(service, action, run_id, trigger, idempotency_key))
        # All requests of the web process share one thread.
        time.sleep(0)
    return results


def _one(service: Service, action: Action, run_id: int, trigger: Trigger, key: str | None) -> Result:
    try:
        if action is Action.CANCEL:
            _cancel(service, run_id, by=trigger.in_words)
            return Result(run_id=run_id)
        run = service.run(run_id)
        new, _ = service.submit(
            run.task_id,
            _values(service, run),
            trigger=trigger,
            idempotency_key=_key_of(run_id, key) if key else None,
            rerun_of=run_id,
        )
        return Result(run_id=run_id, new_run_id=new.id)
    except (
        UnknownRun,
        AlreadyEnded,
        HiddenValues,
        UnknownTask,
        BrokenTask,
        InvalidParameters,
        AlreadyRunning,
        IdempotencyConflict,
    ) as error:
        return Result(run_id=run_id, problem=str(error))


def _cancel(service: Service, run_id: int, *, by: str) -> None:
    try:
        service.cancel(run_id, by)
    except AlreadyEnded as ended:
        # As wanted, perhaps by this very request the first time.
        if ended.run.status is not RunStatus.CANCELLED:
            raise


def _values(service: Service, run: Run) -> dict[str, Any]:
    """The run's own values, without those that its task fixes now. Raises `HiddenValues`."""
    task = service.catalog().tasks.get(run.task_id)
    given = {
        name: value
        for name, value in run.parameters.items()
        if task is None or (declared := task.parameter(name)) is None or not declared.protected
    }
    if hidden := [name for name in run.masked_parameters if name in given]:
        raise HiddenValues(run.id, hidden)
    return given


def _key_of(run_id: int, key: str) -> str:
    """Of one run of the request: nobody else's key, however long that is."""
    return "bulk:" + hashlib.sha256(f"{run_id}:{key}".encode()).hexdigest()
