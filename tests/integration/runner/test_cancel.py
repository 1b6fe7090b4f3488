"""That a cancel ends everything, in stages that are seen, with time to put things away."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import psutil

# Twice forked and in a session of its own: no child of the task any more, and deaf to everything but KILL.
DAEMON = """
import os, signal, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        open({file!r} + '.new', 'w').write(str(os.getpid()))
        os.rename({file!r} + '.new', {file!r})
        for descriptor in range(3):
            os.close(descriptor)
        time.sleep(600)
    os._exit(0)
os.wait()
"""
STAGES = ["Cancel requested by ada: interrupting", "Still running: asking it to end (TERM)", "Killed"]


def remarks(events: list[dict[str, Any]]) -> list[str]:
    return [event["text"] for event in events if event["type"] == "message" and event["source"] == "taskdeck"]


def outcome(events: list[dict[str, Any]]) -> tuple[str, str]:
    return events[-1]["status"], events[-1]["reason"]


def pid_in(file: Path) -> int:
    deadline = time.monotonic() + 30
    while not file.exists():
        assert time.monotonic() < deadline
        time.sleep(0.01)
    return int(file.read_text())


def is_gone(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def test_a_daemon_that_a_script_started_dies_with_a_cancelled_run(runners: Any, tmp_path: Path) -> None:
    file = tmp_path / "pid"
    running = runners.script(DAEMON.format(file=str(file)) + "print('ready', flush=True)\ntime.sleep(600)\n")
    daemon = pid_in(file)
    running.until_said("ready")

    running.cancel()
    events = running.finish()

    assert outcome(events) == ("cancelled", "Cancelled by ada.")
    assert is_gone(daemon)


def test_a_daemon_that_a_cell_started_dies_with_a_cancelled_run_and_the_notebook_is_saved(
    runners: Any, tmp_path: Path
) -> None:
    file = tmp_path / "pid"
    running = runners.notebook(
        "import subprocess, sys\n"
        f"subprocess.run([sys.executable, '-c', {DAEMON.format(file=str(file))!r}])\nprint('kept')",
        "import time\nprint('ready', flush=True)\ntime.sleep(600)",
    )
    daemon = pid_in(file)
    running.until(lambda event: event["type"] == "cell_output" and "ready" in str(event["output"].get("text")))

    running.cancel()
    events = running.finish()

    assert outcome(events) == ("cancelled", "Cancelled by ada.")
    assert remarks(events) == [STAGES[0], "Interrupted: asking the kernel to shut down"]
    assert is_gone(daemon)
    assert "kept" in running.notebook.cells[0].outputs[0].text


def test_a_handler_of_sigterm_gets_its_time(runners: Any, tmp_path: Path) -> None:
    file = tmp_path / "put-away"
    code = (
        "import signal, sys, time\n"
        "def put_away(*_):\n"
        f"    time.sleep(0.3)\n    open({str(file)!r}, 'w').write('done')\n    sys.exit(0)\n"
        "signal.signal(signal.SIGINT, signal.SIG_IGN)\nsignal.signal(signal.SIGTERM, put_away)\n"
        "print('ready', flush=True)\nwhile True:\n    time.sleep(0.05)\n"
    )
    running = runners.script(code, cancel_timeout_seconds=20.0)
    running.until_said("ready")

    # TERM comes after half of the time; the other half would be plenty.
    started = time.monotonic()
    running.cancel()
    events = running.finish()

    assert outcome(events) == ("cancelled", "Cancelled by ada.")
    assert remarks(events) == STAGES[:2]
    assert file.read_text() == "done"
    assert time.monotonic() - started < 20


def test_a_cell_that_listens_to_nothing_goes_through_all_stages_and_the_notebook_is_saved(
    runners: Any, tmp_path: Path
) -> None:
    file = tmp_path / "heard"
    cell = (
        "import signal, time\n"
        f"signal.signal(signal.SIGTERM, lambda *_: open({str(file)!r}, 'w').write('TERM'))\n"
        "print('ready', flush=True)\n"
        "while True:\n    try:\n        time.sleep(600)\n    except KeyboardInterrupt:\n        pass\n"
    )
    running = runners.notebook("print('kept')", cell, cancel_timeout_seconds=3.0)
    running.until(lambda event: event["type"] == "cell_output" and "ready" in str(event["output"].get("text")))

    running.cancel()
    events = running.finish()

    assert outcome(events) == ("cancelled", "Cancelled by ada.")
    assert remarks(events) == STAGES
    assert file.read_text() == "TERM"
    assert running.notebook.cells[0].outputs[0].text == "kept\n"
