"""Updates make versions, whole or not at all."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from factories import write_json

from taskdeck import app
from taskdeck.configuration import lock, staging
from taskdeck.configuration.failure import Kind, UpdateFailed
from taskdeck.configuration.request import Outcome
from taskdeck.model.config_version import Origin
from taskdeck.model.run import Trigger

from .conftest import Configured, archive_of


def project_files(*tasks: str, **extra: Any) -> dict[str, str]:
    entries = [{"id": task, "pythonFile": f"{task.lower()}.py", **extra} for task in tasks]
    return {
        "config/data_tasks.json": json.dumps({"dataTasks": entries}),
        **{f"data_tasks/{task.lower()}.py": f"print('{task}')" for task in tasks},
    }


def test_the_first_update_keeps_what_was_served_before_as_version_1(configured: Configured) -> None:
    result = configured.upload(project_files("NEW"), by="CI", message="Why not")

    assert result.outcome is Outcome.MADE
    assert [(each.number, each.source.origin, each.by) for each in configured.versions.page()] == [
        (2, Origin.ARCHIVE, "CI"),
        (1, Origin.DIRECTORY, "CI"),
    ]
    assert list(configured.catalog().tasks) == ["NEW"]
    configured.apply("rollback", version=1)
    assert Path(configured.catalog().tasks["LOAD"].file).read_text() == "print('directory')"


def test_version_1_is_never_in_force_alone_when_something_else_was_asked_for(
    configured: Configured, monkeypatch: pytest.MonkeyPatch
) -> None:
    there: list[list[int]] = []
    durable = staging._make_durable

    def look(draft: Path) -> None:
        there.append(configured.versions.numbers())
        durable(draft)

    monkeypatch.setattr(staging, "_make_durable", look)

    configured.upload(project_files("ONE"))

    assert there == [[], []]
    assert configured.versions.numbers() == [2, 1]


def test_the_first_version_of_an_empty_project_has_none_before_it(tmp_path: Path) -> None:
    from taskdeck.settings import from_environment

    (tmp_path / "empty").mkdir()
    empty = Configured(from_environment(tmp_path / "empty", {}))

    result = empty.upload(project_files("A"))

    assert result.version is not None
    assert result.version.number == 1
    assert list(empty.catalog().tasks) == ["A"]


def test_a_plan_changes_nothing_and_says_what_would_change(configured: Configured) -> None:
    before = configured.everything()

    result = configured.upload(project_files("LOAD", "NEW"), dry_run=True)

    assert configured.everything() == before
    assert (result.outcome, result.version and result.version.number) == (Outcome.PLANNED, 2)
    assert result.plan is not None
    assert [(item["id"], item["change"]) for item in result.plan["tasks"]] == [("LOAD", "changed"), ("NEW", "added")]
    assert [(item["id"], item["change"]) for item in result.plan["connections"]] == [("LAB", "removed")]
    assert result.plan["file_counts"] == {"added": 1, "changed": 2, "removed": 1}


def test_what_operators_set_and_data_are_of_no_version(configured: Configured) -> None:
    files = project_files("LOAD") | {
        "config/config.json": json.dumps({"dataConnectionParameters": {"ANA": {"type": "evil"}}}),
        "config/data_connections.json": json.dumps({"dataConnections": [{"id": "ANA"}]}),
        "data/input.csv": "evil",
        ".env": "EVIL=1",
        ".taskdeck/key": "evil",
        "uploads/x": "evil",
        "data_tasks/__pycache__/load.pyc": "evil",
        "lib/helper.py": "x = 1",
    }

    configured.upload(files)

    tree = configured.catalog().project.source_root
    assert configured.catalog().connections["ANA"].file_values == {"type": "sqlite3"}
    assert (tree / "data" / "input.csv").read_text() == "1", "a link to the project's own"
    assert (tree / "lib" / "helper.py").read_text() == "x = 1"
    assert [path for path in tree.rglob("*") if path.is_file() and "evil" in path.read_text()] == []


def test_the_one_directory_of_an_archive_and_a_sub_directory_are_found(configured: Configured) -> None:
    configured.upload({f"repo-main/{name}": text for name, text in project_files("ONE").items()})
    assert list(configured.catalog().tasks) == ["ONE"]
    configured.upload(
        {f"repo-main/deep/er/{name}": text for name, text in project_files("TWO").items()}, directory="deep/er"
    )
    assert list(configured.catalog().tasks) == ["TWO"]


@pytest.mark.parametrize("directory", ["..", "/etc", "no", "a/../../b"])
def test_a_directory_is_one_of_the_archive(configured: Configured, directory: str) -> None:
    failed = configured.fails("archive", archive_of(project_files("A")), directory=directory)
    assert failed.kind in (Kind.INVALID, Kind.UNSAFE)


def test_a_configuration_with_errors_is_refused_with_all_of_them(configured: Configured) -> None:
    files = project_files("A", "B")
    del files["data_tasks/a.py"], files["data_tasks/b.py"]

    failed = configured.fails("archive", archive_of(files))

    assert failed.kind is Kind.INVALID
    assert [problem.message for problem in failed.problems] == [
        "The file 'a.py' does not exist",
        "The file 'b.py' does not exist",
    ]


@pytest.mark.parametrize(
    ("files", "kind"),
    [
        ({"config/data_tasks.json": '{"dataTasks": [}'}, Kind.INVALID),
        ({"README.md": "no project"}, Kind.INVALID),
        ({"duft-config/system/data_tasks.json": "{}"}, Kind.INVALID),
        (project_files("A") | {"../evil": ""}, Kind.UNSAFE),
        (project_files("A") | {"big": "x" * 3_000_000}, Kind.TOO_LARGE),
    ],
)
def test_what_cannot_be_served_changes_nothing(configured: Configured, files: dict[str, str], kind: Kind) -> None:
    configured.set(max_bytes=1_000_000)
    assert configured.fails("archive", archive_of(files)).kind is kind


def test_archives_of_others_than_the_operator_have_to_be_allowed(configured: Configured) -> None:
    archive = archive_of(project_files("A"))
    assert configured.fails("archive", archive, trigger="api").kind is Kind.REFUSED

    configured.set(archives=True)
    assert configured.apply("archive", archive, trigger="api").outcome is Outcome.MADE


def test_what_is_served_already_makes_no_version(configured: Configured) -> None:
    made = configured.upload(project_files("A"))
    again = configured.upload({f"top/{name}": text for name, text in project_files("A").items()})

    assert (again.outcome, again.version) == (Outcome.NOTHING_CHANGED, made.version)
    assert configured.versions.numbers() == [2, 1]


def test_an_edit_makes_a_version_of_its_own(configured: Configured) -> None:
    configured.edit("patch", "task", "LOAD", {"name": "Loads"})
    configured.edit("put", "parameter", "LOAD", {"defaultValue": 1, "allowOverride": True}, name="year")

    version = configured.versions.active()
    assert version is not None
    assert (version.number, version.source.edited, version.source.version) == (3, ("parameter year of task LOAD",), 2)
    task = configured.catalog().tasks["LOAD"]
    assert (task.name, [parameter.name for parameter in task.parameters]) == ("Loads", ["year"])
    assert json.loads((configured.root / "config" / "data_tasks.json").read_text())["dataTasks"][0]["name"] == "Load"


def test_an_edit_is_refused_for_its_own_errors_only(configured: Configured) -> None:
    tasks = json.loads((configured.root / "config" / "data_tasks.json").read_text())["dataTasks"]
    tasks.insert(0, {"id": "BROKEN", "pythonFile": "missing.py"})
    write_json(configured.root / "config" / "data_tasks.json", {"dataTasks": tasks})

    configured.edit("patch", "task", "LOAD", {"name": "Loads"})
    edit = {"operation": "patch", "item": "task", "id_": "LOAD", "value": {"pythonFile": "gone.py"}}
    before = configured.versions.numbers()
    with pytest.raises(Exception, match=r"gone\.py"):
        configured.edit(**edit)
    assert configured.versions.numbers() == before


def test_an_edit_does_not_take_over_what_tasks_have_left_in_the_tree(configured: Configured) -> None:
    configured.apply("directory")
    tree = configured.catalog().project.source_root
    (tree / "data_tasks" / "result.csv").write_text("written by a task")

    configured.edit("patch", "task", "LOAD", {"name": "Loads"})
    assert not (configured.catalog().project.source_root / "data_tasks" / "result.csv").exists()

    (configured.catalog().project.source_root / "data_tasks" / "load.py").write_text("evil")
    failed = configured.fails("directory", expected=99)
    assert failed.kind is Kind.STALE
    with pytest.raises(Exception, match="changed behind its back"):
        configured.edit("patch", "task", "LOAD", {"name": "Again"})


def test_a_rollback_is_a_new_version_with_the_old_files(configured: Configured) -> None:
    first = configured.upload(project_files("ONE")).version
    configured.upload(project_files("TWO"))

    result = configured.apply("rollback", version=2, message="It was better")

    assert first is not None
    assert result.version is not None
    assert (result.version.number, result.version.tree, result.version.digest) == (4, 2, first.digest)
    assert list(configured.catalog().tasks) == ["ONE"]
    assert configured.apply("rollback", version=4).outcome is Outcome.NOTHING_CHANGED
    assert configured.fails("rollback", version=9).kind is Kind.NO_SUCH_VERSION


def test_the_directory_is_served_live_again(configured: Configured) -> None:
    assert configured.apply("live").outcome is Outcome.NOTHING_CHANGED
    configured.upload(project_files("ONE"))

    result = configured.apply("live")

    assert result.version is not None
    assert (result.version.number, result.version.tree) == (3, None)
    assert list(configured.catalog().tasks) == ["LOAD"]
    assert configured.apply("live").outcome is Outcome.NOTHING_CHANGED
    configured.edit("patch", "task", "LOAD", {"name": "Loads"})
    assert configured.catalog().config_version == 4
    configured.apply("rollback", version=3)
    assert configured.catalog().project.source_root == configured.root


def test_who_has_seen_another_version_is_stale(configured: Configured) -> None:
    assert configured.fails("directory", expected=1).kind is Kind.STALE
    configured.apply("directory", expected=0)
    configured.edit("patch", "task", "LOAD", {"name": "A"}, expected=1)
    assert configured.fails("rollback", version=1, expected=1).kind is Kind.STALE


def test_what_is_not_what_the_plan_has_seen_is_not_taken(configured: Configured) -> None:
    seen = configured.upload(project_files("A"), dry_run=True).version
    assert seen is not None
    other = archive_of(project_files("B"))

    failed = configured.fails("archive", other, expected_revision=seen.revision)

    assert failed.kind is Kind.MOVED
    assert seen.revision in failed.message
    assert hashlib.sha256(other).hexdigest() in failed.message
    made = configured.upload(project_files("A"), expected_revision=seen.revision, idempotency_key="k1").version
    assert made is not None
    # It was fulfilled, whatever is to be seen by now.
    again = configured.upload(project_files("A"), expected_revision="0" * 64, idempotency_key="k1")
    assert (again.outcome, again.version) == (Outcome.REPEATED, made)


def test_the_directory_may_change_between_a_plan_and_its_update(configured: Configured) -> None:
    seen = configured.edit("patch", "task", "LOAD", {"name": "Loads"}, dry_run=True).version
    assert seen is not None
    load = configured.root / "data_tasks" / "load.py"
    was = load.read_text()
    load.write_text("print('edited')")

    with pytest.raises(UpdateFailed) as failed:
        configured.edit("patch", "task", "LOAD", {"name": "Loads"}, expected_revision=seen.revision)
    assert failed.value.kind is Kind.MOVED

    load.write_text(was)
    configured.edit("patch", "task", "LOAD", {"name": "Loads"}, expected_revision=seen.revision)


def test_a_request_that_is_repeated_is_fulfilled_once(configured: Configured) -> None:
    made = configured.upload(project_files("A"), idempotency_key="k1")
    configured.upload(project_files("B"))

    again = configured.upload(project_files("A"), idempotency_key="k1")

    assert (again.outcome, again.version) == (Outcome.REPEATED, made.version)
    assert list(configured.catalog().tasks) == ["B"]
    failed = configured.fails("archive", archive_of(project_files("C")), file="project.tar.gz", idempotency_key="k1")
    assert failed.kind is Kind.KEY_REUSED


def test_of_two_updates_at_a_time_one_wins(configured: Configured) -> None:
    with lock.held(configured.settings.configuration_directory / "lock", by="Ada", since="now"):
        assert configured.fails("directory").kind is Kind.BUSY


def test_a_full_disk_changes_nothing(configured: Configured, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(staging, "_make_durable", full)

    failed = configured.fails("archive", archive_of(project_files("A")))
    assert (failed.kind, "No space left" in failed.message) == (Kind.UNWRITABLE, True)


def test_what_killed_updates_have_left_is_removed(configured: Configured) -> None:
    left = configured.settings.configuration_directory / "staging" / "left"
    (left / "deep").mkdir(parents=True)
    (left / "link").symlink_to(configured.root / "data")

    configured.apply("directory")

    assert list(left.parent.iterdir()) == []
    assert (configured.root / "data" / "input.csv").read_text() == "1"


def test_a_workspace_keeps_what_is_its_users(tmp_path: Path) -> None:
    from taskdeck.settings import from_environment

    config = tmp_path / "ws" / "duft-config"
    write_json(config / "system" / "data_tasks.json", {"dataTasks": []})
    write_json(config / "user" / "config.json", {"dataConnectionParameters": {"ANA": {"server": "here"}}})
    (tmp_path / "ws" / "duft-server").mkdir()
    workspace = Configured(from_environment(tmp_path / "ws", {}))
    tasks = json.dumps({"dataTasks": [{"id": "SAY", "pythonFile": "say.py"}]})
    repository = {
        "repo-main/system/data_tasks.json": tasks,
        "repo-main/system/data_tasks/say.py": "",
        "repo-main/user/config.json": "evil",
        "repo-main/README.md": "This repository is what others call duft-config.",
    }

    workspace.upload(repository)

    catalog = workspace.catalog()
    tree = catalog.project.source_root
    assert catalog.tasks["SAY"].file == str(tree / "duft-config" / "system" / "data_tasks" / "say.py")
    assert catalog.connections["ANA"].file_values == {"server": "here"}
    assert (tree / "duft-config" / "user" / "config.json").read_text() != "evil"
    assert (tree / "duft-server").is_dir()
    workspace.upload({f"repo-main/duft-config/{name.partition('/')[2]}": text for name, text in repository.items()})
    assert list(workspace.catalog().tasks) == ["SAY"]


def test_a_plan_tells_what_breaks_for_whom(configured: Configured) -> None:
    configured.upload(project_files("KEEP", "GONE", params={}, supportedParameters={"year": {"allowOverride": True}}))
    write_json(configured.root / "config" / "config.json", {"scheduledDataTasks": {"GONE": {"schedule": {}}}})
    with app.open_application(configured.settings) as application:
        run, _ = application.service.submit("GONE", {}, trigger=Trigger.API)

    plan = configured.upload(project_files("KEEP"), dry_run=True).plan

    assert plan is not None
    assert [(each["task"], each["breakage"]) for each in plan["parameters"]] == [("KEEP", "removed")]
    assert [(each["where"], each["name"], each["file"]) for each in plan["dangling"]] == [
        ("schedule", "GONE", "config/config.json"),
    ]
    assert plan["active_runs"] == [{"run": run.id, "task": "GONE", "status": "queued"}]


def test_an_edit_may_remove_a_task_that_the_sidebar_names_and_an_update_may_not(configured: Configured) -> None:
    sidebar = {"config/navigation.json": json.dumps({"dataTasks": [{"title": "Go", "task": "GONE"}]})}
    configured.upload(project_files("KEEP", "GONE") | sidebar)

    failed = configured.fails("archive", archive_of(project_files("KEEP") | sidebar))
    assert [problem.file for problem in failed.problems] == ["config/navigation.json"]

    plan = configured.edit("delete", "task", "GONE").plan
    assert plan is not None
    assert [(each["where"], each["name"]) for each in plan["dangling"]] == [("navigation", "Go")]


def test_old_files_make_room_unless_something_needs_them(configured: Configured) -> None:
    configured.set(versions_kept=2)
    configured.upload(project_files("A"))
    with app.open_application(configured.settings) as application:
        application.service.submit("A", {}, trigger=Trigger.API)
    for task in ("B", "C", "D"):
        configured.upload(project_files(task))
    configured.apply("rollback", version=4)

    trees = {number: (configured.versions.directory / str(number) / "tree").is_dir() for number in range(1, 7)}
    assert trees == {1: False, 2: True, 3: False, 4: True, 5: True, 6: False}
    assert configured.fails("rollback", version=3).kind is Kind.NO_SUCH_VERSION
    assert len(configured.versions.page()) == 6


def test_files_that_a_link_leads_to_are_part_of_the_directory_only_inside_of_it(configured: Configured) -> None:
    folder = configured.root / "data_tasks"
    for name, target in (("inside.py", "load.py"), ("outside.py", "/etc/hostname"), ("loop.py", "loop.py")):
        (folder / name).symlink_to(target)

    configured.apply("directory")

    tree = configured.catalog().project.source_root
    assert {path.name for path in (tree / "data_tasks").iterdir()} == {"load.py", "inside.py"}
