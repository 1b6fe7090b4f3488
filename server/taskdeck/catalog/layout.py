"""Where the parts of a project are: the native layout and that of a DUFT workspace.

Standard library only: task processes use it to find their project without a server.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from taskdeck.model.project import Layout, Project, ServedVersion

TASKS_FILE = "data_tasks.json"
CONNECTIONS_FILE = "data_connections.json"
VALUES_FILE = "config.json"
NAVIGATION_FILE = "navigation.json"
TASK_FOLDER = "data_tasks"
DUFT_CONFIG = "duft-config"
SYSTEM = "system"
USER = "user"

_CONFIG_FILES = (TASKS_FILE, CONNECTIONS_FILE, VALUES_FILE)


class ProjectNotFound(Exception):
    """There is no project at {start}: expected a directory that holds config/data_tasks.json or duft-config/."""

    def __init__(self, start: Path) -> None:
        self.start = start
        super().__init__((self.__doc__ or "").format(start=start))


@dataclass(frozen=True, kw_only=True)
class TasksFile:
    """A ``data_tasks.json`` with the folder that holds the files of its tasks. Neither need exist."""

    path: Path
    folder: Path


@dataclass(frozen=True, kw_only=True)
class ConfigFiles:
    """The configuration files a project may have; of two that declare the same id, the first one wins."""

    tasks: tuple[TasksFile, ...]
    connections: tuple[Path, ...]
    values: tuple[Path, ...]
    """Of the form of DUFT's ``user/config.json``: ``{"dataConnectionParameters": {id: {field: value}}}``."""
    navigation: tuple[Path, ...]


def find_project(start: Path, *, search_upwards: bool = False) -> Project:
    """The project at ``start``: its root, a DUFT workspace, or the ``duft-config`` in one.

    An existing directory without any configuration is an empty native project, unless ``search_upwards`` asks for
    the nearest project that holds ``start``. Raises `ProjectNotFound`.
    """
    directory = start.expanduser().resolve()
    candidates = (directory, *directory.parents) if search_upwards else (directory,)
    for candidate in candidates:
        if any((candidate / "config" / name).is_file() for name in _CONFIG_FILES):
            return _native(candidate)
        if (candidate / DUFT_CONFIG).is_dir():
            return _duft(candidate, candidate / DUFT_CONFIG)
        if candidate.is_dir() and _is_duft_config(candidate):
            return _duft(candidate.parent, candidate)
    if search_upwards or not directory.is_dir():
        raise ProjectNotFound(start)
    return _native(directory)


def of_version(project: Project, version: ServedVersion) -> Project:
    """The project as a version of its configuration has it; data, and what operators set, stay where they are."""
    config = (version.tree or project.root) / project.config_directory.name
    return replace(project, version=version, config_directory=config)


def parts(project: Project) -> dict[str, Path]:
    """The directories of configuration by name, existing or not, those that win first: a native project has one.

    In a DUFT workspace ``system`` wins over ``apps/…``, apps over ``user``.
    """
    config = project.config_directory
    if project.layout is Layout.NATIVE:
        return {SYSTEM: config}
    apps = {f"apps/{app.name}": app for app in _apps(config)}
    return {SYSTEM: config / SYSTEM, **apps, USER: project.operator_directory / USER}


def config_files(project: Project) -> ConfigFiles:
    """All places of configuration, existing or not; of `parts`, in their order."""
    config, of_operator = project.config_directory, project.operator_directory
    if project.layout is Layout.NATIVE:
        return ConfigFiles(
            tasks=(TasksFile(path=config / TASKS_FILE, folder=project.source_root / TASK_FOLDER),),
            connections=(config / CONNECTIONS_FILE,),
            values=(of_operator / VALUES_FILE,),
            navigation=(config / NAVIGATION_FILE,),
        )
    places = parts(project)
    return ConfigFiles(
        tasks=tuple(TasksFile(path=part / TASKS_FILE, folder=part / TASK_FOLDER) for part in places.values()),
        connections=tuple(part / CONNECTIONS_FILE for part in places.values()),
        values=(places[USER] / VALUES_FILE,),
        navigation=tuple(part / NAVIGATION_FILE for part in places.values()),
    )


def directories(project: Project) -> tuple[Path, ...]:
    """Every directory in which a change may change the catalog; each one's parent is among them, but the roots'."""
    config, of_operator, source_root = project.config_directory, project.operator_directory, project.source_root
    if project.layout is Layout.NATIVE:
        return _distinct(project.root, of_operator, source_root, config, source_root / TASK_FOLDER)
    parts = (config / "system", config / "apps", *_apps(config), of_operator / "user")
    folders = (part / TASK_FOLDER for part in parts if part != config / "apps")
    return _distinct(project.root, of_operator, source_root, config, *parts, *folders)


def _distinct(*paths: Path) -> tuple[Path, ...]:
    return tuple(dict.fromkeys(paths))


def _native(root: Path) -> Project:
    return _project(root, Layout.NATIVE, root / "config")


def _duft(root: Path, config: Path) -> Project:
    return _project(root, Layout.DUFT, config)


def _project(root: Path, layout: Layout, config: Path) -> Project:
    return Project(
        root=root,
        layout=layout,
        config_directory=config,
        data_directory=root / "data",
        temporary_directory=root / "tmp-data-tasks",
        uploads_directory=root / "uploads",
    )


def _is_duft_config(directory: Path) -> bool:
    if directory.name == DUFT_CONFIG:
        return True
    return any((directory / part / name).is_file() for part in ("system", "user") for name in _CONFIG_FILES)


def _apps(config: Path) -> tuple[Path, ...]:
    try:
        return tuple(sorted(app for app in (config / "apps").iterdir() if app.is_dir()))
    except OSError:
        return ()
