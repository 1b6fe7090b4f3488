"""Children that cannot start: told once at the first start, tried again when they have worked before."""

import os
import sys
import threading
import time

import pytest

from taskdeck.execution import supervisor
from taskdeck.execution.supervisor import Child, Supervisor

# Notes each start, and lets the file of its number decide what becomes of it.
CHILD = """
import pathlib, sys, time
starts = pathlib.Path(sys.argv[1])
number = len(starts.read_text()) if starts.exists() else 0
starts.write_text("x" * (number + 1))
sys.exit(3) if str(number) in sys.argv[2].split(",") else time.sleep(600)
"""


@pytest.fixture(autouse=True)
def _impatient(monkeypatch):
    monkeypatch.setattr(supervisor, "RESTART_DELAYS_SECONDS", (0.01,))
    monkeypatch.setattr(supervisor, "POLL_SECONDS", 0.01)
    monkeypatch.setattr(supervisor, "UP_SECONDS", 0.0)


def child(tmp_path, failing):
    command = [sys.executable, "-c", CHILD, str(tmp_path / "starts"), failing]
    return Child(name="child", command=command, environment=dict(os.environ))


def until(condition):
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline, "did not happen"
        time.sleep(0.01)


def starts(tmp_path):
    file = tmp_path / "starts"
    return len(file.read_text()) if file.exists() else 0


def test_a_child_that_cannot_start_ends_the_supervisor(tmp_path, monkeypatch):
    monkeypatch.setattr(supervisor, "UP_SECONDS", 60.0)
    supervising = Supervisor(children=[child(tmp_path, failing="0")])
    supervising.start()

    assert supervising.watch(threading.Event()) == supervisor.EXIT_CANNOT_START
    supervising.stop()


def test_a_child_that_worked_before_is_tried_again_until_it_can_start(tmp_path):
    supervising = Supervisor(children=[child(tmp_path, failing="1,2")])
    supervising.start()
    stop = threading.Event()
    codes = []
    watching = threading.Thread(target=lambda: codes.append(supervising.watch(stop)))
    watching.start()

    until(lambda: starts(tmp_path) == 1)
    supervising.children[0].process.kill()
    until(lambda: starts(tmp_path) == 4)
    stop.set()
    watching.join()
    supervising.stop()

    assert codes == [0]
