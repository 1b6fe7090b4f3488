"""The tasks of the DUFT workspace, as their authors start them: by hand, with no server."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from taskdeck.catalog import layout, loader
from taskdeck.model.task import Task, TaskKind
from taskdeck.sdk import authoring

WORKSPACE = Path(__file__).parents[2] / "projects" / "duft"
RUNS: list[dict[str, Any]] = json.loads((WORKSPACE / "expected.json").read_text(encoding="utf-8"))["runs"]

# What only the server does: it masks secrets, puts the file into the root, and says what it thinks of connections.
NEEDS_SERVER = {"CONNECTIONS_FIRST", "FROM_ROOT"}


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    return shutil.copytree(WORKSPACE, tmp_path / "workspace")


def tasks_of(workspace: Path) -> dict[str, Task]:
    return dict(loader.load(layout.find_project(workspace)).tasks)


SCRIPTS = [
    run for run in RUNS if run["task"] not in NEEDS_SERVER and tasks_of(WORKSPACE)[run["task"]].kind is TaskKind.SCRIPT
]


def test_every_task_has_an_expected_outcome() -> None:
    assert {run["task"] for run in RUNS} == set(tasks_of(WORKSPACE))


def test_the_configuration_has_no_problem(workspace: Path) -> None:
    assert loader.load(layout.find_project(workspace)).problems == ()


@pytest.mark.parametrize("run", SCRIPTS, ids=lambda run: run["task"])
def test_a_script_run_by_hand_prints_its_messages(run: dict[str, Any], workspace: Path) -> None:
    task = tasks_of(workspace)[run["task"]]
    defaults = {parameter.name: parameter.default for parameter in task.parameters if parameter.has_default}
    child = subprocess.run(
        [sys.executable, task.file, json.dumps({**defaults, **run.get("parameters", {})})],
        cwd=Path(task.file).parent,
        env={
            **{name: value for name, value in os.environ.items() if not name.startswith("TASKDECK_")},
            "PYTHONPATH": str(authoring.ALIASES),
            "PYTHONIOENCODING": "utf-8",
        },
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )

    assert (child.returncode == 0) == (run["status"] == "succeeded"), child.stderr
    printed = [line.split(" >>>: ", 1)[1] for line in child.stdout.splitlines() if " >>>: " in line]
    expected = [text for _, text in run["messages"]]
    if run.get("in_any_order"):
        printed.sort()
        expected.sort()
    assert printed == expected
    for text in run.get("printed", []):
        assert text in child.stdout
    if "exit code" not in run.get("reason", ""):
        assert run.get("reason", "") in child.stderr
