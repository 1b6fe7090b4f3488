from __future__ import annotations

import json
import sys
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from factories import make_project, write_json

from taskdeck import sdk
from taskdeck.sdk import parameters


@pytest.fixture
def bound(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Makes this process that of a run with the given values."""

    def bind(**values: Any) -> None:
        monkeypatch.setenv("TASKDECK_PARAMETERS", json.dumps(values))

    return bind


def test_a_runs_values_overlay_the_defaults(bound: Any) -> None:
    bound(year=2025, other="x")

    assert sdk.params({"year": 2024, "region": "all"}) == {"year": 2025, "region": "all", "other": "x"}


def test_a_run_never_looks_at_the_command_line(bound: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    bound()
    monkeypatch.setattr(sys, "argv", ["task.py", '{"year": 1999}'])

    assert sdk.params({"year": 2024}) == {"year": 2024}


@pytest.mark.parametrize(
    ("default", "given", "expected"),
    [
        (1, "3", 3),
        (1, "-3", -3),
        (1, 3.0, 3),
        (1, "3.0", 3),
        (1.0, 3, 3.0),
        (1.0, "2.5", 2.5),
        (True, "false", False),
        (False, "Yes", True),
        (False, 1, True),
        ("a", 5, "5"),
        ("a", None, None),
        (None, "anything", "anything"),
        ([1], "[1, 2]", [1, 2]),
        ((1,), [1, 2], (1, 2)),
        ({}, '{"a": 1}', {"a": 1}),
        (date(2024, 1, 1), "2025-02-03", date(2025, 2, 3)),
        (datetime(2024, 1, 1), "2025-02-03T04:05:06", datetime(2025, 2, 3, 4, 5, 6)),  # noqa: DTZ001  # as authors write
        (Path("a"), "b/c", Path("b/c")),
    ],
)
def test_values_are_typed_like_the_defaults(bound: Any, default: object, given: object, expected: object) -> None:
    bound(value=given)

    found = sdk.params({"value": default})["value"]

    assert found == expected
    assert type(found) is type(expected)


@pytest.mark.parametrize(
    ("default", "given", "expected"),
    [
        (2024, "abc", "Parameter 'year' must be a whole number, like its default 2024, not 'abc'."),
        (2024, 3.5, "must be a whole number"),
        (2024, True, "must be a whole number"),
        (2024, "inf", "must be a whole number"),
        (1.5, "x", "must be a number"),
        (True, "perhaps", "must be true or false"),
        ([1], '{"a": 1}', "must be list"),
        (date(2024, 1, 1), "yesterday", "must be date"),
    ],
)
def test_a_value_that_does_not_fit_is_named(bound: Any, default: object, given: object, expected: str) -> None:
    bound(year=given)

    with pytest.raises(parameters.WrongType) as caught:
        sdk.params({"year": default})
    assert expected in str(caught.value)


def test_without_a_server_the_json_object_among_the_arguments_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["task.py", "--verbose", '{"year": "2025"}'])

    assert sdk.params({"year": 2024}) == {"year": 2025}


@pytest.mark.parametrize("how", [{"supportedParameters": {"year": {"defaultValue": 2020}}}, {"params": {"year": 2020}}])
def test_without_a_server_declared_defaults_count_for_the_running_script(
    how: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_project(tmp_path, files={"etl.py": "", "other.py": ""}, tasks={"ETL": how})
    monkeypatch.chdir(tmp_path / "data_tasks")
    monkeypatch.setattr(sys, "argv", ["etl.py"])
    monkeypatch.setattr(sys.modules["__main__"], "__file__", str(tmp_path / "data_tasks" / "etl.py"), raising=False)

    assert sdk.params({"year": 2024}) == {"year": 2020}


def test_without_a_server_declared_defaults_count_for_a_notebook_in_vs_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_project(tmp_path, files={"n.ipynb": "{}"}, tasks={"N": {"supportedParameters": {"a": {"value": 1}}}})
    monkeypatch.chdir(tmp_path / "data_tasks")
    monkeypatch.setattr(sys, "argv", ["/env/ipykernel_launcher.py", '--f={"a": 7}', '{"a": 8}'])
    main = sys.modules["__main__"]
    monkeypatch.setattr(main, "__vsc_ipynb_file__", str(tmp_path / "data_tasks" / "n.ipynb"), raising=False)

    assert sdk.params() == {"a": 1}


def test_a_file_of_two_tasks_has_no_declared_defaults(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_project(tmp_path, files={"etl.py": ""})
    task = {"pythonFile": "etl.py", "params": {"year": 2020}}
    write_json(tmp_path / "config" / "data_tasks.json", {"dataTasks": [{"id": "A", **task}, {"id": "B", **task}]})
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["etl.py"])
    monkeypatch.setattr(sys.modules["__main__"], "__file__", str(tmp_path / "data_tasks" / "etl.py"), raising=False)

    assert sdk.params({"year": 2024}) == {"year": 2024}


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ([], {}),
        (["task.py"], {}),
        (["task.py", '{"a": true}'], {"a": True}),
        (["task.py", "x", ' {"a": 1} ', '{"b": 2}'], {"a": 1}),
        (["task.py", "[1]", "3", "{broken"], {}),
        (["ipykernel_launcher.py", "-f", "kernel.json"], {}),
        (["/env/site-packages/ipykernel_launcher.py", '{"a": 1}'], {}),
        (["/env/ipykernel/__main__.py", "-f", "/tmp/{x}.json"], {}),
    ],
)
def test_the_json_object_among_arguments(arguments: list[str], expected: dict[str, Any]) -> None:
    assert parameters.from_arguments(arguments) == expected
