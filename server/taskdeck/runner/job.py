"""What a runner is told about its run: everything, so that it never asks anybody again."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any

from taskdeck.model.project import Layout
from taskdeck.model.task import TaskKind
from taskdeck.runner.masking import Masker

RUNNER_LOG = "runner.log"
"""What the runner itself and its libraries write, in the run's directory."""


class InvalidJob(ValueError):
    """What arrived on the standard input is not a job; the message says what is wrong with it."""


@dataclass(frozen=True, kw_only=True)
class Job:
    """One attempt of one run. All paths are absolute. Holds secrets: never write it to a disk, write `public`."""

    run_id: int
    attempt: int
    task_id: str
    task_name: str
    kind: TaskKind
    file: str
    run_directory: str
    working_directory: str
    project_root: str
    data_directory: str
    temporary_directory: str
    uploads_directory: str
    config_directory: str
    layout: Layout
    parameters: dict[str, Any] = field(default_factory=dict)
    """The bound values; ``None`` for an optional one without a value."""
    connections: dict[str, dict[str, Any]] = field(default_factory=dict)
    """The values of all connections of the project, by id; secrets in clear."""
    declared_connections: tuple[str, ...] = ()
    secrets: tuple[str, ...] = ()
    """Every text that must never be seen in what the run leaves behind."""
    environment: dict[str, str] = field(default_factory=dict)
    """Variables of the task's process, over those of the runner."""
    execute_from_root: bool = False
    expected_source_sha256: str = ""
    """Of the file when the run was queued; empty if unknown."""
    cancel_timeout_seconds: float = 10.0
    timeout_seconds: float | None = None
    timeout_warning_seconds: float | None = None
    cpu: int = 0
    """Thousandths of a core; 0: nothing declared, like the two that follow."""
    memory_mb: int = 0
    disk_gb: float = 0.0
    cgroup: str = ""
    """The control group below which the task's is made, of version 2; empty: the runner's own; ``none``: no groups."""
    wakeup_path: str = ""
    """Port file of the worker; empty if nobody is to be woken."""
    first_seq: int = 1
    python: str = sys.executable
    """The interpreter of a script, and of a notebook whose kernel is Python's own."""
    kernel_name: str = ""
    """The kernelspec that the task asks for; empty: the notebook's own."""
    package_directory: str = ""
    """Holds Taskdeck's package and nothing else, for a Python that is not this one."""
    configuration: dict[str, Any] = field(default_factory=dict)
    """What an update of the configuration has to know, if the task asks for one; see `settings.to_json`."""
    interactive: bool = False
    max_log_bytes: int = 2 * 1024**3
    """What the journal may hold; more ends the run."""
    trace_directory: str = ""
    """Where the times of the run's stages are written; empty for no trace."""

    def to_json(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str | bytes) -> Job:
        """Raises `InvalidJob`."""
        try:
            values = json.loads(text)
        except ValueError as error:
            raise InvalidJob(f"The job is not JSON: {error}") from error
        if not isinstance(values, dict):
            raise InvalidJob("The job must be a JSON object.")
        known = {each.name for each in fields(cls)}
        for name in ("declared_connections", "secrets"):
            values[name] = tuple(values.get(name, ()))
        try:
            # What a newer worker adds, an older runner can do without.
            job = cls(**{name: value for name, value in values.items() if name in known})
            return replace(job, kind=TaskKind(job.kind), layout=Layout(job.layout))
        except (TypeError, ValueError) as error:
            raise InvalidJob(f"The job is incomplete: {error}") from error

    def public(self) -> dict[str, Any]:
        """What may be on the disk: names instead of the values of connections and variables, parameters masked."""
        shown = asdict(self)
        # The URL of the store may hold a password.
        del shown["secrets"], shown["configuration"]
        shown["connections"] = sorted(self.connections)
        shown["environment"] = sorted(self.environment)
        shown["parameters"] = Masker(self.secrets).value(self.parameters)
        return shown
