"""The process that claims queued runs, launches their runners and records their events.

It holds no truth: killed at any moment, the next worker finds everything in the store and in the journals.
"""

from __future__ import annotations

import contextlib
import logging
import os
import secrets
import socket
import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

from taskdeck.execution import adoption, capacity, compaction, launcher, overtime, recorder
from taskdeck.execution.adoption import LEASE
from taskdeck.execution.cancels import Cancels
from taskdeck.execution.connections import ConnectionValues
from taskdeck.execution.interpreter import NoInterpreter
from taskdeck.execution.keystore import Keystore, WrongKey
from taskdeck.execution.launcher import LaunchFailed
from taskdeck.execution.pool import Pools
from taskdeck.execution.runner_process import RunnerProcess
from taskdeck.model.project import Catalog
from taskdeck.model.run import Outcome, Run, RunStatus
from taskdeck.model.trace import Stage
from taskdeck.runner import control, leftovers, processes, wakeup
from taskdeck.runner.trace import Trace
from taskdeck.settings import Settings
from taskdeck.store import claims, runs, workers
from taskdeck.store.database import Database, StoreUnavailable
from taskdeck.store.workers import WorkerRow

log = logging.getLogger(__name__)

HEARTBEAT_SECONDS = 5.0
# A hint may be lost; whatever it was about is found after this time at the latest.
IDLE_SECONDS = 1.0
BUSY_SECONDS = 0.2
# The runner's last journal line is written before it exits, but may be seen after.
DEATH_LOOKS = 2
# A runner that died before it began its attempt cost nothing; one that always does is not started for ever.
MAX_LAUNCHES = 3


class CurrentCatalog(Protocol):
    def current(self) -> Catalog: ...


@dataclass(kw_only=True)
class ActiveRun:
    """A run this worker watches."""

    run: Run
    process: RunnerProcess
    definition: dict[str, Any]
    is_overdue: bool = False
    """Its runner was killed because it did not keep the time-out."""
    launches: int = 1
    """By this worker."""
    looks_after_death: int = 0


@dataclass(kw_only=True)
class Worker:
    """One loop on one thread.

    ``dedicated_to``: a worker for this run alone. It also takes what stands before the run in its task's queue,
    because there may be nobody else to do it.
    """

    settings: Settings
    database: Database
    catalog: CurrentCatalog
    keystore: Keystore
    dedicated_to: Run | None = None
    id: str = field(default_factory=lambda: f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}")
    _active: dict[int, ActiveRun] = field(default_factory=dict)
    _heartbeat_at: float = 0.0
    _is_called: bool = False
    """Somebody has just queued a run, as it seems."""
    _is_without_store: bool = False
    """Said once, not once a second."""

    def __post_init__(self) -> None:
        self._wakeup_path = self.settings.workers_wakeup_directory / f"{os.getpid()}-{secrets.token_hex(4)}"
        self._connections = ConnectionValues(self.database, self.keystore)
        self._cancels = Cancels(self.settings.cancel_timeout_seconds)
        self._trace = Trace(self.settings.traces_directory)
        self._pools = Pools(
            # A worker for one run would be gone before a pool is ready.
            size=0 if self.dedicated_to else self.settings.pool_size,
            preload=self.settings.preload,
            directory=self.settings.state_directory,
            package_directory=self.settings.package_directory,
            idle_seconds=self.settings.pool_idle_seconds,
        )

    def run_until(self, stop: threading.Event) -> None:
        """Works until ``stop`` is set; a dedicated worker also ends when its run has ended.

        Runs that are active then go on without it.
        """
        listener = wakeup.Listener(self._wakeup_path)
        leftovers.sweep()
        self._register()
        compacting = threading.Event()
        compactor = threading.Thread(target=compaction.run_until, args=(self.database, compacting), daemon=True)
        if self.dedicated_to is None:
            compactor.start()
        try:
            self._adopt()
            while not stop.is_set():
                more = self._try_step(stop)
                if self.dedicated_to is not None and self._has_ended(self.dedicated_to.id):
                    return
                if not more:
                    for run_id in listener.wait(
                        BUSY_SECONDS if self._active or self._pools.is_filling else IDLE_SECONDS
                    ):
                        is_active = run_id in self._active
                        self._trace.mark(run_id, Stage.NEWS_HEARD if is_active else Stage.WORKER_WOKEN)
                        self._is_called = self._is_called or not is_active
        finally:
            for active in self._active.values():
                active.process.reap_later()
            listener.close()
            self._cancels.close()
            self._pools.close()
            compacting.set()
            if compactor.is_alive():
                compactor.join()
            # Where it fails, the next worker sees that this one is gone.
            with contextlib.suppress(StoreUnavailable), self.database.write() as connection:
                workers.remove(connection, self.id)

    def step(self) -> bool:
        """One round; ``True`` when there is certainly more to do at once."""
        self._beat()
        if self._active:
            # First, because it can be done even when the store's disk is full.
            self._deliver_cancels()
        more = self._record_all()
        more = self._claim_while_free() or more
        self._pools.tend(busy=more)
        return more

    def _try_step(self, stop: threading.Event) -> bool:
        """`step`, whatever happens: a full disk or a locked database passes, the runs go on, and nothing is lost."""
        try:
            more = self.step()
        except StoreUnavailable as error:
            if not self._is_without_store:
                log.error("store_unavailable", extra={"worker": self.id, "reason": str(error)})  # noqa: TRY400
            self._is_without_store = True
        except Exception:
            log.exception("worker_step_failed", extra={"worker": self.id})
        else:
            if self._is_without_store:
                log.info("store_available_again", extra={"worker": self.id})
            self._is_without_store = False
            return more
        stop.wait(IDLE_SECONDS)
        return False

    def _register(self) -> None:
        now = datetime.now(UTC)
        row = WorkerRow(
            id=self.id,
            host=socket.gethostname(),
            pid=os.getpid(),
            process_created_at=processes.created_at(os.getpid()),
            max_parallel_runs=self.settings.max_parallel_runs,
            dedicated=self.dedicated_to is not None,
            heartbeat_at=now,
        )
        with self.database.write() as connection:
            workers.add(connection, row)
        self._heartbeat_at = time.monotonic()

    def _beat(self) -> None:
        if time.monotonic() - self._heartbeat_at < HEARTBEAT_SECONDS:
            return
        self._heartbeat_at = time.monotonic()
        now = datetime.now(UTC)
        with self.database.write() as connection:
            is_known = workers.heartbeat(connection, self.id, pools=self._pools.status(), now=now)
            runs.renew_leases(connection, self.id, now=now, lease=LEASE)
        if not is_known:
            # It was taken for dead while it hung.
            self._register()
        self._adopt()

    def _adopt(self) -> None:
        task_id = self.dedicated_to.task_id if self.dedicated_to else None
        for orphan in adoption.orphans(self.database, self.id, self._active, task_id=task_id):
            self._take_over(orphan.run, may_launch=orphan.may_launch)

    def _take_over(self, run: Run, *, may_launch: bool) -> None:
        """Watches the runner of an adopted run; launches one if there is none: its worker died in between.

        After a reboot, what a runner has left may be missing because it was never written out.
        """
        if runner := self._runner_of(run):
            with self.database.read() as connection:
                definition = runs.definition(connection, run.id)
            self._active[run.id] = ActiveRun(run=run, process=runner, definition=definition)
            return
        with self.database.read() as connection:
            claim = claims.claim_of(connection, run)
        if claim is not None and may_launch:
            self._launch(claim)
        elif claim is not None:
            reason = "The machine was restarted while the run was being started; whether it began cannot be told."
            self._end(run, Outcome(status=RunStatus.LOST, reason=reason))

    def _runner_of(self, run: Run) -> RunnerProcess | None:
        """The runner that began the run's attempt, or else the one that was launched for it."""
        directory = self._directory(run)
        found = control.runner_of(directory, run.attempt) if launcher.is_of(directory, run) else None
        if found is None and run.runner_pid:
            found = run.runner_pid, run.runner_created_at or 0.0
        return RunnerProcess(pid=found[0], created_at=found[1]) if found else None

    def _claim_while_free(self) -> bool:
        launched = False
        while len(self._active) < self.settings.max_parallel_runs:
            available, now = capacity.of_machine(self.settings), datetime.now(UTC)
            is_called, self._is_called = self._is_called, False
            if not is_called:
                with self.database.read() as connection:
                    if not claims.has_next(connection, available, now=now, up_to=self.dedicated_to):
                        break
            with self.database.write() as connection:
                claim = claims.claim_next(connection, self.id, available, now=now, lease=LEASE, up_to=self.dedicated_to)
            if claim is None:
                break
            self._launch(claim)
            launched = True
        return launched

    def _launch(self, claim: claims.Claim, *, launches: int = 1) -> None:
        run = claim.run
        self._trace.mark(run.id, Stage.CLAIMED)
        self._tell_observers(run.id)
        if claim.never_fits:
            reason = f"The run needs {claim.never_fits}: more than this machine has for runs."
            self._end(run, Outcome(status=RunStatus.FAILED, reason=reason), may_retry=False)
            return
        try:
            launcher.make_directory(self._directory(run), run)
            job = launcher.build_job(
                claim,
                settings=self.settings,
                catalog=self.catalog.current(),
                keystore=self.keystore,
                connections=self._connections,
                wakeup_path=self._wakeup_path,
            )
            self._trace.mark(run.id, Stage.JOB_BUILT)
            # A second launch takes no chances.
            process = launcher.launch(job, self._pools if launches == 1 else None)
            self._trace.mark(run.id, Stage.LAUNCHED)
        except (LaunchFailed, NoInterpreter, WrongKey) as error:
            self._end(run, Outcome(status=RunStatus.FAILED, reason=str(error)))
            return
        except StoreUnavailable:
            # The run stays as it is, and is taken up again when there is a store.
            raise
        except Exception as error:
            # Whatever it was, this run alone must not go well, and nobody waits for it.
            log.exception("launch_failed", extra={"run": run.id})
            reason = f"The run could not be started: {type(error).__name__}: {error}"
            self._end(run, Outcome(status=RunStatus.FAILED, reason=reason))
            return
        # Watched before it is noted: where the note fails, the run goes on and its end is still seen.
        self._active[run.id] = ActiveRun(run=run, process=process, definition=claim.definition, launches=launches)
        with self.database.write() as connection:
            runs.set_runner(connection, run, pid=process.pid, created_at=process.created_at)
        log.info("run_launched", extra={"run": run.id, "pid": process.pid})

    def _record_all(self) -> bool:
        more = False
        for active in list(self._active.values()):
            try:
                more = self._record(active) or more
            except StoreUnavailable:
                raise
            except Exception:
                # One run's broken disk or journal is no reason to stop listening to the others.
                log.exception("record_failed", extra={"run": active.run.id})
        return more

    def _record(self, active: ActiveRun) -> bool:
        # Asked before the journal is read: what a runner wrote before it died is then certainly seen.
        alive = self._is_alive(active)
        try:
            turn = recorder.record(self.database, active.run, self._directory(active.run))
        except recorder.CorruptJournal as error:
            log.exception("journal_corrupt", extra={"run": active.run.id})
            self._clear_away(active)
            self._end(active.run, Outcome(status=RunStatus.FAILED, reason=str(error)), may_retry=False)
            return False
        active.run = turn.run
        if turn.news or turn.ended:
            self._trace.mark(active.run.id, Stage.RECORDED, seq=turn.run.recorded_seq)
            self._tell_observers(active.run.id)
            self._trace.mark(active.run.id, Stage.OBSERVERS_TOLD)
        if turn.ended:
            self._forget(active)
        elif alive and not turn.more and not active.is_overdue:
            self._end_overtime(active)
        elif not alive and not turn.more:
            active.looks_after_death += 1
            if active.looks_after_death >= DEATH_LOOKS:
                self._bury(active)
        return turn.more

    def _end_overtime(self, active: ActiveRun) -> None:
        ends_at = overtime.ends_at(
            active.run, active.definition, cancel_timeout_seconds=self.settings.cancel_timeout_seconds
        )
        if ends_at is not None and datetime.now(UTC) > ends_at:
            log.warning("runner_overdue", extra={"run": active.run.id})
            active.is_overdue = True
            active.process.kill()

    def _is_alive(self, active: ActiveRun) -> bool:
        """Whether the runner lives: the one that was launched, or one of an earlier launch that began before it."""
        if active.process.is_alive:
            return True
        runner = self._runner_of(active.run)
        if runner is None:
            return False
        if runner.pid not in (active.process.pid, processes.NOBODY):
            active.process = runner
            with self.database.write() as connection:
                runs.set_runner(connection, active.run, pid=runner.pid, created_at=runner.created_at)
        return runner.is_alive

    def _bury(self, active: ActiveRun) -> None:
        """The runner is gone without an outcome; if it did not even begin, there may be another one."""
        directory = self._directory(active.run)
        if self._may_launch_again(active):
            with self.database.read() as connection:
                claim = claims.claim_of(connection, active.run)
            if claim is not None:
                log.warning("runner_died_before_it_began", extra={"run": active.run.id, "pid": active.process.pid})
                self._clear_away(active)
                self._launch(claim, launches=active.launches + 1)
                return
        with contextlib.suppress(OSError):
            # A runner that an earlier worker launched might still come up: after this it cannot.
            control.forbid(directory, active.run.attempt)
        if self._is_alive(active):
            return
        self._clear_away(active)
        reason = launcher.reason_of_death(active.process)
        unwritable = active.process.exit_code == processes.EXIT_JOURNAL_UNWRITABLE
        status = RunStatus.FAILED if unwritable else RunStatus.LOST
        if active.is_overdue:
            self._end(active.run, overtime.outcome(active.definition))
            return
        if self._cancels.was_delivered(active.run.id):
            status, reason = RunStatus.CANCELLED, "Cancelled; the process that ran the task had to be killed."
        self._end(active.run, Outcome(status=status, reason=reason))

    def _end(self, run: Run, outcome: Outcome, *, may_retry: bool = True) -> None:
        recorder.end(self.database, run, self._directory(run), outcome, may_retry=may_retry)
        if active := self._active.get(run.id):
            self._forget(active)
        self._tell_observers(run.id)
        log.info("run_ended_by_worker", extra={"run": run.id, "status": outcome.status, "reason": outcome.reason})

    def _may_launch_again(self, active: ActiveRun) -> bool:
        return (
            active.launches < MAX_LAUNCHES
            and control.runner_of(self._directory(active.run), active.run.attempt) is None
            and active.process.exit_code != processes.EXIT_JOURNAL_UNWRITABLE
            and processes.is_of_this_boot(active.process.created_at)
            and not self._cancels.was_delivered(active.run.id)
            and not active.is_overdue
        )

    def _clear_away(self, active: ActiveRun) -> None:
        """Leaves neither a process of the run nor what its runner could not put away."""
        directory = self._directory(active.run)
        active.process.kill()
        processes.kill_run(directory)
        leftovers.remove(active.process.pid, directory)

    def _forget(self, active: ActiveRun) -> None:
        self._active.pop(active.run.id, None)
        self._cancels.forget(active.run.id)
        # The runner exits right after its last line; waiting for it here would hold up the others.
        active.process.reap_later()

    def _deliver_cancels(self) -> None:
        with self.database.read() as connection:
            requests = runs.cancel_requests(connection, self.id)
        for request in requests:
            if active := self._active.get(request.run_id):
                self._cancels.pursue(request, active.process, self._directory(active.run))

    def _has_ended(self, run_id: int) -> bool:
        try:
            with self.database.read() as connection:
                run = runs.get(connection, run_id)
        except StoreUnavailable:
            return False
        return run is None or run.status.is_final

    def _directory(self, run: Run) -> Path:
        return self.settings.runs_directory / str(run.id)

    def _tell_observers(self, run_id: int) -> None:
        wakeup.ring(self.settings.observers_wakeup_directory, run_id)
