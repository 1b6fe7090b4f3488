"""Tasks in another Python than the server's, and what every forked process must do as a started one does."""

from __future__ import annotations

import json
import sysconfig
import time
import venv
from pathlib import Path
from typing import Any

import pytest

import taskdeck

LOOK = "import sys, ledger\nfrom taskdeck import sdk\nsdk.log(f'{sys.prefix} {ledger.NAME}')"


def messages(events: list[dict[str, Any]]) -> list[str]:
    return [event["text"] for event in events if event["type"] == "message"]


def printed(events: list[dict[str, Any]]) -> str:
    return "".join(event["text"] for event in events if event["type"] == "stream")


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A virtual environment with Jupyter and a module of its own, but without Taskdeck."""
    root = tmp_path_factory.mktemp("environment")
    venv.create(root / "venv", symlinks=True)
    packages = Path(sysconfig.get_path("purelib", vars={"base": str(root / "venv")}))
    (packages / "ledger.py").write_text("NAME = 'ledger'\n")
    # The packages, but not the files that would make this checkout importable.
    (packages / "others.pth").write_text(sysconfig.get_path("purelib") + "\n")
    offered = root / "package"
    offered.mkdir()
    (offered / "taskdeck").symlink_to(Path(taskdeck.__file__).parent)
    return root


@pytest.mark.parametrize("kind", ["script", "notebook"])
def test_a_task_runs_in_the_python_it_asks_for_and_finds_the_sdk_there(
    runners: Any, environment: Path, kind: str
) -> None:
    python = environment / "venv" / "bin" / "python"
    start = runners.script if kind == "script" else runners.notebook
    events = start(LOOK, python=str(python), package_directory=str(environment / "package")).finish()
    assert messages(events) == [f"{environment / 'venv'} ledger"]


@pytest.mark.parametrize("runners", ["plain"], indirect=True)
def test_a_kernelspec_gives_scripts_and_notebooks_its_python(runners: Any, environment: Path, tmp_path: Path) -> None:
    spec = tmp_path / "share" / "kernels" / "surveys"
    spec.mkdir(parents=True)
    python = str(environment / "venv" / "bin" / "python")
    command = [python, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    (spec / "kernel.json").write_text(json.dumps({"argv": command, "display_name": "Surveys", "language": "python"}))
    (tmp_path / "share" / "kernels" / "other").mkdir()
    (tmp_path / "share" / "kernels" / "other" / "kernel.json").write_text(
        json.dumps({"argv": ["/bin/true"], "display_name": "Other", "language": "none"})
    )
    known = {"environ": {"JUPYTER_PATH": str(tmp_path / "share")}, "package_directory": str(environment / "package")}
    for start in (runners.script, runners.notebook):
        assert messages(start(LOOK, kernel_name="surveys", **known).finish()) == [f"{environment / 'venv'} ledger"]
    reason = runners.script("pass", kernel_name="other", **known).finish()[-1]["reason"]
    assert reason == "The task's environment is the kernel 'other', which is no Python: a script cannot run in it."


def test_a_kernelspec_that_is_not_installed_is_named(runners: Any) -> None:
    reason = runners.script("pass", kernel_name="nowhere").finish()[-1]["reason"]
    assert "'nowhere', which is not installed" in reason


def test_a_file_that_nobody_closed_is_written(runners: Any, tmp_path: Path) -> None:
    leave = "kept = open({file!r}, 'w')\nkept.write('all of it')"
    for number, start in enumerate((runners.script, runners.notebook)):
        file = tmp_path / f"{number}.txt"
        assert start(leave.format(file=str(file))).finish()[-1]["status"] == "succeeded"
        assert file.read_text() == "all of it"


def test_threads_and_exit_handlers_of_a_script_come_to_their_end(runners: Any) -> None:
    script = """
import atexit, concurrent.futures, threading, time
atexit.register(print, "at exit")
def late():
    time.sleep(0.2)
    # In one piece: another thread may print between a line and its end.
    print("thread\\n", end="")
threading.Thread(target=late).start()
pool = concurrent.futures.ThreadPoolExecutor()
pool.submit(late)
print("main")
"""
    events = runners.script(script).finish()
    assert events[-1]["status"] == "succeeded"
    assert printed(events).split("\n") == ["main", "thread", "thread", "at exit", ""]


@pytest.mark.parametrize(
    ("ending", "reason"),
    [
        ("sys.exit(0)", ""),
        ("sys.exit(3)", "exit code 3"),
        ("sys.exit('the file is empty')", "exit code 1"),
        ("os._exit(4)", "exit code 4"),
        ("raise KeyboardInterrupt", "killed by signal SIGINT"),
        ("os.kill(os.getpid(), 11)", "killed by signal SIGSEGV"),
        ("raise ValueError('no such year')", "ValueError: no such year"),
    ],
)
def test_a_script_ends_as_python_ends(runners: Any, ending: str, reason: str) -> None:
    events = runners.script(f"import os, sys\n{ending}").finish()
    assert events[-1]["reason"] == reason


def test_a_script_that_is_interrupted_still_writes_what_nobody_closed(runners: Any, tmp_path: Path) -> None:
    script = (
        "import atexit\n"
        f"kept = open({str(tmp_path / 'kept.txt')!r}, 'w')\nkept.write('all of it')\n"
        "atexit.register(print, 'at exit')\nraise KeyboardInterrupt"
    )
    events = runners.script(script).finish()
    assert events[-1]["reason"] == "killed by signal SIGINT"
    assert "at exit\n" in printed(events)
    assert (tmp_path / "kept.txt").read_text() == "all of it"


def test_a_daemon_thread_does_not_spoil_the_end_of_a_script(runners: Any) -> None:
    script = """
import threading, time
numbers = []
def count():
    while True:
        numbers.append(len(numbers))
        time.sleep(0)
for _ in range(4):
    threading.Thread(target=count, daemon=True).start()
time.sleep(0.05)
"""
    events = runners.script(script).finish()
    assert events[-1]["status"] == "succeeded"
    assert printed(events) == ""


def test_a_program_that_a_cell_waits_for_is_interrupted_with_it(runners: Any) -> None:
    running = runners.notebook("print('on')\nimport os\nos.system('sleep 60')")
    running.until(lambda event: event["type"] == "cell_output")
    running.cancel()
    events = running.finish()
    assert events[-1]["status"] == "cancelled"
    assert [text for text in messages(events) if "TERM" in text or "Killed" in text] == []


def test_a_notebook_finds_where_it_runs(runners: Any) -> None:
    look = "from taskdeck import sdk\nimport os\nsdk.log(str([str(_dh[0]), get_ipython().starting_dir, os.getcwd()]))"
    (told,) = messages(runners.notebook(look).finish())
    assert told == str([str(runners.tasks)] * 3)


def test_what_a_library_in_c_prints_is_heard(runners: Any) -> None:
    events = runners.script("import ctypes\nctypes.CDLL(None).printf(b'from C\\n')").finish()
    assert printed(events) == "from C\n"


def test_a_traceback_shows_the_scripts_own_frames_alone(runners: Any) -> None:
    events = runners.script("def divide():\n    1 / 0\ndivide()").finish()
    traceback = printed(events)
    assert traceback.count("File ") == 2
    assert 'task.py", line 3, in <module>' in traceback
    assert "ZeroDivisionError" in traceback


def test_functions_of_a_script_can_be_sent_to_processes(runners: Any) -> None:
    script = """
import multiprocessing
def double(number):
    return 2 * number
if __name__ == "__main__":
    for method in ("fork", "spawn"):
        with multiprocessing.get_context(method).Pool(1) as pool:
            print(pool.map(double, [1, 2]))
"""
    events = runners.script(script).finish()
    assert events[-1]["status"] == "succeeded", printed(events)
    assert printed(events) == "[2, 4]\n[2, 4]\n"


def test_a_fork_of_a_killed_runners_task_is_found_and_killed(runners: Any) -> None:
    """One that starts no program has its variables from the process that loaded the libraries."""
    from taskdeck.runner import processes

    script = (
        "import os, time\n"
        "if os.fork() == 0:\n    os.setsid()\n    if os.fork():\n        os._exit(0)\n"
        "    print(os.getpid(), flush=True)\n"
        "time.sleep(60)"
    )
    running = runners.script(script)
    pid = int(running.until(lambda event: event["type"] == "stream")["text"])
    started_at = processes.created_at(pid)
    running.process.kill()
    running.process.wait()
    processes.kill_run(running.directory)
    # A process that was killed is there until the system has taken it down.
    deadline = time.monotonic() + 10
    while processes.is_alive(pid, started_at):
        assert time.monotonic() < deadline
        time.sleep(0.01)
