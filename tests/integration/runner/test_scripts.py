"""Scripts, run by real runners."""

from __future__ import annotations

import hashlib
import json
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import psutil
import pytest

from taskdeck.runner import processes

Event = dict[str, Any]


def texts(events: list[Event], kind: str, **where: Any) -> list[str]:
    return [each["text"] for each in events if each["type"] == kind and all(each[key] == where[key] for key in where)]


def stream(events: list[Event], name: str) -> str:
    return "".join(texts(events, "stream", name=name))


def outcome(events: list[Event]) -> tuple[str, str]:
    return events[-1]["status"], events[-1]["reason"]


def is_gone(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def test_output_arrives_live_and_in_order_not_only_by_lines(runners: Any) -> None:
    events = runners.script(
        "import os, sys, time\n"
        "journal = os.environ['TASKDECK_RUN_DIR'] + '/journal.jsonl'\n"
        "def write(stream, text):\n"
        "    stream.write(text)\n"
        # Goes on when somebody who watches the run could have seen it.
        "    while text not in open(journal).read():\n"
        "        time.sleep(0.005)\n"
        "for number in range(3):\n"
        "    write(sys.stdout, f'out {number},')\n"
        "    write(sys.stderr, f'err {number},')\n"
    ).finish()
    assert [(each["name"], each["text"]) for each in events if each["type"] == "stream"] == [
        ("stdout", "out 0,"),
        ("stderr", "err 0,"),
        ("stdout", "out 1,"),
        ("stderr", "err 1,"),
        ("stdout", "out 2,"),
        ("stderr", "err 2,"),
    ]


def test_a_script_gets_its_parameters_its_folder_and_nothing_on_stdin(runners: Any) -> None:
    (runners.tasks / "neighbour.py").write_text("NAME = 'neighbour'\n")
    events = runners.script(
        "import json, os, sys\n"
        "import neighbour\n"
        "assert sys.stdin.read() == ''\n"
        "print(json.dumps([json.loads(sys.argv[1]), os.getcwd(), sys.path[0], os.environ['YEAR']]))\n",
        parameters={"year": 2024, "name": "Käse"},
    ).finish()
    folder = str(runners.tasks)
    assert json.loads(stream(events, "stdout")) == [{"year": 2024, "name": "Käse"}, folder, folder, "2024"]
    assert outcome(events) == ("succeeded", "")


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("pass", ("succeeded", "")),
        ("import sys; sys.exit(0)", ("succeeded", "")),
        ("import sys; sys.exit(3)", ("failed", "exit code 3")),
        ("import os; print('flushed', flush=True); os._exit(1)", ("failed", "exit code 1")),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", ("failed", "killed by signal SIGKILL")),
        ("raise ValueError('year must be 4 digits')", ("failed", "ValueError: year must be 4 digits")),
        ("def broken(:", ("failed", "SyntaxError: invalid syntax")),
    ],
)
def test_every_way_to_end_has_its_outcome_and_reason(runners: Any, code: str, expected: tuple[str, str]) -> None:
    assert outcome(runners.script(code).finish()) == expected


def test_the_run_directory_tells_what_ran_and_nobody_else_can_read_it(runners: Any) -> None:
    running = runners.script("print('hello')", parameters={"year": 2024})
    events = running.finish()
    assert (running.directory / "source.py").read_text() == "print('hello')"
    job = json.loads((running.directory / "job.json").read_text())
    assert (job["parameters"], job["kind"], job["connections"]) == ({"year": 2024}, "script", [])
    begun = json.loads((running.directory / "begun-1.json").read_text())
    assert begun["pid"] == running.process.pid
    for name in ("job.json", "begun-1.json", "control.json", "journal.jsonl", "source.py"):
        assert (running.directory / name).stat().st_mode & 0o077 == 0
    facts = {key: value for each in events if each["type"] == "facts" for key, value in each["facts"].items()}
    assert facts["runner_pid"] == running.process.pid
    assert facts["peak_memory_bytes"] > 1_000_000


def test_a_hundred_thousand_messages_arrive_complete_and_in_order(runners: Any) -> None:
    events = runners.script("for number in range(100_000):\n    say(str(number))\n", speaks=True).finish()
    assert texts(events, "message") == [str(number) for number in range(100_000)]
    assert outcome(events) == ("succeeded", "")


def test_messages_of_threads_and_of_children_arrive_and_none_is_lost_at_a_hard_exit(runners: Any) -> None:
    events = runners.script(
        "import subprocess, sys, threading\n"
        "if len(sys.argv) > 2:\n"
        "    [say(f'child {n}') for n in range(100)]\n"
        "    os._exit(0)\n"
        "subprocess.run([sys.executable, __file__, '{}', 'child'], check=True)\n"
        "talk = lambda thread: [say(f'thread {thread} {n}') for n in range(100)]\n"
        "threads = [threading.Thread(target=talk, args=[thread]) for thread in range(3)]\n"
        "[thread.start() for thread in threads]\n"
        "[thread.join() for thread in threads]\n"
        "say('last')\n"
        "os._exit(0)\n",
        speaks=True,
    ).finish()
    heard = texts(events, "message")
    assert [text for text in heard if text.startswith("child")] == [f"child {n}" for n in range(100)]
    for thread in range(3):
        mine = [text for text in heard if text.startswith(f"thread {thread} ")]
        assert mine == [f"thread {thread} {n}" for n in range(100)]
    assert heard[-1] == "last"


def test_a_message_is_in_the_journal_while_the_task_goes_on(runners: Any) -> None:
    running = runners.script("import time\nsay('first')\ntime.sleep(60)\n", speaks=True)
    running.until_said("first")
    assert running.process.poll() is None
    running.cancel()
    assert outcome(running.finish()) == ("cancelled", "Cancelled by ada.")


def test_cancel_interrupts_and_lets_the_script_clean_up(runners: Any) -> None:
    running = runners.script(
        "import time\n"
        "try:\n    say('working')\n    time.sleep(60)\n"
        "finally:\n    say('cleaned up')\n    print('bye')\n",
        speaks=True,
    )
    running.until_said("working")
    started = time.monotonic()
    assert running.cancel()
    events = running.finish()
    assert time.monotonic() - started < 5
    assert outcome(events) == ("cancelled", "Cancelled by ada.")
    assert texts(events, "message") == ["working", "Cancel requested by ada: interrupting", "cleaned up"]
    assert stream(events, "stdout") == "bye\n"


def test_cancel_ends_what_ignores_interrupt_and_term_down_to_the_grandchild_in_its_own_session(runners: Any) -> None:
    running = runners.script(
        "import signal, subprocess, sys, time\n"
        "for number in (signal.SIGINT, signal.SIGTERM):\n    signal.signal(number, signal.SIG_IGN)\n"
        "depth = int(sys.argv[2]) if len(sys.argv) > 2 else 0\n"
        "if depth < 2:\n"
        "    subprocess.Popen([sys.executable, __file__, '{}', str(depth + 1)], start_new_session=True)\n"
        "say(f'pid {os.getpid()}')\n"
        "time.sleep(60)\n",
        speaks=True,
        cancel_timeout_seconds=0.4,
    )
    running.until(lambda event: sum("pid" in text for text in texts(running.journal, "message")) == 3)
    assert running.cancel()
    events = running.finish()
    assert outcome(events) == ("cancelled", "Cancelled by ada.")
    assert texts(events, "message", source="taskdeck") == [
        "Cancel requested by ada: interrupting",
        "Still running: asking it to end (TERM)",
        "Killed",
    ]
    assert all(is_gone(int(text.split()[1])) for text in texts(events, "message", source="task"))


def test_a_grandchild_that_holds_the_output_does_not_hold_up_the_end(runners: Any) -> None:
    events = runners.script(
        "import subprocess\n"
        "child = subprocess.Popen(['sleep', '60'], start_new_session=True)\n"
        "say(str(child.pid)); print('done')\n",
        speaks=True,
    ).finish()
    assert outcome(events) == ("succeeded", "")
    assert stream(events, "stdout") == "done\n"
    assert is_gone(int(texts(events, "message")[0]))


def test_term_to_the_runner_cancels_the_run(runners: Any) -> None:
    running = runners.script("import time\nsay('on')\ntime.sleep(60)\n", speaks=True)
    running.until_said("on")
    running.process.send_signal(signal.SIGTERM)
    assert outcome(running.finish()) == ("cancelled", "Cancelled by the system.")


def test_an_interrupt_works_although_the_server_was_started_with_interrupts_ignored(runners: Any) -> None:
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        running = runners.script(
            "import time\ntry:\n    say('on')\n    time.sleep(60)\nexcept KeyboardInterrupt:\n    say('heard')\n",
            speaks=True,
        )
    finally:
        signal.signal(signal.SIGINT, before)
    running.until_said("on")
    running.cancel()
    assert "heard" in texts(running.finish(), "message")


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ties the life of a child to its parent's")
def test_a_script_does_not_outlive_a_runner_that_was_killed(runners: Any) -> None:
    running = runners.script("import time\nsay(str(os.getpid()))\ntime.sleep(60)\n", speaks=True)
    pid = int(running.until(lambda event: event["type"] == "message")["text"])
    running.process.kill()
    running.process.wait()
    deadline = time.monotonic() + 10
    while not is_gone(pid):
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_what_a_script_started_is_found_and_killed_after_its_runner_was(runners: Any) -> None:
    code = """
import subprocess, time
say(str(subprocess.Popen(["sleep", "60"], start_new_session=True).pid))
time.sleep(60)
"""
    other = runners.script("import time; say('other'); time.sleep(60)", speaks=True)
    other.until_said("other")
    running = runners.script(code, speaks=True)
    pid = int(running.until(lambda event: event["type"] == "message")["text"])
    running.process.kill()
    running.process.wait()
    assert not is_gone(pid)
    processes.kill_run(running.directory)
    assert is_gone(pid)
    assert other.process.poll() is None
    assert other.cancel()
    assert other.finish()[-1]["status"] == "cancelled"


def test_a_cancel_after_the_end_is_refused(runners: Any) -> None:
    running = runners.script("pass")
    running.finish()
    assert not running.cancel()


def test_connections_are_answered_from_the_job(runners: Any) -> None:
    events = runners.script(
        "print(json.dumps([ask('ANA'), ask('NOPE')]))",
        speaks=True,
        connections={"ANA": {"type": "sqlite3", "port": "5432"}},
        declared_connections=["ANA"],
    ).finish()
    assert json.loads(stream(events, "stdout")) == [
        {"answer": {"type": "sqlite3", "port": "5432"}, "known": ["ANA"]},
        {"answer": None, "known": ["ANA"]},
    ]
    (warning,) = texts(events, "message", level="warning")
    assert "'NOPE', which is not known. Known: ANA." in warning


def test_a_missing_file_fails_with_its_name(runners: Any) -> None:
    events = runners.start(kind="script", file=str(runners.tasks / "gone.py")).finish()
    assert outcome(events) == ("failed", "The task's file data_tasks/gone.py does not exist.")


def test_parameters_that_no_process_can_be_given_fail_with_a_reason(runners: Any) -> None:
    status, reason = outcome(runners.script("pass", parameters={"text": "x" * 200_000}).finish())
    assert status == "failed"
    assert "too large for a script" in reason


def test_an_interpreter_that_is_not_there_is_named(runners: Any) -> None:
    status, reason = outcome(runners.script("pass", python="/nowhere/python").finish())
    assert (status, reason) == ("failed", "The script cannot be started: No such file or directory: /nowhere/python.")


def test_a_file_that_changed_since_the_run_was_queued_runs_with_a_warning(runners: Any) -> None:
    same = hashlib.sha256(b"print('now')").hexdigest()
    assert texts(runners.script("print('now')", expected_source_sha256=same).finish(), "message") == []
    (warning,) = texts(runners.script("print('now')", expected_source_sha256="0" * 64).finish(), "message")
    assert "has changed since the run was queued" in warning


class TestExecuteFromRoot:
    CODE = "import os; print(os.getcwd(), __file__)"

    def test_a_copy_in_the_root_runs_there_and_is_removed(self, runners: Any) -> None:
        events = runners.script(self.CODE, execute_from_root=True).finish()
        assert stream(events, "stdout") == f"{runners.project} {runners.project}/task.py\n"
        assert not (runners.project / "task.py").exists()

    def test_a_file_of_another_content_is_never_overwritten(self, runners: Any) -> None:
        (runners.project / "task.py").write_text("print('mine')")
        events = runners.script(self.CODE, execute_from_root=True).finish()
        assert stream(events, "stdout") == f"{runners.project} {runners.project}/task-run1.py\n"
        assert (runners.project / "task.py").read_text() == "print('mine')"
        assert not (runners.project / "task-run1.py").exists()

    def test_the_same_file_that_is_already_there_runs_and_stays(self, runners: Any) -> None:
        (runners.project / "task.py").write_text(self.CODE)
        runners.script(self.CODE, execute_from_root=True).finish()
        assert (runners.project / "task.py").exists()

    def test_the_copy_is_removed_after_a_cancel_as_well(self, runners: Any) -> None:
        running = runners.script("import time\nsay('on')\ntime.sleep(60)", speaks=True, execute_from_root=True)
        running.until_said("on")
        running.cancel()
        assert outcome(running.finish())[0] == "cancelled"
        assert not (runners.project / "task.py").exists()


class TestFullDisk:
    def test_a_journal_that_cannot_be_written_stops_the_task_with_its_own_exit_code(self, runners: Any) -> None:
        running = runners.script(
            "import time\nopen(os.environ['TASKDECK_PROJECT'] + '/pid', 'w').write(str(os.getpid()))\ntime.sleep(60)\n",
            speaks=True,
            prepare=lambda directory: (directory / "journal.jsonl").symlink_to("/dev/full"),
        )
        assert running.process.wait(20) == processes.EXIT_JOURNAL_UNWRITABLE
        assert "No space left on device" in running.log
        pid_file: Path = runners.project / "pid"
        assert not pid_file.exists() or not pid_file.read_text() or is_gone(int(pid_file.read_text()))

    def test_a_task_that_runs_when_the_disk_fills_up_is_stopped(self, runners: Any) -> None:
        running = runners.script(
            "import time\nwhile True:\n    say('x' * 1000)\n    time.sleep(0.001)\n",
            speaks=True,
            limit_bytes=100_000,
        )
        assert running.process.wait(20) == processes.EXIT_JOURNAL_UNWRITABLE
        assert "File too large" in running.log


def test_a_full_disk_that_holds_the_log_too_still_has_its_exit_code(runners: Any) -> None:
    running = runners.script(
        "while True: say('x' * 1000)",
        speaks=True,
        limit_bytes=100_000,
        prepare=lambda directory: (directory / "runner.log").write_bytes(b"x" * 100_000),
    )
    assert running.process.wait(20) == processes.EXIT_JOURNAL_UNWRITABLE


def test_a_script_loads_neither_jupyter_nor_the_server(runners: Any) -> None:
    code = "import sys, taskdeck.runner.main, taskdeck.runner.script; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    heavy = {"nbclient", "papermill", "nbformat", "zmq", "jupyter_client", "flask", "sqlalchemy", "pydantic", "IPython"}
    assert heavy.isdisjoint(loaded)
    assert not any(name.startswith(("taskdeck.store", "taskdeck.web", "taskdeck.execution")) for name in loaded)


def test_what_is_no_job_ends_the_runner_at_once_with_a_reason(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "taskdeck.runner"], input=b"{}", capture_output=True, cwd=tmp_path, check=False
    )
    assert (done.returncode, b"incomplete" in done.stderr) == (2, True)
    assert list(tmp_path.iterdir()) == []
