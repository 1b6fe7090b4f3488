import json
from pathlib import Path
from typing import Any

import pytest
from factories import make_project, write_json

from taskdeck.catalog import layout
from taskdeck.configuration import edits
from taskdeck.configuration.edits import Edit, Item, Operation
from taskdeck.configuration.failure import Kind, UpdateFailed
from taskdeck.model.project import Project

YEAR = {"year": {"defaultValue": 2024, "allowOverride": True}}


@pytest.fixture
def project(tmp_path: Path) -> Project:
    make_project(
        tmp_path,
        files={"load.py": "", "old.py": ""},
        tasks={"LOAD": {"supportedParameters": YEAR}, "OLD": {"params": {"year": 1}}},
        connections={"ANA": {"description": "Analysis"}},
    )
    return layout.find_project(tmp_path)


def tasks(project: Project) -> dict[str, Any]:
    listed = json.loads((project.root / "config" / "data_tasks.json").read_text())["dataTasks"]
    return {task["id"]: task for task in listed}


def edit(operation: str, item: str, id_: str, name: str = "", value: Any = None) -> Edit:
    return Edit(item=Item(item), operation=Operation(operation), id=id_, name=name, value=value)


def test_a_task_is_put_patched_and_deleted(project: Project) -> None:
    edits.apply(project, [edit("put", "task", "NEW", value={"pythonFile": "load.py"})])
    edits.apply(project, [edit("patch", "task", "LOAD", value={"name": "Loads", "description": None})])
    edits.apply(project, [edit("delete", "task", "OLD")])

    found = tasks(project)
    assert list(found) == ["LOAD", "NEW"]
    assert found["NEW"] == {"id": "NEW", "pythonFile": "load.py"}
    assert found["LOAD"] == {"id": "LOAD", "name": "Loads", "pythonFile": "load.py", "supportedParameters": YEAR}


def test_a_parameter_is_put_patched_and_deleted(project: Project) -> None:
    edits.apply(project, [edit("patch", "parameter", "LOAD", "year", {"defaultValue": 2025})])
    edits.apply(project, [edit("put", "parameter", "LOAD", "month", {"required": True})])
    assert tasks(project)["LOAD"]["supportedParameters"] == {
        "year": {"defaultValue": 2025, "allowOverride": True},
        "month": {"required": True},
    }

    edits.apply(project, [edit("delete", "parameter", "LOAD", "year"), edit("delete", "parameter", "OLD", "year")])
    assert list(tasks(project)["LOAD"]["supportedParameters"]) == ["month"]
    assert tasks(project)["OLD"]["params"] == {}


def test_a_connection_is_edited_in_its_own_file(project: Project) -> None:
    before = tasks(project)
    edits.apply(project, [edit("patch", "connection", "ANA", value={"name": "Analysis"})])
    edits.apply(project, [edit("put", "connection", "LAB", value={})])

    listed = json.loads((project.root / "config" / "data_connections.json").read_text())["dataConnections"]
    assert [entry["name"] if "name" in entry else entry["id"] for entry in listed] == ["Analysis", "LAB"]
    assert tasks(project) == before


@pytest.mark.parametrize(
    ("wanted", "kind"),
    [
        (edit("patch", "task", "NO", value={}), Kind.NO_SUCH_ITEM),
        (edit("delete", "task", "NO"), Kind.NO_SUCH_ITEM),
        (edit("delete", "connection", "NO"), Kind.NO_SUCH_ITEM),
        (edit("put", "parameter", "NO", "x", {}), Kind.NO_SUCH_ITEM),
        (edit("delete", "parameter", "LOAD", "no"), Kind.NO_SUCH_ITEM),
        (edit("patch", "parameter", "LOAD", "no", {}), Kind.NO_SUCH_ITEM),
        (edit("put", "task", "LOAD", value=[]), Kind.INVALID),
        (edit("put", "task", "LOAD", value={"id": "OTHER"}), Kind.INVALID),
        (edit("put", "parameter", "OLD", "year", {}), Kind.INVALID),
    ],
)
def test_what_cannot_be_edited_is_said(project: Project, wanted: Edit, kind: Kind) -> None:
    before = tasks(project)

    with pytest.raises(UpdateFailed) as failed:
        edits.apply(project, [wanted])

    assert failed.value.kind is kind
    assert tasks(project) == before


def test_a_file_keeps_its_form(project: Project) -> None:
    file = project.root / "config" / "data_tasks.json"
    file.write_bytes('{\r\n\t"note": "é",\r\n\t"dataTasks": []\r\n}\r\n'.encode())

    edits.apply(project, [edit("put", "task", "A", value={"pythonFile": "load.py"})])

    assert file.read_bytes().decode().startswith('{\r\n\t"note": "é",\r\n\t"dataTasks": [\r\n\t\t{\r\n\t\t\t"id": "A"')


def test_what_is_not_edited_stays_as_its_author_wrote_it(project: Project) -> None:
    file = project.root / "config" / "data_tasks.json"
    text = """\ufeff{ "note": 1.0,
  "dataTasks": [
    {"id": "A", "tags": ["x", "y"], "pythonFile": "load.py"},

    { "id": "B", "pythonFile": "load.py" },
    {"id": "C", "pythonFile": "load.py"} ] }"""
    file.write_text(text)

    edits.apply(project, [edit("patch", "task", "B", value={"name": "Bee"}), edit("delete", "task", "C")])
    changed = '{ "id": "B", "pythonFile": "load.py", "name": "Bee" }'
    b, c = '{ "id": "B", "pythonFile": "load.py" }', ',\n    {"id": "C", "pythonFile": "load.py"}'
    assert file.read_text() == text.replace(b, changed).replace(c, "")
    edits.apply(project, [edit("delete", "task", "A"), edit("delete", "task", "B")])
    assert file.read_text() == '\ufeff{ "note": 1.0,\n  "dataTasks": [] }'


def test_entries_that_are_no_list_are_not_edited(project: Project) -> None:
    (project.root / "config" / "data_tasks.json").write_text('{"dataTasks": null}')

    with pytest.raises(UpdateFailed, match=r"config/data_tasks\.json cannot be edited"):
        edits.apply(project, [edit("put", "task", "A", value={})])


def test_a_broken_file_is_not_edited(project: Project) -> None:
    file = project.root / "config" / "data_tasks.json"
    file.write_text('{"dataTasks": [,]}')

    with pytest.raises(UpdateFailed, match="until it is mended"):
        edits.apply(project, [edit("put", "task", "A", value={})])


def test_in_a_workspace_the_entry_in_force_is_edited_and_new_ones_are_the_systems(tmp_path: Path) -> None:
    config = tmp_path / "duft-config"
    write_json(config / "system" / "data_tasks.json", {"dataTasks": []})
    write_json(config / "apps" / "zoo" / "data_tasks.json", {"dataTasks": [{"id": "Z", "pythonFile": "z.py"}]})
    project = layout.find_project(tmp_path)

    edits.apply(project, [edit("patch", "task", "Z", value={"name": "Zoo"}), edit("put", "task", "N", value={})])

    assert json.loads((config / "apps" / "zoo" / "data_tasks.json").read_text())["dataTasks"][0]["name"] == "Zoo"
    assert json.loads((config / "system" / "data_tasks.json").read_text()) == {"dataTasks": [{"id": "N"}]}


def test_patches_are_merged_as_the_standard_has_it() -> None:
    """The examples of RFC 7396, appendix A."""
    cases: list[tuple[Any, Any, Any]] = [
        ({"a": "b"}, {"a": "c"}, {"a": "c"}),
        ({"a": "b"}, {"b": "c"}, {"a": "b", "b": "c"}),
        ({"a": "b"}, {"a": None}, {}),
        ({"a": "b", "b": "c"}, {"a": None}, {"b": "c"}),
        ({"a": ["b"]}, {"a": "c"}, {"a": "c"}),
        ({"a": "c"}, {"a": ["b"]}, {"a": ["b"]}),
        ({"a": {"b": "c"}}, {"a": {"b": "d", "c": None}}, {"a": {"b": "d"}}),
        ({"a": [{"b": "c"}]}, {"a": [1]}, {"a": [1]}),
        (["a", "b"], ["c", "d"], ["c", "d"]),
        ({"a": "b"}, ["c"], ["c"]),
        ({"a": "foo"}, None, None),
        ({"a": "foo"}, "bar", "bar"),
        ({"e": None}, {"a": 1}, {"e": None, "a": 1}),
        ([1, 2], {"a": "b", "c": None}, {"a": "b"}),
        ({}, {"a": {"bb": {"ccc": None}}}, {"a": {"bb": {}}}),
    ]
    assert [edits.merged(target, patch) for target, patch, _ in cases] == [result for *_, result in cases]
