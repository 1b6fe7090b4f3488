"""Finding a project and its files."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from taskdeck.catalog import layout, merge
from taskdeck.catalog.layout import ConfigFiles, ProjectNotFound, TasksFile
from taskdeck.model.project import Layout, Project


def touch(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("{}")
    return path


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    for part in ("system", "user", "apps/zoo", "apps/ark"):
        touch(tmp_path / "ws" / "duft-config" / part / "data_tasks.json")
        (tmp_path / "ws" / "duft-config" / part / "data_tasks").mkdir()
    touch(tmp_path / "ws" / "duft-config" / "apps" / "README.md")
    return tmp_path / "ws"


def native(root: Path) -> Project:
    return Project(
        root=root,
        layout=Layout.NATIVE,
        config_directory=root / "config",
        data_directory=root / "data",
        temporary_directory=root / "tmp-data-tasks",
        uploads_directory=root / "uploads",
    )


def test_a_directory_with_configuration_is_a_native_project(tmp_path: Path) -> None:
    touch(tmp_path / "config" / "data_tasks.json")

    assert layout.find_project(tmp_path) == native(tmp_path)


def test_an_empty_directory_is_an_empty_native_project(tmp_path: Path) -> None:
    assert layout.find_project(tmp_path) == native(tmp_path)


def test_what_does_not_exist_is_no_project(tmp_path: Path) -> None:
    with pytest.raises(ProjectNotFound, match=f"There is no project at {tmp_path / 'nowhere'}: expected a directory"):
        layout.find_project(tmp_path / "nowhere")


def test_a_file_is_no_project(tmp_path: Path) -> None:
    with pytest.raises(ProjectNotFound):
        layout.find_project(touch(tmp_path / "file"))


@pytest.mark.parametrize("place", [".", "duft-config"])
def test_a_duft_project_is_its_workspace_wherever_one_points(workspace: Path, place: str) -> None:
    assert layout.find_project(workspace / place) == Project(
        root=workspace,
        layout=Layout.DUFT,
        config_directory=workspace / "duft-config",
        data_directory=workspace / "data",
        temporary_directory=workspace / "tmp-data-tasks",
        uploads_directory=workspace / "uploads",
    )


def test_a_duft_configuration_may_have_another_name(workspace: Path) -> None:
    config = (workspace / "duft-config").rename(workspace / "duft-config-wakanda")

    project = layout.find_project(config)

    assert (project.layout, project.root, project.config_directory) == (Layout.DUFT, workspace, config)


def test_a_native_project_may_lie_beside_a_duft_configuration(workspace: Path) -> None:
    touch(workspace / "config" / "data_tasks.json")

    assert layout.find_project(workspace) == native(workspace)


@pytest.mark.parametrize(
    "place", ["duft-config/system/data_tasks", "duft-config/apps/ark/data_tasks", "duft-config/user"]
)
def test_searching_upwards_finds_the_workspace_around_a_task(workspace: Path, place: str) -> None:
    assert layout.find_project(workspace / place, search_upwards=True) == layout.find_project(workspace)


def test_searching_upwards_finds_the_nearest_native_project(tmp_path: Path) -> None:
    touch(tmp_path / "config" / "config.json")
    inner = tmp_path / "inner"
    touch(inner / "config" / "data_connections.json")
    (inner / "data_tasks" / "deep").mkdir(parents=True)

    assert layout.find_project(inner / "data_tasks" / "deep", search_upwards=True) == native(inner)


def test_searching_upwards_may_find_nothing(tmp_path: Path) -> None:
    with pytest.raises(ProjectNotFound):
        layout.find_project(tmp_path, search_upwards=True)


def test_the_files_of_a_native_project(tmp_path: Path) -> None:
    project = layout.find_project(tmp_path)
    config = tmp_path / "config"

    assert layout.config_files(project) == ConfigFiles(
        tasks=(TasksFile(path=config / "data_tasks.json", folder=tmp_path / "data_tasks"),),
        connections=(config / "data_connections.json",),
        values=(config / "config.json",),
        navigation=(config / "navigation.json",),
    )
    assert layout.directories(project) == (tmp_path, config, tmp_path / "data_tasks")


def test_in_a_workspace_system_comes_first_and_user_last(workspace: Path) -> None:
    project = layout.find_project(workspace)
    config = workspace / "duft-config"
    parts = [config / "system", config / "apps" / "ark", config / "apps" / "zoo", config / "user"]

    assert layout.config_files(project) == ConfigFiles(
        tasks=tuple(TasksFile(path=part / "data_tasks.json", folder=part / "data_tasks") for part in parts),
        connections=tuple(part / "data_connections.json" for part in parts),
        values=(config / "user" / "config.json",),
        navigation=tuple(part / "navigation.json" for part in parts),
    )


def test_each_directory_of_a_workspace_is_watched_in_its_parent(workspace: Path) -> None:
    directories = layout.directories(layout.find_project(workspace))

    assert directories[0] == workspace
    assert {directory.parent for directory in directories[1:]} <= set(directories)
    assert {folder.folder for folder in layout.config_files(layout.find_project(workspace)).tasks} <= set(directories)


def test_of_entries_with_the_same_id_the_first_one_wins() -> None:
    merged = merge.by_id([("a", 1), ("b", 2), ("a", 3), ("c", 4), ("a", 5)], lambda entry: entry[0])

    assert merged.entries == {"a": ("a", 1), "b": ("b", 2), "c": ("c", 4)}
    assert list(merged.entries) == ["a", "b", "c"]
    assert merged.shadowed == [(("a", 3), ("a", 1)), (("a", 5), ("a", 1))]


def test_layout_and_merge_load_nothing_but_the_standard_library() -> None:
    code = (
        "import sys; before = set(sys.modules); import taskdeck.catalog.layout, taskdeck.catalog.merge;"
        "print(*sorted({name.partition('.')[0] for name in set(sys.modules) - before} - set(sys.stdlib_module_names)))"
    )

    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout

    assert loaded.split() == ["taskdeck"]
