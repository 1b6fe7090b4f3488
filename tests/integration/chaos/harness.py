"""Runs many tasks while everything that can be killed is killed, by a plan that its seed decides."""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.error
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
from integration.chaos import crashing, project
from integration.chaos.victims import Victims
from servers import TOKEN, RunningServer

TICK_SECONDS = 0.02
ACTIVE_AT_ONCE = 6
PARALLEL_RUNS = 4
FINAL = {"succeeded", "failed", "cancelled", "timed_out", "lost"}

# What is killed, and how often in relation to the others.
KILLS = {"worker": 4, "web": 1, "all": 1, "zygote": 2, "fork": 3, "runner": 5, "task": 5, "web after submission": 1}


class Stuck(AssertionError):
    """Some runs did not end in time."""


@dataclass(kw_only=True)
class Process:
    """Web or worker, started again whenever it is gone; now and then one that is going to crash at a given point."""

    command: list[str]
    points: tuple[str, ...]
    crashes: float
    """How many of its starts end at one of the points, of 1."""
    environment: dict[str, str]
    log: Path
    popen: subprocess.Popen[bytes] | None = None

    @property
    def is_up(self) -> bool:
        return self.popen is not None and self.popen.poll() is None

    def start(self, crash: tuple[str, int] | None) -> None:
        wrapper = [str(Path(crashing.__file__)), crash[0], str(crash[1])] if crash else ["-m", "taskdeck"]
        with self.log.open("ab") as log:
            self.popen = subprocess.Popen(
                [sys.executable, *wrapper, *self.command],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=self.environment,
                start_new_session=True,
            )

    def kill(self) -> None:
        if self.popen is not None:
            self.popen.kill()
            self.popen.wait()

    def stop(self) -> None:
        if self.popen is not None:
            self.popen.terminate()
            self.popen.wait(30)


@dataclass(kw_only=True)
class Chaos:
    """One chaos of ``runs`` runs in ``directory``, which must be empty. ``tell`` gets a line for each thing done."""

    seed: int
    runs: int
    kills: int
    directory: Path
    workers: int = 1
    tell: Callable[[str], object] = print
    ends_within_seconds: float = 90.0
    """From the last kill on."""
    submitted: dict[int, str] = field(default_factory=dict)
    """Task by run."""
    harmed: dict[int, set[str]] = field(default_factory=dict)
    """What of a run was killed: its ``runner``, its ``task``."""
    killed_forks: set[int] = field(default_factory=set)
    """Both halves of each pair one half of which was killed, by pid."""
    done: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)  # noqa: S311 - a plan, not a secret
        self.root = self.directory / "project"
        self.state = self.root / ".taskdeck"
        self.ledger = self.directory / "ledger"
        self.tasks = project.make(self.root, self.ledger)
        self.victims = Victims(runs_directory=self.state / "runs")
        # Kernels have their sockets there, and the path of a socket must be short.
        self.temporary = Path(tempfile.mkdtemp(prefix="tdc-", dir="/tmp" if Path("/tmp").is_dir() else None))
        port = _free_port()
        environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("TASKDECK_")},
            **self.victims.environment,
            "TMPDIR": str(self.temporary),
            "TASKDECK_MAX_PARALLEL_RUNS": str(PARALLEL_RUNS),
            # Each worker that is started loads it again.
            "TASKDECK_PRELOAD": "ipykernel,nbclient",
        }
        self.web = Process(
            command=["web", str(self.root), "--port", str(port)],
            points=self._shuffled(crashing.WEB_POINTS),
            crashes=0.3,
            environment={**environment, "TASKDECK_TOKEN": TOKEN},
            log=self.directory / "web.log",
        )
        self.working = [
            Process(
                command=["worker", str(self.root)],
                points=self._shuffled(crashing.WORKER_POINTS),
                crashes=0.7,
                environment=environment,
                log=self.directory / f"worker{number}.log",
            )
            for number in range(1, self.workers + 1)
        ]
        self.server = RunningServer(self.root, f"http://127.0.0.1:{port}", None)  # type: ignore[arg-type]

    def wreak(self) -> None:
        """Submits, kills, and waits until every run has ended. Raises `Stuck`."""
        waiting = self._tasks_in_order()
        kills = self._kills_in_order()
        next_kill_at = time.monotonic() + 2.0
        while waiting or kills:
            self._keep_up(is_calm=False)
            states = self.states()
            active = sum(status not in FINAL for status, _ in states.values())
            if waiting and active < ACTIVE_AT_ONCE:
                self._submit(waiting.pop(0))
            if not waiting and not active:
                # There is nobody left whom the rest could hit.
                kills.clear()
            elif kills and time.monotonic() >= next_kill_at:
                what = kills.pop(0)
                if self._kill(what, states):
                    self.done[what] += 1
                    next_kill_at = time.monotonic() + self._random.uniform(0.0, 1.5)
                else:
                    kills.append(what)
                    # Looking for somebody costs a look at all processes.
                    next_kill_at = time.monotonic() + 0.2
            time.sleep(TICK_SECONDS)
        deadline = time.monotonic() + self.ends_within_seconds
        while not all(status in FINAL for status, _ in self.states().values()):
            self._keep_up(is_calm=True)
            if time.monotonic() > deadline:
                open_runs = [each for each in self.states().items() if each[1][0] not in FINAL]
                raise Stuck(f"runs that did not end: {open_runs}")
            time.sleep(TICK_SECONDS)
        # It may have been killed last of all, and is to be asked about the runs.
        self._keep_up(is_calm=True)
        self._wait_for_web()

    def end(self) -> None:
        """Stops web and workers the way an operator does."""
        for process in self._processes:
            if not process.is_up:
                process.start(None)
        self._wait_for_web()
        for process in self._processes:
            process.stop()

    def destroy(self) -> None:
        """Leaves no process, whatever went wrong."""
        for process in self._processes:
            process.kill()
        while left := list(self.victims.all()):
            for process in left:
                with contextlib.suppress(psutil.Error):
                    process.kill()
            time.sleep(TICK_SECONDS)
        shutil.rmtree(self.temporary, ignore_errors=True)

    def states(self) -> dict[int, tuple[str, int]]:
        """Status and attempt of each run, straight from the store."""
        try:
            with self.store() as connection:
                rows = connection.execute("SELECT id, status, attempt FROM run").fetchall()
        except sqlite3.OperationalError:
            return {}  # there is no store yet
        return {run_id: (status, attempt) for run_id, status, attempt in rows}

    @contextmanager
    def store(self) -> Iterator[sqlite3.Connection]:
        file = f"file:{self.state}/taskdeck.db?mode=ro"
        with contextlib.closing(sqlite3.connect(file, uri=True, timeout=10)) as connection:
            yield connection

    @property
    def _processes(self) -> list[Process]:
        return [self.web, *self.working]

    def _kill_all(self) -> None:
        for process in self._processes:
            process.kill()

    def _shuffled(self, points: Iterable[str]) -> tuple[str, ...]:
        found = list(points)
        self._random.shuffle(found)
        return tuple(found)

    def _tasks_in_order(self) -> list[str]:
        """Each task about as often as any other of its kind, mixed."""
        tasks = [task for task, kind in self.tasks.items() for _ in range(kind.share)]
        order = [tasks[number % len(tasks)] for number in range(self.runs)]
        self._random.shuffle(order)
        return order

    def _kills_in_order(self) -> list[str]:
        """Each once, as far as there is room, and the rest by their weights."""
        rest = max(0, self.kills - len(KILLS))
        order = [*KILLS, *self._random.choices(list(KILLS), weights=list(KILLS.values()), k=rest)]
        self._random.shuffle(order)
        return order

    def _keep_up(self, *, is_calm: bool) -> None:
        for process in self._processes:
            if process.is_up:
                continue
            if process.popen is not None and process.popen.returncode != -signal.SIGKILL:
                raise AssertionError(f"{process.command[0]} ended by itself: {process.log}")
            crash = None
            if not is_calm and process.popen is not None and self._random.random() < process.crashes:
                crash = process.points[0], self._random.choice((1, 1, 2, 3))
                # All of them in turn.
                process.points = (*process.points[1:], process.points[0])
                self.tell(f"{process.command[0]} is started; it will crash: {crash[0]}, time {crash[1]}")
                self.done[crash[0]] += 1
            process.start(crash)

    def _submit(self, task: str) -> int:
        """Like a careful client: the same key until there is an answer."""
        headers = {"Idempotency-Key": f"{self.seed}-{len(self.submitted)}"}
        while True:
            with contextlib.suppress(urllib.error.URLError, OSError):
                status, content = self.server.request("POST", "/api/runs", {"task": task, "parameters": {}}, headers)
                assert status in (200, 201), content
                break
            self._keep_up(is_calm=False)
            time.sleep(TICK_SECONDS)
        self.submitted[content["id"]] = task
        return int(content["id"])

    def _kill(self, what: str, states: dict[int, tuple[str, int]]) -> bool:
        """``False`` when there is nobody of that kind just now."""
        match what:
            case "worker":
                self._random.choice(self.working).kill()
            case "web":
                self.web.kill()
            case "all":
                self._kill_all()
            case "web after submission":
                self._submit(self._random.choice(sorted(self.tasks)))
                self._kill_all()
            case "zygote":
                # None: the pool is off, or it is just being started.
                for process in self.victims.zygotes():
                    _kill(process)
            case "fork":
                return self._kill_fork()
            case "runner" | "task":
                running = [(run_id, attempt) for run_id, (status, attempt) in states.items() if status == "running"]
                self._random.shuffle(running)
                return any(self._harm(what, run_id, attempt) for run_id, attempt in running)
        self.tell(f"killed: {what}")
        return True

    def harm_to(self, run_id: int, attempt: int) -> set[str]:
        """What of the run's processes was killed: its ``runner``, its ``task``; of some it cannot be said which."""
        pids = {self.victims.runner_pid(run_id, each) for each in range(1, attempt + 1)}
        return {"runner", "task"} if pids & self.killed_forks else self.harmed.get(run_id, set())

    def _kill_fork(self) -> bool:
        """One half of a pair, whether it waits for a run or has got one."""
        forks = self.victims.forks()
        if not forks:
            return False
        victim = self._random.choice(forks)
        with contextlib.suppress(psutil.Error):
            pids = {victim.pid, victim.ppid()}
            if _kill(victim):
                self.killed_forks |= pids
                self.tell("killed: a fork")
                return True
        return False

    def _harm(self, what: str, run_id: int, attempt: int) -> bool:
        victim = self.victims.runner(run_id, attempt) if what == "runner" else self.victims.task(run_id, attempt)
        if victim is None:
            return False
        # Noted first: it counts as harmed even if it ends by itself in this moment.
        self.harmed.setdefault(run_id, set()).add(what)
        if not _kill(victim):
            return False
        self.tell(f"killed: {what} of run {run_id}, {self.submitted.get(run_id)}")
        return True

    def _wait_for_web(self) -> None:
        deadline = time.monotonic() + 60
        while True:
            with contextlib.suppress(urllib.error.URLError, OSError):
                return self.server.get("/api/health")
            assert time.monotonic() < deadline, "web does not answer"
            time.sleep(TICK_SECONDS)

    def events_over_http(self, run_id: int) -> list[dict[str, Any]]:
        return self.server.events(run_id)

    def run_over_http(self, run_id: int) -> dict[str, Any]:
        found: dict[str, Any] = self.server.get(f"/api/runs/{run_id}")
        return found


def _free_port() -> int:
    """One that stays free while web is down: systems do not give those below to whoever asks for any."""
    ports = list(range(20_000, 30_000))
    random.shuffle(ports)
    for port in ports:
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise AssertionError("no port is free")


def _kill(process: psutil.Process) -> bool:
    try:
        process.kill()
    except psutil.Error:
        return False
    return True
