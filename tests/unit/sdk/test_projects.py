from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest
from factories import make_project, write_json

from taskdeck import sdk
from taskdeck.sdk import connections, duft, projects

DECLARED = {"id": "ANA", "name": "Analysis", "params": [{"name": "type", "type": "text"}]}


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with the connection ANA; the working directory is its folder of tasks."""
    make_project(tmp_path / "project", files={"etl.py": ""})
    write_json(tmp_path / "project" / "config" / "data_connections.json", {"dataConnections": [DECLARED]})
    write_json(
        tmp_path / "project" / "config" / "config.json",
        {"dataConnectionParameters": {"ANA": {"type": "sqlite3", "port": "5432"}, "EMPS": {"type": "mysql"}}},
    )
    monkeypatch.chdir(tmp_path / "project" / "data_tasks")
    return tmp_path / "project"


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A DUFT workspace; the working directory is its system's folder of tasks."""
    config = tmp_path / "ws" / "duft-config"
    write_json(config / "system" / "data_connections.json", {"dataConnections": [DECLARED]})
    write_json(config / "user" / "data_connections.json", {"dataConnections": [{"id": "LAB"}, DECLARED]})
    write_json(config / "user" / "config.json", {"dataConnectionParameters": {"ANA": {"server": "x"}}, "a": 1})
    (config / "system" / "data_tasks").mkdir()
    monkeypatch.chdir(config / "system" / "data_tasks")
    return tmp_path / "ws"


@pytest.mark.usefixtures("project")
def test_a_connection_of_the_project_around_the_working_directory() -> None:
    assert dict(sdk.connection("ANA")) == {"type": "sqlite3", "port": "5432"}


@pytest.mark.usefixtures("workspace")
def test_a_connection_of_a_duft_workspace() -> None:
    assert dict(sdk.connection("ANA")) == {"server": "x"}
    assert dict(sdk.connection("LAB")) == {}


@pytest.mark.usefixtures("project")
def test_an_undeclared_connection_is_unknown_even_where_it_has_values() -> None:
    with pytest.raises(connections.UnknownConnection) as caught:
        sdk.connection("EMPS")
    assert str(caught.value) == "There is no connection 'EMPS'. Declared connections: ANA."


def test_the_project_of_a_script_is_found_from_elsewhere(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    monkeypatch.setattr(sys.modules["__main__"], "__file__", str(project / "data_tasks" / "etl.py"), raising=False)

    found = projects.find()

    assert found is not None
    assert found.root == project


def test_without_any_project_the_error_says_what_was_looked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys.modules["__main__"], "__file__", str(tmp_path / "etl.py"), raising=False)

    with pytest.raises(connections.UnknownConnection, match="no project around the working directory"):
        sdk.connection("ANA")


def test_a_broken_file_is_named_and_left_out(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "config" / "config.json").write_text('{"dataConnectionParameters": ', encoding="utf-8")

    assert dict(sdk.connection("ANA")) == {}
    assert "config.json could not be read and is left out: Expecting value: line 1" in capsys.readouterr().err


@pytest.fixture
def taskdeck_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Puts a command of our own in the place of ``python -m taskdeck``; it also tells how it was called."""

    def install(body: str) -> Path:
        interpreter = tmp_path / "python"
        interpreter.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" > "{tmp_path}/arguments"\n{body}\n', encoding="utf-8")
        interpreter.chmod(0o755)
        monkeypatch.setattr(sys, "executable", str(interpreter))
        return tmp_path / "arguments"

    return install


@pytest.fixture
def store(project: Path) -> None:
    """The project has a state directory with a store."""
    (project / ".taskdeck").mkdir()
    (project / ".taskdeck" / "taskdeck.db").touch()


@pytest.mark.usefixtures("store")
def test_values_saved_in_the_dashboard_win_over_the_files(project: Path, taskdeck_command: Any) -> None:
    answer = json.dumps({"values": {"port": 6543, "password": "é"}}, ensure_ascii=False)
    arguments = taskdeck_command(f"printf '%s' '{answer}'")

    assert dict(sdk.connection("ANA")) == {"type": "sqlite3", "port": 6543, "password": "é"}
    assert arguments.read_text(encoding="utf-8").split() == [
        *("-m", "taskdeck", "connection", "ANA", "--json", "--project", str(project))
    ]


@pytest.mark.usefixtures("store")
@pytest.mark.parametrize(
    ("body", "problem"),
    [
        ("echo 'The key is missing' >&2; exit 1", "The key is missing"),
        ("exit 3", "exit code 3"),
        ("echo 'no json'", "JSONDecodeError"),
        ("echo '[]'", "TypeError"),
    ],
)
def test_a_store_that_cannot_be_read_is_a_warning(
    body: str, problem: str, taskdeck_command: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    taskdeck_command(body)

    assert dict(sdk.connection("ANA")) == {"type": "sqlite3", "port": "5432"}
    warning = capsys.readouterr().err
    assert warning.startswith("The values of connection 'ANA' that were saved in the dashboard could not be read")
    assert problem in warning


@pytest.mark.usefixtures("project")
def test_a_project_without_a_store_starts_no_process(taskdeck_command: Any) -> None:
    arguments = taskdeck_command("exit 1")
    sdk.connection("ANA")
    assert not arguments.exists()


def test_duft_directories_of_a_workspace(workspace: Path) -> None:
    config = workspace / "duft-config"
    found = duft.get_directories()

    assert found is duft.directories
    assert found.data_directory == str(workspace / "data")
    assert found.data_tasks_temp_directory == str(workspace / "tmp-data-tasks")
    assert found.uploads_directory == str(workspace / "uploads")
    assert found.config_directory == duft.Environment.config_directory == str(config)
    assert found.system_config_directory == duft.Environment().system_config_directory == str(config / "system")
    assert found.user_config_directory == str(config / "user")
    assert found.root_directory == str(workspace)
    with pytest.raises(AttributeError, match=r"no directory 'datadirectory' here\. There are: config_directory, "):
        _ = found.datadirectory


def test_duft_directories_of_a_native_project(project: Path) -> None:
    assert duft.directories.system_config_directory == str(project / "config")
    assert duft.directories.user_config_directory == str(project / "config")


@pytest.mark.usefixtures("workspace")
def test_duft_configuration() -> None:
    assert duft.get_duft_config() == {"dataConnectionParameters": {"ANA": {"server": "x"}}, "a": 1}


def test_purging_empties_the_temporary_directory_and_follows_no_link(workspace: Path, tmp_path: Path) -> None:
    temporary = Path(duft.get_temp_dir())
    (temporary / "folder").mkdir()
    (temporary / "folder" / "file").touch()
    (temporary / "file").touch()
    (tmp_path / "precious").mkdir()
    (tmp_path / "precious" / "file").touch()
    (temporary / "link").symlink_to(tmp_path / "precious")

    duft.purge_temp_dir()

    assert temporary == workspace / "tmp-data-tasks"
    assert list(temporary.iterdir()) == []
    assert (tmp_path / "precious" / "file").exists()
    assert Path(duft.get_data_dir()).is_dir()
