"""An update in a process of its own: a web process must not wait for it, nor suffer from what it is given."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
from typing import IO, Any

from taskdeck import settings as settings_module
from taskdeck.configuration import request as requests
from taskdeck.configuration.active_runs import ActiveRuns
from taskdeck.configuration.failure import Kind, UpdateFailed
from taskdeck.configuration.request import Request, Result
from taskdeck.runner import processes
from taskdeck.settings import Settings

_CHUNK_BYTES = 256 * 1024
_GRACE_SECONDS = 15.0
"""It watches its time itself, and tells what took so long; this is for one that hangs."""
_MAX_ERROR_BYTES = 64 * 1024


def apply(
    settings: Settings, request: Request, archive: IO[bytes] | None = None, active: ActiveRuns | None = None
) -> Result:
    """What `update.apply` does. ``archive`` is read to its end, or until the other process wants no more of it.

    Raises `UpdateFailed`.
    """
    head = {
        "settings": settings_module.to_json(settings),
        "request": request.to_json(),
        "archive": archive is not None,
        "active_runs": None if active is None else active.to_json(),
    }
    child = subprocess.Popen(
        [sys.executable, "-m", "taskdeck.configuration"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=settings.state_directory,
        **processes.owned_session(),
    )
    assert child.stdin is not None, "stdin is a pipe"
    killer = threading.Timer(settings.configuration.timeout_seconds + _GRACE_SECONDS, _kill, [child])
    killer.daemon = True
    killer.start()
    with child:
        try:
            _send(child.stdin, head, archive)
            output, errors = child.communicate()
        finally:
            killer.cancel()
            if child.returncode != 0:
                _kill(child)
                # What it has not taken yet, nobody takes any more.
                with contextlib.suppress(OSError):
                    child.stdin.close()
    return _result(output, errors, child.returncode)


def _send(stdin: IO[bytes], head: dict[str, Any], archive: IO[bytes] | None) -> None:
    # Who refuses, or has seen enough, closes its end.
    with contextlib.suppress(BrokenPipeError):
        stdin.write(json.dumps(head).encode() + b"\n")
        while archive is not None and (chunk := archive.read(_CHUNK_BYTES)):
            stdin.write(chunk)
        stdin.flush()


def _kill(child: subprocess.Popen[bytes]) -> None:
    """With everything that it has started, which shares its session."""
    if sys.platform == "win32":
        child.kill()
        return
    with contextlib.suppress(OSError):
        os.killpg(child.pid, signal.SIGKILL)


def _result(output: bytes, errors: bytes, code: int) -> Result:
    try:
        answer = json.loads(output)
        if "error" in answer:
            raise requests.failure_from_json(answer["error"])
        return Result.from_json(answer)
    except (ValueError, KeyError, TypeError):
        pass
    said = errors[-_MAX_ERROR_BYTES:].decode("utf-8", "replace").strip().rpartition("\n")[2]
    ended = processes.describe_exit(code)
    message = f"The process of the update ended with {ended}{f': {said}' if said else ''}."
    raise UpdateFailed(Kind.TIMED_OUT if code == -9 else Kind.UNWRITABLE, message)
