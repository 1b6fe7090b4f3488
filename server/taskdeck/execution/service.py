"""What the server can do, in one object: the web, the command line and tests call nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from taskdeck.execution import (
    capacity,
    checking,
    connection_test,
    documentation,
    durations,
    estimates,
    log_pages,
    log_text,
    outlines,
    queries,
    recorder,
    run_search,
    sample,
    submission,
    task_source,
)
from taskdeck.execution.adoption import LEASE
from taskdeck.execution.checking import Validation
from taskdeck.execution.connection_test import TestResult
from taskdeck.execution.connections import ConnectionValues, ConnectionView
from taskdeck.execution.documentation import Documentation
from taskdeck.execution.keystore import Keystore
from taskdeck.execution.lint_cache import LintCache
from taskdeck.execution.log_pages import LogPage, Wanted
from taskdeck.execution.outlines import MAX_SEQ
from taskdeck.execution.queries import Answer, Limits, Part
from taskdeck.execution.run_search import RunPage
from taskdeck.execution.submission import Submission
from taskdeck.execution.task_source import TaskSource
from taskdeck.execution.worker import CurrentCatalog
from taskdeck.lint.finding import Finding
from taskdeck.model.attempt import Attempt
from taskdeck.model.duration import UsualDuration
from taskdeck.model.environment import Environment
from taskdeck.model.estimate import Estimate
from taskdeck.model.event import WireEvent
from taskdeck.model.problem import Problem
from taskdeck.model.project import Catalog
from taskdeck.model.run import Run, RunDigest, RunStatus, Trigger
from taskdeck.model.trace import Stage
from taskdeck.model.waiting import Waiting
from taskdeck.runner import wakeup
from taskdeck.runner.masking import Masker
from taskdeck.runner.trace import Trace
from taskdeck.settings import Settings
from taskdeck.store import attempts, claims, environments, events, runs, workers
from taskdeck.store.database import Database
from taskdeck.store.run_lists import Wanted as WantedRuns
from taskdeck.store.workers import WorkerRow


class UnknownRun(LookupError):
    """There is no run of that number."""

    def __init__(self, run_id: int) -> None:
        self.run_id = run_id
        super().__init__(f"There is no run {run_id}.")


class AlreadyEnded(ValueError):
    """The run has ended; there is nothing left to cancel."""

    def __init__(self, run: Run) -> None:
        self.run = run
        super().__init__(f"Run {run.id} has already ended: {run.status}.")


@dataclass(frozen=True, kw_only=True)
class EventPage:
    """``last_seq`` is the last event in the store; ``ended``: the run is over and this page reaches its end."""

    events: list[WireEvent]
    last_seq: int
    ended: bool


@dataclass(frozen=True, kw_only=True)
class WorkerStatus:
    alive: bool
    running: int
    queued: int
    limit: int


@dataclass(frozen=True, kw_only=True)
class Service:
    """All methods are quick, but `test_connection`, `task_lint` and `query`, and may be called from any thread."""

    settings: Settings
    database: Database
    live_catalog: CurrentCatalog
    keystore: Keystore
    lint_cache: LintCache = field(default_factory=LintCache)

    @property
    def _trace(self) -> Trace:
        return Trace(self.settings.traces_directory)

    @property
    def _connections(self) -> ConnectionValues:
        return ConnectionValues(self.database, self.keystore)

    def catalog(self) -> Catalog:
        """The project as it is configured now."""
        return self.live_catalog.current()

    def masker(self, catalog: Catalog | None = None) -> Masker:
        """Masks every secret of the project's connections, as they are now."""
        return Masker(self._connections.secrets(catalog or self.catalog()))

    def offers_sample(self, catalog: Catalog) -> bool:
        """Whether `write_sample` is for this project."""
        return sample.is_offered(catalog)

    def write_sample(self) -> list[str]:
        """Gives a project without tasks its first ones; see `sample.write` for the errors."""
        return sample.write(self.catalog())

    def project_problems(self) -> tuple[Problem, ...]:
        return self.catalog().problems

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
        """Queues a run and wakes the workers; see `submission.submit` for the errors."""
        request = Submission(
            task_id=task_id,
            parameters=parameters,
            trigger=trigger,
            idempotency_key=idempotency_key,
            rerun_of=rerun_of,
            leaves_out_untakeable=leaves_out_untakeable,
        )
        run, created = submission.submit(self.database, self.keystore, self.catalog(), request, self._trace)
        if created:
            self._wake_all(run.id)
        return run, created

    def run(self, run_id: int) -> Run:
        """Raises `UnknownRun`."""
        with self.database.read() as connection:
            found = runs.get(connection, run_id)
        if found is None:
            raise UnknownRun(run_id)
        return found

    def runs(
        self, task: str | None = None, status: RunStatus | None = None, before: int | None = None, limit: int = 50
    ) -> list[Run]:
        """A page, newest first; ``before`` is the id of the last run of the page above."""
        with self.database.read() as connection:
            return runs.newest(
                connection, task_id=task, statuses=[status] if status else [], before=before, limit=limit
            )

    def find_runs(self, wanted: WantedRuns, *, before: int | None = None, limit: int = 50) -> RunPage:
        """A page of the history; see `run_search`."""
        return run_search.page(self.database, wanted, before=before, limit=limit)

    def runs_changed_since(self, moment: datetime, page_size: int = 500) -> Iterator[Run]:
        """Runs whose status or cancel request changed at or after ``moment``, oldest change first; read by page."""
        after = 0
        while True:
            with self.database.read() as connection:
                page = runs.changed_since(connection, moment, after=after, limit=page_size)
            yield from (run for run, _ in page)
            if len(page) < page_size:
                return
            last, moment = page[-1]
            after = last.id

    def departed_after(self, departure: int, limit: int) -> list[Run]:
        """The next runs that left the queue after that one, in their order; see `Run.departure`."""
        with self.database.read() as connection:
            return runs.departed_after(connection, departure, limit=limit)

    def last_departure(self) -> int:
        """0 if no run has left the queue yet."""
        with self.database.read() as connection:
            return runs.last_departure(connection)

    def active_definitions(self) -> list[tuple[int, str, RunStatus, dict[str, Any]]]:
        """See `runs.active_definitions`."""
        with self.database.read() as connection:
            return runs.active_definitions(connection)

    def last_runs(self, task_ids: Sequence[str], *, limit_each: int) -> dict[str, list[RunDigest]]:
        """The last runs of each task, newest first."""
        with self.database.read() as connection:
            return runs.newest_of_each(connection, task_ids, limit=limit_each)

    def typical_seconds(self, task_ids: Sequence[str]) -> dict[str, float]:
        """See `durations.typical_seconds`."""
        return durations.typical_seconds(self.database, task_ids)

    def usual_duration(self, task_id: str, parameters: Mapping[str, Any] | None = None) -> UsualDuration | None:
        """See `durations.usual`."""
        return durations.usual(self.database, task_id, parameters)

    def validate(self, task_id: str, parameters: Mapping[str, Any]) -> Validation:
        """What a submission of these parameters would meet; stores nothing. Raises what `checking.check` raises."""
        catalog = self.catalog()
        checked = checking.check(catalog, task_id, parameters)
        masker = self.masker(catalog)
        shown = masker.value(checked.values)
        everything = [*checked.values.items(), *parameters.items()]
        masked = sorted({name for name, value in everything if masker.value({name: value}) != {name: value}})
        usual = None if checked.problems else self.usual_duration(task_id, shown)
        return Validation(values=shown, masked=masked, problems=checked.problems, usual=usual)

    def estimate(self, run_id: int) -> Estimate:
        """What a run is expected to take, from earlier ones of its task. Raises `UnknownRun`."""
        return estimates.of_run(self.database, self.run(run_id))

    def task_documentation(self, task_id: str) -> Documentation:
        """See `documentation.read`. Raises `UnknownTask` and `UnreadableFile`."""
        catalog = self.catalog()
        task = checking.declared(catalog, task_id)
        return documentation.read(catalog.project, task, self.masker(catalog))

    def task_source(self, task_id: str) -> TaskSource:
        """See `task_source.read`. Raises `UnknownTask`, `MissingFile` and `UnreadableFile`."""
        catalog = self.catalog()
        task = checking.declared(catalog, task_id)
        return task_source.read(catalog.project, task, self.masker(catalog))

    def task_lint(self, task_id: str) -> list[Finding]:
        """What is wrong with the code of a task; takes up to a minute. Raises `UnknownTask`."""
        catalog = self.catalog()
        found = self.lint_cache.findings(catalog, checking.declared(catalog, task_id))
        masker = Masker(self._connections.secrets(catalog))
        return [replace(each, message=masker.text(each.message)) for each in found]

    def waiting(self, run: Run) -> Waiting | None:
        """Why a queued run has not begun, where it is not just a free place that is missing."""
        if run.status is not RunStatus.QUEUED:
            return None
        with self.database.read() as connection:
            return claims.waiting(connection, run, capacity.of_machine(self.settings), now=datetime.now(UTC))

    def attempts(self, run_id: int) -> list[Attempt]:
        """The attempts of a run that have begun, in order."""
        with self.database.read() as connection:
            return attempts.of_run(connection, run_id)

    def environment(self, run_id: int) -> Environment | None:
        """The one that the last attempt of a run had; ``None`` where it is not known."""
        with self.database.read() as connection:
            return environments.of_run(connection, run_id)

    def cancel(self, run_id: int, by: str) -> Run:
        """Ends a queued run at once, asks a running one to end. Raises `UnknownRun` and `AlreadyEnded`."""
        run = self.run(run_id)
        if run.status is RunStatus.QUEUED and recorder.cancel_queued(self.database, run, by=by):
            self._wake_all(run_id)
            return self.run(run_id)
        run = self.run(run_id)
        if run.status.is_final:
            raise AlreadyEnded(run)
        with self.database.write() as connection:
            runs.request_cancel(connection, run_id, by=by, now=datetime.now(UTC))
        self._wake_all(run_id)
        return self.run(run_id)

    def events(self, run_id: int, after: int, limit: int) -> EventPage:
        """Raises `UnknownRun`."""
        # The run first: what it says is recorded is then certainly there to be read.
        run = self.run(run_id)
        with self.database.read() as connection:
            page = events.read(connection, run_id, after=after, limit=limit)
        reached = page[-1]["seq"] if page else after
        self._trace.mark(run_id, Stage.CHUNK_READ, seq=reached)
        return EventPage(
            events=page,
            last_seq=max(run.recorded_seq, reached),
            ended=run.status.is_final and reached >= run.recorded_seq,
        )

    def all_events(self, run_id: int) -> Iterator[WireEvent]:
        """Every event that is in the store by now, chunk by chunk."""
        return log_pages.all_events(self.database, run_id)

    def outline(self, run_id: int, after: int = 0, up_to: int = MAX_SEQ) -> Iterator[WireEvent]:
        """The events after ``after`` without those that are lines of the log alone; see `outlines`."""
        return outlines.read(self.database, run_id, after=after, up_to=up_to)

    def log_lines(self, run_id: int) -> Iterator[str]:
        return log_text.lines(self.all_events(run_id))

    def log_page(self, run_id: int, wanted: Wanted) -> LogPage:
        """Some lines of the log; see `log_pages`. Raises `UnknownRun`."""
        self.run(run_id)
        return log_pages.read(self.database, run_id, wanted)

    def run_directory(self, run_id: int) -> Path:
        return self.settings.runs_directory / str(run_id)

    def declared_connections(self, run_id: int) -> tuple[str, ...]:
        """Ids of the connections that a run's task declared when the run was queued; empty if there is no such run."""
        with self.database.read() as connection:
            return tuple(runs.definition(connection, run_id).get("connections", ()))

    def config_version(self, run_id: int) -> int | None:
        """The version of the configuration that a run was queued with; ``None``: there was none, or no such run."""
        with self.database.read() as connection:
            version: int | None = runs.definition(connection, run_id).get("config_version")
        return version

    def connections(self) -> list[ConnectionView]:
        return self._connections.views(self.catalog())

    def connection(self, connection_id: str) -> ConnectionView:
        """Raises `UnknownConnection`."""
        return self._connections.view(self.catalog(), connection_id)

    def save_connection_values(self, connection_id: str, values: Mapping[str, object]) -> ConnectionView:
        """See `ConnectionValues.save`."""
        self._connections.save(self.catalog(), connection_id, values)
        return self.connection(connection_id)

    def test_connection(self, connection_id: str, values: Mapping[str, object] | None = None) -> TestResult:
        """Really connects, with unsaved ``values`` overlaid; takes up to the time-out. The result is kept."""
        catalog = self.catalog()
        tried = self._connections.with_unsaved(catalog, connection_id, values)
        result = connection_test.run(
            catalog.connections[connection_id],
            tried,
            data_directory=catalog.project.data_directory,
            timeout_seconds=self.settings.connection_test_timeout_seconds,
        )
        self._connections.note_test(catalog, connection_id, tried, result)
        return result

    def query(
        self, connection_id: str, query: str, parameters: Mapping[str, Any], part: Part = queries.EVERYTHING
    ) -> Answer:
        """Takes up to the time-out; see `queries.ask` for the errors. Raises `UnknownConnection`, too."""
        catalog = self.catalog()
        values = self._connections.with_unsaved(catalog, connection_id, None)
        return queries.ask(
            catalog.connections[connection_id],
            values,
            query,
            parameters,
            data_directory=catalog.project.data_directory,
            limits=Limits(max_rows=self.settings.query_max_rows, timeout_seconds=self.settings.query_timeout_seconds),
            part=part,
        )

    def workers(self) -> list[WorkerRow]:
        """Those that have been heard of lately, without those that serve one run of a command line."""
        now = datetime.now(UTC)
        with self.database.read() as connection:
            return [
                worker
                for worker in workers.all_workers(connection)
                if not worker.dedicated and now - worker.heartbeat_at < LEASE / 2
            ]

    def worker_status(self) -> WorkerStatus:
        serving = self.workers()
        with self.database.read() as connection:
            running, queued = runs.count_active(connection)
        limit = sum(worker.max_parallel_runs for worker in serving)
        return WorkerStatus(alive=bool(serving), running=running, queued=queued, limit=limit)

    def _wake_all(self, run_id: int) -> None:
        """Only a hint: everybody re-reads the store."""
        wakeup.ring(self.settings.workers_wakeup_directory, run_id)
        wakeup.ring(self.settings.observers_wakeup_directory, run_id)
