"""Whatever goes wrong ends in a message for the person concerned, and never in a run that hangs."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from factories import make_notebook, make_project, write_json
from servers import RunningServer, serving

KILL_SELF = "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)"
OPEN = {"allowOverride": True}
OTHER_KERNEL = {"kernelspec": {"name": "julia-1.9", "display_name": "Julia", "language": "julia"}}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    root = make_project(
        tmp_path_factory.mktemp("mishaps") / "project",
        files={
            "good.py": "print('fine')",
            "exits.ipynb": make_notebook("1", "import os\nos._exit(7)"),
            "killed.ipynb": make_notebook(KILL_SELF),
            "julia.ipynb": make_notebook("1 + 1", metadata=OTHER_KERNEL),
            "garbage.ipynb": "this is no notebook",
            "unknown_connection.py": "from taskdeck import sdk\nsdk.connection('EMPS')",
            "typed.py": "print('typed')",
        },
        tasks={
            "TYPED": {
                "supportedParameters": {
                    "year": {"type": "integer", "required": True},
                    "level": {"type": "string", "defaultValue": "low", "allowedValues": ["low", "high"], **OPEN},
                    "fixed": {"type": "string", "defaultValue": "x"},
                }
            }
        },
        connections={"EPMS": {"params": [{"name": "type", "type": "text", "label": "Type"}]}},
    )
    tasks = root / "config" / "data_tasks.json"
    text = tasks.read_text(encoding="utf-8")
    entries = (
        '{"id": "LOST", "name": "Lost", "description": "", "pythonFile": "lost.py"},\n'
        '{"id": "OUTSIDE", "name": "Outside", "description": "", "pythonFile": "../outside.py"},\n'
    )
    tasks.write_text(text.replace('"dataTasks": [', '"dataTasks": [\n' + entries, 1), encoding="utf-8")
    (root / "outside.py").write_text("print('must not run')", encoding="utf-8")
    with serving(root) as server:
        yield server


def submit(server, task, parameters=None):
    return server.request("POST", "/api/runs", {"task": task, "parameters": parameters or {}})


@pytest.mark.parametrize(
    ("task", "reason"),
    [
        ("EXITS", "Cell 2: the kernel died with exit code 7"),
        ("KILLED", "Cell 1: the kernel died with signal SIGKILL"),
        ("JULIA", "julia-1.9"),
        ("GARBAGE", "The notebook is not valid JSON"),
        ("UNKNOWN_CONNECTION", "There is no connection 'EMPS'"),
    ],
)
def test_a_run_that_cannot_go_well_fails_with_a_reason_that_names_it(server, task, reason):
    run = server.wait(server.submit(task))

    assert run["status"] == "failed"
    assert reason in run["reason"]


def test_a_kernel_that_is_not_installed_is_named_with_those_that_are(server):
    run = server.wait(server.submit("JULIA"))

    assert "python3" in run["reason"]


@pytest.mark.parametrize(("task", "detail"), [("LOST", "lost.py"), ("OUTSIDE", "../outside.py")])
def test_a_broken_task_is_refused_with_file_line_and_column(server, task, detail):
    status, problem = submit(server, task)

    assert status == 409
    assert detail in problem["detail"]
    assert "config/data_tasks.json:" in problem["detail"]


def test_an_unknown_task_is_404_and_names_the_known_ones(server):
    status, problem = submit(server, "GOOOD")

    assert status == 404
    assert "GOOD" in problem["detail"]


def test_bad_values_are_all_reported_by_name_at_once(server):
    status, problem = submit(server, "TYPED", {"year": "soon", "level": "huge", "fixed": "y", "yaer": 1})

    assert status == 422
    assert set(problem["errors"]) == {"year", "level", "fixed", "yaer"}


def test_the_other_tasks_of_a_broken_project_run(server):
    assert server.wait(server.submit("GOOD"))["status"] == "succeeded"


def test_problems_are_listed_with_their_place(server):
    problems = server.get("/api/tasks")["problems"]

    assert {problem["task_id"] for problem in problems} >= {"LOST", "OUTSIDE"}
    assert all(problem["line"] > 1 for problem in problems)


def test_broken_json_keeps_the_server_up_and_a_mended_file_is_picked_up(server):
    tasks = Path(server.project) / "config" / "data_tasks.json"
    before = tasks.read_text(encoding="utf-8")
    try:
        tasks.write_text("{ broken", encoding="utf-8")
        wait_until(lambda: submit(server, "GOOD")[0] == 404)
        assert server.get("/api/tasks")["problems"]
    finally:
        tasks.write_text(before, encoding="utf-8")
    wait_until(lambda: "GOOD" in {task["id"] for task in server.get("/api/tasks")["tasks"]})

    assert server.wait(server.submit("GOOD"))["status"] == "succeeded"


def test_a_new_task_is_offered_without_a_restart(server):
    root = Path(server.project)
    (root / "data_tasks" / "added.py").write_text("print('added')", encoding="utf-8")
    config = root / "config" / "data_tasks.json"
    text = config.read_text(encoding="utf-8")
    entry = '{"id": "ADDED", "name": "Added", "description": "", "pythonFile": "added.py"},\n'
    config.write_text(text.replace('"dataTasks": [', '"dataTasks": [\n' + entry, 1), encoding="utf-8")

    wait_until(lambda: "ADDED" in {task["id"] for task in server.get("/api/tasks")["tasks"]})
    assert server.wait(server.submit("ADDED"))["status"] == "succeeded"


def wait_until(condition, seconds=20.0):
    import time

    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "did not happen"
        time.sleep(0.05)


@pytest.mark.parametrize(
    ("method", "path", "body", "expected"),
    [
        ("GET", "/api/nothing", None, 404),
        ("GET", "/api/runs/999999", None, 404),
        ("DELETE", "/api/tasks", None, 405),
        ("POST", "/api/runs", ["no", "object"], 422),
        ("GET", "/api/runs?limit=many", None, 422),
        ("POST", "/api/connections/NONE/test", {}, 404),
    ],
)
def test_every_error_is_a_problem_document(server, method, path, body, expected):
    status, problem = server.request(method, path, body)

    assert status == expected
    assert problem["status"] == expected
    assert problem["title"]


def test_a_project_without_any_task_explains_itself(tmp_path):
    write_json(tmp_path / "empty" / "config" / "data_tasks.json", {})
    with serving(tmp_path / "empty") as server:
        assert server.get("/api/tasks")["tasks"] == []
