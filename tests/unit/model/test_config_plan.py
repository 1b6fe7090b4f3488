from pathlib import Path
from typing import Any

import pytest

from taskdeck.model import config_plan
from taskdeck.model.config_plan import ActiveRun, Breakage, Change, Plan, Reference
from taskdeck.model.config_version import FileEntry
from taskdeck.model.connection import Connection
from taskdeck.model.parameter import AllowedValue, Parameter, ParameterType
from taskdeck.model.project import Catalog, Layout, Project, ServedVersion
from taskdeck.model.task import Task, TaskKind


def make_catalog(number: int, *tasks: Task, connections: tuple[Connection, ...] = ()) -> Catalog:
    root = Path("/p")
    project = Project(
        root=root,
        layout=Layout.NATIVE,
        config_directory=root / "config",
        data_directory=root / "data",
        temporary_directory=root / "tmp",
        uploads_directory=root / "uploads",
        version=ServedVersion(number=number, tree=Path(f"/state/{number}")),
    )
    return Catalog(
        project=project,
        version=str(number),
        tasks={task.id: task for task in tasks},
        connections={connection.id: connection for connection in connections},
    )


def make_task(number: int, id_: str = "A", **values: Any) -> Task:
    file = f"/state/{number}/data_tasks/{id_.lower()}.py"
    return Task(**{"id": id_, "name": id_, "kind": TaskKind.SCRIPT, "file": file, **values})


def compare(before: Catalog, after: Catalog, **values: Any) -> Plan:
    return config_plan.compare(before, after, **{"files_before": (), "files_after": (), **values})


def breakages(old: Parameter | None, new: Parameter | None) -> list[Breakage]:
    before = make_catalog(1, make_task(1, parameters=(old,) if old else ()))
    after = make_catalog(2, make_task(2, parameters=(new,) if new else ()))
    return [each.breakage for each in compare(before, after).parameters]


def test_the_same_configuration_elsewhere_is_no_change() -> None:
    plan = compare(make_catalog(1, make_task(1)), make_catalog(2, make_task(2)))

    assert plan.is_empty
    assert set(plan.summary.values()) == {0}


def test_what_is_added_changed_and_removed() -> None:
    old, new = Connection(id="OLD"), Connection(id="NEW")
    before = make_catalog(1, make_task(1, "A"), make_task(1, "B"), connections=(old,))
    after = make_catalog(2, make_task(2, "B", timeout_seconds=5.0), make_task(2, "C"), connections=(new,))

    plan = compare(before, after)

    assert [(item.id, item.change) for item in plan.tasks] == [
        ("B", Change.CHANGED),
        ("C", Change.ADDED),
        ("A", Change.REMOVED),
    ]
    (change,) = plan.tasks[0].changes
    assert (change.key, change.before, change.after) == ("timeout_seconds", None, 5.0)
    assert [(item.id, item.change) for item in plan.connections] == [("NEW", Change.ADDED), ("OLD", Change.REMOVED)]
    assert {name: count for name, count in plan.summary.items() if count} == {
        "tasks_added": 1,
        "tasks_changed": 1,
        "tasks_removed": 1,
        "connections_added": 1,
        "connections_removed": 1,
    }


def test_of_a_parameter_the_keys_that_change_are_told() -> None:
    kept, gone, new = Parameter(name="kept"), Parameter(name="gone"), Parameter(name="new")
    before = make_catalog(1, make_task(1, parameters=(kept, gone)))
    changed = Parameter(name="kept", default=2024, has_default=True)
    after = make_catalog(2, make_task(2, parameters=(changed, new)))

    (item,) = compare(before, after).tasks

    assert [(change.key, change.before is None, change.after is None) for change in item.changes] == [
        ("parameters.kept.default", True, False),
        ("parameters.kept.has_default", False, False),
        ("parameters.gone", False, True),
        ("parameters.new", True, False),
    ]


def test_values_that_operators_set_are_no_change_of_a_connection() -> None:
    before = make_catalog(1, connections=(Connection(id="ANA", file_values={"password": "a"}),))
    after = make_catalog(2, connections=(Connection(id="ANA", file_values={"password": "b"}),))

    assert compare(before, after).is_empty


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (Parameter(name="x"), Parameter(name="x"), []),
        (Parameter(name="x"), None, [Breakage.REMOVED]),
        (Parameter(name="x", protected=True), None, []),
        (None, Parameter(name="x"), []),
        (None, Parameter(name="x", required=True), [Breakage.REQUIRED]),
        (Parameter(name="x"), Parameter(name="x", required=True), [Breakage.REQUIRED]),
        (Parameter(name="x"), Parameter(name="x", protected=True), [Breakage.PROTECTED]),
        (Parameter(name="x", protected=True), Parameter(name="x"), []),
        (Parameter(name="x"), Parameter(name="x", type=ParameterType.INTEGER), [Breakage.TYPE]),
        (Parameter(name="x"), Parameter(name="x", type=ParameterType.MULTI_LINE_STRING), []),
        (
            Parameter(name="x"),
            Parameter(name="x", allowed_values=(AllowedValue(label="a", value="a"),)),
            [Breakage.NARROWED],
        ),
        (Parameter(name="x", allowed_values=(AllowedValue(label="a", value="a"),)), Parameter(name="x"), []),
        (
            Parameter(name="x", allowed_values=tuple(AllowedValue(label=v, value=v) for v in "ab")),
            Parameter(name="x", allowed_values=tuple(AllowedValue(label=v, value=v) for v in "bc")),
            [Breakage.NARROWED],
        ),
    ],
)
def test_what_breaks_callers(old: Parameter | None, new: Parameter | None, expected: list[Breakage]) -> None:
    assert breakages(old, new) == expected


def test_what_names_a_removed_task_is_told_and_what_named_none_before_is_not() -> None:
    references = [
        Reference(where="schedule", name="Nightly", task="A", file="config/config.json"),
        Reference(where="schedule", name="Broken before", task="NEVER", file="config/config.json"),
    ]
    runs = [ActiveRun(run=1, task="A", status="running"), ActiveRun(run=2, task="B", status="queued")]

    plan = compare(
        make_catalog(1, make_task(1, "A"), make_task(1, "B")),
        make_catalog(2, make_task(2, "B")),
        references=references,
        active_runs=runs,
    )

    assert plan.dangling == (references[0],)
    assert plan.active_runs == (runs[0],)
    assert plan.summary["breaks"] == 1


def test_files_are_compared_by_their_content() -> None:
    before = [FileEntry(path="a", size=1, sha256="1"), FileEntry(path="b", size=1, sha256="1")]
    after = [FileEntry(path="b", size=2, sha256="2"), FileEntry(path="requirements.txt", size=3, sha256="3")]

    plan = compare(make_catalog(1), make_catalog(2), files_before=before, files_after=after)

    assert [(file.path, file.change, file.size_before, file.size_after) for file in plan.files] == [
        ("a", Change.REMOVED, 1, None),
        ("b", Change.CHANGED, 1, 2),
        ("requirements.txt", Change.ADDED, None, 3),
    ]
    assert plan.requirements_changed
    assert plan.file_counts == {"added": 1, "changed": 1, "removed": 1}


def test_a_plan_lists_so_many_files_and_counts_all() -> None:
    many = [FileEntry(path=f"{n:05}", size=0, sha256="") for n in range(config_plan.MAX_FILES + 5)]

    plan = compare(make_catalog(1), make_catalog(2), files_after=many)

    assert len(plan.files) == config_plan.MAX_FILES
    assert plan.file_counts["added"] == config_plan.MAX_FILES + 5
