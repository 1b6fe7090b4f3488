"""The names that DUFT's tasks import, on top of this package: all their import roots lead here.

One module holds the state (the name of the task), whichever root an author's files import. With a server each call
is one message and nothing is printed; without one it prints the two lines that DUFT prints.
"""

from __future__ import annotations

import sys

from taskdeck.sdk import messages
from taskdeck.sdk.duft_directories import (
    Directories,
    Environment,
    directories,
    get_data_dir,
    get_directories,
    get_temp_dir,
    purge_temp_dir,
)

TYPE_CHECKING = False  # see environment.py
if TYPE_CHECKING:
    import os
    from collections.abc import Mapping, Sequence
    from typing import Any

__all__ = [
    "DataTaskEnvironment",
    "Directories",
    "Environment",
    "assert_dte_tools_available",
    "directories",
    "find_json_arg",
    "get_data_dir",
    "get_directories",
    "get_duft_config",
    "get_resolved_parameters_for_connection",
    "get_temp_dir",
    "initialise_data_task",
    "log_error",
    "log_message",
    "post_file_to_duft_server",
    "purge_temp_dir",
    "set_data_task_name",
]

_UNNAMED = "Data task"
_task_name = _UNNAMED


class DataTaskEnvironment:
    """A task by its name, to log with; from any thread."""

    def __init__(self, current_data_task_name: str = _UNNAMED, params: Mapping[str, Any] | None = None) -> None:
        self.current_data_task_name = current_data_task_name
        self.params = dict(params or {})

    def log_message(self, message: object) -> None:
        _say("info", self.current_data_task_name, message)

    def log_error(self, message: object) -> None:
        _say("error", self.current_data_task_name, message)

    def __repr__(self) -> str:
        return f"DataTaskEnvironment({self.current_data_task_name!r})"


def initialise_data_task(name: str, params: Mapping[str, Any] | None = None) -> DataTaskEnvironment:
    """Names the task and says that it runs: *interactive* if ``params`` has a parameter of that name."""
    set_data_task_name(name)
    environment = DataTaskEnvironment(name, params)
    mode = "interactive" if "interactive" in environment.params else "active"
    environment.log_message(f"{name} initialised running in {mode} mode")
    return environment


def set_data_task_name(name: str) -> None:
    """Names the task for the calls of the legacy form, `log_message` and `log_error`."""
    global _task_name
    _task_name = name


def log_message(message: object) -> None:
    _say("info", _task_name, message)


def log_error(message: object) -> None:
    _say("error", _task_name, message)


def assert_dte_tools_available() -> None:
    messages.show("DTE Tools available")


def find_json_arg(argv: Sequence[str] | None = None) -> dict[str, Any]:
    """The one JSON object among the arguments, ``{}`` if there is none; never one of a kernel's own arguments."""
    from taskdeck.sdk import parameters

    return parameters.from_arguments(sys.argv if argv is None else argv)


def get_resolved_parameters_for_connection(connection_id: str) -> dict[str, Any]:
    """The connection's values by field, unconverted. Unknown: ``{}``, and a warning that names the known ones."""
    from taskdeck.sdk import connections

    try:
        return dict(connections.find(connection_id))
    except connections.UnknownConnection as error:
        if not error.is_reported:
            messages.say("warning", error)
        return {}


def get_duft_config() -> dict[str, Any]:
    """The project's ``user/config.json``; empty if there is none."""
    from taskdeck.sdk import projects

    return projects.user_configuration(projects.find_or_assume())


def post_file_to_duft_server(
    server: str, username: str, password: str, path: str | os.PathLike[str], kind: str
) -> dict[str, Any]:
    """Logs in at a DUFT server and uploads a file. Raises `taskdeck.sdk.duft_uploads.UploadFailed`."""
    from taskdeck.sdk import duft_uploads

    return duft_uploads.post_file(server, username, password, path, kind)


def _say(level: str, name: str, message: object) -> None:
    text = str(message)
    if messages.send(level, text):
        return
    from datetime import datetime

    now = datetime.now().isoformat(timespec="microseconds")  # noqa: DTZ005  # local time, as DUFT prints it
    messages.show(f"[{now}] {name} - {level.upper()}: {text}")
    messages.show(f"{name} >>>: {text}")
