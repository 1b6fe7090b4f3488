"""The environment variables of a task's process."""

from __future__ import annotations

import json
import os
import re
import shlex
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import taskdeck
from taskdeck.model.parameter import RESERVED_NAMES
from taskdeck.runner.job import Job

MAX_VARIABLE_BYTES = 128 * 1024
"""Linux refuses to start a process with a longer variable, or a longer argument (``MAX_ARG_STRLEN``)."""

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
# Parameters of these names exist (`path`, `database`); as variables they would break the task's process, or forge
# what Taskdeck itself says there.
_RESERVED_PREFIXES = ("TASKDECK_", "PYTHON", "LD_", "DYLD_")


@dataclass(frozen=True, kw_only=True)
class Channel:
    """Where the task's messages go."""

    address: str
    """``HOST:PORT``."""
    token: str


@dataclass(frozen=True, kw_only=True)
class Environment:
    """All variables of the process, and the names of those that no process can have: too long, or with a NUL."""

    variables: dict[str, str]
    omitted: tuple[str, ...] = ()


def build(job: Job, channel: Channel, inherited: Mapping[str, str]) -> Environment:
    """The inherited variables, overlaid by the parameters', the job's and Taskdeck's own."""
    parameters = dict(_parameter_variables(job.parameters))
    own = {
        "TASKDECK_RUN_ID": str(job.run_id),
        "TASKDECK_ATTEMPT": str(job.attempt),
        "TASKDECK_RUN_DIR": job.run_directory,
        "TASKDECK_TASK_ID": job.task_id,
        "TASKDECK_TASK_NAME": job.task_name,
        "TASKDECK_PROJECT": job.project_root,
        "TASKDECK_CONFIG_DIR": job.config_directory,
        "TASKDECK_DATA_DIR": job.data_directory,
        "TASKDECK_TEMP_DIR": job.temporary_directory,
        "TASKDECK_UPLOADS_DIR": job.uploads_directory,
        "TASKDECK_CHANNEL": channel.address,
        "TASKDECK_CHANNEL_TOKEN": channel.token,
        "TASKDECK_PARAMETERS": json.dumps(job.parameters),
        "TASKDECK_INTERACTIVE": "true" if job.interactive else "false",
        "PYTHONUNBUFFERED": "1",
        "PYTHONPATH": _python_path(job, inherited),
    }
    # The server's own settings, its access token among them, are none of the task's business.
    foreign = {name: value for name, value in inherited.items() if not name.startswith("TASKDECK_")}
    # What Python writes into a pipe depends on the locale otherwise.
    wanted = {"PYTHONIOENCODING": "utf-8", **foreign, **parameters, **job.environment, **own}
    variables = {name: value for name, value in wanted.items() if _is_possible(name, value)}
    return Environment(variables=variables, omitted=tuple(sorted(wanted.keys() - variables.keys())))


def _parameter_variables(parameters: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, value in parameters.items():
        if value is None or not _NAME.fullmatch(name) or _is_reserved(name):
            continue
        for spelling in (name.upper(), name):
            yield spelling, _text(value)
            if isinstance(value, str):
                yield f"{spelling}_SHELL_ESCAPED", shlex.quote(value)


def _is_reserved(name: str) -> bool:
    return name.upper() in RESERVED_NAMES or name.upper().startswith(_RESERVED_PREFIXES)


def _text(value: Any) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return value
        case int() | float():
            return repr(value)
        case _:
            return json.dumps(value)


def _is_possible(name: str, value: str) -> bool:
    try:
        entry = os.fsencode(f"{name}={value}")
    except UnicodeEncodeError:
        return False
    return b"\0" not in entry and len(entry) < MAX_VARIABLE_BYTES


def _python_path(job: Job, inherited: Mapping[str, str]) -> str:
    package = Path(taskdeck.__file__).parent
    entries = [inherited["PYTHONPATH"]] if inherited.get("PYTHONPATH") else []
    if job.execute_from_root:
        # Modules beside the task stay importable although its copy runs elsewhere.
        entries.append(str(Path(job.file).parent))
    entries.append(str(package / "sdk" / "aliases"))
    if job.python != sys.executable or job.kernel_name:
        # The directory this package is in may hold all packages of the server.
        entries += [job.package_directory] if job.package_directory else []
    # The first entry of sys.path is the directory that this process was started in, which the task does not share.
    elif str(package.parent) not in sys.path[1:]:
        entries.append(str(package.parent))
    return os.pathsep.join(entries)
