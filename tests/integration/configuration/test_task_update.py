"""DUFT's update task, where the server keeps versions: the same call makes one."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from duft_archives import Archives
from factories import write_json

from taskdeck import app
from taskdeck.configuration.versions import Versions
from taskdeck.model.config_version import ConfigTrigger
from taskdeck.model.run import Run, RunStatus, Trigger
from taskdeck.settings import Settings, from_environment

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="needs git")

URL = "https://github.com/UCSF/duft-config"
UPDATE = f"""
import os
from services.config.service import config_directories
from services.dte_tools.update_tools import download_github_repo

root = config_directories.root_directory
print(download_github_repo({URL!r}, root, final_repo_name="duft-config", branch="main", user_dir="user"))
"""


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A workspace, and a repository that a git of our own gives out in the place of GitHub's."""
    config = tmp_path / "ws" / "duft-config"
    tasks = [{"id": "UPDATE", "pythonFile": "update.py", "executeFromRoot": True}]
    write_json(config / "system" / "data_tasks.json", {"dataTasks": tasks})
    write_json(config / "user" / "config.json", {"dataConnectionParameters": {}})
    (config / "system" / "data_tasks").mkdir()
    (config / "system" / "data_tasks" / "update.py").write_text(UPDATE)

    repository = tmp_path / "repository"
    shutil.copytree(config / "system", repository / "system")
    tasks.append({"id": "NEW", "pythonFile": "update.py"})
    write_json(repository / "system" / "data_tasks.json", {"dataTasks": tasks})
    write_json(repository / "user" / "config.json", {"theirs": True})
    identity = ("-c", "user.name=Ada", "-c", "user.email=ada@example.org")
    for command in (("init", "--quiet", "--initial-branch=main"), ("add", "--all"), ("commit", "--quiet", "-m", "new")):
        subprocess.run(["git", *identity, *command], cwd=repository, check=True)
    git = shutil.which("git")
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "git").write_text(
        f'#!/bin/sh\nexec {git} -c "url.file://{repository}.insteadOf={URL}" -c protocol.file.allow=always "$@"\n'
    )
    (tmp_path / "bin" / "git").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}")
    return tmp_path / "ws"


@pytest.fixture
def archives() -> Iterator[Archives]:
    with Archives().serving() as archives:
        yield archives


@pytest.fixture
def updated(workspace: Path) -> Callable[..., tuple[Settings, Run, list[str]]]:
    """Runs the update task, and gives what it said."""

    def update(**environment: str) -> tuple[Settings, Run, list[str]]:
        settings = from_environment(workspace, {"TASKDECK_POOL_SIZE": "0", **environment})
        with app.open_application(settings) as application:
            run, _ = application.service.submit("UPDATE", {}, trigger=Trigger.API)
            application.worker(dedicated_to=run).run_until(threading.Event())
            events = list(application.service.all_events(run.id))
            said = [event["text"] for event in events if event["type"] in ("message", "stream")]
            return settings, application.service.run(run.id), said

    return update


Updated = Callable[..., tuple[Settings, Run, list[str]]]


def test_it_makes_a_version_and_touches_nothing_else(updated: Updated, workspace: Path) -> None:
    settings, run, said = updated(TASKDECK_CONFIG_REPOSITORIES=URL)

    assert run.status is RunStatus.SUCCEEDED, said
    assert "The configuration is now version 2." in said
    version = Versions.of(settings).active()
    assert version is not None
    assert (version.number, version.trigger, version.by) == (2, ConfigTrigger.TASK, f"run {run.id} of UPDATE")
    with app.open_application(settings) as application:
        catalog = application.service.catalog()
    assert list(catalog.tasks) == ["UPDATE", "NEW"]
    assert "theirs" not in (workspace / "duft-config" / "user" / "config.json").read_text()
    assert "NEW" not in (workspace / "duft-config" / "system" / "data_tasks.json").read_text()

    _, run, said = updated(TASKDECK_CONFIG_REPOSITORIES=URL)
    assert run.status is RunStatus.SUCCEEDED
    assert "The configuration is already version 2." in said


def test_what_the_operator_does_not_allow_fails_the_run(updated: Updated, workspace: Path) -> None:
    settings, run, said = updated(TASKDECK_CONFIG_REPOSITORIES="https://github.com/somebody/else")

    assert run.status is RunStatus.FAILED
    assert "TASKDECK_CONFIG_REPOSITORIES" in "".join(said)
    assert Versions.of(settings).active() is None


def test_the_settings_are_not_told_to_tasks_nor_written_down(updated: Updated) -> None:
    settings, run, said = updated(TASKDECK_CONFIG_REPOSITORIES="https://bot:canary@github.com/somebody/*")

    assert "canary" not in "".join(said)
    assert run.status is RunStatus.FAILED
    files = [path for path in (settings.runs_directory / str(run.id)).rglob("*") if path.is_file()]
    assert [path for path in files if b"canary" in path.read_bytes()] == []


def test_in_a_project_that_is_served_live_it_replaces_the_directory_unless_that_brings_errors(
    updated: Updated, workspace: Path, archives: Archives
) -> None:
    config = workspace / "duft-config"
    script = UPDATE.replace('user_dir="user"', f'user_dir="user", archive_base={archives.base!r}')
    (config / "system" / "data_tasks" / "update.py").write_text(script)
    # What is wrong already is not the update's fault, and neither is what the operator has.
    old = [{"id": "UPDATE", "pythonFile": "update.py", "executeFromRoot": True}, {"id": "OLD", "pythonFile": "gone.py"}]
    write_json(config / "system" / "data_tasks.json", {"dataTasks": old})
    write_json(config / "user" / "config.json", {"dataConnectionParameters": []})
    task_file = "system/data_tasks/update.py"

    def offer(tasks: str) -> None:
        archives.offer({task_file: script, "system/data_tasks.json": tasks, "user/config.json": "{}"})

    offer(json.dumps({"dataTasks": [*old, {"id": "NEW", "pythonFile": "nowhere.py"}]}))
    _, run, said = updated()
    assert run.status is RunStatus.FAILED
    assert "errors that the present one has not: duft-config/system/data_tasks.json:1: " in run.reason
    assert "nowhere.py" in run.reason
    assert json.loads((config / "system" / "data_tasks.json").read_text()) == {"dataTasks": old}
    assert {path.name for path in workspace.iterdir()} - {"tmp-data-tasks"} == {".taskdeck", "duft-config"}

    offer(json.dumps({"dataTasks": [*old, {"id": "NEW", "pythonFile": "update.py"}]}))
    settings, run, said = updated()

    assert run.status is RunStatus.SUCCEEDED, said
    with app.open_application(settings) as application:
        assert "NEW" in application.service.catalog().tasks
    assert json.loads((config / "user" / "config.json").read_text()) == {"dataConnectionParameters": []}
