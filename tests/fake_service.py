"""The service the web works with, in memory: a real one needs a store, a worker and time."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from factories import digest_of, make_run

from taskdeck.execution import checking, chunks, log_pages, submission
from taskdeck.execution.connection_test import TestResult
from taskdeck.execution.connections import ConnectionView, InvalidConnectionValues, UnknownConnection
from taskdeck.execution.log_pages import LogPage, Wanted
from taskdeck.execution.run_search import RunPage
from taskdeck.execution.service import AlreadyEnded, EventPage, UnknownRun, WorkerStatus
from taskdeck.model import duration, event
from taskdeck.model.attempt import Attempt
from taskdeck.model.connection import Connection, ConnectionField
from taskdeck.model.duration import Basis, UsualDuration
from taskdeck.model.environment import Environment
from taskdeck.model.estimate import CellEstimate, Estimate
from taskdeck.model.event import Event, Message, Status, WireEvent
from taskdeck.model.parameter import AllowedValue, Parameter, ParameterType
from taskdeck.model.problem import Problem
from taskdeck.model.project import Catalog, Layout, Project, ServedVersion
from taskdeck.model.run import Run, RunDigest, RunStatus, Trigger
from taskdeck.model.task import Task, TaskKind
from taskdeck.model.waiting import Waiting, WaitingKind
from taskdeck.runner.masking import Masker
from taskdeck.store.run_lists import Wanted as WantedRuns

NOW = datetime(2026, 11, 21, 10, 0, 0, 123_000, tzinfo=UTC)


def make_catalog(root: Path) -> Catalog:
    problem = Problem(
        file="config/data_tasks.json", line=9, column=5, message="There is no such file.", task_id="BROKEN"
    )
    return Catalog(
        project=Project(
            root=root,
            layout=Layout.NATIVE,
            config_directory=root / "config",
            data_directory=root / "data",
            temporary_directory=root / "tmp",
            uploads_directory=root / "uploads",
        ),
        version="v1",
        tasks={
            "SAMPLE": Task(
                id="SAMPLE",
                name="Sample",
                kind=TaskKind.NOTEBOOK,
                file=str(root / "data_tasks" / "sample.ipynb"),
                description="A *sample*.",
                tags=("etl",),
                connections=("ANA", "GONE"),
                parameters=(
                    Parameter(
                        name="year",
                        type=ParameterType.INTEGER,
                        title="Year of the report",
                        default=2025,
                        has_default=True,
                        required=True,
                    ),
                    Parameter(name="site", allowed_values=(AllowedValue(label="North", value="N"),)),
                ),
            ),
            "BROKEN": Task(
                id="BROKEN", name="Broken", kind=TaskKind.SCRIPT, file="/elsewhere/broken.py", problems=(problem,)
            ),
        },
        connections={
            "ANA": Connection(
                id="ANA",
                name="Analysis",
                fields=(ConnectionField(name="host"), ConnectionField(name="password", type="password")),
                test_query="SELECT 1",
            )
        },
        problems=(problem,),
    )


@dataclass(kw_only=True)
class FakeService:
    """As `taskdeck.execution.service.Service`, without rules of its own about parameters."""

    root: Path
    stored: dict[int, Run] = field(default_factory=dict)
    stored_events: dict[int, list[WireEvent]] = field(default_factory=dict)
    stored_attempts: dict[int, list[Attempt]] = field(default_factory=dict)
    stored_environments: dict[int, Environment] = field(default_factory=dict)
    values: dict[str, object] = field(default_factory=dict)
    secrets: dict[str, object] = field(default_factory=dict)
    by_key: dict[str, tuple[str, int]] = field(default_factory=dict)
    tested_with: Mapping[str, object] | None = None
    asked_for: WantedRuns | None = None
    reads: int = 0
    """How often events were read."""

    def __post_init__(self) -> None:
        self._catalog = make_catalog(self.root)
        self._lock = threading.RLock()

    # What a test does to it.

    def add_run(self, **values: Any) -> Run:
        with self._lock:
            run = self._departed(make_run(id=len(self.stored) + 1, created_at=NOW, **values))
            self.stored[run.id] = run
            self.stored_events[run.id] = []
            return run

    def _departed(self, run: Run) -> Run:
        if run.status is RunStatus.QUEUED or run.departure is not None:
            return run
        return replace(run, departure=self.last_departure() + 1)

    def append(self, run_id: int, events: Iterable[Event]) -> None:
        with self._lock:
            stored = self.stored_events[run_id]
            for each in events:
                stored.append(event.to_wire(each, seq=len(stored) + 1, attempt=1, at=NOW))
            self.stored[run_id] = replace(self.stored[run_id], recorded_seq=len(stored))

    def say(self, run_id: int, *texts: str) -> None:
        self.append(run_id, [Message(text=text) for text in texts])

    def change(self, run_id: int, **values: Any) -> None:
        with self._lock:
            self.stored[run_id] = self._departed(replace(self.stored[run_id], **values))

    def end(self, run_id: int, status: RunStatus = RunStatus.SUCCEEDED, reason: str = "") -> None:
        with self._lock:
            self.append(run_id, [Status(status=status, reason=reason)])
            self.change(run_id, status=status, reason=reason, finished_at=NOW + timedelta(seconds=2))

    # What the web does with it.

    def catalog(self) -> Catalog:
        return self._catalog

    def config_version(self, run_id: int) -> int | None:
        return self._catalog.config_version

    def masker(self, catalog: Catalog | None = None) -> Masker:
        return Masker(str(secret) for secret in self.secrets.values())

    def set_catalog_version(self, version: str) -> None:
        self._catalog = replace(self._catalog, version=version)

    def set_config_version(self, number: int | None) -> None:
        version = None if number is None else ServedVersion(number=number, tree=None)
        self._catalog = replace(self._catalog, project=replace(self._catalog.project, version=version))

    def protect(self, task_id: str, name: str) -> None:
        """The task's parameter takes no values any more."""
        task = self._catalog.tasks[task_id]
        parameters = tuple(replace(each, protected=each.protected or each.name == name) for each in task.parameters)
        tasks = {**self._catalog.tasks, task_id: replace(task, parameters=parameters)}
        self._catalog = replace(self._catalog, tasks=tasks)

    def project_problems(self) -> tuple[Problem, ...]:
        return self._catalog.problems

    def submit(
        self,
        task_id: str,
        parameters: Mapping[str, Any],
        *,
        trigger: Trigger,
        idempotency_key: str | None = None,
        rerun_of: int | None = None,
        leaves_out_untakeable: bool = False,
    ) -> tuple[Run, bool]:
        task = self._catalog.tasks.get(task_id)
        if task is None:
            raise checking.UnknownTask(task_id, self._catalog.tasks)
        if task.problems:
            raise checking.BrokenTask(task_id, task.problems)
        unknown = {name: "is not a parameter" for name in parameters if task.parameter(name) is None}
        if unknown:
            raise submission.InvalidParameters(unknown)
        request = repr((task_id, sorted(parameters.items()), rerun_of))
        if idempotency_key in self.by_key:
            earlier, run_id = self.by_key[idempotency_key]
            if earlier != request:
                raise submission.IdempotencyConflict
            return self.stored[run_id], False
        run = self.add_run(
            task_id=task_id,
            task_name=task.name,
            kind=task.kind,
            parameters=dict(parameters),
            trigger=trigger,
            rerun_of=rerun_of,
        )
        if idempotency_key:
            self.by_key[idempotency_key] = (request, run.id)
        return run, True

    def run(self, run_id: int) -> Run:
        if run_id not in self.stored:
            raise UnknownRun(run_id)
        return self.stored[run_id]

    def runs(
        self, task: str | None = None, status: RunStatus | None = None, before: int | None = None, limit: int = 50
    ) -> list[Run]:
        found = [
            run
            for run in reversed(self.stored.values())
            if task in (None, run.task_id) and status in (None, run.status) and (before is None or run.id < before)
        ]
        return found[:limit]

    def find_runs(self, wanted: WantedRuns, *, before: int | None = None, limit: int = 50) -> RunPage:
        self.asked_for = wanted
        found = [
            run
            for run in reversed(self.stored.values())
            if (not wanted.task_ids or run.task_id in wanted.task_ids)
            and (not wanted.statuses or run.status in wanted.statuses)
            and (before is None or run.id < before)
        ]
        return RunPage(runs=found[:limit], next_before=found[limit - 1].id if len(found) > limit else None)

    def runs_changed_since(self, moment: datetime) -> list[Run]:
        return list(self.stored.values())

    def departed_after(self, departure: int, limit: int) -> list[Run]:
        departed = [run for run in self.stored.values() if run.departure is not None and run.departure > departure]
        return sorted(departed, key=lambda run: run.departure or 0)[:limit]

    def last_departure(self) -> int:
        return max((run.departure or 0 for run in self.stored.values()), default=0)

    def last_runs(self, task_ids: Sequence[str], *, limit_each: int) -> dict[str, list[RunDigest]]:
        return {task_id: [digest_of(run) for run in self.runs(task=task_id, limit=limit_each)] for task_id in task_ids}

    def typical_seconds(self, task_ids: Sequence[str]) -> dict[str, float]:
        return {"SAMPLE": 2.5}

    def usual_duration(self, task_id: str) -> UsualDuration | None:
        return duration.usual([2.0, 3.0], Basis.ALL_RUNS) if task_id == "SAMPLE" else None

    def estimate(self, run_id: int) -> Estimate:
        self.run(run_id)
        cells = (CellEstimate(index=1, seconds=0.5, run_count=2),)
        return Estimate(basis=Basis.ALL_RUNS, run_count=3, seconds=2.5, cells=cells)

    def waiting(self, run: Run) -> Waiting | None:
        if run.status is not RunStatus.QUEUED:
            return None
        running = self.runs(task=run.task_id, status=RunStatus.RUNNING, before=run.id)
        if not running:
            return None
        return Waiting(kind=WaitingKind.RUN, text=f"Run {running[0].id} goes before it.", run_id=running[0].id)

    def attempts(self, run_id: int) -> list[Attempt]:
        return list(self.stored_attempts.get(run_id, []))

    def environment(self, run_id: int) -> Environment | None:
        return self.stored_environments.get(run_id)

    def cancel(self, run_id: int, by: str) -> Run:
        run = self.run(run_id)
        if run.status.is_final:
            raise AlreadyEnded(run)
        self.change(run_id, cancel_requested_at=NOW)
        return self.stored[run_id]

    def events(self, run_id: int, after: int, limit: int) -> EventPage:
        with self._lock:
            self.reads += 1
            run = self.run(run_id)
            events = self.stored_events[run_id][after : after + limit]
            reached = events[-1]["seq"] if events else after
            ended = run.status.is_final and reached >= run.recorded_seq
            return EventPage(events=events, last_seq=run.recorded_seq, ended=ended)

    def log_lines(self, run_id: int) -> Iterator[str]:
        return (f"{each['at']} {each['text']}" for each in self.stored_events[run_id] if each["type"] == "message")

    def offers_sample(self, catalog: Catalog) -> bool:
        return False

    def outline(self, run_id: int, after: int = 0, up_to: int = 2**53) -> Iterator[WireEvent]:
        stored = list(self.stored_events[run_id])
        return (each for each in stored if after < each["seq"] <= up_to and chunks.is_outlined(each))

    def log_page(self, run_id: int, wanted: Wanted) -> LogPage:
        self.run(run_id)
        return log_pages.pick(self.stored_events[run_id], wanted)

    def declared_connections(self, run_id: int) -> tuple[str, ...]:
        return ("ANA",) if run_id in self.stored else ()

    def run_directory(self, run_id: int) -> Path:
        return self.root / ".taskdeck" / "runs" / str(run_id)

    def connections(self) -> list[ConnectionView]:
        return [self.connection("ANA")]

    def connection(self, connection_id: str) -> ConnectionView:
        declared = self._catalog.connections.get(connection_id)
        if declared is None:
            raise UnknownConnection(connection_id, self._catalog.connections)
        return ConnectionView(
            connection=declared,
            values=dict(self.values),
            stored_secrets=frozenset(self.secrets),
            configured=bool(self.values),
            last_test=None,
            used_by=("SAMPLE",),
        )

    def save_connection_values(self, connection_id: str, values: Mapping[str, object]) -> ConnectionView:
        declared = self.connection(connection_id).connection
        known = {each.name for each in declared.fields}
        if unknown := {name: "is not a field" for name in values if name not in known}:
            raise InvalidConnectionValues(unknown)
        for name, value in values.items():
            (self.secrets if declared.is_secret(name) else self.values)[name] = value
        return self.connection(connection_id)

    def test_connection(self, connection_id: str, values: Mapping[str, object] | None = None) -> TestResult:
        self.connection(connection_id)
        self.tested_with = values
        return TestResult(ok=True, message="Connected.", milliseconds=12.5)

    def worker_status(self) -> WorkerStatus:
        return WorkerStatus(alive=True, running=0, queued=0, limit=2)
