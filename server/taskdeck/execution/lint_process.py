"""The linter in a process of its own: no file, however it was made, may hold up or take down the server.

``python -m taskdeck.execution.lint_process`` reads the task and what it is part of from standard input, and writes its
findings to standard output as JSON.
"""

from __future__ import annotations

import contextlib
import json
import os
import pickle
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

from taskdeck.execution import linting
from taskdeck.lint import report
from taskdeck.lint.finding import Finding
from taskdeck.lint.rules import Rule
from taskdeck.model.connection import Connection
from taskdeck.model.navigation import Navigation
from taskdeck.model.problem import Severity
from taskdeck.model.project import Catalog
from taskdeck.model.task import Task

COMMAND = ("-m", "taskdeck.execution.lint_process")
TIMEOUT_SECONDS = 30.0
MAX_MEMORY_BYTES = 2 * 1024**3
MAX_FINDINGS = 500
"""What a page shows; the command line prints all."""


def lint(catalog: Catalog, task: Task) -> list[Finding]:
    """The findings about one task. Never raises for what is in a project, and takes at most `TIMEOUT_SECONDS`."""
    # Without the connections' values: none of the linter's business, and secrets among them.
    connections = {id_: Connection(id=id_) for id_ in catalog.connections}
    part = replace(catalog, tasks={task.id: task}, connections=connections, problems=(), navigation=Navigation())
    try:
        finished = subprocess.run(
            [sys.executable, *COMMAND],
            input=pickle.dumps(part),
            capture_output=True,
            timeout=TIMEOUT_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return [_not_checked(part, task, f"it takes longer than {TIMEOUT_SECONDS:g} s")]
    except OSError as error:
        return [_not_checked(part, task, f"no process could be started ({error.strerror})")]
    try:
        return [report.finding_from_json(each) for each in json.loads(finished.stdout)["findings"]]
    except (ValueError, KeyError, TypeError):
        code = finished.returncode
        how = signal.Signals(-code).name if code < 0 else f"exit code {code}"
        return [_not_checked(part, task, f"the linter ended with {how}")]


def main() -> None:
    part: Catalog = pickle.loads(sys.stdin.buffer.read())  # noqa: S301 - from `lint`, through a pipe
    _limit()
    found = linting.lint(part, part.tasks.values())
    sys.stdout.write(json.dumps(report.as_json(found[:MAX_FINDINGS])))


def _limit() -> None:
    with contextlib.suppress(AttributeError, OSError):
        os.nice(10)
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY_BYTES, MAX_MEMORY_BYTES))
        resource.setrlimit(resource.RLIMIT_CPU, (int(TIMEOUT_SECONDS), int(TIMEOUT_SECONDS)))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _not_checked(catalog: Catalog, task: Task, reason: str) -> Finding:
    return Finding(
        file=catalog.project.label(Path(task.file)),
        rule=Rule.NOT_CHECKED,
        message=f"This could not be checked: {reason}.",
        severity=Severity.WARNING,
        task_ids=(task.id,),
    )


if __name__ == "__main__":
    main()
