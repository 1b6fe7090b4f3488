"""The project an author works in without a server: its directories, and what its files declare.

The files are read as they are, and forgivingly: what is wrong with them, `taskdeck check` tells better.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from taskdeck.catalog import layout, merge
from taskdeck.model.project import Project
from taskdeck.sdk import environment, messages

_STORE_TIMEOUT_SECONDS = 60


def find() -> Project | None:
    """The project of this process's run; else the one around the working directory, else around the main script."""
    root = environment.text(environment.PROJECT)
    places = [(Path(root), False)] if root else []
    file = main_file()
    places += [(Path.cwd(), True), *([(file.parent, True)] if file else [])]
    for place, search_upwards in places:
        try:
            found = layout.find_project(place, search_upwards=search_upwards)
        except layout.ProjectNotFound:
            continue
        return _of_run(found) if root else found
    return None


def _of_run(project: Project) -> Project:
    """The project with the version of its configuration that this process's run was queued with."""
    config = environment.text(environment.CONFIG_DIRECTORY)
    if config is None or Path(config) == project.config_directory:
        return project
    return replace(project, config_directory=Path(config))


def find_or_assume() -> Project:
    """The project; where there is none, the working directory as if it were one."""
    return find() or layout.find_project(Path.cwd())


def data_directory() -> Path:
    told = environment.text(environment.DATA_DIRECTORY)
    return Path(told) if told else find_or_assume().data_directory


def temporary_directory() -> Path:
    told = environment.text(environment.TEMPORARY_DIRECTORY)
    return Path(told) if told else find_or_assume().temporary_directory


def main_file() -> Path | None:
    """The script that runs, or the notebook that is open in VS Code or JupyterLab."""
    main = sys.modules.get("__main__")
    name = (
        getattr(main, "__vsc_ipynb_file__", None)  # set by VS Code in its kernels
        or os.environ.get("JPY_SESSION_NAME")  # set by Jupyter Server in its kernels
        or getattr(main, "__file__", None)
    )
    return Path(name).absolute() if name else None


def task_defaults(project: Project) -> dict[str, Any]:
    """Values by parameter name of the task whose file is the main one; empty if that is none or several tasks."""
    file = main_file()
    if file is None:
        return {}
    tasks = [
        task
        for folder, task in _merged(
            (tasks_file.folder, entry)
            for tasks_file in layout.config_files(project).tasks
            for entry in _entries(tasks_file.path, "dataTasks")
        )
        if isinstance(task.get("pythonFile"), str) and _is_same(folder / task["pythonFile"], file)
    ]
    return _defaults(tasks[0]) if len(tasks) == 1 else {}


def connection_ids(project: Project) -> list[str]:
    """The connections the project declares."""
    files = layout.config_files(project).connections
    declared = _merged((path, entry) for path in files for entry in _entries(path, "dataConnections"))
    return sorted(entry["id"] for _, entry in declared)


def connection_values(project: Project, connection_id: str) -> dict[str, Any]:
    """The values of the project's file, overlaid by those saved in the dashboard if there are any to be had."""
    by_id = user_configuration(project).get("dataConnectionParameters")
    values = by_id.get(connection_id) if isinstance(by_id, dict) else None
    return {**(values if isinstance(values, dict) else {}), **_saved_values(project, connection_id)}


def user_configuration(project: Project) -> dict[str, Any]:
    """What the project's ``config.json`` says; empty if there is none."""
    configuration: dict[str, Any] = {}
    for path in reversed(layout.config_files(project).values):
        configuration |= _object(path)
    return configuration


def _saved_values(project: Project, connection_id: str) -> dict[str, Any]:
    """What an operator saved. Only the server's own code opens the store, so it does, in a process of its own."""
    state_directory = Path(environment.text("TASKDECK_STATE_DIR") or project.root / ".taskdeck")
    if not environment.text("TASKDECK_DATABASE_URL") and not (state_directory / "taskdeck.db").is_file():
        return {}
    import subprocess

    command = [sys.executable, "-m", "taskdeck", "connection", connection_id, "--json", "--project", str(project.root)]
    try:
        child = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=_STORE_TIMEOUT_SECONDS,
            check=False,
        )
        if child.returncode == 0:
            saved: dict[str, Any] = json.loads(child.stdout)["values"]
            return saved
        problem = (child.stderr.strip().splitlines() or [f"exit code {child.returncode}"])[-1]
    except (OSError, subprocess.SubprocessError, ValueError, KeyError, TypeError) as error:
        problem = (
            f"{type(error).__name__}: {error}" if not isinstance(error, subprocess.TimeoutExpired) else "no answer"
        )
    messages.say(
        "warning",
        f"The values of connection {connection_id!r} that were saved in the dashboard could not be read ({problem}); "
        "using those of the project's files.",
    )
    return {}


def _merged(entries: Iterator[tuple[Path, dict[str, Any]]]) -> list[tuple[Path, dict[str, Any]]]:
    """Of entries with the same id the first, each with where it is from."""
    return list(merge.by_id(entries, lambda entry: str(entry[1]["id"])).entries.values())


def _entries(path: Path, key: str) -> Iterator[dict[str, Any]]:
    entries = _object(path).get(key)
    for entry in entries if isinstance(entries, list) else []:
        if isinstance(entry, dict) and isinstance(entry.get("id"), str):
            yield entry


def _object(path: Path) -> dict[str, Any]:
    """The JSON object in a file; empty, with a warning, if it cannot be read."""
    try:
        content = json.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        messages.say("warning", f"{path} could not be read and is left out: {error}")
        return {}
    return content if isinstance(content, dict) else {}


def _defaults(task: dict[str, Any]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    legacy, supported = task.get("params"), task.get("supportedParameters")
    if isinstance(legacy, dict):
        values.update(legacy)
    if isinstance(supported, dict):
        for name, parameter in supported.items():
            if isinstance(parameter, dict):
                for key in ("value", "defaultValue"):
                    if key in parameter:
                        values[name] = parameter[key]
                        break
    return values


def _is_same(one: Path, other: Path) -> bool:
    return os.path.normcase(one.resolve()) == os.path.normcase(other.resolve())
