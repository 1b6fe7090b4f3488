"""What the runner tells a task's process about its run, by environment variables.

Nothing here is kept: a process that was started ahead of its run learns of it after this module was imported.
"""

from __future__ import annotations

import os

# Not typing's: importing that module costs more than the rest of the SDK.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

CHANNEL = "TASKDECK_CHANNEL"
CONFIG_DIRECTORY = "TASKDECK_CONFIG_DIR"
CHANNEL_TOKEN = "TASKDECK_CHANNEL_TOKEN"  # noqa: S105  # the name of the variable, not its value
DATA_DIRECTORY = "TASKDECK_DATA_DIR"
PARAMETERS = "TASKDECK_PARAMETERS"
PROJECT = "TASKDECK_PROJECT"
RUN_DIRECTORY = "TASKDECK_RUN_DIR"
RUN_ID = "TASKDECK_RUN_ID"
TASK_ID = "TASKDECK_TASK_ID"
TEMPORARY_DIRECTORY = "TASKDECK_TEMP_DIR"


def text(name: str) -> str | None:
    """The variable's value; ``None`` also where it is set to nothing."""
    return os.environ.get(name) or None


def run_id() -> int | None:
    """The number of this process's run, ``None`` outside of one."""
    value = text(RUN_ID)
    return int(value) if value else None


def parameters() -> dict[str, Any] | None:
    """The bound values of this process's run by name, ``None`` outside of one."""
    value = text(PARAMETERS)
    if value is None:
        return None
    import json

    bound: dict[str, Any] = json.loads(value)
    return bound
