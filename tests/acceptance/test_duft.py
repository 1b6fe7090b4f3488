"""A DUFT workspace, as it is, on a real server: its tasks use all of DUFT's names, forms and ways to end."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from servers import RunningServer, serving

WORKSPACE = Path(__file__).parents[1] / "projects" / "duft"
EXPECTED = json.loads((WORKSPACE / "expected.json").read_text(encoding="utf-8"))["runs"]

# All runs of the workspace go on side by side on one server.


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    workspace = tmp_path_factory.mktemp("duft") / "workspace"
    shutil.copytree(WORKSPACE, workspace)
    # Pointing at the configuration inside of the workspace is as good as at the workspace.
    # Forked runners cost a fraction of plain ones; how those start, other tests tell. No task here needs more loaded.
    preload = "ipykernel,nbclient,papermill"
    with serving(workspace / "duft-config", TASKDECK_PRELOAD=preload, TASKDECK_POOL_SIZE="1") as server:
        server.wait_until_warm()
        yield server


@pytest.fixture(scope="module")
def run_ids(server: RunningServer) -> list[int]:
    return [server.submit(expected["task"], **expected.get("parameters", {})) for expected in EXPECTED]


def test_all_tasks_are_listed_hidden_ones_too(server):
    answer = server.get("/api/tasks")

    assert answer["project"]["layout"] == "duft"
    assert {task["id"] for task in answer["tasks"]} >= {expected["task"] for expected in EXPECTED}
    assert [problem for problem in answer["problems"] if problem["severity"] == "error"] == []


@pytest.mark.parametrize(
    "number", range(len(EXPECTED)), ids=[f"{number}-{each['task']}" for number, each in enumerate(EXPECTED)]
)
def test_a_task_runs_as_it_does_in_duft(server, run_ids, number):
    expected = EXPECTED[number]

    run = server.wait(run_ids[number])

    events = server.events(run["id"])
    assert run["status"] == expected["status"], run["reason"]
    assert expected.get("reason", "") in run["reason"]
    said = [
        [event["level"], event["text"]] for event in events if event["type"] == "message" and event["source"] == "task"
    ]
    if expected.get("in_any_order"):
        assert sorted(said) == sorted(expected["messages"])
    else:
        assert said == expected["messages"]
    warnings = [
        event["text"]
        for event in events
        if event["type"] == "message" and (event["source"], event["level"]) == ("taskdeck", "warning")
    ]
    for part in expected.get("warnings", []):
        assert any(part in warning for warning in warnings), warnings
    printed = "".join(_printed(event) for event in events)
    for part in expected.get("printed", []):
        assert part in printed
    assert run["error_count"] == sum(level == "error" for level, _ in said)


def _printed(event):
    if event["type"] == "stream":
        return event["text"]
    if event["type"] == "cell_output":
        return event["output"].get("text", "")
    return ""


def test_the_sources_are_never_written_to(server, run_ids):
    for run_id in run_ids:
        server.wait(run_id)

    for original in (WORKSPACE / "duft-config").rglob("*.ipynb"):
        copy = server.project / original.relative_to(WORKSPACE / "duft-config")
        assert copy.read_bytes() == original.read_bytes()
