"""Runs on the wire."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any

from pydantic import AfterValidator, AwareDatetime, Field, JsonValue
from pydantic.json_schema import SkipJsonSchema

from taskdeck.execution.bulk import MAX_RUNS, Action, Result
from taskdeck.model import attempt as model_attempt
from taskdeck.model import run
from taskdeck.model import waiting as model_waiting
from taskdeck.model.labels import Labels
from taskdeck.model.run import RunStatus, Trigger
from taskdeck.model.task import TaskKind
from taskdeck.model.waiting import WaitingKind
from taskdeck.store.run_lists import MAX_TASKS, Wanted
from taskdeck.web.schemas.shape import MAX_NUMBER, Answer, Request, Timestamp, optional

MAX_WORDS = 8


class RunRequest(Request):
    """A wish to run a task."""

    task: str = Field(max_length=500)
    parameters: dict[str, JsonValue] = Field(default_factory=dict, max_length=1000)
    """Values by parameter name; those left out take their defaults."""
    rerun_of: int | None = Field(default=None, ge=1, le=MAX_NUMBER)
    """The run whose values these were, edited or not."""


# PostgreSQL takes no NUL.
TaskId = Annotated[str, Field(max_length=500, pattern=r"^[^\x00]*$")]
TaskIds = Annotated[list[TaskId], Field(max_length=MAX_TASKS)]


def _in_range(moment: datetime) -> datetime:
    if not 1900 <= moment.year < 9000:
        raise ValueError("must be a moment of the years from 1900 to 8999")
    return moment


Moment = Annotated[AwareDatetime, AfterValidator(_in_range)]
"""With room for calculations: the years of Python's calendar end at 9999."""


class RunQuery(Request):
    task: TaskIds = Field(default=[])
    """Only of this task; given several times, of any of them."""
    status: list[RunStatus] = Field(default=[], max_length=20)
    """Only with this status; given several times, with any of them."""
    triggered_by: list[Trigger] = Field(default=[], max_length=20)
    """Only those that were started in this way; given several times, in any of them."""
    since: Moment | None = None
    """Created at this moment or later."""
    until: Moment | None = None
    """Created before this moment."""
    q: str = Field(default="", max_length=200)
    """Words, each of which is part of a parameter's name or value, of the reason or the task's name, or is the run's
    number. ``#12`` is run 12 and no other."""
    before: int | None = Field(default=None, ge=1, le=MAX_NUMBER)
    """Only runs with a smaller id: ``next_before`` of the page before."""
    limit: int = Field(default=50, ge=1, le=500)

    def wanted(self) -> Wanted:
        number = re.fullmatch(r"\s*#(\d{1,15})\s*", self.q, re.ASCII)
        return Wanted(
            task_ids=tuple(self.task),
            statuses=tuple(self.status),
            triggers=tuple(self.triggered_by),
            since=self.since,
            until=self.until,
            words=() if number else tuple(self.q.split()[:MAX_WORDS]),
            run_id=int(number[1]) if number else None,
        )


class DigestQuery(Request):
    task: TaskIds
    """The task; given several times, each of them."""
    limit: int = Field(default=30, ge=1, le=100)
    """Runs of each task, at most."""


class Waiting(Answer):
    """Why a queued run has not begun, where it is not just a free place that is missing."""

    kind: WaitingKind
    text: str
    """A sentence."""
    run_id: int | None
    """The run of its task that goes before it; of ``run`` only."""
    until: Timestamp | None
    """When it ends by itself; of ``retry`` only."""

    @classmethod
    def from_model(cls, found: model_waiting.Waiting) -> Waiting:
        return cls(kind=found.kind, text=found.text, run_id=found.run_id, until=found.until)


class Run(Answer):
    """One execution of a task."""

    id: int
    task: str
    task_name: str
    kind: TaskKind
    status: RunStatus
    reason: str
    """Why it ended as it did; empty after a success."""
    parameters: dict[str, Any]
    """Bound values as a form takes them; secrets are masked."""
    attempt: int
    """The present or last one; 0 until the run begins for the first time."""
    max_attempts: int
    """How many there may be when each of them fails."""
    priority: int
    """Higher first."""
    trigger: Trigger
    created_at: Timestamp
    started_at: Timestamp | None
    finished_at: Timestamp | None
    seconds: float | None
    """From start to end; ``null`` until it has ended."""
    cancel_requested_at: Timestamp | None
    rerun_of: int | None
    error_count: int
    """Messages of level error: a run may succeed with errors."""
    last_seq: int
    waiting_for: int | None
    """The active run of the same task that a queued run waits for."""
    waiting: Waiting | None
    source_sha256: str
    catalog_version: str
    facts: dict[str, Any]
    """What the runner told about itself: interpreter, kernel, machine."""
    parameter_titles: dict[str, str] | SkipJsonSchema[None] = optional()
    """By name, of those parameters that had one when the run was queued; left out where none had."""
    parameter_value_labels: dict[str, str] | SkipJsonSchema[None] = optional()
    """By name, of those values that were a choice with a label of its own; left out where none was."""
    masked_parameters: list[str] | SkipJsonSchema[None] = optional()
    """Those of which only a mask is left: another run has to be given them anew. Left out where there is none."""

    @classmethod
    def from_model(
        cls,
        found: run.Run,
        *,
        waits: model_waiting.Waiting | None = None,
        called: Labels,
    ) -> Run:
        return cls(
            parameter_titles=_called(called, "title"),
            parameter_value_labels=_called(called, "value"),
            masked_parameters=found.masked_parameters or None,
            id=found.id,
            task=found.task_id,
            task_name=found.task_name,
            kind=found.kind,
            status=found.status,
            reason=found.reason,
            parameters=found.parameters,
            attempt=found.attempt,
            max_attempts=found.max_attempts,
            priority=found.priority,
            trigger=found.trigger,
            created_at=found.created_at,
            started_at=found.started_at,
            finished_at=found.finished_at,
            seconds=found.seconds,
            cancel_requested_at=found.cancel_requested_at,
            rerun_of=found.rerun_of,
            error_count=found.error_count,
            last_seq=found.recorded_seq,
            waiting_for=waits.run_id if waits else None,
            waiting=Waiting.from_model(waits) if waits else None,
            source_sha256=found.source_sha256,
            catalog_version=found.catalog_version,
            facts=found.facts,
        )


class Attempt(Answer):
    """One try of a run."""

    number: int
    status: RunStatus
    reason: str
    started_at: Timestamp
    finished_at: Timestamp | None
    seconds: float | None
    """By the runner's own clock; ``null`` while it runs, and where the runner could not tell."""
    peak_memory_bytes: int | None
    """The largest resident memory of all its processes together, as far as it was seen."""
    cpu_seconds: float | None
    """Of all its processes."""

    @classmethod
    def from_model(cls, found: model_attempt.Attempt) -> Attempt:
        return cls(
            number=found.number,
            status=found.status,
            reason=found.reason,
            started_at=found.started_at,
            finished_at=found.finished_at,
            seconds=found.wall_seconds,
            peak_memory_bytes=found.peak_memory_bytes,
            cpu_seconds=found.cpu_seconds,
        )


class RunDetail(Run):
    """A run with its attempts."""

    attempts: list[Attempt]
    """In their order; empty until it begins."""
    config_version: int | None
    """The version of the configuration that it was started with, and keeps; ``null``: there was none."""

    @classmethod
    def with_attempts(
        cls,
        found: run.Run,
        attempts: Sequence[model_attempt.Attempt],
        *,
        config_version: int | None,
        waits: model_waiting.Waiting | None,
        called: Labels,
    ) -> RunDetail:
        shown = dict(Run.from_model(found, waits=waits, called=called))
        return cls(**shown, attempts=[Attempt.from_model(each) for each in attempts], config_version=config_version)


class RunPage(Answer):
    runs: list[Run]
    """Newest first."""
    next_before: int | None
    """``before`` of the next page; ``null`` on the last one. A page may hold less than its limit, even nothing, and yet
    have a next one: what has no index is looked for during a fraction of a second, and then it is said how far that
    came."""


class RunDigest(Answer):
    """What the strip of a task's last runs shows of each."""

    id: int
    status: RunStatus
    reason: str
    created_at: Timestamp
    started_at: Timestamp | None
    finished_at: Timestamp | None
    seconds: float | None

    @classmethod
    def from_model(cls, found: run.RunDigest) -> RunDigest:
        return cls(
            id=found.id,
            status=found.status,
            reason=found.reason,
            created_at=found.created_at,
            started_at=found.started_at,
            finished_at=found.finished_at,
            seconds=found.seconds,
        )


class RunDigests(Answer):
    tasks: dict[str, list[RunDigest]]
    """By task, newest first."""


class BulkRequest(Request):
    """One action for many runs."""

    action: Action
    run_ids: list[Annotated[int, Field(ge=1, le=MAX_NUMBER)]] = Field(min_length=1, max_length=MAX_RUNS)


class BulkResult(Answer):
    """What became of one of the runs."""

    run_id: int
    ok: bool
    new_run_id: int | None
    """The run that repeats it."""
    problem: str
    """Why nothing was done, in words; empty if ``ok``."""

    @classmethod
    def from_model(cls, found: Result) -> BulkResult:
        return cls(run_id=found.run_id, ok=not found.problem, new_run_id=found.new_run_id, problem=found.problem)


class BulkResults(Answer):
    results: list[BulkResult]
    """In the order of the request, each run once."""


def _called(labels: Labels, key: str) -> dict[str, str] | None:
    return {name: each[key] for name, each in labels.items() if key in each} or None
