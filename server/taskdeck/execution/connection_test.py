"""*Test connection*: a child process tries the values out, and is killed when it takes too long."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from taskdeck.model.connection import Connection
from taskdeck.runner.masking import Masker

# The child's imports, which the person who waits for the test did not ask for.
START_SECONDS = 10.0


@dataclass(frozen=True, kw_only=True)
class TestResult:
    """``message`` is a sentence for a person, free of secrets."""

    __test__ = False  # not a test case, whatever its name makes pytest think

    ok: bool
    message: str
    milliseconds: float


def run(
    connection: Connection, values: Mapping[str, object], *, data_directory: Path, timeout_seconds: float
) -> TestResult:
    """Connects with ``values``, secrets in clear."""
    request = {
        "values": dict(values),
        "data_directory": str(data_directory),
        "test_query": connection.test_query,
        "url_field": _url_field(connection, values),
        "timeout_seconds": timeout_seconds,
    }
    masker = Masker(tuple(connection.secrets(values)))
    try:
        child = subprocess.run(
            [sys.executable, "-m", "taskdeck.store.probe"],
            input=json.dumps(request),
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=timeout_seconds + START_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        message = (
            f"No answer within {timeout_seconds:g} s. Is the server's name right, and can it be reached from here?"
        )
        return TestResult(ok=False, message=message, milliseconds=timeout_seconds * 1000)
    if child.returncode != 0:
        last_line = (child.stderr.strip().splitlines() or [f"exit code {child.returncode}"])[-1]
        return TestResult(ok=False, message=masker.text(f"The test itself failed: {last_line}"), milliseconds=0.0)
    # Drivers may have printed before it.
    answer = json.loads(child.stdout.splitlines()[-1])
    return TestResult(
        ok=answer["ok"], message=masker.text(answer["message"]), milliseconds=round(answer["milliseconds"], 1)
    )


def _url_field(connection: Connection, values: Mapping[str, object]) -> str | None:
    """The field that says where to connect, for a connection that is no database."""
    if values.get("type"):
        return None
    return next((field.name for field in connection.fields if field.type == "url"), None)
