"""Runners that wait for their jobs, already warm: kept per Python, leased to runs, made anew in quiet moments."""

from __future__ import annotations

import logging
import os
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from taskdeck.execution.runner_process import RunnerProcess, runner_environment
from taskdeck.execution.zygote import Seat, Zygote
from taskdeck.model.pool import ParkedRunner, ParkedState, PoolState, PoolStatus
from taskdeck.model.task import TaskKind
from taskdeck.runner import leftovers
from taskdeck.runner.job import Job

log = logging.getLogger(__name__)

# Elsewhere there is no fork, or, as on macOS, system libraries that do not survive one.
CAN_FORK = sys.platform.startswith("linux")
# What took the last pair has the processors for itself for a moment.
REFILL_DELAY_SECONDS = 0.25
LOOK_SECONDS = 2.0
# Pairs that end before they were of use, and zygotes that do not start, are not made again and again.
MAX_FAILURES = 3
RETRY_SECONDS = 60.0
MAX_POOLS = 8
"""Of different Pythons; the one that was used longest ago makes room."""

UNANSWERING = "The process that loads the libraries does not answer."


@dataclass(kw_only=True)
class Pool:
    """The parked pairs of one Python: up to ``size`` for notebooks, as many for scripts.

    After ``idle_seconds`` without a run it keeps ``idle_size`` of each, and with 0 of them no process at all.
    """

    python: str
    size: int
    preload: Sequence[str]
    directory: Path
    package_directory: Path
    """Holds Taskdeck's package and nothing else, for a Python that is not the server's."""
    idle_seconds: float
    idle_size: int = 1
    _zygote: Zygote | None = None
    _seats: list[Seat] = field(default_factory=list)
    _given: list[Seat] = field(default_factory=list)
    """Those that may not have read their job yet."""
    leased_at: float = field(default_factory=time.monotonic)
    _looked_at: float = 0.0
    _failures: int = 0
    _retry_at: float = 0.0
    _problem: str = ""

    def lease(self, job: Job) -> RunnerProcess | None:
        """The runner that has got the job; ``None`` when there is none, and one must be started."""
        self.leased_at = time.monotonic()
        self._retire_if_outdated()
        while (forked := self._zygote) is not None and forked.is_ready:
            seat = self._parked(job.kind) or forked.fork(job.kind, urgent=True)
            if seat is None:
                self._give_up(UNANSWERING)
                break
            if seat in self._seats:
                self._seats.remove(seat)
            if not seat.give(job):
                leftovers.remove(seat.pid)
            else:
                self._given.append(seat)
                return RunnerProcess(
                    pid=seat.pid, created_at=seat.created_at, ended=partial(forked.exit_code, seat.pid)
                )
        return None

    def tend(self, *, busy: bool) -> None:
        """Makes one pair if one is missing, drops those that are too many. To be called again and again.

        ``busy``: runs wait to be claimed; they come first.
        """
        now = time.monotonic()
        for seat in [seat for seat in self._given if not seat.look()]:
            seat.connection.close()
            self._given.remove(seat)
        if self._zygote is not None:
            self._look(now)
        target = self._target
        if target == 0:
            self.close()
        elif now < self._retry_at:
            return
        elif self._zygote is None:
            self._start()
        elif self._zygote.is_ready:
            self._adjust(target, may_fork=not busy and now - self.leased_at > REFILL_DELAY_SECONDS)

    @property
    def is_filling(self) -> bool:
        """Whether `tend` has something to do soon."""
        if self._zygote is None or not self._zygote.is_ready:
            return self._zygote is not None
        return len(self._seats) < len(TaskKind) * self._target or any(
            seat.state is ParkedState.WARMING for seat in self._seats
        )

    def close(self) -> None:
        """Ends what waits. Runners that have a job go on."""
        # Who has been sent a job reads it all the same, see `packet.receive_async`.
        for seat in (*self._seats, *self._given):
            seat.connection.close()
        self._seats.clear()
        self._given.clear()
        if self._zygote is not None:
            self._zygote.close()
            self._zygote = None

    def status(self) -> PoolStatus:
        return PoolStatus(
            python=self.python,
            state=self._state(),
            problem=self._problem,
            zygote_pid=self._zygote.pid if self._zygote else None,
            parked=tuple(
                ParkedRunner(
                    kind=seat.kind, state=seat.state, pid=seat.pid, private_memory_bytes=seat.private_memory_bytes
                )
                for seat in self._seats
            ),
        )

    def _state(self) -> PoolState:
        if self._zygote is not None:
            return PoolState.READY if self._zygote.is_ready else PoolState.STARTING
        return PoolState.UNUSABLE if time.monotonic() < self._retry_at else PoolState.OFF

    @property
    def _target(self) -> int:
        """How many pairs of each kind there should be."""
        is_idle = time.monotonic() - self.leased_at >= self.idle_seconds
        return min(self.size, self.idle_size) if is_idle else self.size

    def _parked(self, kind: TaskKind) -> Seat | None:
        """A pair that is ready. One that still warms up does so at low priority: a new one is there sooner."""
        return next((seat for seat in self._seats if seat.kind is kind and seat.state is ParkedState.PARKED), None)

    def _start(self) -> None:
        environment = runner_environment()
        if self.python != sys.executable:
            found = [environment["PYTHONPATH"]] if environment.get("PYTHONPATH") else []
            environment["PYTHONPATH"] = os.pathsep.join([*found, str(self.package_directory)])
        try:
            self._zygote = Zygote(
                python=self.python, preload=self.preload, environment=environment, directory=self.directory
            )
        except OSError as error:
            self._give_up(f"{self.python} cannot be started: {error.strerror}.")

    def _look(self, now: float) -> None:
        assert self._zygote is not None
        was_ready = self._zygote.is_ready
        self._zygote.look()
        if not self._zygote.is_alive:
            self._fail(self._zygote.refused or "The process that loads the libraries has ended.")
            return
        if self._zygote.is_ready and not was_ready:
            self._problem = "; ".join(f"{name}: {reason}" for name, reason in self._zygote.failed.items())
            log.info("pool_ready", extra={"python": self.python, "problem": self._problem})
        for seat in list(self._seats):
            if not seat.look():
                self._drop(seat)
                leftovers.remove(seat.pid)
                self._fail("A runner that waited has ended.")
            elif seat.state is ParkedState.PARKED:
                self._failures = 0
        if now - self._looked_at > LOOK_SECONDS:
            self._looked_at = now
            self._retire_if_outdated()

    def _retire_if_outdated(self) -> None:
        """What was loaded is not what is installed any more: the next run must not get it."""
        forked = self._zygote
        if forked is not None and forked.is_ready and forked.is_outdated:
            log.info("pool_retired", extra={"python": self.python})
            self.close()

    def _adjust(self, target: int, *, may_fork: bool) -> None:
        assert self._zygote is not None
        for kind in TaskKind:
            seats = [seat for seat in self._seats if seat.kind is kind]
            for seat in seats[target:]:
                self._drop(seat)
            # One after the other: a pair that warms up takes a processor.
            if may_fork and len(seats) < target and not any(each.state is ParkedState.WARMING for each in self._seats):
                forked = self._zygote.fork(kind, urgent=False)
                if forked is None:
                    self._give_up(UNANSWERING)
                else:
                    self._seats.append(forked)
                return

    def _drop(self, seat: Seat) -> None:
        seat.connection.close()
        self._seats.remove(seat)

    def _fail(self, reason: str) -> None:
        self._failures += 1
        if self._zygote is not None and (not self._zygote.is_alive or self._failures >= MAX_FAILURES):
            unusable = self._zygote.refused is not None or not self._zygote.is_ready
            if unusable or self._failures >= MAX_FAILURES:
                self._give_up(reason)
            else:
                self.close()

    def _give_up(self, reason: str) -> None:
        """For a while."""
        self.close()
        self._problem, self._retry_at, self._failures = reason, time.monotonic() + RETRY_SECONDS, 0
        log.warning("pool_unusable", extra={"python": self.python, "problem": reason})


@dataclass(kw_only=True)
class Pools:
    """The pool of the server's own Python, and one of each Python that a task has asked for."""

    size: int
    preload: Sequence[str]
    directory: Path
    package_directory: Path
    idle_seconds: float
    _pools: dict[str, Pool] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.size > 0 and CAN_FORK:
            self._pools[sys.executable] = self._pool(sys.executable, self.size, idle_size=1)

    def lease(self, job: Job) -> RunnerProcess | None:
        """See `Pool.lease`. The first run of a Python is started plainly, and is the reason to keep a pair for it."""
        if self.size == 0 or not CAN_FORK or job.kernel_name:
            return None
        if job.python not in self._pools:
            self._make_room()
            self._pools[job.python] = self._pool(job.python, 1, idle_size=0)
        return self._pools[job.python].lease(job)

    def _make_room(self) -> None:
        others = [pool for pool in self._pools.values() if pool.python != sys.executable]
        if len(others) >= MAX_POOLS:
            oldest = min(others, key=lambda pool: pool.leased_at)
            oldest.close()
            del self._pools[oldest.python]

    def tend(self, *, busy: bool) -> None:
        """See `Pool.tend`."""
        for pool in self._pools.values():
            pool.tend(busy=busy)

    @property
    def is_filling(self) -> bool:
        """See `Pool.is_filling`."""
        return any(pool.is_filling for pool in self._pools.values())

    def close(self) -> None:
        """Ends what waits. Runners that have a job go on."""
        for pool in self._pools.values():
            pool.close()

    def status(self) -> list[PoolStatus]:
        return [pool.status() for pool in self._pools.values()]

    def _pool(self, python: str, size: int, *, idle_size: int) -> Pool:
        return Pool(
            python=python,
            size=size,
            preload=self.preload,
            directory=self.directory,
            package_directory=self.package_directory,
            idle_seconds=self.idle_seconds,
            idle_size=idle_size,
        )
