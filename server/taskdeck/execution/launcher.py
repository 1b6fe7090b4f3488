"""Starts the process that owns one run, and tells whether it is still there."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import time
from pathlib import Path

from taskdeck import settings as settings_module
from taskdeck.execution import interpreter as interpreters
from taskdeck.execution.connections import ConnectionValues
from taskdeck.execution.keystore import Keystore
from taskdeck.execution.pool import Pools
from taskdeck.execution.runner_process import RunnerProcess, runner_environment
from taskdeck.model.project import Catalog
from taskdeck.model.run import Run
from taskdeck.runner import processes
from taskdeck.runner.job import RUNNER_LOG, Job
from taskdeck.settings import Settings
from taskdeck.store.claims import Claim


class LaunchFailed(Exception):
    """The runner could not be started; the message is the reason that the run's page shows."""


def build_job(
    claim: Claim,
    *,
    settings: Settings,
    catalog: Catalog,
    keystore: Keystore,
    connections: ConnectionValues,
    wakeup_path: Path,
) -> Job:
    """Everything the runner needs to know, secrets in clear: it never asks anybody again. Raises `NoInterpreter`."""
    run, definition, project = claim.run, claim.definition, catalog.project
    parameters = run.parameters
    if claim.sealed_parameters is not None:
        parameters = json.loads(keystore.decrypt_bytes(claim.sealed_parameters))
    timeout_seconds = definition.get("cancel_timeout_seconds")
    file = Path(definition["file"])
    # Of the version that the run was queued with, which need not be the one that is served now.
    source_root = Path(definition.get("source_root") or project.root)
    from_root = definition["execute_from_root"]
    interpreter = interpreters.resolve(definition.get("environment"), project.root)
    resolved = connections.resolve_all(catalog)
    return Job(
        run_id=run.id,
        max_log_bytes=settings.max_run_log_bytes,
        attempt=run.attempt,
        task_id=run.task_id,
        task_name=run.task_name,
        kind=run.kind,
        file=str(file),
        run_directory=str(settings.runs_directory / str(run.id)),
        working_directory=str(project.root if from_root else file.parent),
        parameters=parameters,
        connections=resolved,
        declared_connections=tuple(definition["connections"]),
        secrets=connections.secrets(catalog, resolved),
        environment={},
        execute_from_root=from_root,
        project_root=str(project.root),
        data_directory=str(project.data_directory),
        temporary_directory=str(project.temporary_directory),
        uploads_directory=str(project.uploads_directory),
        config_directory=str(source_root / project.config_directory.name),
        layout=project.layout,
        expected_source_sha256=run.source_sha256,
        cancel_timeout_seconds=settings.cancel_timeout_seconds if timeout_seconds is None else timeout_seconds,
        timeout_seconds=definition.get("timeout_seconds"),
        timeout_warning_seconds=definition.get("timeout_warning_seconds"),
        **definition.get("resources", {}),
        cgroup=settings.cgroup,
        wakeup_path=str(wakeup_path),
        first_seq=run.recorded_seq + 1,
        python=interpreter.python,
        kernel_name=interpreter.kernel_name,
        package_directory=str(settings.package_directory),
        configuration=settings_module.to_json(settings),
        interactive=False,
        trace_directory=str(settings.traces_directory or ""),
    )


def launch(job: Job, pools: Pools | None) -> RunnerProcess:
    """Hands the job to a runner of the pools, or else starts one. Raises `LaunchFailed`."""
    directory = Path(job.run_directory)
    try:
        return (pools.lease(job) if pools is not None else None) or _start(job, directory)
    except OSError as error:
        raise LaunchFailed(f"The run could not be started in {directory}: {error.strerror}.") from error


def _start(job: Job, directory: Path) -> RunnerProcess:
    """``python -m taskdeck.runner`` in a session of its own. Raises `OSError`."""
    with (directory / RUNNER_LOG).open("ab") as log:
        child = subprocess.Popen(
            [sys.executable, "-m", "taskdeck.runner"],
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=log,
            cwd=directory,
            env=runner_environment(),
            **processes.new_session(),
        )
    assert child.stdin is not None, "stdin is a pipe"
    with child.stdin as stdin:
        # Through a pipe, not a file: the job holds secrets.
        stdin.write(job.to_json().encode())
    return RunnerProcess(pid=child.pid, created_at=processes.created_at(child.pid), child=child)


def make_directory(directory: Path, run: Run) -> None:
    """Makes the run's directory, unless an earlier launch of it has. Raises `LaunchFailed`.

    One that is there may be of another store's run with the same number (a store that was deleted, moved or
    restored): its journal must not become this run's, so it is moved aside.
    """
    try:
        if is_of(directory, run):
            return
        if os.path.lexists(directory):
            # Empty: of a worker that was killed between the two steps below.
            with contextlib.suppress(OSError):
                directory.rmdir()
        if os.path.lexists(directory):
            directory.rename(directory.with_name(f"{directory.name}.{time.time_ns()}"))
        directory.mkdir(mode=0o700, parents=True)
        _mark(directory, run).touch(mode=0o600)
    except OSError as error:
        raise LaunchFailed(f"The run could not be started in {directory}: {error.strerror}.") from error


def is_of(directory: Path, run: Run) -> bool:
    """Whether the directory is this run's, and not one of another store's run with the same number."""
    return _mark(directory, run).exists()


def _mark(directory: Path, run: Run) -> Path:
    """No two runs of one number were queued at the same microsecond."""
    return directory / f".queued-{run.created_at:%Y%m%dT%H%M%S.%fZ}"


def reason_of_death(process: RunnerProcess) -> str:
    """Why a runner may have ended without an outcome, in a sentence."""
    code = process.exit_code
    if code == processes.EXIT_JOURNAL_UNWRITABLE:
        return "The run's directory cannot be written (is the disk full?); make room and run the task again."
    if code is None:
        return "The process that ran the task is gone, and left no outcome."
    return f"The process that ran the task ended with {processes.describe_exit(code)} and left no outcome."
