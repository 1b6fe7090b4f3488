"""What tasks import: ``from taskdeck import sdk``.

In a run, everything said here reaches the dashboard at once. Without a server the same calls print, and take
connections and parameters from the project around the working directory, so that a task can be written and debugged
anywhere. Standard library only.
"""

from __future__ import annotations

import sys

from taskdeck.sdk import environment as _environment
from taskdeck.sdk import messages as _messages
from taskdeck.sdk.bars import progress

TYPE_CHECKING = False  # see environment.py
if TYPE_CHECKING:
    import os
    from collections.abc import Mapping
    from typing import Any

    from taskdeck.sdk.connections import Connection

    run_id: int | None
    """The number of the run this process belongs to, ``None`` without one."""
    is_interactive: bool
    """Whether an author works here by hand, in a notebook, a prompt or a terminal, and not a run."""

__all__ = [
    "connection",
    "debug",
    "error",
    "is_interactive",
    "log",
    "output",
    "params",
    "progress",
    "run_id",
    "warning",
]


def log(text: object) -> None:
    """Tells the analyst something, live: one message. Prints it where there is no server."""
    _messages.say("info", text)


def error(text: object) -> None:
    """Tells the analyst that something went wrong. The run goes on, and counts it."""
    _messages.say("error", text)


def warning(text: object) -> None:
    """Tells the analyst that something looks wrong."""
    _messages.say("warning", text)


def debug(text: object) -> None:
    """Tells whoever looks for the cause of a problem."""
    _messages.say("debug", text)


def connection(connection_id: str) -> Connection:
    """The values of a data source by field; ``.url()`` and ``.engine()`` open it with SQLAlchemy.

    Raises `taskdeck.sdk.connections.UnknownConnection`, which names the known ones.
    """
    from taskdeck.sdk import connections

    return connections.find(connection_id)


def params(defaults: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The parameters of this run: ``defaults`` overlaid by the values it was started with, typed like the defaults.

    Without a server: overlaid by the defaults in ``data_tasks.json``, if the running file is that of a task, and by a
    JSON object on the command line. Raises `taskdeck.sdk.parameters.WrongType`.
    """
    from taskdeck.sdk import parameters

    return parameters.overlay(defaults)


def output(name: str, value_or_dataframe_or_path: Any | os.PathLike[str]) -> None:
    """Publishes a named result: a value (up to 1 MB as JSON), a data frame (kept as CSV), or a copy of a file.

    A path object means its file; a text does if it looks like a path and the file exists. Publishing a name again
    replaces what it was. Raises `taskdeck.sdk.outputs.NotPublishable`.
    """
    from taskdeck.sdk import outputs

    outputs.publish(name, value_or_dataframe_or_path)


def _works_by_hand() -> bool:
    if _environment.run_id() is not None:
        return False
    return (
        hasattr(sys, "ps1")
        or bool(sys.flags.interactive)
        or "ipykernel.kernelapp" in sys.modules
        or (sys.stdin is not None and not sys.stdin.closed and sys.stdin.isatty())
    )


def __getattr__(name: str) -> Any:
    # Asked for each time: a process may be started before it is given its run.
    if name == "run_id":
        return _environment.run_id()
    if name == "is_interactive":
        return _works_by_hand()
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
