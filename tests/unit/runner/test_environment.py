from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest

import taskdeck
from taskdeck.runner import environment
from taskdeck.runner.job import Job

PACKAGE = Path(taskdeck.__file__).parent
CHANNEL = environment.Channel(address="127.0.0.1:4711", token="t0ken")


def job(**changes: Any) -> Job:
    values: dict[str, Any] = {
        "run_id": 12,
        "attempt": 2,
        "task_id": "etl",
        "task_name": "Nightly ETL",
        "kind": "script",
        "file": "/p/data_tasks/etl.py",
        "run_directory": "/p/.taskdeck/runs/12",
        "working_directory": "/p/data_tasks",
        "project_root": "/p",
        "data_directory": "/p/data",
        "temporary_directory": "/p/tmp",
        "uploads_directory": "/p/uploads",
        "config_directory": "/p/config",
        "layout": "native",
    }
    return Job(**{**values, **changes})


def variables(
    parameters: dict[str, Any] | None = None, inherited: dict[str, str] | None = None, **changes: Any
) -> dict[str, str]:
    return environment.build(job(parameters=parameters or {}, **changes), CHANNEL, inherited or {}).variables


def test_every_task_learns_about_its_run() -> None:
    found = variables({"year": 2024})
    assert {name: found[name] for name in found if name.startswith("TASKDECK_")} == {
        "TASKDECK_RUN_ID": "12",
        "TASKDECK_ATTEMPT": "2",
        "TASKDECK_RUN_DIR": "/p/.taskdeck/runs/12",
        "TASKDECK_TASK_ID": "etl",
        "TASKDECK_TASK_NAME": "Nightly ETL",
        "TASKDECK_PROJECT": "/p",
        "TASKDECK_CONFIG_DIR": "/p/config",
        "TASKDECK_DATA_DIR": "/p/data",
        "TASKDECK_TEMP_DIR": "/p/tmp",
        "TASKDECK_UPLOADS_DIR": "/p/uploads",
        "TASKDECK_CHANNEL": "127.0.0.1:4711",
        "TASKDECK_CHANNEL_TOKEN": "t0ken",
        "TASKDECK_PARAMETERS": '{"year": 2024}',
        "TASKDECK_INTERACTIVE": "false",
    }
    assert found["PYTHONUNBUFFERED"] == "1"


@pytest.mark.parametrize(
    ("value", "text"),
    [(7, "7"), (0.5, "0.5"), (2.0, "2.0"), (True, "true"), (False, "false"), ("007", "007"), ("", "")],
)
def test_a_parameter_is_a_variable_as_written_and_in_upper_case(value: Any, text: str) -> None:
    found = variables({"Foo": value})
    assert found["Foo"] == found["FOO"] == text


def test_text_is_also_there_quoted_for_a_shell() -> None:
    found = variables({"foo": "it's $HOME"})
    assert found["FOO_SHELL_ESCAPED"] == found["foo_SHELL_ESCAPED"] == "'it'\"'\"'s $HOME'"
    assert "N_SHELL_ESCAPED" not in variables({"n": 1})


def test_an_absent_optional_parameter_is_no_variable() -> None:
    found = variables({"foo": None})
    assert "FOO" not in found
    assert json.loads(found["TASKDECK_PARAMETERS"]) == {"foo": None}


@pytest.mark.parametrize(
    "name", ["path", "HOME", "Database", "taskdeck_run_id", "PYTHONPATH", "ld_preload", "a=b", "", "a b"]
)
def test_no_parameter_replaces_what_the_process_needs(name: str) -> None:
    before = {"PATH": "/bin", "HOME": "/root"}
    assert variables({name: "evil"}, before).items() >= before.items()
    assert "evil" not in [
        value for key, value in variables({name: "evil"}, before).items() if key != "TASKDECK_PARAMETERS"
    ]


def test_what_is_inherited_stays_and_the_jobs_own_variables_win() -> None:
    found = variables({"b": "parameter"}, {"MPLBACKEND": "agg", "a": "inherited"}, environment={"a": "job", "b": "job"})
    assert (found["MPLBACKEND"], found["a"], found["b"]) == ("agg", "job", "job")


@pytest.mark.parametrize("value", ["x" * 200_000, "a\0b", "\ud800"])
def test_values_that_no_variable_can_hold_are_left_out_and_named(value: str) -> None:
    built = environment.build(job(parameters={"text": value, "other": 1}), CHANNEL, {})
    assert {"text", "TEXT"} <= set(built.omitted)
    assert built.variables["other"] == "1"


def test_the_import_roots_of_duft_are_on_the_path_behind_what_was_there() -> None:
    path = variables(inherited={"PYTHONPATH": "/mine"})["PYTHONPATH"].split(os.pathsep)
    assert path[:2] == ["/mine", str(PACKAGE / "sdk" / "aliases")]


def test_the_package_itself_is_added_only_where_it_is_not_importable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", ["", str(PACKAGE.parent)])
    assert str(PACKAGE.parent) not in variables()["PYTHONPATH"].split(os.pathsep)
    monkeypatch.setattr(sys, "path", [str(PACKAGE.parent), "/elsewhere"])
    assert str(PACKAGE.parent) in variables()["PYTHONPATH"].split(os.pathsep)


def test_modules_beside_a_task_that_runs_in_the_root_stay_importable() -> None:
    assert "/p/data_tasks" in variables(execute_from_root=True)["PYTHONPATH"].split(os.pathsep)


def test_the_settings_of_the_server_do_not_reach_the_task() -> None:
    found = variables(inherited={"TASKDECK_TOKEN": "secret", "TASKDECK_DATABASE_URL": "postgresql://u:p@h/d"})
    assert not {"TASKDECK_TOKEN", "TASKDECK_DATABASE_URL"} & found.keys()
