from __future__ import annotations

import os
import signal
import subprocess
import sys

import psutil
import pytest

from taskdeck.runner import processes

WAITING_TREE = """
import subprocess, sys, time
child = subprocess.Popen(["sleep", "60"], start_new_session=True)
print(child.pid, flush=True)
time.sleep(60)
"""


def test_a_process_is_known_by_pid_and_start_time() -> None:
    started_at = processes.created_at(os.getpid())
    assert processes.is_alive(os.getpid(), started_at)
    assert not processes.is_alive(os.getpid(), started_at - 60)


def test_a_process_that_ended_is_not_alive_even_as_a_zombie() -> None:
    child = subprocess.Popen([sys.executable, "-c", "pass"])
    started_at = processes.created_at(child.pid)
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    assert not processes.is_alive(child.pid, started_at)
    child.wait()
    assert not processes.is_alive(child.pid, started_at)
    assert processes.created_at(child.pid) == 0.0


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="elsewhere the start is a time")
def test_a_process_of_another_boot_with_the_same_pid_and_start_is_another_one(monkeypatch: pytest.MonkeyPatch) -> None:
    before_the_reboot = processes.created_at(os.getpid())
    this_boot = processes._boot()
    monkeypatch.setattr(processes, "_boot", lambda: this_boot ^ 1)

    assert not processes.is_alive(os.getpid(), before_the_reboot)
    assert processes.is_alive(os.getpid(), processes.created_at(os.getpid()))


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="elsewhere the start is a time")
def test_a_process_stays_the_same_when_the_clock_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    started_at = processes.created_at(os.getpid())
    boot_time = psutil.boot_time()
    monkeypatch.setattr("psutil._pslinux.boot_time", lambda: boot_time + 3600)

    assert processes.is_alive(os.getpid(), started_at)


def test_killing_a_tree_leaves_none_of_it() -> None:
    with subprocess.Popen([sys.executable, "-c", WAITING_TREE], stdout=subprocess.PIPE, text=True) as root:
        assert root.stdout is not None
        grandchild = int(root.stdout.readline())
        grandchild_started_at = processes.created_at(grandchild)
        processes.kill_tree(root.pid, processes.created_at(root.pid))
        assert root.wait(10) == -signal.SIGKILL
        assert not processes.is_alive(grandchild, grandchild_started_at)


def test_a_tree_whose_root_is_another_process_by_now_is_left_alone() -> None:
    with subprocess.Popen(["sleep", "60"]) as other:
        processes.kill_tree(other.pid, processes.created_at(other.pid) - 60)
        assert other.poll() is None
        other.kill()


@pytest.mark.parametrize(
    ("code", "text"), [(0, "exit code 0"), (3, "exit code 3"), (-9, "signal SIGKILL"), (-35, "signal 35")]
)
def test_the_end_of_a_process_is_put_into_words(code: int, text: str) -> None:
    assert processes.describe_exit(code) == text
