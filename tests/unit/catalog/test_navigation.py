"""The actions of the sidebar, in both of DUFT's shapes, and what can be wrong with them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from taskdeck.catalog import layout, loader
from taskdeck.model.navigation import Navigation, NavigationItem
from taskdeck.model.project import Catalog

TASKS = {
    "dataTasks": [
        {"id": "LOAD", "name": "Load the data", "pythonFile": "load.py", "hideInUI": True},
        {"id": "REPORT", "pythonFile": "load.py"},
    ]
}
LOAD = {"title": "Update", "task": "LOAD"}


def load(root: Path, navigation: Any, *, folder: str = "config") -> Catalog:
    """The catalog of a project with these actions, as JSON or as a text."""
    (root / "data_tasks").mkdir(exist_ok=True)
    (root / "data_tasks" / "load.py").touch()
    (root / folder).mkdir(parents=True, exist_ok=True)
    (root / folder / "data_tasks.json").write_text(json.dumps(TASKS))
    text = navigation if isinstance(navigation, str) else json.dumps(navigation, indent=1)
    (root / folder / "navigation.json").write_text(text)
    return loader.load(layout.find_project(root))


def item(title: str = "Update", task: str | None = "LOAD", **values: Any) -> NavigationItem:
    return NavigationItem(title=title, task=task, **values)


def problems(catalog: Catalog) -> list[str]:
    return [str(problem) for problem in catalog.problems]


def test_a_project_without_the_file_has_no_actions(tmp_path: Path) -> None:
    catalog = load(tmp_path, {})
    assert (catalog.navigation, problems(catalog)) == (Navigation(), [])

    (tmp_path / "config" / "navigation.json").unlink()
    catalog = loader.load(catalog.project)
    assert (catalog.navigation, problems(catalog)) == (Navigation(), [])


def test_all_that_an_item_says_is_read(tmp_path: Path) -> None:
    told = {
        **LOAD,
        "icon": "IconRefresh",
        "prompt": "Really?",
        "executeButtonText": "Yes",
        "cancelButtonText": "No",
    }
    group = {"title": "More", "tasks": [{"task": "REPORT"}, {"title": "Home", "dashboard": "home"}, told]}
    catalog = load(tmp_path, {"dataTasks": {"header": "Data", "items": [told, group]}, "dashboards": [1]})

    update = item(icon="IconRefresh", prompt="Really?", execute_button_text="Yes", cancel_button_text="No")
    nested = (item("REPORT", "REPORT"), item("Home", None, dashboard="home"), update)
    assert catalog.navigation == Navigation(header="Data", items=(update, item("More", None, items=nested)))
    assert problems(catalog) == []


@pytest.mark.parametrize("shape", [{"dataTasks": [LOAD]}, [LOAD], {"dataTasks": {"items": [LOAD]}}])
def test_the_items_may_be_a_bare_list(tmp_path: Path, shape: Any) -> None:
    catalog = load(tmp_path, shape)

    assert (catalog.navigation, problems(catalog)) == (Navigation(items=(item(),)), [])


def test_an_item_without_a_title_has_that_of_its_task(tmp_path: Path) -> None:
    (found,) = load(tmp_path, [{"task": "LOAD", "title": None}]).navigation.items

    assert found == item("Load the data")


def test_the_tasks_of_a_group_may_be_named_by_their_ids(tmp_path: Path) -> None:
    catalog = load(tmp_path, [{"title": "Both", "tasks": ["LOAD", {"task": "REPORT"}]}, "REPORT"])

    both = (item("Load the data"), item("REPORT", "REPORT"))
    assert catalog.navigation.items == (item("Both", None, items=both), item("REPORT", "REPORT"))
    assert problems(catalog) == []
    broken = load(tmp_path, '[{"title": "Both",\n "tasks": ["LOAD", "LAOD"]}]')
    assert broken.navigation.items == (item("Both", None, items=(item("Load the data"),)),)
    [problem] = problems(broken)
    assert "navigation.json:2:20: error: The task 'LAOD' does not exist; did you mean 'LOAD'?" in problem


def test_a_task_that_does_not_exist_is_a_problem_and_the_rest_works(tmp_path: Path) -> None:
    wrong = {"title": "Wrong", "task": "LAOD"}
    group = {"title": "Group", "tasks": [wrong, {"task": "REPORT"}]}
    catalog = load(tmp_path, {"dataTasks": [wrong, LOAD, {"title": "Empty", "tasks": [wrong]}, group]})

    kept = item("Group", None, items=(item("REPORT", "REPORT"),))
    assert catalog.navigation.items == (item(), kept)
    message = "error: The task 'LAOD' does not exist; did you mean 'LOAD'? (expected the id of a task)"
    assert problems(catalog) == [
        f"config/navigation.json:{line}:{column}: {message}" for line, column in [(5, 12), (16, 14), (25, 14)]
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"dataTasks": 7}', "1:15: error: dataTasks must be an object or a list (expected one of them, found 7)"),
        ("7", "1:1: error: The file must hold an object with the key 'dataTasks' (expected an object, found 7)"),
        ('{"dataTasks": {"items": {}}}', "1:25: error: items must be a list (expected a list, found an object)"),
        ('{"dataTasks": {"header": 1}}', "1:26: error: header is not a text (expected a text, found 1)"),
        ('{"dataTask": []}', "1:2: warning: Unknown key 'dataTask'; did you mean 'dataTasks'?"),
        ('{"dataTasks": {"item": []}}', "1:16: warning: Unknown key 'item'; did you mean 'items'?"),
        ('[{"title": "A"}]', "1:2: warning: This item has no task, no dashboard and no items of its own"),
        ("[5]", "1:2: error: An item must be an object or the id of a task (expected one of them, found 5)"),
        ('[{"tasks": {}, "dashboard": "d"}]', "1:12: error: tasks must be a list (expected a list, found an object)"),
        ('[{"tasks": 5, "dashboard": "d"}]', "1:12: error: tasks must be a list (expected a list, found 5)"),
        ('[{"task": "LOAD", "promt": "?"}]', "1:19: warning: Unknown key 'promt'; did you mean 'prompt'?"),
        ('[{"task": "LOAD", "prompt": 5}]', "1:29: error: prompt is not a text (expected a text, found 5)"),
        ('[{"task": "LOAD"},]', "1:18: error: A comma before ']' is one too many"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_its_place(tmp_path: Path, text: str, message: str) -> None:
    assert problems(load(tmp_path, text)) == [f"config/navigation.json:{message}"]


def test_a_damaged_item_does_not_take_the_others_with_it(tmp_path: Path) -> None:
    catalog = load(tmp_path, '[\n {"task": "LOAD" "prompt": "?"},\n {"task": "REPORT"}\n]')

    assert catalog.navigation.items == (item("REPORT", "REPORT"),)
    assert [(problem.line, problem.severity) for problem in catalog.problems] == [(2, "error")]


def test_in_a_workspace_all_files_are_one_list_in_which_system_comes_first(tmp_path: Path) -> None:
    config = tmp_path / "duft-config"
    for part, content in {
        "system": {"dataTasks": [LOAD]},
        "apps/zoo": {"dataTasks": {"header": "Zoo", "items": [{"task": "REPORT"}, LOAD]}},
        "user": {"dataTasks": {"header": "Mine", "items": [{**LOAD, "title": "Mine"}]}},
    }.items():
        load(tmp_path, content, folder=f"duft-config/{part}")
    (config / "system" / "data_tasks").mkdir()
    catalog = loader.load(layout.find_project(tmp_path))

    assert catalog.navigation == Navigation(header="Zoo", items=(item(), item("REPORT", "REPORT"), item("Mine")))


def test_groups_of_different_files_may_be_called_the_same(tmp_path: Path) -> None:
    for part, task in {"system": "LOAD", "user": "REPORT"}.items():
        load(tmp_path, [{"title": "More", "tasks": [{"task": task}]}], folder=f"duft-config/{part}")
    (tmp_path / "duft-config" / "system" / "data_tasks").mkdir()
    catalog = loader.load(layout.find_project(tmp_path))

    assert [[each.task for each in group.items] for group in catalog.navigation.items] == [["LOAD"], ["REPORT"]]


def test_the_version_of_the_catalog_changes_with_the_actions(tmp_path: Path) -> None:
    assert load(tmp_path, [LOAD]).version != load(tmp_path, [{**LOAD, "title": "Renew"}]).version
