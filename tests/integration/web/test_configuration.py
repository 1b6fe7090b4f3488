"""The configuration over HTTP: what is served, its history, and changes of it."""

from __future__ import annotations

import hashlib
import hmac
import io
import json
import secrets
import socket
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from factories import make_notebook, make_project, write_json
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from taskdeck import app as taskdeck_app
from taskdeck.configuration import lock, update
from taskdeck.configuration.edits import Edit, Item, Operation
from taskdeck.configuration.request import Action, Request, Result
from taskdeck.model.config_version import ConfigTrigger
from taskdeck.settings import Settings, from_environment
from taskdeck.web import context, upload, webhooks
from taskdeck.web.app import create_app
from taskdeck.web.gate import CONNECTION

from .conftest import TOKEN, CheckedClient

SECRET = "webhook secret"


class Deck:
    """A server on a real project, and a program that has its token."""

    def __init__(self, settings: Settings, client: FlaskClient) -> None:
        self.settings = settings
        self.root = settings.project
        self.client = client
        self.pulls: list[str] = []
        """Who has pushed."""

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
def deck(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Deck]:
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
            "TASKDECK_CONFIG_REPOSITORIES": "https://ci:pa55word@git.example.org/team/*,file:///nonexistent/*",
            "TASKDECK_CONFIG_ARCHIVES": "true",
            "TASKDECK_CONFIG_MAX_BYTES": "1000000",
            "TASKDECK_CONFIG_BRANCH": "main",
            "TASKDECK_CONFIG_WEBHOOK_SECRET": SECRET,
            "TASKDECK_CONFIG_REPOSITORY": "https://git.example.org/team/deck",
        },
    )
    with taskdeck_app.open_application(settings) as application:
        made = create_app(application.service, settings, token=TOKEN, cookie_secret=b"k" * 32, async_mode="threading")
        made.test_client_class = CheckedClient
        client = made.test_client()
        client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {TOKEN}"
        deck = Deck(settings, client)
        monkeypatch.setattr(context.of(made).puller, "ask", deck.pulls.append)
        yield deck


def test_a_project_without_versions_is_served_from_its_directory(deck: Deck) -> None:
    answer = deck.client.get("/api/config")

    assert answer.headers["ETag"] == '"0"'
    shown = answer.json
    assert (shown["version"], shown["managed"], shown["directory"]) == (None, False, str(deck.root))
    assert shown["update_in_progress"] is None
    assert deck.get("/api/config/versions") == {"versions": [], "next_before": None}


def test_repositories_are_shown_without_passwords(deck: Deck) -> None:
    shown = deck.get("/api/config")

    assert shown["rules"]["repositories"] == ["https://git.example.org/team/*", "file:///nonexistent/*"]
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


def archive_of(**files: str) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as made:
        for name, text in files.items():
            made.writestr(name, text)
    return content.getvalue()


@contextmanager
def stalled() -> Iterator[dict[str, Any]]:
    """A body of which only the beginning comes: what a test client takes for it."""
    ours, theirs = socket.socketpair()
    with ours, theirs, theirs.makefile("rb") as stream:
        ours.sendall(bytes(1000))
        yield {"environ_overrides": {"wsgi.input": stream, "CONTENT_LENGTH": "100000", CONNECTION: theirs}}


class Endless(io.RawIOBase):
    """A body of unknown length."""

    taken = 0

    def readinto(self, buffer: Any, /) -> int:
        self.taken += len(buffer)
        return len(buffer)

    def readable(self) -> bool:
        return True


PATCH = {"description": "By way of HTTP"}


def test_an_edit_makes_a_version_and_the_next_request_meets_it(deck: Deck) -> None:
    answer = deck.client.patch("/api/config/tasks/LOAD?by=CI&message=why", json=PATCH)

    assert answer.status_code == 201, answer.text
    assert answer.headers["Location"] == "/api/config/versions/2"
    assert answer.headers["ETag"] == '"2"'
    made = answer.json["version"]
    assert (made["number"], made["by"], made["message"], made["active"]) == (2, "CI", "why", True)
    assert made["source"]["edited"] == ["task LOAD"]
    assert [each["id"] for each in answer.json["plan"]["tasks"]] == ["LOAD"]
    assert deck.get("/api/tasks/LOAD")["description"] == PATCH["description"]
    assert deck.get("/api/config/versions")["versions"][0] == made


def test_items_are_declared_changed_and_removed(deck: Deck) -> None:
    task = {"name": "Other", "pythonFile": "load.py"}

    assert deck.client.put("/api/config/tasks/OTHER", json=task).status_code == 201
    assert deck.get("/api/config/tasks/OTHER")["content"] == {"id": "OTHER", **task}
    parameter = "/api/config/tasks/OTHER/parameters/site"
    assert deck.client.put(parameter, json={"title": "Site"}).status_code == 201
    merge = {"data": '{"title": null, "type": "integer"}', "content_type": "application/merge-patch+json"}
    assert deck.client.patch(parameter, **merge).status_code == 201
    assert deck.get(parameter)["content"] == {"type": "integer"}
    assert deck.client.delete(parameter).status_code == 201
    assert deck.client.put("/api/config/connections/LAB", json={"name": "Lab"}).status_code == 201
    assert deck.client.patch("/api/config/connections/LAB", json={"name": "The lab"}).status_code == 201
    assert deck.get("/api/connections/LAB/values")["name"] == "The lab"
    assert deck.client.delete("/api/config/connections/LAB").status_code == 201
    assert deck.client.delete("/api/config/tasks/OTHER").status_code == 201
    assert [each["id"] for each in deck.get("/api/tasks")["tasks"]] == ["LOAD"]
    assert deck.client.delete("/api/config/tasks/OTHER").status_code == 404


def test_a_dry_run_answers_the_plan_and_changes_nothing(deck: Deck) -> None:
    answer = deck.client.delete("/api/config/tasks/LOAD?dry_run=true")

    assert (answer.status_code, answer.json["outcome"]) == (200, "planned")
    assert [(each["id"], each["change"]) for each in answer.json["plan"]["tasks"]] == [("LOAD", "removed")]
    assert answer.headers["ETag"] == '"0"'
    assert deck.get("/api/config/versions")["versions"] == []
    assert deck.get("/api/tasks/LOAD")["id"] == "LOAD"


def test_who_has_seen_another_version_changes_nothing(deck: Deck) -> None:
    seen = deck.client.get("/api/config/tasks/LOAD").headers["ETag"]
    first = deck.client.patch("/api/config/tasks/LOAD", json=PATCH, headers={"If-Match": seen})
    second = deck.client.patch("/api/config/tasks/LOAD", json={"description": "Mine"}, headers={"If-Match": seen})

    assert first.status_code == 201
    assert (second.status_code, second.json["kind"]) == (412, "stale")
    assert deck.get("/api/tasks/LOAD")["description"] == PATCH["description"]
    again = {"If-Match": first.headers["ETag"]}
    assert deck.client.patch("/api/config/tasks/LOAD", json={"description": "Mine"}, headers=again).status_code == 201


def test_what_is_not_what_was_planned_is_a_conflict(deck: Deck) -> None:
    tasks = '{"dataTasks": [{"id": "NEW", "pythonFile": "new.py"}]}'
    files = {"config/data_tasks.json": tasks, "data_tasks/new.py": ""}
    archive = archive_of(**files)
    planned = deck.client.post("/api/config/archive?dry_run=true", data=archive).json["version"]
    assert planned["revision"] == planned["source"]["sha256"]
    path = f"/api/config/archive?expected_revision={planned['revision']}"

    other = deck.client.post(path, data=archive_of(**files, **{"data_tasks/more.py": ""}))

    assert (other.status_code, other.json["kind"]) == (409, "moved")
    assert planned["revision"] in other.json["detail"]
    assert deck.get("/api/config/versions")["versions"] == []
    made = deck.client.post(path, data=archive)
    assert (made.status_code, made.json["version"]["revision"]) == (201, planned["revision"])
    wrong = deck.client.post("/api/config/live?expected_revision=main")
    assert (wrong.status_code, list(wrong.json["errors"])) == (422, ["expected_revision"])


@pytest.mark.parametrize("tag", ["41", '"a"', '"1", "2"', ""])
def test_an_if_match_that_names_no_version_is_refused(deck: Deck, tag: str) -> None:
    answer = deck.client.patch("/api/config/tasks/LOAD", json=PATCH, headers={"If-Match": tag})

    assert (answer.status_code, list(answer.json["errors"])) == (422, ["If-Match"])


def test_a_request_is_repeated_without_effect(deck: Deck) -> None:
    key = {"Idempotency-Key": "k1"}
    first = deck.client.patch("/api/config/tasks/LOAD", json=PATCH, headers=key)
    second = deck.client.patch("/api/config/tasks/LOAD", json=PATCH, headers=key)
    other = deck.client.patch("/api/config/tasks/LOAD", json={"description": "Another"}, headers=key)

    assert (first.status_code, first.json["outcome"]) == (201, "made")
    assert (second.status_code, second.json["outcome"]) == (200, "repeated")
    assert second.json["version"] == first.json["version"]
    assert (other.status_code, other.json["kind"]) == (409, "key_reused")
    assert len(deck.get("/api/config/versions")["versions"]) == 2


def test_what_is_so_already_makes_no_version(deck: Deck) -> None:
    assert deck.client.patch("/api/config/tasks/LOAD", json=PATCH).status_code == 201

    again = deck.client.patch("/api/config/tasks/LOAD", json=PATCH)

    assert (again.status_code, again.json["outcome"], again.json["version"]["number"]) == (200, "nothing_changed", 2)


def test_an_earlier_version_comes_into_force_again(deck: Deck) -> None:
    deck.client.patch("/api/config/tasks/LOAD", json=PATCH)

    answer = deck.client.post("/api/config/rollback", json={"version": 1, "message": "not good"})

    assert answer.status_code == 201, answer.text
    made = answer.json["version"]
    assert (made["number"], made["source"]["origin"], made["source"]["version"]) == (3, "rollback", 1)
    assert deck.get("/api/tasks/LOAD")["description"] == ""
    gone = deck.client.post("/api/config/rollback", json={"version": 9})
    assert (gone.status_code, gone.json["kind"]) == (404, "no_such_version")


def test_the_directory_is_served_again(deck: Deck) -> None:
    assert deck.client.post("/api/config/live").json["outcome"] == "nothing_changed"
    deck.client.patch("/api/config/tasks/LOAD", json=PATCH)

    answer = deck.client.post("/api/config/live", json={"by": "Ada"})

    assert (answer.status_code, answer.json["version"]["tree"]) == (201, None)
    assert deck.get("/api/config")["managed"] is False
    assert deck.get("/api/tasks/LOAD")["description"] == ""


def test_an_archive_is_taken_as_the_body(deck: Deck) -> None:
    tasks = '{"dataTasks": [{"id": "NEW", "pythonFile": "new.py"}]}'
    # Longer than other bodies may be.
    files = {
        "top/config/data_tasks.json": tasks,
        "top/data_tasks/new.py": "",
        "top/notes.txt": secrets.token_hex(100_000),
    }

    answer = deck.client.post("/api/config/archive?file=new.zip", data=archive_of(**files))

    assert answer.status_code == 201, answer.text
    assert (answer.json["version"]["source"]["file"], len(answer.json["version"]["source"]["sha256"])) == (
        "new.zip",
        64,
    )
    assert [each["id"] for each in deck.get("/api/tasks")["tasks"]] == ["NEW"]


def test_an_upload_that_does_not_come_in_is_given_up(deck: Deck, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upload, "PATIENCE_SECONDS", 0.05)

    with stalled() as body:
        answer = deck.client.post("/api/config/archive", **body)

    assert (answer.status_code, "too slowly" in answer.json["detail"]) == (408, True)
    assert deck.get("/api/config/versions")["versions"] == []
    assert deck.get("/api/config")["update_in_progress"] is None


def test_errors_of_what_is_sent_are_listed(deck: Deck) -> None:
    tasks = '{"dataTasks": [\n  {"id": "A", "pythonFile": "a.py"},\n  {"id": "B", "pythonFile": "b.py"}\n]}'

    answer = deck.client.post("/api/config/archive", data=archive_of(**{"config/data_tasks.json": tasks}))

    assert (answer.status_code, answer.json["kind"]) == (422, "invalid")
    problems = answer.json["problems"]
    assert [(each["file"], each["line"], each["task_id"]) for each in problems] == [
        ("config/data_tasks.json", 2, "A"),
        ("config/data_tasks.json", 3, "B"),
    ]
    assert deck.get("/api/config/versions")["versions"] == []


def test_an_archive_that_leads_outside_is_refused(deck: Deck) -> None:
    answer = deck.client.post("/api/config/archive", data=archive_of(**{"../evil.py": ""}))

    assert (answer.status_code, answer.json["kind"]) == (422, "unsafe")


def test_an_archive_that_is_too_large_is_not_read(deck: Deck) -> None:
    of_unknown_length = {"wsgi.input": Endless(), "wsgi.input_terminated": True}
    for body in ({"data": bytes(1_000_001)}, {"environ_overrides": of_unknown_length}):
        answer = deck.client.post("/api/config/archive", **body)

        assert (answer.status_code, answer.json["kind"]) == (413, "too_large")
        assert "1,000,000 bytes, the limit that TASKDECK_CONFIG_MAX_BYTES sets" in answer.json["detail"]


def test_a_repository_that_is_not_allowed_is_refused(deck: Deck) -> None:
    answer = deck.client.post("/api/config/update", json={"repository": "https://elsewhere.example/x"})

    assert (answer.status_code, answer.json["kind"]) == (403, "refused")


def test_a_repository_that_does_not_answer_is_a_bad_gateway(deck: Deck) -> None:
    answer = deck.client.post("/api/config/update", json={"repository": "file:///nonexistent/deck"})

    assert (answer.status_code, answer.json["kind"]) == (502, "fetch_failed")


def test_whoever_comes_second_is_told_so(deck: Deck) -> None:
    with lock.held(deck.settings.configuration_directory / "lock", by="CI", since="now"):
        answer = deck.client.patch("/api/config/tasks/LOAD", json=PATCH)

    assert (answer.status_code, answer.json["kind"]) == (409, "busy")


@pytest.mark.parametrize("body", ["null", "[]", '"text"', "1"])
def test_an_item_must_be_an_object(deck: Deck, body: str) -> None:
    answer = deck.client.put("/api/config/tasks/LOAD", data=body, content_type="application/json")

    assert answer.status_code == 422


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("PUT", "tasks/LOAD"),
        ("PATCH", "tasks/LOAD"),
        ("DELETE", "tasks/LOAD"),
        ("POST", "update"),
        ("POST", "archive"),
        ("POST", "rollback"),
        ("POST", "live"),
    ],
)
def test_strangers_and_other_sites_change_nothing(deck: Deck, method: str, path: str) -> None:
    elsewhere = {"Origin": "https://evil.example"}
    assert deck.client.open(f"/api/config/{path}", method=method, json={}, headers=elsewhere).status_code == 403
    del deck.client.environ_base["HTTP_AUTHORIZATION"]
    assert deck.client.open(f"/api/config/{path}", method=method, json={}).status_code == 401
    assert deck.settings.configuration_directory.joinpath("versions").is_dir()
    assert not any(deck.settings.configuration_directory.joinpath("versions").iterdir())


PUSH = {
    "ref": "refs/heads/main",
    "after": "3f2a" * 10,
    "pusher": {"name": "ada"},
    "repository": {"clone_url": "https://git.example.org/team/deck.git"},
}


def send(deck: Deck, content: Any = PUSH, *, secret: str = SECRET, **headers: str) -> TestResponse:
    """As GitHub does, from a stranger's place."""
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    signature = "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    deck.client.environ_base.pop("HTTP_AUTHORIZATION", None)
    return deck.client.post(
        "/api/config/webhooks/github",
        data=body,
        content_type="application/json",
        headers={"X-GitHub-Event": "push", "X-Hub-Signature-256": signature, **headers},
    )


def test_a_signed_push_is_pulled_without_other_credentials(deck: Deck) -> None:
    answer = send(deck)

    assert (answer.status_code, answer.json) == (202, {"pulls": True, "detail": ""})
    assert send(deck, Origin="https://git.example.org").status_code == 202
    assert send(deck, Authorization="Bearer something else").status_code == 202
    assert deck.pulls == ["ada", "ada", "ada"]


def test_other_signed_events_are_taken_and_ignored(deck: Deck) -> None:
    ping = send(deck, {"zen": "x"}, **{"X-GitHub-Event": "ping"})
    other = send(deck, {**PUSH, "ref": "refs/heads/other"})

    assert (ping.status_code, ping.json) == (202, {"pulls": False, "detail": "This is not a push."})
    assert (other.status_code, other.json["pulls"]) == (202, False)
    assert deck.pulls == []


def test_what_is_not_signed_is_not_even_read(deck: Deck) -> None:
    for answer in (
        send(deck, b"{ no JSON", secret="guessed"),
        send(deck, **{"X-Hub-Signature-256": ""}),
        send(deck, **{"X-Hub-Signature-256": "sha256="}),
    ):
        assert answer.status_code == 403
        assert "TASKDECK_CONFIG_WEBHOOK_SECRET" in answer.json["detail"]
    assert send(deck, b"{ no JSON").status_code == 400
    assert deck.pulls == []


def test_guesses_are_slowed_down_and_whoever_signs_is_not(deck: Deck) -> None:
    answers = [send(deck, secret=f"guess {number}") for number in range(7)]

    assert [answer.status_code for answer in answers[:5]] == [403] * 5
    assert answers[-1].status_code == 429
    assert int(answers[-1].headers["Retry-After"]) >= 1
    assert send(deck).status_code == 202


def test_a_webhook_may_not_be_long(deck: Deck, monkeypatch: pytest.MonkeyPatch) -> None:
    # Longer than other bodies may be: what was pushed is listed in it.
    assert send(deck, {**PUSH, "commits": ["x" * 200_000]}).status_code == 202
    monkeypatch.setattr(webhooks, "MAX_BYTES", 100_000)
    assert send(deck, {**PUSH, "commits": ["x" * 200_000]}).status_code == 413


def test_of_a_webhook_no_more_is_read_than_it_may_have(deck: Deck, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhooks, "MAX_BYTES", 100_000)
    signed, unsigned = Endless(), Endless()

    answer = post_stream(deck, signed, {"X-Hub-Signature-256": "sha256=00"})
    assert (answer.status_code, "100,000" in answer.json["detail"]) == (413, True)
    assert signed.taken <= 200_000
    assert post_stream(deck, unsigned, {}).status_code == 403
    assert unsigned.taken == 0


def test_a_webhook_that_does_not_come_in_is_given_up(deck: Deck, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhooks, "MAX_SECONDS", 0.05)

    with stalled() as body:
        answer = deck.client.post("/api/config/webhooks/github", headers={"X-Hub-Signature-256": "sha256=00"}, **body)

    assert answer.status_code == 408


def post_stream(deck: Deck, stream: Endless, headers: dict[str, str]) -> TestResponse:
    return deck.client.post(
        "/api/config/webhooks/github",
        headers={"X-GitHub-Event": "push", "Transfer-Encoding": "chunked", **headers},
        environ_overrides={"wsgi.input": stream, "wsgi.input_terminated": True},
    )


def test_other_senders_are_unknown(deck: Deck) -> None:
    assert deck.client.post("/api/config/webhooks/elsewhere", json={}).status_code == 404


def test_without_a_secret_there_are_no_webhooks(deck: Deck) -> None:
    rules = replace(deck.settings.configuration, webhook_secret="")
    now = context.of(deck.client.application)
    replace(now, settings=replace(now.settings, configuration=rules)).init_app(deck.client.application)

    assert send(deck, secret="").status_code == 404
