"""Updates of the configuration of a real server, while it serves."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import socket
import subprocess
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psutil
import pytest
import requests
import socketio
from factories import make_project
from servers import TOKEN, RunningServer, serving

from taskdeck import app
from taskdeck.configuration import lock, update
from taskdeck.configuration.request import Action, Request

# The client library does not close the sockets of connections that were cut.
pytestmark = [
    pytest.mark.filterwarnings("ignore:Exception ignored in. <socket:pytest.PytestUnraisableExceptionWarning"),
]

WAIT_SECONDS = 60.0
SECRET = "webhook secret"
NOBODY = {
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    **{f"GIT_{who}_{what}": "nobody@example.org" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")},
}

SAYS = """
import os, pathlib, time
from taskdeck import sdk
sdk.log("began")
until = time.monotonic() + 300  # a test that fails must not leave it behind
while not pathlib.Path(os.environ["TASKDECK_DATA_DIR"], "go").exists() and time.monotonic() < until:
    time.sleep(0.02)
import words
sdk.log(words.WORDS)
"""
TASK = "/api/config/tasks/SAY"


class Told:
    """What a client of the socket is told, by name."""

    def __init__(self, url: str) -> None:
        self.config: list[dict[str, Any]] = []
        self.catalog: list[dict[str, Any]] = []
        self._news = threading.Condition()
        self._session = requests.Session()
        self._socket = socketio.Client(reconnection=False, handle_sigint=False, http_session=self._session)
        self._socket.on("config", lambda frame: self._note(self.config, frame))
        self._socket.on("catalog", lambda frame: self._note(self.catalog, frame))
        self._socket.connect(url, auth={"token": TOKEN}, transports=["websocket"], wait_timeout=30)

    def wait(self, condition: Callable[[], object]) -> None:
        with self._news:
            assert self._news.wait_for(condition, WAIT_SECONDS), (self.config, self.catalog)

    def close(self) -> None:
        self._socket.disconnect()
        self._session.close()

    def _note(self, frames: list[dict[str, Any]], frame: dict[str, Any]) -> None:
        with self._news:
            frames.append(frame)
            self._news.notify_all()


def project(root: Path, words: str) -> Path:
    """The task SAY, which waits for a file ``go`` among the data and then says the words."""
    make_project(root, files={"say.py": SAYS}, tasks={"SAY": {"description": words}})
    (root / "data").mkdir(exist_ok=True)
    (root / "data_tasks" / "words.py").write_text(f"WORDS = {words!r}")
    return root


class Repository:
    """A git repository whose main branch is a project with one task, SAY."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.url = f"file://{directory}"
        directory.mkdir(parents=True)
        self._git("init", "--quiet", "--initial-branch=main")

    def push(self, description: str) -> None:
        """What a server sees of it: a new commit on the branch."""
        project(self.directory, description)
        self.commit(description)

    def commit(self, message: str) -> None:
        self._git("add", "--all")
        self._git("commit", "--quiet", "--allow-empty", "--message", message)

    def _git(self, *arguments: str) -> None:
        subprocess.run(["git", *arguments], cwd=self.directory, env={**os.environ, **NOBODY}, check=True)


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Repository:
    return Repository(tmp_path_factory.mktemp("git") / "deck")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, repository: Repository) -> Iterator[RunningServer]:
    with serving(
        project(tmp_path_factory.mktemp("served") / "project", "by hand"),
        TASKDECK_POOL_SIZE="0",
        TASKDECK_CONFIG_ARCHIVES="true",
        TASKDECK_CONFIG_REPOSITORIES=repository.url,
        TASKDECK_CONFIG_REPOSITORY=repository.url,
        TASKDECK_CONFIG_BRANCH="main",
        TASKDECK_CONFIG_WEBHOOK_SECRET=SECRET,
    ) as running:
        yield running


@pytest.fixture
def told(server: RunningServer) -> Iterator[Told]:
    client = Told(server.url)
    yield client
    client.close()


def test_everybody_is_told_who_made_a_version(server: RunningServer, told: Told) -> None:
    status, made = server.request("PATCH", f"{TASK}?by=CI&message=why", {"description": "By CI"})
    assert status == 201, made
    number = made["version"]["number"]

    catalog_version = server.get("/api/tasks")["catalog_version"]
    told.wait(lambda: told.config)
    told.wait(lambda: told.catalog and told.catalog[-1]["version"] == catalog_version)

    # The first update makes two versions: of that of what was served until then, nobody needs to be told.
    [frame] = told.config
    assert frame["version"] == number
    assert (frame["by"], frame["message"], frame["catalog_version"]) == ("CI", "why", catalog_version)


def test_versions_of_other_processes_are_told_and_served(server: RunningServer, told: Told) -> None:
    settings = app.settings_of(server.project)
    project(server.project, "from the command line")

    made = update.apply(settings, Request(action=Action.DIRECTORY, by="Ada")).version
    assert made is not None
    told.wait(lambda: told.config and told.config[-1]["version"] == made.number)

    assert server.get("/api/config")["version"]["number"] == made.number
    assert server.get("/api/tasks/SAY")["description"] == "from the command line"


def test_of_two_updates_at_once_one_is_made(server: RunningServer) -> None:
    before = newest(server)
    with ThreadPoolExecutor(5) as threads:
        wanted = [{"description": f"by thread {number}"} for number in range(5)]
        answers = list(threads.map(lambda body: server.request("PATCH", TASK, body), wanted))

    made = [body for status, body in answers if status == 201]
    refused = [body["kind"] for status, body in answers if status == 409]
    # On a busy machine the last may come when the first is done.
    assert made
    assert refused == ["busy"] * (5 - len(made))
    assert newest(server) - before == len(made) + (before == 0)


def test_running_runs_keep_their_version_and_new_ones_take_the_new(
    server: RunningServer, repository: Repository
) -> None:
    go = server.project / "data" / "go"
    go.unlink(missing_ok=True)
    earlier = server.submit("SAY")
    until(lambda: "began" in said(server, earlier))
    old = server.get(f"/api/runs/{earlier}")["config_version"]

    repository.push("from git")
    status, answer = server.request("POST", "/api/config/update", {"by": "CI"})
    assert status == 201, answer
    number = answer["version"]["number"]
    assert number > (old or 0)
    assert answer["version"]["source"]["ref"] == "main"
    go.touch()

    assert server.wait(earlier)["status"] == "succeeded"
    assert "from git" not in said(server, earlier)
    later = server.submit("SAY")
    assert server.wait(later)["status"] == "succeeded"
    assert "from git" in said(server, later)
    assert server.get(f"/api/runs/{later}")["config_version"] == number
    assert server.get(f"/api/runs/{earlier}")["config_version"] == old


def test_a_push_is_pulled_in_the_background(server: RunningServer, repository: Repository, told: Told) -> None:
    repository.push("pushed")
    assert webhook(server, repository) == 202
    told.wait(lambda: told.config and told.config[-1]["trigger"] == "webhook")

    assert told.config[-1]["by"] == "ada"
    assert server.get("/api/tasks/SAY")["description"] == "pushed"
    until(lambda: server.get("/api/config")["pull"]["last"])
    last = server.get("/api/config")["pull"]["last"]
    assert (last["outcome"], last["version"], last["detail"]) == ("made", told.config[-1]["version"], "")


def test_what_cannot_be_pulled_is_told_and_changes_nothing(server: RunningServer, repository: Repository) -> None:
    before = newest(server)
    repository.push("good")
    (repository.directory / "data_tasks" / "say.py").unlink()
    repository.commit("broken")

    assert webhook(server, repository) == 202
    until(lambda: (server.get("/api/config")["pull"]["last"] or {}).get("kind") == "invalid")

    assert "say.py" in server.get("/api/config")["pull"]["last"]["detail"]
    assert newest(server) == before


def test_an_upload_that_is_broken_off_changes_nothing(server: RunningServer) -> None:
    before = newest(server)
    with unfinished_upload(server):
        until(lambda: server.get("/api/config")["update_in_progress"])
        status, answer = server.request("PATCH", TASK, {"description": "meanwhile"})
        assert (status, answer["kind"]) == (409, "busy")
    until(lambda: server.get("/api/config")["update_in_progress"] is None)

    assert newest(server) == before
    assert server.request("PATCH", TASK, {"description": "afterwards"})[0] == 201


def test_an_update_ends_with_its_server(server: RunningServer) -> None:
    before = newest(server)
    settings = app.settings_of(server.project)
    with unfinished_upload(server):
        until(lambda: lock.holder(settings.configuration_directory / "lock"))
        holder = lock.holder(settings.configuration_directory / "lock")
        assert holder is not None
        web = psutil.Process(holder.pid).parent()
        assert web is not None
        web.kill()
        until(lambda: not psutil.pid_exists(holder.pid))
        until(lambda: is_up(server))

    assert newest(server) == before
    assert server.request("PATCH", TASK, {"description": "after the restart"})[0] == 201


def test_the_repository_is_polled(tmp_path: Path, repository: Repository) -> None:
    repository.push("first")
    with serving(
        project(tmp_path / "polling", "by hand"),
        TASKDECK_POOL_SIZE="0",
        TASKDECK_CONFIG_REPOSITORIES=repository.url,
        TASKDECK_CONFIG_REPOSITORY=repository.url,
        TASKDECK_CONFIG_BRANCH="main",
        TASKDECK_CONFIG_POLL_SECONDS="1",
    ) as polling:
        until(lambda: polling.get("/api/tasks/SAY")["description"] == "first")
        repository.push("second")
        until(lambda: polling.get("/api/tasks/SAY")["description"] == "second")
        assert polling.get("/api/config")["version"]["trigger"] == "poll"
        number = newest(polling)
        # What is the same makes no version.
        at = polling.get("/api/config")["pull"]["last"]["at"]
        until(lambda: polling.get("/api/config")["pull"]["last"]["at"] != at)
        assert newest(polling) == number


def until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + WAIT_SECONDS
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.02)


def is_up(server: RunningServer) -> bool:
    try:
        return bool(server.get("/api/health"))
    except OSError:
        return False


def newest(server: RunningServer) -> int:
    version = server.get("/api/config")["version"]
    return 0 if version is None else version["number"]


def said(server: RunningServer, run: int) -> str:
    return b"".join([server.get(f"/api/runs/{run}/log")]).decode()


def webhook(server: RunningServer, repository: Repository) -> int:
    """What Gitea sends."""
    push = {
        "ref": "refs/heads/main",
        "after": "3f2a" * 10,
        "pusher": {"login": "ada"},
        "repository": {"clone_url": repository.url},
    }
    body = json.dumps(push).encode()
    signature = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
    headers = {"Content-Type": "application/json", "X-Gitea-Event": "push", "X-Gitea-Signature": signature}
    call = urllib.request.Request(f"{server.url}/api/config/webhooks/gitea", data=body, headers=headers)
    with urllib.request.urlopen(call, timeout=30) as answer:
        return answer.status


@contextmanager
def unfinished_upload(server: RunningServer) -> Iterator[None]:
    """Says that it sends a megabyte, and sends nothing more than the beginning."""
    address = urlsplit(server.url)
    with socket.create_connection((address.hostname, address.port), timeout=30) as connection:
        head = f"POST /api/config/archive HTTP/1.1\r\nHost: {address.netloc}\r\nAuthorization: Bearer {TOKEN}\r\n"
        connection.sendall(f"{head}Content-Length: 1000000\r\n\r\n".encode() + bytes(100_000))
        yield
