"""The configuration over HTTP: what is served, its history, and changes of it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from factories import make_notebook, make_project, write_json
from flask.testing import FlaskClient

from taskdeck import app as taskdeck_app
from taskdeck.configuration import update
from taskdeck.configuration.edits import Edit, Item, Operation
from taskdeck.configuration.request import Action, Request, Result
from taskdeck.model.config_version import ConfigTrigger
from taskdeck.settings import Settings, from_environment
from taskdeck.web.app import create_app

from .conftest import TOKEN, CheckedClient


class Deck:
    """A server on a real project, and a program that has its token."""

    def __init__(self, settings: Settings, client: FlaskClient) -> None:
        self.settings = settings
        self.root = settings.project
        self.client = client

    def get(self, path: str, status: int = 200) -> Any:
        answer = self.client.get(path)
        assert answer.status_code == status, answer.text
        return answer.json

    def apply(self, action: Action, **values: Any) -> Result:
        """As somebody else does it, on the command line."""
        return update.apply(self.settings, Request(action=action, trigger=ConfigTrigger.CLI, by="Ada", **values))

    def publish(self, files: Mapping[str, str], message: str = "") -> Result:
        """A version of the project's directory with these files changed."""
        for path, text in files.items():
            (self.root / path).write_text(text)
        return self.apply(Action.DIRECTORY, message=message)


@pytest.fixture
def deck(tmp_path: Path) -> Iterator[Deck]:
    """A project with the task LOAD, the connection ANA and no version yet."""
    root = make_project(
        tmp_path / "project",
        files={"load.py": "print(1)\n"},
        tasks={"LOAD": {"supportedParameters": {"year": {"type": "integer", "title": "Year"}}}},
        connections={"ANA": {"params": [{"name": "password", "type": "password"}]}},
        values={"ANA": {"type": "sqlite3"}},
    )
    settings = from_environment(
        root,
        {
            "TASKDECK_POOL_SIZE": "0",
            "TASKDECK_MAX_BODY_BYTES": "65536",
            "TASKDECK_CONFIG_REPOSITORIES": "https://ci:pa55word@git.example.org/team/*",
            "TASKDECK_CONFIG_REPOSITORY": "https://git.example.org/team/deck",
        },
    )
    with taskdeck_app.open_application(settings) as application:
        made = create_app(application.service, settings, token=TOKEN, cookie_secret=b"k" * 32, async_mode="threading")
        made.test_client_class = CheckedClient
        client = made.test_client()
        client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {TOKEN}"
        yield Deck(settings, client)


def test_a_project_without_versions_is_served_from_its_directory(deck: Deck) -> None:
    answer = deck.client.get("/api/config")

    assert answer.headers["ETag"] == '"0"'
    shown = answer.json
    assert (shown["version"], shown["managed"], shown["directory"]) == (None, False, str(deck.root))
    assert shown["update_in_progress"] is None
    assert deck.get("/api/config/versions") == {"versions": [], "next_before": None}


def test_repositories_are_shown_without_passwords(deck: Deck) -> None:
    shown = deck.get("/api/config")

    assert shown["rules"]["repositories"] == ["https://git.example.org/team/*"]
    assert shown["pull"]["repository"] == "https://git.example.org/team/deck"
    assert "pa55word" not in json.dumps(shown)


def test_the_version_in_force_says_who_made_it(deck: Deck) -> None:
    deck.publish({}, message="as it is")

    answer = deck.client.get("/api/config")

    assert answer.headers["ETag"] == '"1"'
    version = answer.json["version"]
    assert (version["number"], version["by"], version["trigger"]) == (1, "Ada", "cli")
    assert (version["message"], version["source"]["origin"]) == ("as it is", "directory")
    assert answer.json["managed"] is True


def test_an_update_in_progress_is_shown(deck: Deck) -> None:
    from taskdeck.configuration import lock

    with lock.held(deck.settings.configuration_directory / "lock", by="CI", since="2026-11-21T10:00:00+00:00"):
        assert deck.get("/api/config")["update_in_progress"] == {"by": "CI", "since": "2026-11-21T10:00:00+00:00"}
    assert deck.get("/api/config")["update_in_progress"] is None


def test_the_history_comes_in_pages(deck: Deck) -> None:
    for number in range(1, 4):
        deck.publish({"data_tasks/load.py": f"print({number})\n"})

    first = deck.get("/api/config/versions?limit=2")
    second = deck.get(f"/api/config/versions?limit=2&before={first['next_before']}")

    assert [(each["number"], each["active"]) for each in first["versions"]] == [(3, True), (2, False)]
    assert [each["number"] for each in second["versions"]] == [1]
    assert second["next_before"] is None


def test_a_version_is_shown_with_its_plan(deck: Deck) -> None:
    deck.publish({})
    tasks = json.loads((deck.root / "config" / "data_tasks.json").read_text())
    tasks["dataTasks"][0]["supportedParameters"]["year"]["required"] = True
    deck.publish({"config/data_tasks.json": json.dumps(tasks)})

    shown = deck.get("/api/config/versions/2")

    assert [(each["id"], each["change"]) for each in shown["plan"]["tasks"]] == [("LOAD", "changed")]
    assert [(each["parameter"], each["breakage"]) for each in shown["plan"]["parameters"]] == [("year", "required")]
    assert shown["summary"]["breaks"] == 1
    assert deck.get("/api/config/versions/9", status=404)["detail"] == "There is no version 9 of the configuration."


def test_files_are_compared_with_the_version_before(deck: Deck) -> None:
    notebook = make_notebook("x = 1")
    write_json(deck.root / "data_tasks" / "report.ipynb", notebook)
    deck.publish({})
    notebook.cells[0].source = "x = 2"
    write_json(deck.root / "data_tasks" / "report.ipynb", notebook)
    deck.publish({"data_tasks/load.py": "print(2)\n"})

    shown = deck.get("/api/config/versions/2/files")

    assert (shown["version"], shown["against"], shown["count"]) == (2, 1, 2)
    load, report = shown["files"]
    assert (load["path"], load["change"], load["content"]) == ("data_tasks/load.py", "changed", "text")
    assert (load["before"], load["after"]) == ("print(1)\n", "print(2)\n")
    assert (report["content"], report["before"], report["after"]) == ("notebook", "# %%\nx = 1\n", "# %%\nx = 2\n")
    alone = deck.get("/api/config/versions/2/files?path=data_tasks/load.py")
    assert (alone["count"], alone["files"]) == (1, [load])


def test_files_of_a_first_version_are_all_new(deck: Deck) -> None:
    deck.publish({})

    shown = deck.get("/api/config/versions/1/files")

    assert shown["against"] is None
    assert {each["change"] for each in shown["files"]} == {"added"}
    assert all(each["before"] is None for each in shown["files"])


def test_what_is_too_large_or_no_text_is_not_shown(deck: Deck) -> None:
    deck.publish({})
    (deck.root / "data_tasks" / "picture.py").write_bytes(b"\x89PNG\x00\xff")
    deck.publish({"data_tasks/load.py": "#" * 300_000})

    large, picture = deck.get("/api/config/versions/2/files")["files"]

    assert (large["content"], large["after"]) == ("too_large", None)
    assert (picture["content"], picture["after"]) == ("binary", None)
    assert deck.get("/api/config/versions/2/files?path=data_tasks/load.py")["files"][0]["after"] == "#" * 300_000


def test_files_of_the_directory_itself_are_not_known(deck: Deck) -> None:
    deck.publish({})
    deck.apply(Action.LIVE)

    assert "project's directory" in deck.get("/api/config/versions/2/files", status=404)["detail"]
    assert deck.get("/api/config")["managed"] is False


def test_secrets_are_masked_in_files_plans_and_items(deck: Deck) -> None:
    saved = deck.client.put("/api/connections/ANA/values", json={"values": {"password": "hunter2-secret"}})
    assert saved.status_code == 200
    deck.publish({})
    edit = Edit(
        item=Item.TASK, operation=Operation.PATCH, id="LOAD", value={"description": "Uses hunter2-secret, alas"}
    )
    deck.apply(Action.EDIT, edits=(edit,))
    deck.publish({"data_tasks/load.py": "password = 'hunter2-secret'\n"})

    for path in ("versions/2", "versions/2/files", "versions/3/files"):
        answer = deck.client.get(f"/api/config/{path}")
        assert answer.status_code == 200
        assert "hunter2" not in answer.text
        assert "••••••" in answer.text


def test_an_item_is_shown_as_it_stands_in_its_file(deck: Deck) -> None:
    answer = deck.client.get("/api/config/tasks/LOAD")

    assert answer.headers["ETag"] == '"0"'
    assert (answer.json["file"], answer.json["version"]) == ("config/data_tasks.json", None)
    assert answer.json["content"]["pythonFile"] == "load.py"
    assert deck.get("/api/config/tasks/LOAD/parameters/year")["content"] == {"type": "integer", "title": "Year"}
    assert deck.get("/api/config/connections/ANA")["file"] == "config/data_connections.json"


@pytest.mark.parametrize("path", ["tasks/GONE", "connections/GONE", "tasks/LOAD/parameters/gone"])
def test_an_item_that_is_not_there_is_not_found(deck: Deck, path: str) -> None:
    assert deck.get(f"/api/config/{path}", status=404)["kind"] == "no_such_item"


@pytest.mark.parametrize("path", ["", "/versions", "/versions/1", "/versions/1/files", "/tasks/LOAD"])
def test_strangers_see_nothing_of_it(deck: Deck, path: str) -> None:
    del deck.client.environ_base["HTTP_AUTHORIZATION"]

    assert deck.client.get(f"/api/config{path}").status_code == 401
