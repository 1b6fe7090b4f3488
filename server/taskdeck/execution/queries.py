"""Queries through connections that allow it: read-only, bounded in rows and time, each in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from taskdeck.execution.connection_test import START_SECONDS
from taskdeck.model.connection import Connection
from taskdeck.runner.masking import Masker

MAX_AT_ONCE = 4
MAX_ANSWER_BYTES = 20 * 1024 * 1024


class QueriesNotAllowed(PermissionError):
    """The connection does not allow queries: its declaration lacks ``allowQueryEngine``."""

    def __init__(self, connection_id: str) -> None:
        super().__init__(
            f"The connection {connection_id!r} does not allow queries. "
            'Its declaration must say "allowQueryEngine": true.'
        )


class QueryFailed(ValueError):
    """The message says what the database, or the check before it, has against the query."""


class QueryTookTooLong(TimeoutError):
    """The message says how long a query may take, and which setting decides."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"The query took longer than {seconds:g} s, the limit that TASKDECK_QUERY_TIMEOUT sets.")


class TooManyQueries(RuntimeError):
    """So many queries are being answered that this one found no place in time. Try again later."""

    def __init__(self) -> None:
        super().__init__(self.__doc__)


@dataclass(frozen=True, kw_only=True)
class Limits:
    max_rows: int
    timeout_seconds: float


@dataclass(frozen=True, kw_only=True)
class Part:
    """What of a query's rows is wanted."""

    search: str = ""
    """Rows in which one of ``search_columns`` holds it, whatever the case."""
    search_columns: tuple[str, ...] = ()
    sort: str = ""
    """A column."""
    descending: bool = False
    skip: int = 0
    max_rows: int | None = None


EVERYTHING = Part()


@dataclass(frozen=True, kw_only=True)
class Answer:
    rows: bytes
    """A list of objects by column, as JSON: large answers are handed on as they are."""
    truncated: bool
    """There are more rows than an answer may have."""


_places = threading.BoundedSemaphore(MAX_AT_ONCE)


def ask(
    connection: Connection,
    values: Mapping[str, object],
    query: str,
    parameters: Mapping[str, Any],
    *,
    data_directory: Path,
    limits: Limits,
    part: Part = EVERYTHING,
) -> Answer:
    """``values`` are the connection's, secrets in clear.

    Raises `QueriesNotAllowed`, `QueryFailed`, `QueryTookTooLong` and `TooManyQueries`.
    """
    if not connection.allow_query_engine:
        raise QueriesNotAllowed(connection.id)
    request = {
        "values": dict(values),
        "data_directory": str(data_directory),
        "query": query,
        "parameters": dict(parameters),
        "part": asdict(part),
        "max_rows": limits.max_rows,
        "max_bytes": MAX_ANSWER_BYTES,
        "timeout_seconds": limits.timeout_seconds,
    }
    if not _places.acquire(timeout=limits.timeout_seconds):
        raise TooManyQueries
    try:
        answered, rows = _in_child(request, limits.timeout_seconds)
    finally:
        _places.release()
    if answered.get("timed_out"):
        raise QueryTookTooLong(limits.timeout_seconds)
    if not answered["ok"]:
        raise QueryFailed(Masker(tuple(connection.secrets(values))).text(answered["message"]))
    return Answer(rows=rows, truncated=answered["truncated"])


def _in_child(request: dict[str, Any], timeout_seconds: float) -> tuple[dict[str, Any], bytes]:
    try:
        child = subprocess.run(
            [sys.executable, "-m", "taskdeck.store.query"],
            input=json.dumps(request).encode(),
            capture_output=True,
            timeout=timeout_seconds + START_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise QueryTookTooLong(timeout_seconds) from None
    if child.returncode != 0:
        complaint = child.stderr.decode("utf-8", "replace").strip()
        last_line = (complaint.splitlines() or [f"exit code {child.returncode}"])[-1]
        return {"ok": False, "message": f"The query could not be asked: {last_line}"}, b""
    before, _, rows = child.stdout.rpartition(b"\n")
    answered: dict[str, Any] = json.loads(before.rpartition(b"\n")[2])
    return answered, rows
