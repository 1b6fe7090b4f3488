"""From a project directory to its catalog, and everything that can be wrong with it."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from taskdeck.catalog import layout, loader, snapshot
from taskdeck.model.concurrency import Concurrency, ConcurrencyPolicy
from taskdeck.model.connection import Connection, ConnectionField
from taskdeck.model.parameter import AllowedValue, Parameter, ParameterType
from taskdeck.model.problem import Severity
from taskdeck.model.project import Catalog
from taskdeck.model.resources import Resources
from taskdeck.model.retry import RerunPolicy, Retries
from taskdeck.model.task import Task, TaskKind

TASKS = """\
{
  "dataTasks": [
    {
      "id": "LOAD",
      "name": "Load",
      "pythonFile": "load.py",
      "dataConnections": ["ANA"],
      "supportedParameters": {
        "year": {
          "title": "Year",
          "defaultValue": 2024,
          "allowOverride": true
        }
      }
    },
    {
      "id": "REPORT",
      "pythonFile": "monthly report.ipynb"
    }
  ]
}
"""
CONNECTIONS = """\
{
  "dataConnections": [
    {
      "id": "ANA",
      "name": "Analysis",
      "params": [
        { "name": "type", "type": "text", "label": "Type" },
        { "name": "password", "type": "password" }
      ]
    }
  ]
}
"""
VALUES = """\
{
  "dataConnectionParameters": {
    "ANA": {
      "type": "sqlite3",
      "port": "5432"
    }
  },
  "settings": { "debug": true }
}
"""
YEAR = (
    '"year": {\n          "title": "Year",\n          "defaultValue": 2024,\n          "allowOverride": true\n        }'
)


def write(root: Path, *, tasks: str | bytes = TASKS, connections: str = CONNECTIONS, values: str = VALUES) -> Path:
    (root / "config").mkdir(exist_ok=True)
    (root / "data_tasks").mkdir(exist_ok=True)
    for name, text in (("data_tasks", tasks), ("data_connections", connections), ("config", values)):
        content = text if isinstance(text, bytes) else text.encode("utf-8", "surrogateescape")
        (root / "config" / f"{name}.json").write_bytes(content)
    for name in ("load.py", "monthly report.ipynb"):
        (root / "data_tasks" / name).write_text("")
    return root


def load(root: Path) -> Catalog:
    return loader.load(layout.find_project(root))


def printed(catalog: Catalog) -> list[str]:
    return [str(problem) for problem in catalog.problems]


def is_runnable(task: Task) -> bool:
    return not any(problem.severity is Severity.ERROR for problem in task.problems)


def test_a_project_is_read(tmp_path: Path) -> None:
    catalog = load(write(tmp_path))

    assert printed(catalog) == []
    assert list(catalog.tasks.values()) == [
        Task(
            id="LOAD",
            name="Load",
            kind=TaskKind.SCRIPT,
            file=str(tmp_path / "data_tasks" / "load.py"),
            connections=("ANA",),
            parameters=(
                Parameter(name="year", type=ParameterType.INTEGER, title="Year", default=2024, has_default=True),
            ),
        ),
        Task(
            id="REPORT",
            name="REPORT",
            kind=TaskKind.NOTEBOOK,
            file=str(tmp_path / "data_tasks" / "monthly report.ipynb"),
        ),
    ]
    assert catalog.connections == {
        "ANA": Connection(
            id="ANA",
            name="Analysis",
            fields=(
                ConnectionField(name="type", type="text", label="Type"),
                ConnectionField(name="password", type="password", label="password"),
            ),
            file_values={"type": "sqlite3", "port": "5432"},
        )
    }


def test_every_key_of_a_task_arrives(tmp_path: Path) -> None:
    task = {
        "id": "ALL",
        "name": "All",
        "description": "Everything",
        "pythonFile": "load.py",
        "tags": ["a", "b"],
        "hideInUI": "True",
        "executeFromRoot": "false",
        "cancelTimeout": 30,
        "timeout": 3600,
        "timeoutWarning": 60,
        "retries": {"count": 3, "delay": 30, "backoff": 1.5, "maxDelay": 600},
        "concurrency": {"policy": "Allow", "limit": 3},
        "priority": 7,
        "requiredResources": {"cpu": 1500, "memory": 2048, "diskSpace": 2.5},
        "rerunPolicy": "rerun",
        "environment": "envs/geo/bin/python",
        "dataConnections": ["ANA", "ANA"],
        "supportedParameters": {
            "region": {
                "title": "Region",
                "description": "Where",
                "type": "String",
                "required": "true",
                "promptUser": True,
                "allowedValues": ["north", {"label": "The South", "value": "south"}],
            },
            "fixed": {"value": "x"},
        },
    }
    catalog = load(write(tmp_path, tasks=json.dumps({"$schema": "x", "dataTasks": [task]})))

    assert printed(catalog) == []
    assert catalog.tasks["ALL"] == Task(
        id="ALL",
        name="All",
        description="Everything",
        kind=TaskKind.SCRIPT,
        file=str(tmp_path / "data_tasks" / "load.py"),
        tags=("a", "b"),
        hidden=True,
        execute_from_root=False,
        cancel_timeout_seconds=30,
        timeout_seconds=3600,
        timeout_warning_seconds=60,
        retries=Retries(count=3, delay_seconds=30, backoff=1.5, max_delay_seconds=600),
        concurrency=Concurrency(policy=ConcurrencyPolicy.ALLOW, limit=3),
        priority=7,
        resources=Resources(cpu=1500, memory_mb=2048, disk_gb=2.5),
        rerun_policy=RerunPolicy.RERUN,
        environment="envs/geo/bin/python",
        connections=("ANA",),
        parameters=(
            Parameter(
                name="region",
                title="Region",
                description="Where",
                required=True,
                prompt=True,
                allowed_values=(
                    AllowedValue(label="north", value="north"),
                    AllowedValue(label="The South", value="south"),
                ),
            ),
            Parameter(name="fixed", default="x", has_default=True, protected=True),
        ),
    )


def test_policies_have_short_forms_and_resources_may_be_spelled_as_civis_does(tmp_path: Path) -> None:
    task = {
        "id": "SHORT",
        "pythonFile": "load.py",
        "retries": 2,
        "concurrency": "reject",
        "requiredResources": {"disk_space": 4},
    }
    catalog = load(write(tmp_path, tasks=json.dumps({"dataTasks": [task]})))

    assert printed(catalog) == []
    short = catalog.tasks["SHORT"]
    assert short.retries == Retries(count=2)
    assert short.concurrency == Concurrency(policy=ConcurrencyPolicy.REJECT)
    assert short.resources == Resources(disk_gb=4)


def test_the_old_form_of_parameters_is_of_fixed_values(tmp_path: Path) -> None:
    task = {"id": "OLD", "pythonFile": "load.py", "params": {"year": 2024, "name": "x", "ratio": 0.5, "none": None}}
    catalog = load(write(tmp_path, tasks=json.dumps({"dataTasks": [task]})))

    assert printed(catalog) == []
    assert catalog.tasks["OLD"].parameters == (
        Parameter(name="year", type=ParameterType.INTEGER, default=2024, has_default=True, protected=True),
        Parameter(name="name", default="x", has_default=True, protected=True),
        Parameter(name="ratio", type=ParameterType.FLOAT, default=0.5, has_default=True, protected=True),
        Parameter(name="none", default=None, has_default=True, protected=True),
    )


@pytest.mark.parametrize("text", ["{}", '{"dataTasks": []}'])
def test_files_may_be_missing_or_empty_objects(tmp_path: Path, text: str) -> None:
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "data_tasks.json").write_text(text)
    catalog = load(tmp_path)

    assert (printed(catalog), catalog.tasks, catalog.connections) == ([], {}, {})


def test_a_directory_without_tasks_says_where_they_would_be(tmp_path: Path) -> None:
    assert printed(load(tmp_path)) == [
        "config/data_tasks.json:1:1: warning: There is no such file, so the project has no tasks"
    ]


# What is wrong in data_tasks.json: a change of the file, and the problems it makes. Each spoils the first task
# or nothing; the second one must always be there and run.
_BROKEN_TASKS = {
    "no file": (
        ('"load.py"', '"laod.py"'),
        ["6:21: error: The file 'laod.py' does not exist; did you mean 'load.py'? (expected a file in data_tasks/)"],
    ),
    "two dots": (
        ('"load.py"', '".."'),
        [
            (
                "6:21: error: pythonFile is not the bare name of a file "
                "(expected the name of a file in data_tasks/, found '..')"
            )
        ],
    ),
    "path upwards": (
        ('"load.py"', '"../load.py"'),
        [
            (
                "6:21: error: pythonFile is not the bare name of a file "
                "(expected the name of a file in data_tasks/, found '../load.py')"
            )
        ],
    ),
    "backslashes": (
        ('"load.py"', '"sub\\\\load.py"'),
        [
            (
                "6:21: error: pythonFile is not the bare name of a file "
                "(expected the name of a file in data_tasks/, found 'sub\\\\load.py')"
            )
        ],
    ),
    "absolute path": (
        ('"load.py"', '"/etc/passwd"'),
        [
            (
                "6:21: error: pythonFile is not the bare name of a file "
                "(expected the name of a file in data_tasks/, found '/etc/passwd')"
            )
        ],
    ),
    "empty file name": (
        ('"load.py"', '""'),
        [
            (
                "6:21: error: pythonFile is not the bare name of a file "
                "(expected the name of a file in data_tasks/, found '')"
            )
        ],
    ),
    "another kind of file": (
        ('"load.py"', '"load.R"'),
        [
            (
                "6:21: error: pythonFile is neither a notebook nor a script "
                "(expected a name that ends in .ipynb or .py, found 'load.R')"
            )
        ],
    ),
    "number as a file": (
        ('"load.py"', "5"),
        ["6:21: error: pythonFile is not a text (expected a text, found 5)"],
    ),
    "no pythonFile": (
        ('      "pythonFile": "load.py",\n', ""),
        ["3:5: error: The key 'pythonFile' is missing"],
    ),
    "misspelt key": (
        ('"name": "Load"', '"nmae": "Load"'),
        ["5:7: warning: Unknown key 'nmae'; did you mean 'name'?"],
    ),
    "unknown key": (
        ('"name": "Load"', '"colour": "red"'),
        ["5:7: warning: Unknown key 'colour'"],
    ),
    "misspelt key of the file": (
        ('{\n  "dataTasks"', '{"dataTask": [],\n  "dataTasks"'),
        ["1:2: warning: Unknown key 'dataTask'"],
    ),
    "list instead of object": (
        (f"{{\n        {YEAR}\n      }}", '["year"]'),
        ["8:30: error: supportedParameters is not an object (expected an object, found a list)"],
    ),
    "parameter is no object": (
        (YEAR, '"year": 2024'),
        ["9:17: error: year is not an object (expected an object, found 2024)"],
    ),
    "text instead of list": (
        ('["ANA"]', '"ANA"'),
        ["7:26: error: dataConnections is not a list (expected a list, found 'ANA')"],
    ),
    "number in a list of texts": (
        ('["ANA"]', '["ANA", 5]'),
        ["7:34: error: dataConnections[1] is not a text (expected a text, found 5)"],
    ),
    "unknown connection": (
        ('["ANA"]', '["ANA", "ANNA"]'),
        ["7:34: warning: The connection 'ANNA' is not declared; did you mean 'ANA'?"],
    ),
    "odd boolean": (
        ('"allowOverride": true', '"allowOverride": "yes"'),
        ["12:28: error: allowOverride is not valid (expected true or false, found 'yes')"],
    ),
    "unknown type": (
        ('"title": "Year"', '"type": "int"'),
        [
            (
                "10:19: error: type is not valid "
                "(expected one of string, multi_line_string, integer, float, bool, date, datetime, found 'int')"
            )
        ],
    ),
    "misspelt key of a parameter": (
        ('"title": "Year"', '"titel": "Year"'),
        ["10:11: warning: Unknown key 'titel'; did you mean 'title'?"],
    ),
    "default is an object": (
        ('"defaultValue": 2024', '"defaultValue": {}'),
        ["11:27: error: defaultValue is not valid (expected a text, a number, true or false, found an object)"],
    ),
    "default of another type": (
        ('"title": "Year"', '"type": "date"'),
        [
            (
                "11:27: error: Parameter year: defaultValue is not of type date "
                "(expected a date like 2024-01-31, found 2024)"
            )
        ],
    ),
    "required with default": (
        ('"title": "Year"', '"required": true'),
        [
            (
                "11:27: error: Parameter year: A required parameter cannot have a default: "
                "every run has to be given its value"
            )
        ],
    ),
    "default that is not allowed": (
        ('"title": "Year"', '"allowedValues": [2022, "2023"]'),
        [
            (
                "11:27: error: Parameter year: defaultValue is none of the allowed values "
                "(expected one of 2022, 2023, found 2024)"
            )
        ],
    ),
    "allowed value of another type": (
        ('"title": "Year"', '"allowedValues": [2024, {"value": 1.5}]'),
        [
            (
                "10:35: error: Parameter year: This allowed value is not of type integer "
                "(expected a whole number, found 1.5)"
            )
        ],
    ),
    "allowed value without value": (
        ('"title": "Year"', '"allowedValues": [2024, {"label": "x"}]'),
        ["10:35: error: The key 'value' is missing"],
    ),
    "misspelt key of an allowed value": (
        ('"title": "Year"', '"allowedValues": [{"value": 2024, "labl": "x"}]'),
        ["10:45: warning: Unknown key 'labl'; did you mean 'label'?"],
    ),
    "fixed and open": (
        ('"title": "Year"', '"value": 2023'),
        [
            "11:27: warning: Parameter year: value fixes the parameter, so defaultValue has no effect",
            "12:28: warning: Parameter year: value fixes the parameter, so allowOverride has no effect",
        ],
    ),
    "reserved name": (
        ('"year": {', '"Path": {'),
        ["9:9: error: Parameter 'Path': Path is a reserved name"],
    ),
    "impossible name": (
        ('"year": {', '"start-year": {'),
        [
            (
                "9:9: error: Parameter 'start-year': a name holds only letters, digits and underscores, "
                "and begins and ends with a letter or digit"
            )
        ],
    ),
    "names that collide": (
        ('"supportedParameters": {\n', '"supportedParameters": {\n        "YEAR": {"value": 1},\n'),
        ["10:9: error: Parameter 'year' differs from 'YEAR' only in case"],
    ),
    "the same name twice": (
        ('"supportedParameters": {\n', '"supportedParameters": {\n        "year": {"value": 1},\n'),
        ["10:9: error: The key 'year' is used twice in one object"],
    ),
    "both forms of parameters": (
        ('"name": "Load"', '"params": {"a": 1}'),
        ["5:7: error: A task has either supportedParameters or params, the older form of it, but not both"],
    ),
    "list among old parameters": (
        (f'"supportedParameters": {{\n        {YEAR}\n      }}', '"params": {"years": [1]}'),
        ["8:27: error: years is not valid (expected a text, a number, true or false, found a list)"],
    ),
    "cancelTimeout out of range": (
        ('"name": "Load"', '"cancelTimeout": 3600'),
        ["5:24: error: cancelTimeout is not valid (expected a number from 0 to 60, found 3600)"],
    ),
    "time-out of nothing": (
        ('"name": "Load"', '"timeout": 0'),
        ["5:18: error: timeout is not valid (expected a number of seconds above 0, at most a year, found 0)"],
    ),
    "time-out as text": (
        ('"name": "Load"', '"timeout": "60"'),
        ["5:18: error: timeout is not a number (expected a number, found '60')"],
    ),
    "warning without time-out": (
        ('"name": "Load"', '"timeoutWarning": 60'),
        ["5:7: warning: timeoutWarning has no effect without timeout"],
    ),
    "warning longer than the time-out": (
        ('"name": "Load"', '"timeout": 60, "timeoutWarning": 60'),
        ["5:40: error: timeoutWarning is not shorter than timeout (expected a number of seconds below 60, found 60)"],
    ),
    "retries below none": (
        ('"name": "Load"', '"retries": -1'),
        ["5:18: error: count is not valid (expected a whole number from 0 to 100, found -1)"],
    ),
    "retries without a count": (
        ('"name": "Load"', '"retries": {"delay": 5}'),
        ["5:18: error: The key 'count' is missing"],
    ),
    "misspelt key of retries": (
        ('"name": "Load"', '"retries": {"count": 1, "maxdelay": 5}'),
        ["5:31: warning: Unknown key 'maxdelay'; did you mean 'maxDelay'?"],
    ),
    "unknown concurrency": (
        ('"name": "Load"', '"concurrency": "parallel"'),
        ["5:22: error: policy is not valid (expected one of queue, reject, allow, found 'parallel')"],
    ),
    "limit that has no effect": (
        ('"name": "Load"', '"concurrency": {"policy": "queue", "limit": 2}'),
        ["5:42: warning: concurrency: limit has no effect with the policy queue"],
    ),
    "fraction as priority": (
        ('"name": "Load"', '"priority": 1.5'),
        ["5:19: error: priority is not a whole number (expected a whole number, found 1.5)"],
    ),
    "unknown resource": (
        ('"name": "Load"', '"requiredResources": {"ram": 5}'),
        ["5:29: warning: Unknown key 'ram'"],
    ),
    "memory below none": (
        ('"name": "Load"', '"requiredResources": {"memory": -5}'),
        ["5:39: error: memory is not valid (expected a whole number from 0 to 2147483647, found -5)"],
    ),
    "unknown rerun policy": (
        ('"name": "Load"', '"rerunPolicy": "always"'),
        ["5:22: error: rerunPolicy is not valid (expected one of never, rerun, found 'always')"],
    ),
    "empty environment": (
        ('"name": "Load"', '"environment": " "'),
        ["5:22: error: environment is not valid (expected a text that is not empty, found ' ')"],
    ),
    "trailing comma": (
        ('"allowOverride": true\n', '"allowOverride": true,\n'),
        ["12:32: error: A comma before '}' is one too many"],
    ),
    "missing quote": (
        ('"name": "Load"', '"name": "Load'),
        ["""5:15: error: A text is not closed on its line (expected ", found the end of the line)"""],
    ),
    "duplicate key": (
        ('"name": "Load"', '"id": "LOAD"'),
        ["5:7: error: The key 'id' is used twice in one object"],
    ),
    "Python's spelling": (
        ('"allowOverride": true', '"allowOverride": True'),
        ["12:28: error: JSON writes this in lower case (expected true, found True)"],
    ),
    "not UTF-8": (
        ('"name": "Load"', '"name": "L\udce4d"'),
        ["5:17: error: The file is not UTF-8 (expected UTF-8, found the byte 0xE4)"],
    ),
    "several things at once": (
        ('"load.py",\n      "dataConnections": ["ANA"]', '"gone.py",\n      "dataConnections": ["X"], "hideInUI": 1'),
        [
            "6:21: error: The file 'gone.py' does not exist (expected a file in data_tasks/)",
            "7:27: warning: The connection 'X' is not declared",
            "7:45: error: hideInUI is not valid (expected true or false, found 1)",
        ],
    ),
}


@pytest.mark.parametrize(("change", "problems"), _BROKEN_TASKS.values(), ids=_BROKEN_TASKS)
def test_what_is_wrong_with_a_task_is_told_at_its_place_and_spares_the_others(
    tmp_path: Path, change: tuple[str, str], problems: list[str]
) -> None:
    assert TASKS.count(change[0]) >= 1
    catalog = load(write(tmp_path, tasks=TASKS.replace(*change, 1)))

    assert printed(catalog) == [f"config/data_tasks.json:{problem}" for problem in problems]
    assert list(catalog.tasks) == ["LOAD", "REPORT"]
    assert catalog.tasks["REPORT"].problems == ()
    of_the_file = "misspelt key of the file"
    expected_errors = any("error:" in problem for problem in problems)
    if change is not _BROKEN_TASKS[of_the_file][0]:
        assert catalog.tasks["LOAD"].problems == catalog.problems
        assert {problem.task_id for problem in catalog.problems} == {"LOAD"}
    assert is_runnable(catalog.tasks["LOAD"]) is not expected_errors


_BROKEN_FILES = {
    "comma after the last task": (
        ("    }\n  ]", "    },\n  ]"),
        ["19:6: error: A comma before ']' is one too many"],
        ["LOAD", "REPORT"],
    ),
    "no comma between tasks": (
        ("    },\n    {", "    }\n    {"),
        ["15:6: error: A comma is missing (expected ',', found '{')"],
        ["LOAD", "REPORT"],
    ),
    "never closed": (
        ("  ]\n}\n", ""),
        ["19:6: error: The '[' of line 2 is never closed (expected ']', found the end of the file)"],
        ["LOAD", "REPORT"],
    ),
    "comment": (
        ("{\n", "{\n  // our tasks\n"),
        ["2:3: error: JSON has no comments (expected a key in double quotes, found '/')"],
        ["LOAD", "REPORT"],
    ),
    "entry is no object": (
        ("[\n    {", '[\n    "LOAD",\n    {'),
        ["3:5: error: An entry of dataTasks must be an object (expected an object, found 'LOAD')"],
        ["LOAD", "REPORT"],
    ),
    "no id": (
        ('"id": "LOAD",', ""),
        ["3:5: error: The key 'id' is missing"],
        ["REPORT"],
    ),
    "number as id": (
        ('"LOAD"', "5"),
        ["4:13: error: id is not a text (expected a text, found 5)"],
        ["REPORT"],
    ),
    "empty id": (
        ('"LOAD"', '""'),
        [
            (
                "4:13: error: id is not valid "
                "(expected a short text without slashes, control characters or space around it, found '')"
            )
        ],
        ["REPORT"],
    ),
    "id that does not fit into a URL": (
        ('"LOAD"', '"A/B"'),
        [
            (
                "4:13: error: id is not valid "
                "(expected a short text without slashes, control characters or space around it, found 'A/B')"
            )
        ],
        ["A/B", "REPORT"],
    ),
    "the same id twice": (
        ('"REPORT"', '"LOAD"'),
        ["17:13: error: The id 'LOAD' is declared in line 4 already, which wins"],
        ["LOAD"],
    ),
    "damage that takes the id": (
        ('"id": "LOAD"', '"id": LOAD'),
        ["4:13: error: A value is missing or not JSON (expected a value, found 'LOAD')"],
        ["REPORT"],
    ),
}


@pytest.mark.parametrize(("change", "problems", "ids"), _BROKEN_FILES.values(), ids=_BROKEN_FILES)
def test_what_is_wrong_between_tasks_spares_those_that_can_be_told_apart(
    tmp_path: Path, change: tuple[str, str], problems: list[str], ids: list[str]
) -> None:
    assert TASKS.count(change[0]) >= 1
    catalog = load(write(tmp_path, tasks=TASKS.replace(*change, 1)))

    assert printed(catalog) == [f"config/data_tasks.json:{problem}" for problem in problems]
    assert list(catalog.tasks) == ids
    assert catalog.has_errors


_UNREADABLE: dict[str, tuple[str | bytes, str]] = {
    "a list": (
        "[]",
        "1:1: error: The file must hold an object with the key 'dataTasks' (expected an object, found a list)",
    ),
    "an object of tasks": (
        '{"dataTasks": {"LOAD": {}}}',
        "1:15: error: dataTasks must be a list (expected a list, found an object)",
    ),
    "nothing": (
        "",
        (
            "1:1: error: A value is missing or not JSON; nothing after this can be read "
            "(expected a value, found the end of the file)"
        ),
    ),
    "UTF-16": (TASKS.encode("utf-16"), "1:1: error: The file is not UTF-8 (expected UTF-8, found UTF-16)"),
    "deep nesting": (
        '{"dataTasks": ' + "[" * 100_000,
        "1:78: error: Lists and objects are nested more than 64 levels deep; nothing after this can be read",
    ),
    "a huge file": (b" " * (snapshot.MAX_FILE_BYTES + 1), "1:1: error: The file is larger than 8 MiB"),
}


@pytest.mark.parametrize(("content", "problem"), _UNREADABLE.values(), ids=_UNREADABLE)
def test_a_file_that_cannot_be_read_is_one_problem(tmp_path: Path, content: str | bytes, problem: str) -> None:
    catalog = load(write(tmp_path, tasks=content))

    assert printed(catalog) == [f"config/data_tasks.json:{problem}"]
    assert catalog.tasks == {}
    assert list(catalog.connections) == ["ANA"], "other files are read all the same"


def test_a_byte_order_mark_is_a_warning(tmp_path: Path) -> None:
    catalog = load(write(tmp_path, tasks=b"\xef\xbb\xbf" + TASKS.encode()))

    assert printed(catalog) == [
        (
            "config/data_tasks.json:1:1: warning: The file begins with a byte order mark, "
            "which some programs trip over: save it as UTF-8 without BOM"
        )
    ]
    assert list(catalog.tasks) == ["LOAD", "REPORT"]


def test_a_directory_in_place_of_a_file_is_a_problem(tmp_path: Path) -> None:
    write(tmp_path)
    (tmp_path / "config" / "data_tasks.json").unlink()
    (tmp_path / "config" / "data_tasks.json").mkdir()

    assert printed(load(tmp_path)) == ["config/data_tasks.json:1:1: error: This is not a file"]


@pytest.mark.skipif(os.name == "nt", reason="links need a privilege on Windows")
def test_a_file_that_the_system_refuses_is_a_problem(tmp_path: Path) -> None:
    write(tmp_path)
    (tmp_path / "config" / "data_tasks.json").unlink()
    (tmp_path / "config" / "data_tasks.json").symlink_to("data_tasks.json")

    assert printed(load(tmp_path)) == [
        "config/data_tasks.json:1:1: error: The file cannot be read: Too many levels of symbolic links"
    ]


@pytest.mark.skipif(os.name == "nt", reason="links need a privilege on Windows")
@pytest.mark.parametrize(
    ("target", "problem"),
    [
        ("../outside.py", "'load.py' is a link out of the folder (expected a file in data_tasks/)"),
        ("nowhere.py", "'load.py' is a link to nowhere (expected a file in data_tasks/)"),
        ("load.py", "'load.py' is a link to nowhere (expected a file in data_tasks/)"),
        ("real.py", None),
    ],
)
def test_a_link_must_stay_in_the_folder(tmp_path: Path, target: str, problem: str | None) -> None:
    write(tmp_path)
    (tmp_path / "outside.py").write_text("")
    (tmp_path / "data_tasks" / "real.py").write_text("")
    (tmp_path / "data_tasks" / "load.py").unlink()
    (tmp_path / "data_tasks" / "load.py").symlink_to(target)

    assert printed(load(tmp_path)) == ([f"config/data_tasks.json:6:21: error: {problem}"] if problem else [])


def test_a_directory_is_no_file_of_a_task(tmp_path: Path) -> None:
    write(tmp_path)
    (tmp_path / "data_tasks" / "load.py").unlink()
    (tmp_path / "data_tasks" / "load.py").mkdir()

    assert printed(load(tmp_path)) == [
        "config/data_tasks.json:6:21: error: 'load.py' is not a file (expected a file in data_tasks/)"
    ]


_BROKEN_CONNECTIONS = {
    "misspelt key": (
        ('"name": "Analysis"', '"nmae": "Analysis"'),
        ["5:7: warning: Unknown key 'nmae'; did you mean 'name'?"],
        ["ANA"],
    ),
    "misspelt type of a field": (
        ('"type": "password"', '"type": "pasword"'),
        [
            (
                "8:39: warning: Unknown type of field 'pasword'; did you mean 'password'? "
                "(expected one of text, password, integer, url)"
            )
        ],
        ["ANA"],
    ),
    "field twice": (
        ('"name": "password"', '"name": "type"'),
        ["8:19: warning: The field 'type' is declared twice"],
        ["ANA"],
    ),
    "field without name": (
        ('"name": "password", ', ""),
        ["8:9: error: The key 'name' is missing"],
        ["ANA"],
    ),
    "empty name of a field": (
        ('"name": "password"', '"name": " "'),
        ["8:19: error: name is not valid (expected a text that is not empty, found ' ')"],
        ["ANA"],
    ),
    "params is an object": (
        (
            (
                '[\n        { "name": "type", "type": "text", "label": "Type" },\n'
                '        { "name": "password", "type": "password" }\n      ]'
            ),
            "{}",
        ),
        ["6:17: error: params is not a list (expected a list, found an object)"],
        ["ANA"],
    ),
    "the same id twice": (
        ("    }\n  ]", '    },\n    {\n      "id": "ANA"\n    }\n  ]'),
        ["12:13: error: The id 'ANA' is declared in line 4 already, which wins"],
        ["ANA"],
    ),
    "trailing comma": (
        ('"type": "password" }\n', '"type": "password" },\n'),
        ["8:51: error: A comma before ']' is one too many"],
        ["ANA"],
    ),
}


@pytest.mark.parametrize(("change", "problems", "ids"), _BROKEN_CONNECTIONS.values(), ids=_BROKEN_CONNECTIONS)
def test_what_is_wrong_with_a_connection_is_told(
    tmp_path: Path, change: tuple[str, str], problems: list[str], ids: list[str]
) -> None:
    assert CONNECTIONS.count(change[0]) >= 1
    catalog = load(write(tmp_path, connections=CONNECTIONS.replace(*change, 1)))

    assert printed(catalog) == [f"config/data_connections.json:{problem}" for problem in problems]
    assert list(catalog.connections) == ids
    assert all(is_runnable(task) for task in catalog.tasks.values())


_BROKEN_VALUES = {
    "misspelt type of database": (
        ('"sqlite3"', '"PosgtresSQL"'),
        ["4:15: warning: Unknown type of database; did you mean 'postgresql'?"],
    ),
    "undeclared connection": (
        ('"ANA"', '"ANNA"'),
        ["3:5: warning: Values for a connection 'ANNA' that is not declared; did you mean 'ANA'?"],
    ),
    "list instead of values": (
        ('{\n      "type": "sqlite3",\n      "port": "5432"\n    }', '["sqlite3"]'),
        ["3:12: error: ANA must hold an object (expected an object, found a list)"],
    ),
    "list instead of connections": (
        ('{\n    "ANA": {\n      "type": "sqlite3",\n      "port": "5432"\n    }\n  }', "[]"),
        ["2:31: error: dataConnectionParameters must hold an object (expected an object, found a list)"],
    ),
    "misspelt key": (
        ('"dataConnectionParameters"', '"dataConectionParameters"'),
        ["2:3: warning: Unknown key 'dataConectionParameters'; did you mean 'dataConnectionParameters'?"],
    ),
    "missing quote": (
        ('"sqlite3"', '"sqlite3'),
        ["""4:15: error: A text is not closed on its line (expected ", found the end of the line)"""],
    ),
    "a list": (
        (VALUES, "[]"),
        ["1:1: error: The file must hold an object (expected an object, found a list)"],
    ),
}


@pytest.mark.parametrize(("change", "problems"), _BROKEN_VALUES.values(), ids=_BROKEN_VALUES)
def test_what_is_wrong_with_the_values_is_told(tmp_path: Path, change: tuple[str, str], problems: list[str]) -> None:
    assert VALUES.count(change[0]) == 1
    catalog = load(write(tmp_path, values=VALUES.replace(*change)))

    assert printed(catalog) == [f"config/config.json:{problem}" for problem in problems]
    assert catalog.connections["ANA"].name == "Analysis"
    assert all(is_runnable(task) for task in catalog.tasks.values())


@pytest.mark.parametrize(
    ("change", "place"),
    [
        (('"5432"', "'CANARY'"), "5:15"),
        (('"5432"', "CANARY"), "5:15"),
        (('"5432"', "CANARY:"), "5:15"),
        (('"5432"', r'"CANARY\C"'), "5:22"),
        (('"5432"', '"CANARY\x01"'), "5:22"),
        (('"5432"', '"CANARY'), "5:15"),
        (('"5432"', '"x" "CANARY"'), "5:18"),
        (('"port": "5432"', '"port" "CANARY"'), "5:14"),
        (('"port": "5432"', '"CANARY", "port"'), "5:15"),
        (('"port": "5432"', '"CANARY": 1,\n      "CANARY": 2'), "6:7"),
        (('{\n      "type": "sqlite3",\n      "port": "5432"\n    }', '"CANARY"'), "3:12"),
        ((VALUES, '"CANARY"'), "1:1"),
        ((VALUES, VALUES + "CANARY"), "10:1"),
        ((VALUES, "123456789.25"), "1:1"),
    ],
)
def test_problems_of_the_values_quote_none_of_them(tmp_path: Path, change: tuple[str, str], place: str) -> None:
    problems = load(write(tmp_path, values=VALUES.replace(*change))).problems

    assert f"{problems[0].line}:{problems[0].column}" == place
    assert "CANARY" not in repr(problems)
    assert "123456789" not in repr(problems)


@pytest.mark.parametrize(
    "type_", ["SQLite", "postgres", "PostgreSQL", "MySQL", "MariaDB", "mssql", "SQLServer", "filemaker"]
)
def test_types_of_databases_in_any_case_and_those_of_others_are_fine(tmp_path: Path, type_: str) -> None:
    assert printed(load(write(tmp_path, values=VALUES.replace("sqlite3", type_)))) == []


def test_values_of_a_connection_are_left_as_they_are(tmp_path: Path) -> None:
    values = {"type": "MySQL", "port": 5432, "ssl": "True", "options": {"a": [1, None]}, "password": "ünsafe"}
    catalog = load(write(tmp_path, values=json.dumps({"dataConnectionParameters": {"ANA": values}})))

    assert catalog.connections["ANA"].file_values == values


def test_values_without_a_declaration_can_be_used_and_their_secrets_are_known(tmp_path: Path) -> None:
    catalog = load(write(tmp_path, values=VALUES.replace('"ANA"', '"EPMS_Source"').replace('"port"', '"password"')))

    assert catalog.connections["EPMS_Source"] == Connection(
        id="EPMS_Source", name="EPMS_Source", file_values={"type": "sqlite3", "password": "5432"}
    )
    assert list(catalog.connections["EPMS_Source"].secrets(catalog.connections["EPMS_Source"].file_values)) == ["5432"]
    assert catalog.connections["ANA"].file_values == {}


def test_other_keys_of_duft_configuration_are_nobodys_business(tmp_path: Path) -> None:
    extra = '"djangoDatabases2": {}, "scheduledDataTasks": [], "test": {}, "settings"'

    assert printed(load(write(tmp_path, values=VALUES.replace('"settings"', extra)))) == []


def duft(root: Path, **files: dict[str, Any]) -> Path:
    """A workspace; ``system__data_tasks={…}`` becomes ``duft-config/system/data_tasks.json``."""
    for name, content in files.items():
        path = root / "duft-config" / f"{name.replace('__', '/')}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(content))
        (path.parent / "data_tasks").mkdir(exist_ok=True)
        for task in content.get("dataTasks", []):
            (path.parent / "data_tasks" / task["pythonFile"]).write_text("")
    return root


def test_a_workspace_is_merged_by_id_and_system_wins(tmp_path: Path) -> None:
    root = duft(
        tmp_path,
        system__data_tasks={"dataTasks": [{"id": "A", "name": "System", "pythonFile": "a b.py"}]},
        apps__zoo__data_tasks={"dataTasks": [{"id": "Z", "pythonFile": "z.ipynb"}]},
        user__data_tasks={
            "dataTasks": [{"id": "A", "name": "User", "pythonFile": "a.py"}, {"id": "U", "pythonFile": "u.py"}]
        },
        system__data_connections={"dataConnections": [{"id": "ANA", "name": "System"}]},
        user__data_connections={"dataConnections": [{"id": "ANA", "name": "User"}, {"id": "MINE"}]},
        user__config={"dataConnectionParameters": {"MINE": {"type": "MySQL"}}},
        system__config={"dataConnectionParameters": {"IGNORED": {}}},
    )
    catalog = load(root)
    config = root / "duft-config"

    assert printed(catalog) == [
        (
            "duft-config/user/data_connections.json:1:29: warning: The id 'ANA' is declared in "
            "duft-config/system/data_connections.json already, which wins"
        ),
        (
            "duft-config/user/data_tasks.json:1:23: warning: The id 'A' is declared in "
            "duft-config/system/data_tasks.json already, which wins"
        ),
    ]
    assert [(task.id, task.name, task.file) for task in catalog.tasks.values()] == [
        ("A", "System", str(config / "system" / "data_tasks" / "a b.py")),
        ("Z", "Z", str(config / "apps" / "zoo" / "data_tasks" / "z.ipynb")),
        ("U", "U", str(config / "user" / "data_tasks" / "u.py")),
    ]
    assert [(each.id, each.name, each.file_values) for each in catalog.connections.values()] == [
        ("ANA", "System", {}),
        ("MINE", "MINE", {"type": "MySQL"}),
    ]


def test_names_that_cannot_be_variables_are_no_error_in_a_duft_workspace(tmp_path: Path) -> None:
    parameters = {"path": {"defaultValue": "x"}, "start-date": {"defaultValue": "y"}}
    task = {"id": "A", "pythonFile": "a.py", "supportedParameters": parameters}
    catalog = load(duft(tmp_path, system__data_tasks={"dataTasks": [task]}))

    assert [problem.message for problem in catalog.problems] == [
        "Parameter 'path': path is a reserved name, so it gets no environment variable",
        (
            "Parameter 'start-date': a name holds only letters, digits and underscores, and begins and ends with a "
            "letter or digit, so it gets no environment variable"
        ),
    ]
    assert is_runnable(catalog.tasks["A"])


def test_the_version_tells_whether_anything_changed(tmp_path: Path) -> None:
    version = load(write(tmp_path)).version
    (tmp_path / "data_tasks" / "notes.txt").write_text("not a task")
    os.utime(tmp_path / "config" / "data_tasks.json")
    assert load(tmp_path).version == version

    (tmp_path / "data_tasks" / "load.py").unlink()
    without_file = load(tmp_path).version
    assert without_file != version

    (tmp_path / "data_tasks" / "load.py").write_text("")
    assert load(tmp_path).version == version

    assert load(write(tmp_path, values=VALUES.replace("5432", "5433"))).version != version


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=100)
@given(
    st.dictionaries(
        st.sampled_from(["dataTasks", "dataConnections", "dataConnectionParameters", "x", ""]),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.text(max_size=3),
            lambda inner: (
                st.lists(inner, max_size=3)
                | st.dictionaries(
                    st.sampled_from(
                        ["id", "name", "pythonFile", "params", "supportedParameters", "allowedValues", "value", "type"]
                    ),
                    inner,
                    max_size=4,
                )
            ),
            max_leaves=12,
        ),
    )
)
def test_whatever_the_files_hold_loading_raises_nothing(tmp_path: Path, content: dict[str, Any]) -> None:
    text = json.dumps(content)
    catalog = load(write(tmp_path, tasks=text, connections=text, values=text))

    assert all(problem.line == 1 and problem.column >= 1 for problem in catalog.problems)


def test_five_hundred_tasks_are_loaded(tmp_path: Path) -> None:
    parameters = {f"p{n}": {"title": "T", "defaultValue": n, "allowOverride": True} for n in range(4)}
    tasks = [
        {"id": f"T{n}", "name": f"T {n}", "pythonFile": f"t{n}.py", "supportedParameters": parameters}
        for n in range(500)
    ]
    write(tmp_path, tasks=json.dumps({"dataTasks": tasks}, indent=2))
    for n in range(500):
        (tmp_path / "data_tasks" / f"t{n}.py").write_text("")
    project = layout.find_project(tmp_path)

    catalog = loader.load(project)

    assert (len(catalog.tasks), catalog.problems) == (500, ())
