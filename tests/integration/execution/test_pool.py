"""Runners that are forked ahead: kept, leased, thrown away when they are of no use."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import nbformat
import psutil
import pytest

import taskdeck
from taskdeck.execution import pool as pool_module
from taskdeck.execution import zygote
from taskdeck.execution.pool import Pools
from taskdeck.model.pool import ParkedState, PoolState, PoolStatus
from taskdeck.model.project import Layout
from taskdeck.model.task import TaskKind
from taskdeck.runner import processes
from taskdeck.runner.job import Job

PATIENCE_SECONDS = 60.0


ADDED = {"PYTHONIOENCODING", "PYTHONUNBUFFERED", "PYTHONPATH"}
"""Variables that a runner sets for its task."""


class Leasing:
    """Pools and what it takes to give them jobs."""

    def __init__(self, directory: Path, *, size: int = 1, preload: tuple[str, ...] = (), idle_seconds: float = 900.0):
        self.directory = directory
        self.pools = Pools(
            size=size,
            preload=preload,
            directory=directory,
            package_directory=directory,
            idle_seconds=idle_seconds,
        )
        self.runs = 0

    @property
    def own(self) -> PoolStatus:
        return self.pools.status()[0]

    def until(self, condition: Callable[[], Any]) -> None:
        """Tends the pools, as a worker does, until something is so."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not condition():
            assert time.monotonic() < deadline, f"did not happen: {self.pools.status()}"
            self.pools.tend(busy=False)
            time.sleep(0.01)

    def until_parked(self) -> PoolStatus:
        def parked() -> bool:
            found = self.own.parked
            return len(found) == 2 * self.pools.size and all(each.state is ParkedState.PARKED for each in found)

        self.until(parked)
        return self.own

    def lease(self, source: str, kind: TaskKind = TaskKind.SCRIPT) -> Any:
        """A runner that has the job of executing ``source``, or ``None``."""
        self.runs += 1
        file = self.directory / ("task.py" if kind is TaskKind.SCRIPT else "task.ipynb")
        notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source)])
        file.write_text(source if kind is TaskKind.SCRIPT else nbformat.writes(notebook))
        self.run_directory.mkdir(parents=True)
        places = dict.fromkeys(
            ("working", "data", "temporary", "uploads", "config"),
            str(self.directory),
        )
        return self.pools.lease(
            Job(
                run_id=self.runs,
                attempt=1,
                task_id="T",
                task_name="T",
                kind=kind,
                file=str(file),
                run_directory=str(self.run_directory),
                project_root=str(self.directory),
                layout=Layout.NATIVE,
                **{f"{name}_directory": place for name, place in places.items()},
            )
        )

    @property
    def run_directory(self) -> Path:
        """Of the latest run."""
        return self.directory / "runs" / str(self.runs)

    def printed(self, source: str, kind: TaskKind = TaskKind.SCRIPT) -> str:
        """What a leased runner's task prints."""
        runner = self.lease(source, kind)
        self.until(lambda: not runner.is_alive)
        events = [json.loads(line) for line in (self.run_directory / "journal.jsonl").read_text().splitlines()]
        assert events[-1]["status"] == "succeeded", events[-1]
        streams = [event["text"] for event in events if event["type"] == "stream"]
        outputs = [event["output"]["text"] for event in events if event["type"] == "cell_output"]
        return "".join(streams + outputs)


@pytest.fixture
def leasing(tmp_path: Path) -> Iterator[Callable[..., Leasing]]:
    started: list[Leasing] = []

    def start(**settings: Any) -> Leasing:
        started.append(Leasing(tmp_path, **settings))
        return started[-1]

    yield start
    for each in started:
        each.pools.close()


def install(monkeypatch: pytest.MonkeyPatch, directory: Path, **modules: str) -> None:
    """Makes modules importable for every Python that is started."""
    directory.mkdir()
    for name, source in modules.items():
        (directory / f"{name}.py").write_text(source)
    monkeypatch.setenv("PYTHONPATH", str(directory))


def ended(pid: int) -> Callable[[], bool]:
    def has_ended() -> bool:
        try:
            return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
        except psutil.NoSuchProcess:
            return True

    return has_ended


def test_a_run_gets_a_runner_that_waits_and_another_one_takes_its_place(leasing: Callable[..., Leasing]) -> None:
    started = leasing()
    before = {each.kind: each for each in started.until_parked().parked}
    assert all(each.private_memory_bytes > 1_000_000 for each in before.values())
    for kind in TaskKind:
        runner = started.lease("print('done')", kind)
        assert runner.pid == before[kind].pid
        started.until(lambda runner=runner: not runner.is_alive)
        started.until(lambda runner=runner: runner.exit_code == 0)
    after = {each.kind: each.pid for each in started.until_parked().parked}
    assert after.keys() == before.keys()
    assert not set(after.values()) & {each.pid for each in before.values()}


def test_a_run_that_finds_no_runner_waiting_gets_one_that_is_forked_for_it(leasing: Callable[..., Leasing]) -> None:
    started = leasing()
    started.until(lambda: started.own.state is PoolState.READY)
    runners = [started.lease("print('done')") for _ in range(3)]
    started.until(lambda: not any(runner.is_alive for runner in runners))
    assert len({runner.pid for runner in runners}) == 3


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        (TaskKind.NOTEBOOK, "The kernel ended while it was starting (signal SIGKILL)."),
        (TaskKind.SCRIPT, "killed by signal SIGKILL"),
    ],
)
def test_a_process_that_is_killed_when_it_enters_its_run_fails_it_with_the_signal(
    leasing: Callable[..., Leasing], kind: TaskKind, reason: str
) -> None:
    started = leasing()
    pid = next(each.pid for each in started.until_parked().parked if each.kind is kind)
    (task,) = psutil.Process(pid).children()
    task.suspend()
    runner = started.lease("print('never')", kind)
    journal = started.run_directory / "journal.jsonl"
    started.until(lambda: journal.exists() and journal.stat().st_size > 0)
    task.kill()
    started.until(lambda: not runner.is_alive)
    end = json.loads(journal.read_text().splitlines()[-1])
    assert (end["status"], end["reason"]) == ("failed", reason)


@pytest.mark.parametrize("kind", list(TaskKind))
def test_no_two_forks_draw_the_same_numbers(leasing: Callable[..., Leasing], kind: TaskKind) -> None:
    started = leasing(preload=("numpy",))
    started.until_parked()
    draw = "import random, tempfile, numpy\nprint(random.random(), numpy.random.rand(), tempfile.mktemp())"
    first, second = (started.printed(draw, kind).split() for _ in range(2))
    assert len(first) == 3
    assert not set(first) & set(second)


def test_a_script_finds_what_it_would_find_if_it_had_been_started(leasing: Callable[..., Leasing]) -> None:
    look = (
        "import json, os, sys\n"
        "print(json.dumps({'argv': sys.argv, 'path': sys.path, 'cwd': os.getcwd(), 'name': __name__,\n"
        "  'file': __file__,\n"
        "  'variables': {k: v for k, v in os.environ.items() if not k.startswith('TASKDECK_CHANNEL')},\n"
        "  'main': sys.modules['__main__'].__file__, 'encoding': sys.stdout.encoding, 'stdin': sys.stdin.read(),\n"
        "  'builtins': sorted(vars(__builtins__)), 'globals': sorted(globals()), 'loader': type(__loader__).__name__}))"
    )
    warm = leasing()
    warm.until_parked()
    found = json.loads(warm.printed(look))
    own = {name: value for name, value in found["variables"].items() if name not in os.environ}
    assert all(name.startswith("TASKDECK_") or name in ADDED for name in own), own
    variables = {**os.environ, **found["variables"]}
    command = [sys.executable, "-u", str(warm.directory / "task.py"), "{}"]
    output = subprocess.run(
        command, env=variables, cwd=warm.directory, capture_output=True, check=True, stdin=subprocess.DEVNULL
    ).stdout
    expected = json.loads(output)
    expected["variables"] = {name: value for name, value in expected["variables"].items() if name in found["variables"]}
    assert found == expected


def test_a_package_that_changes_retires_what_was_loaded_before(
    leasing: Callable[..., Leasing], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    packages = tmp_path / "packages"
    install(monkeypatch, packages, flavour="NAME = 'old'\n")
    (packages / "flavour-1.dist-info").mkdir()
    started = leasing(preload=("flavour",))
    zygote = started.until_parked().zygote_pid
    assert zygote is not None
    assert started.printed("import flavour; print(flavour.NAME)") == "old\n"

    (packages / "flavour-1.dist-info").rename(packages / "flavour-2.dist-info")
    (packages / "flavour.py").write_text("NAME = 'new, and longer'\n")

    assert started.lease("pass") is None
    started.until(ended(zygote))
    started.until_parked()
    assert started.printed("import flavour; print(flavour.NAME)") == "new, and longer\n"


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("import threading, time\nthreading.Thread(target=time.sleep, args=(60,), daemon=True, name='pump').start()",
         "started a thread (pump)"),
        ("import _thread, time\n_thread.start_new_thread(time.sleep, (60,))", "started 1 native thread"),
    ],
)  # fmt: skip
def test_a_preload_that_starts_a_thread_is_refused_with_the_reason(
    leasing: Callable[..., Leasing], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, source: str, reason: str
) -> None:
    install(monkeypatch, tmp_path / "packages", busybody=source)
    started = leasing(preload=("busybody",))
    started.until(lambda: started.own.state is PoolState.UNUSABLE)
    assert "busybody" in started.own.problem
    assert reason in started.own.problem
    assert started.lease("pass") is None


def test_a_preload_that_is_broken_is_told_and_the_others_are_loaded(
    leasing: Callable[..., Leasing], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(monkeypatch, tmp_path / "packages", broken="1 / 0")
    started = leasing(preload=("broken", "not_installed", "wave"))
    assert started.until_parked().problem == "broken: ZeroDivisionError: division by zero"
    assert started.printed("import sys; print('wave' in sys.modules)") == "True\n"


def test_a_pool_that_is_idle_shrinks_to_one_of_each(leasing: Callable[..., Leasing]) -> None:
    started = leasing(size=2)
    surplus = {each.pid for each in started.until_parked().parked}
    started.pools._pools[sys.executable].idle_seconds = 0.0
    started.until(lambda: [each.kind for each in started.own.parked] == list(TaskKind))
    for pid in surplus - {each.pid for each in started.own.parked}:
        started.until(ended(pid))


def test_the_pool_of_another_python_begins_with_its_first_run_and_ends_when_it_is_idle(
    leasing: Callable[..., Leasing], tmp_path: Path
) -> None:
    started = leasing()
    other = tmp_path / "python"
    other.write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n')
    other.chmod(0o700)
    pools = started.pools
    pools._pools[str(other)] = pools._pool(str(other), 1, idle_size=0)
    started.until(lambda: len(pools.status()[1].parked) == 2)
    zygote = pools.status()[1].zygote_pid
    pools._pools[str(other)].idle_seconds = 0.0
    started.until(lambda: pools.status()[1].state is PoolState.OFF)
    assert zygote is not None
    started.until(ended(zygote))


def test_a_python_that_lacks_what_a_runner_needs_is_told_and_starts_its_runs_plainly(
    leasing: Callable[..., Leasing], tmp_path: Path
) -> None:
    started = leasing()
    bare = tmp_path / "python"
    bare.write_text(f'#!/bin/sh\nPYTHONPATH={Path(taskdeck.__file__).parents[1]} exec {sys.executable} -S "$@"\n')
    bare.chmod(0o700)
    pools = started.pools
    pools._pools[str(bare)] = pools._pool(str(bare), 1, idle_size=0)
    started.until(lambda: pools.status()[1].state is PoolState.UNUSABLE)
    assert "No module named" in pools.status()[1].problem


def test_an_environment_that_cannot_be_started_is_told_and_disturbs_nobody(
    leasing: Callable[..., Leasing], tmp_path: Path
) -> None:
    started = leasing()
    pools = started.pools
    pools._pools["/nowhere/python"] = pools._pool("/nowhere/python", 1, idle_size=0)
    started.until_parked()
    assert pools.status()[1].state is PoolState.UNUSABLE
    assert pools.status()[1].problem == "/nowhere/python cannot be started: No such file or directory."


def test_a_file_beside_the_packages_retires_nothing(
    leasing: Callable[..., Leasing], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    packages = tmp_path / "packages"
    install(monkeypatch, packages, flavour="")
    (packages / "flavour-1.dist-info").mkdir()
    started = leasing(preload=("flavour",))
    started.until_parked()
    (packages / "export.csv").touch()
    assert started.lease("pass") is not None


def test_an_answer_that_comes_too_late_is_not_taken_for_the_next_one(
    leasing: Callable[..., Leasing], monkeypatch: pytest.MonkeyPatch
) -> None:
    started = leasing(size=1)
    started.until_parked()
    forking = started.pools._pools[sys.executable]._zygote
    assert forking is not None
    monkeypatch.setattr(zygote, "FORK_SECONDS", 0.1)
    os.kill(forking.pid, signal.SIGSTOP)
    assert forking.fork(TaskKind.SCRIPT, urgent=True) is None
    monkeypatch.undo()
    os.kill(forking.pid, signal.SIGCONT)
    seat = forking.fork(TaskKind.SCRIPT, urgent=True)
    assert seat is not None
    started.until(lambda: seat.look() and seat.state is ParkedState.PARKED)
    assert psutil.Process(seat.pid).ppid() == forking.pid
    seat.connection.close()
    started.until(ended(seat.pid))


def test_a_zygote_that_does_not_answer_is_given_up_and_the_run_is_started_plainly(
    leasing: Callable[..., Leasing], monkeypatch: pytest.MonkeyPatch
) -> None:
    started = leasing()
    started.until(lambda: started.own.state is PoolState.READY)
    monkeypatch.setattr(zygote, "FORK_SECONDS", 0.1)
    pid = started.own.zygote_pid
    assert pid is not None
    os.kill(pid, signal.SIGSTOP)
    assert started.lease("pass") is None
    assert started.own.state is PoolState.UNUSABLE
    started.until(ended(pid))


def test_the_exit_code_of_a_runner_whose_zygote_was_closed_is_not_known(leasing: Callable[..., Leasing]) -> None:
    started = leasing()
    started.until_parked()
    runner = started.lease("import time; time.sleep(60)")
    started.pools.close()
    runner.kill()
    deadline = time.monotonic() + PATIENCE_SECONDS
    while runner.is_alive:
        assert time.monotonic() < deadline
    assert runner.exit_code is None


@pytest.mark.skipif(
    not processes.can_restore_priority(), reason="this user may not take a lower priority back, so none is lowered"
)
def test_pairs_are_made_at_low_priority_and_run_at_the_usual_one(leasing: Callable[..., Leasing]) -> None:
    started = leasing()
    usual = os.getpriority(os.PRIO_PROCESS, 0)
    for each in started.until_parked().parked:
        assert psutil.Process(each.pid).nice() == usual + processes.LOW_PRIORITY
    nice = "import os\nprint(os.getpriority(os.PRIO_PROCESS, 0), os.getpriority(os.PRIO_PROCESS, os.getppid()))"
    for kind in TaskKind:
        assert started.printed(nice, kind).split() == [str(usual)] * 2


def test_a_module_beside_the_task_goes_before_one_that_is_loaded(leasing: Callable[..., Leasing]) -> None:
    started = leasing()
    (started.directory / "secrets.py").write_text("NAME = 'of this project'\n")
    started.until_parked()
    assert started.printed("import secrets; print(secrets.NAME)") == "of this project\n"


def test_what_waited_ends_with_its_zygote_and_a_new_one_comes(leasing: Callable[..., Leasing]) -> None:
    started = leasing()
    status = started.until_parked()
    assert status.zygote_pid is not None
    os.kill(status.zygote_pid, signal.SIGKILL)
    started.until(lambda: started.own.zygote_pid not in (None, status.zygote_pid))
    for each in status.parked:
        started.until(ended(each.pid))
    started.until_parked()
    assert started.printed("print('done')") == "done\n"


def test_a_killed_zygote_does_not_end_the_runs_it_forked(leasing: Callable[..., Leasing]) -> None:
    started = leasing()
    zygote = started.until_parked().zygote_pid
    assert zygote is not None
    go_on = started.directory / "go_on"
    runner = started.lease(f"import os, time\nwhile not os.path.exists({str(go_on)!r}): time.sleep(0.01)")
    os.kill(zygote, signal.SIGKILL)
    started.until(ended(zygote))
    go_on.touch()
    started.until(lambda: not runner.is_alive)
    assert '"succeeded"' in (started.run_directory / "journal.jsonl").read_text().splitlines()[-1]


@pytest.mark.parametrize("half", ["runner", "task"])
def test_a_pair_that_loses_a_half_is_replaced(leasing: Callable[..., Leasing], half: str) -> None:
    started = leasing()
    parked = started.until_parked().parked[0]
    (child,) = psutil.Process(parked.pid).children()
    os.kill(parked.pid if half == "runner" else child.pid, signal.SIGKILL)
    started.until(lambda: parked.pid not in {each.pid for each in started.own.parked})
    for pid in (parked.pid, child.pid):
        started.until(ended(pid))
    started.until_parked()


def test_pairs_that_always_end_are_not_made_for_ever(
    leasing: Callable[..., Leasing], monkeypatch: pytest.MonkeyPatch
) -> None:
    started = leasing()
    started.until(lambda: started.own.state is PoolState.READY)
    killed = set()

    def kill_all() -> bool:
        for each in started.own.parked:
            killed.add(each.pid)
            with contextlib.suppress(ProcessLookupError):
                os.kill(each.pid, signal.SIGKILL)
        return started.own.state is PoolState.UNUSABLE

    started.until(kill_all)
    assert len(killed) == pool_module.MAX_FAILURES
    assert started.own.problem == "A runner that waited has ended."


def test_nothing_waits_any_more_when_the_worker_is_gone(leasing: Callable[..., Leasing]) -> None:
    started = leasing()
    status = started.until_parked()
    runner = started.lease("import time; time.sleep(60)")
    waiting = [each.pid for each in status.parked if each.pid != runner.pid]
    started.pools.close()
    assert status.zygote_pid is not None
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not all(ended(pid)() for pid in (*waiting, status.zygote_pid)):
        assert time.monotonic() < deadline
        time.sleep(0.01)
    assert runner.is_alive
    runner.kill()
