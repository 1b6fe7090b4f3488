from __future__ import annotations

import json
import re
import subprocess
import sys
from datetime import UTC, datetime
from typing import Any, get_args

import jsonschema
import pytest

from taskdeck.model import event
from taskdeck.model.run import RunStatus
from taskdeck.web import openapi

DOCUMENT = openapi.build()
OPERATIONS = [operation for path in DOCUMENT["paths"].values() for operation in path.values()]


def references(value: Any) -> set[str]:
    return set(re.findall(r'"#/components/schemas/([^"]+)"', json.dumps(value)))


def test_it_is_openapi_3_1() -> None:
    assert DOCUMENT["openapi"].startswith("3.1.")


def test_operation_ids_are_stable() -> None:
    """Clients are generated from them: a new one is fine, a change breaks somebody."""
    assert [operation["operationId"] for operation in OPERATIONS] == [
        "getHealth",
        "listWorkers",
        "listTasks",
        "getTask",
        "getTaskDocumentation",
        "getTaskSource",
        "getTaskLint",
        "validateParameters",
        "getNavigation",
        "getConfiguration",
        "listConfigVersions",
        "getConfigVersion",
        "compareConfigFiles",
        "getConfigTask",
        "putConfigTask",
        "patchConfigTask",
        "deleteConfigTask",
        "getConfigParameter",
        "putConfigParameter",
        "patchConfigParameter",
        "deleteConfigParameter",
        "getConfigConnection",
        "putConfigConnection",
        "patchConfigConnection",
        "deleteConfigConnection",
        "updateConfiguration",
        "uploadConfiguration",
        "rollBackConfiguration",
        "serveDirectory",
        "receiveWebhook",
        "writeSample",
        "compareRuns",
        "submitRun",
        "listRuns",
        "listRunDigests",
        "actOnRuns",
        "getRun",
        "estimateRun",
        "cancelRun",
        "listEvents",
        "getEnvironment",
        "getLog",
        "getNotebook",
        "getNotebookHtml",
        "getNotebookPdf",
        "getReproduction",
        "getSource",
        "listOutputs",
        "downloadOutput",
        "listLogLines",
        "searchLog",
        "listConnections",
        "getConnectionValues",
        "saveConnectionValues",
        "testConnection",
        "getOpenApi",
    ]


def test_each_operation_says_what_it_does_and_which_problems_it_may_answer_with() -> None:
    for operation in OPERATIONS:
        assert operation["summary"], operation["operationId"]
        failures = {status: answer for status, answer in operation["responses"].items() if status >= "400"}
        assert {"401", "403", "500"} <= set(failures)
        for answer in failures.values():
            assert list(answer["content"]) == ["application/problem+json"]


def test_only_health_and_signed_webhooks_need_no_credentials() -> None:
    public = [each["operationId"] for each in OPERATIONS if {} in each.get("security", [])]
    assert public == ["getHealth", "receiveWebhook"]


def test_every_path_variable_is_described() -> None:
    for path, operations in DOCUMENT["paths"].items():
        for operation in operations.values():
            described = {each["name"] for each in operation["parameters"] if each["in"] == "path"}
            assert described == set(re.findall(r"{(\w+)}", path))


def test_every_reference_leads_somewhere() -> None:
    schemas = DOCUMENT["components"]["schemas"]
    assert references(DOCUMENT) <= set(schemas)
    jsonschema.Draft202012Validator.check_schema({"$defs": schemas})


def test_requests_and_answers_do_not_share_a_shape_with_two_forms() -> None:
    assert not [name for name in DOCUMENT["components"]["schemas"] if name.endswith(("-Input", "-Output"))]


def test_event_is_a_union_of_all_types_of_events() -> None:
    mapping = DOCUMENT["components"]["schemas"]["Event"]["discriminator"]["mapping"]
    assert set(mapping) == {each.type for each in get_args(event.Event)}


CELL = {"index": 0, "id": "a", "cell_type": "code", "source": "1 + 1", "tags": []}
OUTPUT = {"output_type": "stream", "name": "stdout", "text": "2"}
EXAMPLES: list[event.Event] = [
    event.Message(text="hello"),
    event.Progress(current=1, total=None),
    event.Stream(name="stderr", text="\r"),
    event.NotebookStarted(cells=[CELL]),
    event.CellStarted(index=0),
    event.CellOutput(index=0, output=OUTPUT),
    event.CellOutputUpdated(display_id="d", output=OUTPUT),
    event.CellCleared(index=0),
    event.CellFinished(index=0, status="ok", seconds=0.5),
    event.OutputPublished(name="rows", kind="value", value={"n": 1}),
    event.Facts(facts={"python": "3.11"}),
    event.Status(status=RunStatus.FAILED, reason="ValueError: x"),
]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.type)
def test_events_have_the_shape_that_is_described(example: event.Event) -> None:
    wire = json.loads(event.encode(event.to_wire(example, seq=1, attempt=1, at=datetime.now(UTC))))
    schemas = DOCUMENT["components"]["schemas"]
    jsonschema.validate(wire, {"$ref": "#/components/schemas/Event", "components": {"schemas": schemas}})


def test_there_is_an_example_of_every_event() -> None:
    assert {type(example) for example in EXAMPLES} == set(get_args(event.Event))


def test_module_prints_the_document() -> None:
    printed = subprocess.run(
        [sys.executable, "-m", "taskdeck.web.openapi"], capture_output=True, check=True, timeout=60
    )
    assert json.loads(printed.stdout) == DOCUMENT
