"""Who runs an attempt, and how others reach that runner: two files in the run's directory, and a request."""

from __future__ import annotations

import contextlib
import json
import os
import socket
from pathlib import Path
from typing import Any

from taskdeck.runner import files, processes

CONTROL_NAME = "control.json"


def begin(run_directory: Path, attempt: int) -> bool:
    """Takes the attempt for this process; ``False``: another one has it, and this one must not do anything.

    This, not the launch, is what makes an attempt run once: a worker that died may have launched a runner that
    nobody knows of, and the next worker launches another one. Whichever is first runs. Raises `OSError`.
    """
    pid = os.getpid()
    return _take(run_directory, attempt, pid=pid, created_at=processes.created_at(pid))


def forbid(run_directory: Path, attempt: int) -> bool:
    """Makes sure that no runner begins the attempt any more; ``False``: one has. Raises `OSError`."""
    return _take(run_directory, attempt, pid=processes.NOBODY, created_at=0.0)


def runner_of(run_directory: Path, attempt: int) -> tuple[int, float] | None:
    """Pid and start of the runner that began this attempt; ``None``: none has, `processes.NOBODY`: none ever will."""
    try:
        begun = json.loads(_begun_file(run_directory, attempt).read_text())
        return int(begun["pid"]), float(begun["created_at"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def write(run_directory: Path, *, port: int, token: str) -> None:
    """Says where this process listens. Raises `OSError`."""
    files.write_atomically(run_directory / CONTROL_NAME, json.dumps({"port": port, "token": token}).encode())


def request_cancel(run_directory: Path, by: str, timeout_seconds: float) -> bool:
    """Asks the runner of this run to cancel it; ``False`` if none answers, or if the task has ended already."""
    try:
        control = json.loads((run_directory / CONTROL_NAME).read_text())
        request = [{"token": control["token"]}, {"ask": "cancel", "by": by}]
        with socket.create_connection(("127.0.0.1", control["port"]), timeout_seconds) as connection:
            connection.sendall(b"".join(json.dumps(line).encode() + b"\n" for line in request))
            with connection.makefile("rb") as answers:
                answer: Any = json.loads(answers.readline())
        return answer.get("answer") is True
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return False


def _take(run_directory: Path, attempt: int, *, pid: int, created_at: float) -> bool:
    """Linked into place when complete: whoever finds the file can read who it was."""
    draft = run_directory / f".begun-{attempt}.{os.getpid()}"
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(json.dumps({"pid": pid, "created_at": created_at}))
        os.link(draft, _begun_file(run_directory, attempt))
    except FileExistsError:
        return False
    finally:
        with contextlib.suppress(OSError):
            draft.unlink()
    return True


def _begun_file(run_directory: Path, attempt: int) -> Path:
    return run_directory / f"begun-{attempt}.json"
