"""Which version of its configuration a project is served in: by the web, the worker, and the runs that go on."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from factories import make_project, write_json

from taskdeck import app
from taskdeck.catalog import layout, loader
from taskdeck.catalog.watcher import LiveCatalog
from taskdeck.configuration import versions
from taskdeck.configuration.versions import NoSuchVersion, Versions
from taskdeck.model.config_version import ConfigSource, ConfigTrigger, ConfigVersion, Origin
from taskdeck.model.run import Run, RunStatus, Trigger
from taskdeck.settings import Settings, from_environment

SAYS = "from taskdeck import sdk; sdk.log('{}')"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return make_project(
        tmp_path / "project",
        files={"say.py": SAYS.format("directory")},
        connections={"ANA": {}},
        values={"ANA": {"type": "sqlite3"}},
    )


@pytest.fixture
def settings(root: Path) -> Settings:
    settings = from_environment(root, {"TASKDECK_POOL_SIZE": "0"})
    app.prepare_state_directory(settings)
    return settings


def publish(settings: Settings, number: int, text: str | None, *, task: str = "SAY") -> ConfigVersion:
    """A version with one task that says ``text``; ``None``: one that serves the project's directory."""
    draft = settings.configuration_directory / "staging" / "draft"
    version = ConfigVersion(
        number=number,
        at=datetime(2026, 11, 21, 10, tzinfo=UTC),
        by="CI",
        trigger=ConfigTrigger.API,
        source=ConfigSource(origin=Origin.ARCHIVE if text is not None else Origin.LIVE),
        tree=number if text is not None else None,
    )
    draft.mkdir(parents=True)
    if text is not None:
        make_project(draft / "tree", files={"say.py": SAYS.format(text)})
        tasks = [{"id": task, "name": task, "pythonFile": "say.py"}]
        write_json(draft / "tree" / "config" / "data_tasks.json", {"dataTasks": tasks})
        write_json(draft / "tree" / "config" / "data_connections.json", {"dataConnections": [{"id": "ANA"}]})
    (draft / "version.json").write_bytes(versions.to_json(version))
    draft.rename(Versions.of(settings).directory / str(number))
    return version


@pytest.fixture
def live(settings: Settings) -> Iterator[LiveCatalog]:
    found = Versions.of(settings)
    live = LiveCatalog(layout.find_project(settings.project), served=found.served, versions_directory=found.directory)
    live.start()
    yield live
    live.stop()


def wait_until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline, "nothing happened"
        time.sleep(0.005)


def test_without_versions_the_directory_is_served(settings: Settings) -> None:
    project = layout.find_project(settings.project)

    assert Versions.of(settings).served(project) == project
    assert loader.load(project).config_version is None


def test_the_highest_numbered_version_is_served_as_soon_as_it_is_there(settings: Settings, live: LiveCatalog) -> None:
    before = live.current()
    publish(settings, 9, "nine")
    wait_until(lambda: live.current().config_version == 9)
    publish(settings, 10, "ten")
    wait_until(lambda: live.current().config_version == 10)

    task = live.current().tasks["SAY"]
    assert Path(task.file).read_text() == SAYS.format("ten")
    assert live.current().project.label(Path(task.file)) == "data_tasks/say.py"
    assert live.current().version != before.version


def test_edits_of_the_directory_are_not_served_while_a_version_is(settings: Settings, live: LiveCatalog) -> None:
    publish(settings, 1, "one")
    wait_until(lambda: live.current().config_version == 1)

    write_json(settings.project / "config" / "data_tasks.json", {"dataTasks": []})

    assert list(live.reload().tasks) == ["SAY"]


def test_values_that_operators_set_are_of_no_version(settings: Settings, live: LiveCatalog) -> None:
    publish(settings, 1, "one")
    wait_until(lambda: live.current().config_version == 1)
    assert live.current().connections["ANA"].file_values == {"type": "sqlite3"}

    values = {"dataConnectionParameters": {"ANA": {"type": "postgresql"}}}
    write_json(settings.project / "config" / "config.json", values)

    wait_until(lambda: live.current().connections["ANA"].file_values == {"type": "postgresql"})


def test_a_live_version_serves_the_directory_again(settings: Settings, live: LiveCatalog) -> None:
    publish(settings, 1, "one", task="ONE")
    publish(settings, 2, None)
    wait_until(lambda: live.current().config_version == 2)

    assert live.current().project.source_root == settings.project
    assert list(live.current().tasks) == ["SAY"]
    write_json(settings.project / "config" / "data_tasks.json", {"dataTasks": []})
    wait_until(lambda: live.current().tasks == {})


def test_in_a_workspace_the_users_part_stays_where_it_is(tmp_path: Path) -> None:
    config = tmp_path / "ws" / "duft-config"
    write_json(config / "system" / "data_tasks.json", {"dataTasks": []})
    write_json(config / "user" / "config.json", {"dataConnectionParameters": {"ANA": {"server": "here"}}})
    settings = from_environment(tmp_path / "ws", {})
    app.prepare_state_directory(settings)
    publish(settings, 1, "unused")
    tree = Versions.of(settings).directory / "1" / "tree"
    tasks = [{"id": "SAY", "pythonFile": "say.py"}]
    write_json(tree / "duft-config" / "system" / "data_tasks.json", {"dataTasks": tasks})
    write_json(tree / "duft-config" / "user" / "config.json", {"dataConnectionParameters": {"ANA": {"server": "no"}}})

    catalog = loader.load(Versions.of(settings).served(layout.find_project(settings.project)))

    assert catalog.tasks["SAY"].file == str(tree / "duft-config" / "system" / "data_tasks" / "say.py")
    assert catalog.connections["ANA"].file_values == {"server": "here"}


DIRECTORIES = """
from services.config.service import config_directories
from taskdeck import sdk
sdk.log(config_directories.system_config_directory)
sdk.log(config_directories.user_config_directory)
sdk.log(config_directories.data_directory)
"""


def test_a_task_of_a_version_is_told_where_the_configuration_is(tmp_path: Path) -> None:
    root = tmp_path / "ws"
    write_json(root / "duft-config" / "system" / "data_tasks.json", {"dataTasks": []})
    settings = from_environment(root, {"TASKDECK_POOL_SIZE": "0"})
    app.prepare_state_directory(settings)
    publish(settings, 1, "unused")
    system = Versions.of(settings).directory / "1" / "tree" / "duft-config" / "system"
    write_json(system / "data_tasks.json", {"dataTasks": [{"id": "TELL", "pythonFile": "tell.py"}]})
    (system / "data_tasks").mkdir()
    (system / "data_tasks" / "tell.py").write_text(DIRECTORIES)

    with app.open_application(settings) as application:
        run, _ = application.service.submit("TELL", {}, trigger=Trigger.API)
        application.worker(dedicated_to=run).run_until(threading.Event())
        events = list(application.service.all_events(run.id))

    said = [event["text"] for event in events if event["type"] == "message"]
    assert said == [str(system), str(root / "duft-config" / "user"), str(root / "data")]


def test_runs_keep_the_version_they_were_queued_with(settings: Settings) -> None:
    publish(settings, 1, "one")
    with app.open_application(settings) as application:
        first, _ = application.service.submit("SAY", {}, trigger=Trigger.API)
        publish(settings, 2, "two")
        wait_until(lambda: application.service.catalog().config_version == 2)
        second, _ = application.service.submit("SAY", {}, trigger=Trigger.API)

        worker = application.worker(dedicated_to=second)
        ended = []
        stop = _Once(lambda: all(ended_of(run).status.is_final for run in (first, second)))

        def ended_of(run: Run) -> Run:
            return application.service.run(run.id)

        worker.run_until(stop)
        ended = [ended_of(run) for run in (first, second)]
        said = [
            event["text"]
            for run in (first, second)
            for event in application.service.all_events(run.id)
            if event["type"] == "message"
        ]

    assert [run.status for run in ended] == [RunStatus.SUCCEEDED] * 2
    assert said == ["one", "two"]


def test_a_run_names_its_version(settings: Settings) -> None:
    publish(settings, 3, "three")
    with app.open_application(settings) as application:
        run, _ = application.service.submit("SAY", {}, trigger=Trigger.API)
        with application.database.read() as connection:
            from taskdeck.store import runs

            definition = runs.definition(connection, run.id)

    assert definition["config_version"] == 3
    assert definition["source_root"] == str(Versions.of(settings).directory / "3" / "tree")


def test_a_version_is_read_as_it_was_written(settings: Settings) -> None:
    written = publish(settings, 1, "one")

    assert Versions.of(settings).get(1) == written
    assert Versions.of(settings).page() == [written]
    with pytest.raises(NoSuchVersion, match="no version 2"):
        Versions.of(settings).get(2)


def test_a_damaged_version_is_passed_over_and_told(settings: Settings, caplog: pytest.LogCaptureFixture) -> None:
    good = publish(settings, 1, "one")
    publish(settings, 2, "two")
    (Versions.of(settings).directory / "2" / "version.json").write_text(json.dumps({"number": 2}))

    assert Versions.of(settings).active() == good
    assert Versions.of(settings).page() == [good]
    assert "config_version_unreadable" in caplog.text


class _Once:
    """Stands for the event that ends a worker: set as soon as a condition holds."""

    def __init__(self, condition: Callable[[], bool]) -> None:
        self._condition = condition

    def is_set(self) -> bool:
        return self._condition()

    def wait(self, timeout: float | None = None) -> bool:
        time.sleep(min(timeout or 0.01, 0.01))
        return self.is_set()
