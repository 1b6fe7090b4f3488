import functools
import json
import os
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
from factories import make_notebook, make_project, write_json
from servers import TOKEN, RunningServer, serving

HELLO = """
from taskdeck import sdk
sdk.log(f"Hello {sdk.params({'name': 'world'})['name']}")
"""


def taskdeck(*arguments, **options):
    command = [sys.executable, "-m", "taskdeck", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=90, check=False, **options)


@pytest.fixture
def project(tmp_path):
    return make_project(
        tmp_path / "project",
        files={
            "hello.py": HELLO,
            "broken.py": "raise SystemExit(3)\n",
            "report.ipynb": make_notebook("# parameters\nyear = 2000", "print(f'{year=}')"),
        },
        tasks={
            "HELLO": {"supportedParameters": {"name": {"defaultValue": "world", "allowOverride": True}}},
            "REPORT": {"supportedParameters": {"year": {"defaultValue": 2000, "allowOverride": True}}},
        },
    )


def test_run_prints_the_messages_and_succeeds_without_a_server(project):
    done = taskdeck("run", "HELLO", "-p", "name=Ada", "--project", project)

    assert (done.returncode, done.stdout) == (0, "Hello Ada\n"), done.stderr


def test_run_converts_values_by_the_declared_type(project):
    done = taskdeck("run", "REPORT", "-p", "year=2024", cwd=project)

    assert done.returncode == 0, done.stderr
    assert "year=2024" in done.stdout


def test_run_takes_values_from_a_file(project, tmp_path):
    values = write_json(tmp_path / "values.json", {"name": "Grace"})

    done = taskdeck("run", "HELLO", "--parameters", values, "--project", project)

    assert done.stdout == "Hello Grace\n"


def test_run_prints_one_event_a_line_as_json(project):
    done = taskdeck("run", "HELLO", "--json", "--project", project)

    events = [json.loads(line) for line in done.stdout.splitlines()]
    assert [event["seq"] for event in events] == list(range(1, len(events) + 1))
    assert "Hello world" in [event.get("text") for event in events]
    assert events[-1]["type"] == "status"


def test_run_of_a_failing_task_exits_with_1_and_says_why(project):
    done = taskdeck("run", "BROKEN", "--project", project)

    assert done.returncode == 1
    assert "exit code 3" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["NOTHING"], "There is no task 'NOTHING'"),
        (["REPORT", "-p", "year=soon"], "year: must be a whole number"),
        (["REPORT", "-p", "yaer=2024"], "yaer: is not a parameter of this task"),
        (["REPORT", "-p", "2024"], "-p takes NAME=VALUE"),
    ],
)
def test_a_wrong_request_exits_with_2_and_says_what_is_wrong(project, arguments, message):
    done = taskdeck("run", *arguments, "--project", project)

    assert done.returncode == 2
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def test_ctrl_c_cancels_the_run_and_exits_with_130(tmp_path):
    project = make_project(
        tmp_path / "project",
        files={"sleep.py": "import time\nfrom taskdeck import sdk\nsdk.log('ready')\ntime.sleep(600)\n"},
    )
    command = [sys.executable, "-m", "taskdeck", "run", "SLEEP", "--project", str(project)]
    # As in a terminal: what a shell starts in the background, the tests themselves perhaps, ignores Ctrl-C.
    listen = functools.partial(signal.signal, signal.SIGINT, signal.SIG_DFL)
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(command, **pipes, text=True, preexec_fn=listen) as process:
        assert process.stdout.readline() == "ready\n"

        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=60)

    assert process.returncode == 130
    assert "cancelled" in errors


def test_check_lists_problems_with_their_place_and_exits_with_1(project):
    write_json(
        project / "config/data_tasks.json",
        {"dataTasks": [{"id": "LOST", "name": "Lost", "description": "", "pythonFile": "lost.py"}]},
    )

    done = taskdeck("check", project)

    assert done.returncode == 1
    assert done.stdout.startswith("config/data_tasks.json:7:")
    assert "lost.py" in done.stdout


def test_check_of_a_sound_project_says_so(project):
    done = taskdeck("check", project)

    assert (done.returncode, done.stdout) == (0, "")


def test_init_makes_a_project_that_is_sound_and_runs(tmp_path):
    assert taskdeck("init", tmp_path / "new").returncode == 0

    assert taskdeck("check", tmp_path / "new").returncode == 0
    done = taskdeck("run", "HELLO_NOTEBOOK", "-p", "rows=2", "--project", tmp_path / "new")
    assert done.returncode == 0, done.stderr
    assert "Row 2 of 2" in done.stdout
    again = taskdeck("init", tmp_path / "new")
    assert again.returncode == 2
    assert "exists already" in again.stderr


def test_a_wrong_key_stops_the_start_and_says_what_to_do(project):
    from cryptography.fernet import Fernet

    assert taskdeck("run", "HELLO", "--project", project).returncode == 0
    (project / ".taskdeck" / "key").write_bytes(Fernet.generate_key())

    done = taskdeck("serve", project, "--port", "0", "--no-browser")

    assert done.returncode == 2
    assert "Put the original key file back" in done.stderr


def test_a_port_in_use_is_named(project):
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = taskdeck("serve", project, "--port", taken.getsockname()[1], "--no-browser")

    assert done.returncode == 1
    assert "Choose another one with --port" in done.stderr


def test_authoring_makes_the_duft_names_importable_and_undoes_it(tmp_path):
    import venv

    environment = tmp_path / "environment"
    venv.create(environment, symlinks=True)
    python = environment / "bin" / "python"
    server = Path(__file__).parents[2] / "server"
    variables = {**os.environ, "PYTHONPATH": os.pathsep.join([str(server), *filter(None, sys.path)])}

    def imports():
        code = "import services.dte_tools.data_task_tools"
        return subprocess.run([python, "-c", code], capture_output=True, env=variables, check=False).returncode == 0

    def authoring(*arguments):
        command = [python, "-m", "taskdeck", "authoring", *arguments]
        done = subprocess.run(command, capture_output=True, text=True, env=variables, check=False)
        assert done.returncode == 0, done.stderr

    assert not imports()
    authoring()
    assert imports()
    authoring("--undo")
    assert not imports()


def test_a_run_started_by_hand_is_in_the_history_of_the_server(project):
    assert taskdeck("run", "HELLO", "--project", project).returncode == 0

    with serving(project) as server:
        (run,) = server.get("/api/runs")["runs"]
        assert (run["task"], run["status"], run["trigger"]) == ("HELLO", "succeeded", "cli")


def test_web_and_worker_are_started_again_when_they_are_killed(project):
    import psutil

    with serving(project) as server:
        children = psutil.Process(server.process.pid).children()
        assert len(children) == 2
        for child in children:
            child.kill()
        deadline = time.monotonic() + 60
        while True:
            try:
                if server.get("/api/health")["worker"]["alive"]:
                    break
            except OSError:
                pass
            assert time.monotonic() < deadline, "web and worker did not come back"
            time.sleep(0.1)
        assert server.wait(server.submit("HELLO"))["status"] == "succeeded"


@pytest.fixture
def sleeping(tmp_path):
    """A project whose only task sleeps, after it has noted that it runs."""
    script = "import time\nfrom taskdeck import sdk\nsdk.log('ready')\ntime.sleep(600)\n"
    return make_project(tmp_path / "project", files={"sleep.py": script})


def wait_for_message(server, run_id):
    deadline = time.monotonic() + 30
    while "ready" not in [event.get("text") for event in server.events(run_id)]:
        assert time.monotonic() < deadline
        time.sleep(0.05)


def started(project):
    """A server that the test itself ends."""
    command = [sys.executable, "-m", "taskdeck", "serve", str(project), "--port", "0", "--no-browser"]
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env={**os.environ, "TASKDECK_TOKEN": TOKEN},
    )
    url = next(line.strip().split("/?")[0] for line in process.stdout if "?token=" in line)
    return RunningServer(project, url, process)


def test_a_run_outlives_a_server_that_is_killed_and_the_next_one_records_its_end(tmp_path):
    go_on = tmp_path / "go-on"
    script = (
        "import os, time\nfrom taskdeck import sdk\nsdk.log('ready')\n"
        f"while not os.path.exists({str(go_on)!r}):\n    time.sleep(0.01)\nsdk.log('done')\n"
    )
    project = make_project(tmp_path / "project", files={"patient.py": script})
    server = started(project)
    run_id = server.submit("PATIENT")
    wait_for_message(server, run_id)
    children = psutil.Process(server.process.pid).children()

    server.process.kill()
    server.process.communicate()
    _, alive = psutil.wait_procs(children, timeout=30)
    with serving(project) as server:
        go_on.touch()
        run = server.wait(run_id)
        said = [event["text"] for event in server.events(run_id) if event["type"] == "message"]

    assert alive == []
    assert run["status"] == "succeeded"
    assert said == ["ready", "done"]


def test_what_goes_on_after_ctrl_c_is_told_with_the_command_that_stops_it(sleeping):
    server = started(sleeping)
    run_id = server.submit("SLEEP")
    wait_for_message(server, run_id)
    server.process.send_signal(signal.SIGINT)
    told, _ = server.process.communicate(timeout=60)

    *_, instruction = told.strip().splitlines()
    assert f"run {run_id} of Sleep" in told
    done = subprocess.run(shlex.split(instruction), capture_output=True, text=True, timeout=60, check=False)

    assert done.returncode == 0, done.stderr
    assert f"Run {run_id} cancelled" in done.stderr
    assert taskdeck("cancel", run_id, "--project", sleeping).returncode == 0


def test_a_run_is_cancelled_from_the_command_line_while_the_server_watches_it(sleeping):
    with serving(sleeping) as server:
        run_id = server.submit("SLEEP")
        waiting = server.submit("SLEEP")
        wait_for_message(server, run_id)

        done = taskdeck("cancel", waiting, run_id, "--project", sleeping)

        assert done.returncode == 0, done.stderr
        assert {server.wait(each)["status"] for each in (run_id, waiting)} == {"cancelled"}
        assert server.wait(run_id)["reason"] == "Cancelled by the command line."


def test_a_run_that_ended_before_cannot_be_cancelled_and_one_that_never_was_is_a_wrong_request(project):
    taskdeck("run", "HELLO", "--project", project)

    ended, unknown = (taskdeck("cancel", number, "--project", project) for number in (1, 7))

    assert (ended.returncode, "succeeded" in ended.stderr) == (1, True)
    assert (unknown.returncode, "There is no run 7" in unknown.stderr) == (2, True)


def test_run_takes_the_path_of_a_tasks_file(project):
    done = taskdeck("run", "data_tasks/hello.py", "-p", "name=Ada", cwd=project)

    assert (done.returncode, done.stdout) == (0, "Hello Ada\n"), done.stderr


def test_run_of_a_file_that_no_task_has_says_how_to_declare_it(project):
    (project / "data_tasks" / "loose.py").write_text("print('loose')\n")

    done = taskdeck("run", "data_tasks/loose.py", cwd=project)

    assert done.returncode == 2
    assert "taskdeck task add data_tasks/loose.py" in done.stderr


@pytest.fixture
def watching(project):
    """``taskdeck run --watch`` on a script; its output line by line."""
    command = [sys.executable, "-m", "taskdeck", "run", "--watch", "data_tasks/hello.py"]
    with subprocess.Popen(
        command,
        cwd=project,
        text=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    ) as process:
        yield process
        process.kill()


def read_until(process, text):
    seen = []
    for line in process.stdout:
        seen.append(line)
        if text in line:
            return seen
    raise AssertionError(f"{text!r} did not come: {seen}")


def test_watch_runs_the_task_again_when_its_file_is_saved_and_ends_by_ctrl_c(project, watching):
    assert "Hello world\n" in read_until(watching, "Waiting for the next save")

    (project / "data_tasks" / "hello.py").write_text("print('changed')\n")
    assert "changed\n" in read_until(watching, "Waiting for the next save")

    watching.send_signal(signal.SIGINT)
    assert watching.wait(30) == 130


def test_watch_survives_a_configuration_that_is_broken_for_a_moment(project, watching):
    read_until(watching, "Waiting for the next save")
    tasks = project / "config" / "data_tasks.json"
    whole = tasks.read_text()

    tasks.write_text("{")
    read_until(watching, "taskdeck: ")
    read_until(watching, "Waiting for the next save")
    tasks.write_text(whole)

    assert "Hello world\n" in read_until(watching, "Waiting for the next save")


def test_watch_cancels_the_run_that_a_save_has_made_old(project, watching):
    read_until(watching, "Waiting for the next save")
    file = project / "data_tasks" / "hello.py"

    file.write_text("import time\nprint('waits', flush=True)\ntime.sleep(600)\n")
    read_until(watching, "waits")
    file.write_text("print('quick')\n")

    assert any("Cancelled by the next save" in line for line in read_until(watching, "quick"))
