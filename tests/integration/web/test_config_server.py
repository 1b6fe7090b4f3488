"""Updates of the configuration of a real server, while it serves."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
import socketio
from factories import make_project
from servers import TOKEN, RunningServer, serving

from taskdeck import app
from taskdeck.configuration import update
from taskdeck.configuration.request import Action, Request

# The client library does not close the sockets of connections that were cut.
pytestmark = pytest.mark.filterwarnings("ignore:Exception ignored in. <socket:pytest.PytestUnraisableExceptionWarning")

WAIT_SECONDS = 60.0
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


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    project = make_project(tmp_path_factory.mktemp("served") / "project", files={"say.py": "print(1)"})
    with serving(project, TASKDECK_POOL_SIZE="0", TASKDECK_CONFIG_ARCHIVES="true") as running:
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
    # Before the first update there is a version of what was served until then.
    told.wait(lambda: told.config and told.config[-1]["version"] == number)
    told.wait(lambda: told.catalog and told.catalog[-1]["version"] == catalog_version)

    frame = told.config[-1]
    assert (frame["by"], frame["message"], frame["catalog_version"]) == ("CI", "why", catalog_version)


def test_versions_of_other_processes_are_told_and_served(server: RunningServer, told: Told) -> None:
    settings = app.settings_of(server.project)
    (Path(server.project) / "data_tasks" / "say.py").write_text("print('from the command line')")

    made = update.apply(settings, Request(action=Action.DIRECTORY, by="Ada")).version
    assert made is not None
    told.wait(lambda: told.config and told.config[-1]["version"] == made.number)

    assert server.get("/api/config")["version"]["number"] == made.number
    assert "from the command line" in server.get("/api/tasks/SAY/source")["text"]
