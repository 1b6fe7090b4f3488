"""The one way in which a run comes into being, whoever asks for it."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from taskdeck.execution import checking, ending
from taskdeck.execution.connections import ConnectionValues
from taskdeck.execution.keystore import Keystore
from taskdeck.model import binding, event, labels
from taskdeck.model.project import Catalog
from taskdeck.model.resources import Resources
from taskdeck.model.run import Run, Trigger
from taskdeck.model.task import Task
from taskdeck.model.trace import Stage
from taskdeck.model.wording import quote
from taskdeck.runner.masking import Masker
from taskdeck.runner.trace import Trace
from taskdeck.store import idempotency_keys, runs
from taskdeck.store.database import Database
from taskdeck.store.idempotency_keys import IdempotencyKey, KeyTaken


class InvalidParameters(ValueError):
    """``errors`` says by parameter what is wrong with the values, all at once."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        self.errors = dict(errors)
        super().__init__("; ".join(f"{name}: {text}" for name, text in errors.items()))


class IdempotencyConflict(ValueError):
    """This Idempotency-Key was used for another request; use a new one."""

    def __init__(self) -> None:
        super().__init__(self.__doc__)


class AlreadyRunning(ValueError):
    """The task takes one run at a time, and one is queued or running."""

    def __init__(self, task_id: str, run_id: int) -> None:
        self.run_id = run_id
        super().__init__(
            f"Run {run_id} of the task {task_id!r} has not ended, and the task takes no other meanwhile "
            '("concurrency": "reject"). Wait for its end, or cancel it.'
        )


@dataclass(frozen=True, kw_only=True)
class Submission:
    """A request for a run, as it came in."""

    task_id: str
    parameters: Mapping[str, Any]
    trigger: Trigger
    idempotency_key: str | None = None
    rerun_of: int | None = None
    leaves_out_untakeable: bool = False
    """Values that the task takes from no caller are no problem: the run begins with a warning about each."""

    @property
    def sha256(self) -> str:
        request = [self.task_id, dict(self.parameters), self.rerun_of]
        return hashlib.sha256(json.dumps(request, sort_keys=True).encode()).hexdigest()


def submit(
    database: Database, keystore: Keystore, catalog: Catalog, submission: Submission, trace: Trace
) -> tuple[Run, bool]:
    """Stores a queued run and returns it after the commit; ``False`` beside it: an earlier request made it.

    Raises what `checking.check` raises, `InvalidParameters`, `AlreadyRunning` and `IdempotencyConflict`. Waking a
    worker is the caller's business.
    """
    if submission.idempotency_key is not None and (known := _earlier(database, submission)):
        return known, False
    masker = Masker(ConnectionValues(database, keystore).secrets(catalog))
    parameters, remarks = _takeable(catalog, submission, masker)
    new_run = _new_run(keystore, catalog, submission, parameters, masker)
    bound_at_ns = time.time_ns()
    while True:
        try:
            run, created = _store(database, submission, new_run, remarks)
        except runs.AlreadyActive:
            if submission.idempotency_key is not None and (known := _earlier(database, submission)):
                return known, False
            with database.read() as connection:
                active = runs.active(connection, new_run.task_id)
            if active is not None:
                raise AlreadyRunning(new_run.task_id, active) from None
            # It has ended since: there is room now.
        else:
            if created:
                trace.mark(run.id, Stage.BOUND, at_ns=bound_at_ns)
                trace.mark(run.id, Stage.COMMITTED)
            return run, created


def _store(
    database: Database, submission: Submission, new_run: runs.NewRun, remarks: Sequence[str]
) -> tuple[Run, bool]:
    """Raises `runs.AlreadyActive` and `IdempotencyConflict`."""
    now = datetime.now(UTC)
    try:
        with database.write() as connection:
            run = runs.insert_queued(connection, new_run, now=now)
            for remark in remarks:
                warning = event.Message(level="warning", text=remark, source="taskdeck")
                ending.append_event(connection, run, warning, now=now)
            if submission.idempotency_key is not None:
                key = IdempotencyKey(key=submission.idempotency_key, request_sha256=submission.sha256, run_id=run.id)
                idempotency_keys.add(connection, key, now=now)
        return replace(run, recorded_seq=len(remarks)), True
    except KeyTaken:
        earlier = _earlier(database, submission)
        assert earlier is not None, "who took the key has committed"
        return earlier, False


def _takeable(catalog: Catalog, submission: Submission, masker: Masker) -> tuple[Mapping[str, Any], Sequence[str]]:
    """The parameters to bind, and what is to be remarked on those left out. Raises `checking.UnknownTask`."""
    if not submission.leaves_out_untakeable:
        return submission.parameters, ()
    task = checking.declared(catalog, submission.task_id)
    takeable, left_out = binding.without_untakeable(task.parameters, submission.parameters)
    return takeable, [
        masker.text(f"The value given for {quote(name)} was ignored: it {why}") for name, why in left_out.items()
    ]


def _new_run(
    keystore: Keystore, catalog: Catalog, submission: Submission, parameters: Mapping[str, Any], masker: Masker
) -> runs.NewRun:
    checked = checking.check(catalog, submission.task_id, parameters)
    if checked.problems:
        raise InvalidParameters(checked.problems)
    task, values = checked.task, checked.values
    shown = masker.value(values)
    sealed = None
    if shown != values:
        sealed = keystore.encrypt_bytes(json.dumps(values).encode())
    return runs.NewRun(
        task_id=task.id,
        task_name=task.name,
        kind=task.kind,
        definition=_definition(catalog, task, checked.resources),
        parameters=shown,
        parameter_labels={name: masker.value(each) for name, each in labels.of(task.parameters, values).items()},
        sealed_parameters=sealed,
        catalog_version=catalog.version,
        source_sha256=_source_sha256(task),
        trigger=submission.trigger,
        rerun_of=submission.rerun_of,
        concurrency=task.concurrency,
        priority=task.priority,
        resources=checked.resources,
        max_attempts=1 + task.retries.count,
    )


def _definition(catalog: Catalog, task: Task, resources: Resources) -> dict[str, Any]:
    return {
        "file": task.file,
        "config_version": catalog.config_version,
        "source_root": str(catalog.project.source_root),
        "connections": list(task.connections),
        "execute_from_root": task.execute_from_root,
        "cancel_timeout_seconds": task.cancel_timeout_seconds,
        "timeout_seconds": task.timeout_seconds,
        "timeout_warning_seconds": task.timeout_warning_seconds,
        "retries": asdict(task.retries),
        "rerun_policy": task.rerun_policy,
        "concurrency": asdict(task.concurrency),
        "resources": asdict(resources),
        "environment": task.environment or catalog.project.environment,
    }


def _source_sha256(task: Task) -> str:
    """Empty when the file cannot be read: the run then fails with a reason that says so."""
    try:
        return hashlib.sha256(Path(task.file).read_bytes()).hexdigest()
    except OSError:
        return ""


def _earlier(database: Database, submission: Submission) -> Run | None:
    assert submission.idempotency_key is not None
    with database.read() as connection:
        key = idempotency_keys.get(connection, submission.idempotency_key, now=datetime.now(UTC))
        return _run_of(connection, key, submission) if key else None


def _run_of(connection: Any, key: IdempotencyKey, submission: Submission) -> Run:
    if key.request_sha256 != submission.sha256:
        raise IdempotencyConflict
    run = runs.get(connection, key.run_id)
    assert run is not None, "the foreign key keeps a key's run"
    return run
