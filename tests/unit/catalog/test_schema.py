"""The JSON Schemas that editors complete and check configuration files with."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from taskdeck.catalog import schema

EXAMPLES: dict[str, Any] = {
    "data_tasks": {
        "$schema": "../.taskdeck/schemas/data_tasks.schema.json",
        "dataTasks": [
            {
                "id": "OLD",
                "name": "Old",
                "description": "",
                "pythonFile": "old task.ipynb",
                "params": {"a": 1, "b": "x"},
                "retries": 2,
                "concurrency": "reject",
                "requiredResources": {"disk_space": 2},
            },
            {
                "id": "NEW",
                "pythonFile": "new.py",
                "hideInUI": "True",
                "executeFromRoot": False,
                "tags": ["x"],
                "cancelTimeout": 5,
                "timeout": 90.5,
                "timeoutWarning": 10,
                "retries": {"count": 2, "delay": 5, "backoff": 1.5, "maxDelay": 60},
                "concurrency": {"policy": "allow", "limit": 3},
                "priority": -5,
                "requiredResources": {"cpu": 500, "memory": 512, "diskSpace": 0.5},
                "rerunPolicy": "rerun",
                "environment": "python3",
                "dataConnections": ["ANA"],
                "supportedParameters": {
                    "year": {
                        "title": "Year",
                        "type": "integer",
                        "defaultValue": 2024,
                        "allowOverride": True,
                        "promptUser": "false",
                        "allowedValues": [2023, {"label": "Now", "value": 2024}],
                    },
                    "name": {"required": True, "type": "string"},
                    "fixed": {"value": None},
                },
            },
        ],
    },
    "data_connections": {
        "dataConnections": [
            {
                "id": "ANA",
                "name": "Analysis",
                "allowQueryEngine": "True",
                "testquery": "SELECT 1",
                "params": [{"name": "password", "type": "password", "label": "Password"}],
            }
        ]
    },
    "config": {
        "dataConnectionParameters": {"ANA": {"type": "sqlite3", "port": 5432, "extra": {"deep": [1]}}},
        "scheduledDataTasks": [{"data_task_id": "OLD"}],
        "settings": {"debug": True},
        "djangoDatabases": {},
    },
    "navigation": {
        "dataTasks": {
            "header": "Data",
            "items": [
                {
                    "title": "Update",
                    "icon": "IconRefresh",
                    "task": "OLD",
                    "prompt": "Really?",
                    "executeButtonText": "Yes",
                    "cancelButtonText": "No",
                },
                {"title": "More", "tasks": [{"task": "NEW"}, {"dashboard": "home"}]},
            ],
        },
        "dashboards": [],
    },
}


@pytest.fixture(scope="module")
def schemas() -> dict[str, dict[str, Any]]:
    return schema.json_schemas()


def nodes(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        yield node
        node = list(node.values())
    for each in node if isinstance(node, list) else []:
        yield from nodes(each)


@pytest.mark.parametrize("name", EXAMPLES)
def test_they_are_valid_and_accept_what_is_right(schemas: dict[str, Any], name: str) -> None:
    jsonschema.Draft202012Validator.check_schema(schemas[name])
    assert schemas[name]["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    jsonschema.validate(EXAMPLES[name], schemas[name])
    jsonschema.validate({}, schemas[name])


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("data_tasks", {"dataTasks": {}}),
        ("data_tasks", {"dataTasks": [{"id": "A"}]}),
        ("data_tasks", {"dataTasks": [{"id": "A", "pythonFile": "a.py", "hideInUi": True}]}),
        ("data_tasks", {"dataTasks": [{"id": "A", "pythonFile": "a.py", "hideInUI": "yes"}]}),
        (
            "data_tasks",
            {"dataTasks": [{"id": "A", "pythonFile": "a.py", "supportedParameters": {"x": {"type": "int"}}}]},
        ),
        ("data_tasks", {"dataTasks": [{"id": "A", "pythonFile": "a.py", "params": {"x": []}}]}),
        ("data_tasks", {"dataTasks": [{"id": "A", "pythonFile": "a.py", "timeout": 0}]}),
        ("data_tasks", {"dataTasks": [{"id": "A", "pythonFile": "a.py", "retries": -1}]}),
        ("data_tasks", {"dataTasks": [{"id": "A", "pythonFile": "a.py", "retries": {"delay": 5}}]}),
        ("data_tasks", {"dataTasks": [{"id": "A", "pythonFile": "a.py", "concurrency": "sometimes"}]}),
        ("data_tasks", {"dataTasks": [{"id": "A", "pythonFile": "a.py", "requiredResources": {"cpus": 2}}]}),
        ("data_connections", {"dataConnections": [{"id": "A", "params": [{"name": "a", "type": "secret"}]}]}),
        ("config", {"dataConnectionParameters": []}),
        ("navigation", {"dataTasks": "LOAD"}),
        ("navigation", {"dataTasks": [{"title": "Update", "job": "LOAD"}]}),
    ],
)
def test_they_refuse_what_is_wrong(schemas: dict[str, Any], name: str, wrong: Any) -> None:
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(wrong, schemas[name])


@pytest.mark.parametrize("name", EXAMPLES)
def test_each_key_has_a_description(schemas: dict[str, Any], name: str) -> None:
    keys = {key: each for node in nodes(schemas[name]) for key, each in node.get("properties", {}).items()}

    assert keys
    assert [key for key, each in keys.items() if not each.get("description")] == []


@pytest.mark.parametrize("name", EXAMPLES)
def test_their_examples_are_right(schemas: dict[str, Any], name: str) -> None:
    examples = 0
    for node in nodes(schemas[name]):
        for example in node.get("examples", ()):
            jsonschema.validate(example, {**node, "$defs": schemas[name].get("$defs", {})})
            examples += 1

    assert examples


def test_they_are_written_as_files_once(tmp_path: Path) -> None:
    paths = schema.write_schemas(tmp_path / "state" / "schemas")

    assert [path.name for path in paths] == [
        "data_tasks.schema.json",
        "data_connections.schema.json",
        "config.schema.json",
        "navigation.schema.json",
    ]
    assert [json.loads(path.read_text()) for path in paths] == list(schema.json_schemas().values())

    written = [path.stat().st_mtime_ns for path in paths]
    paths[1].write_bytes(b"\xff damaged")
    schema.write_schemas(tmp_path / "state" / "schemas")

    assert [path.stat().st_mtime_ns == before for path, before in zip(paths, written, strict=True)] == [
        True,
        False,
        True,
        True,
    ]
    assert json.loads(paths[1].read_text()) == schema.json_schemas()["data_connections"]
    assert sorted(path.name for path in paths[0].parent.iterdir()) == sorted(path.name for path in paths)
