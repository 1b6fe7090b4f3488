"""Tries a connection out, for *Test connection*: ``python -m taskdeck.store.probe``.

A process of its own, because a driver may hang where no time-out of ours reaches: the caller kills it. Standard
input holds ``{"values", "data_directory", "test_query", "url_field", "timeout_seconds"}``, standard output gets
``{"ok", "message", "milliseconds"}``.
"""

from __future__ import annotations

import json
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import sqlalchemy
from sqlalchemy.exc import SQLAlchemyError

from taskdeck.model.database_url import NotADatabase, database_url, dialect_name
from taskdeck.store import drivers


@dataclass(frozen=True, kw_only=True)
class ProbeResult:
    """``message`` is a sentence for a person; ``milliseconds`` is the time of connecting and asking."""

    ok: bool
    message: str
    milliseconds: float


def probe(request: Mapping[str, Any]) -> ProbeResult:
    """Really connects; runs the test query if there is one."""
    started = time.perf_counter()
    try:
        message = _probe_url(request) if request["url_field"] else _probe_database(request)
        ok = True
    except NotADatabase as error:
        ok, message = False, str(error)
    except (SQLAlchemyError, OSError, ValueError) as error:
        ok, message = False, "The connection failed: " + drivers.readable(error)
    return ProbeResult(ok=ok, message=message, milliseconds=(time.perf_counter() - started) * 1000)


def _probe_database(request: Mapping[str, Any]) -> str:
    values: Mapping[str, object] = request["values"]
    name = dialect_name(values)
    drivers.load(name)
    url = database_url(values, data_directory=Path(request["data_directory"]))
    if name == "sqlite":
        drivers.check_sqlite_file(Path(str(sqlalchemy.make_url(url).database)))
    seconds = max(1, int(request["timeout_seconds"]))
    engine = sqlalchemy.create_engine(url, poolclass=sqlalchemy.NullPool, connect_args=drivers.timeouts(name, seconds))
    query = request.get("test_query")
    with engine.connect() as connection:
        connection.exec_driver_sql(query or "SELECT 1").fetchmany(1)
        version = ".".join(str(part) for part in connection.dialect.server_version_info or ())
    asked = f"{query!r} answered" if query else "it answered"
    return f"Connected to {name}{' ' + version if version else ''}; {asked}."


def _probe_url(request: Mapping[str, Any]) -> str:
    url = str(request["values"].get(request["url_field"]) or "")
    if not url.startswith(("http://", "https://")):
        raise NotADatabase(f"The field {request['url_field']!r} must be a URL that begins with http:// or https://.")
    call = urllib.request.Request(url, method="GET", headers={"User-Agent": "Taskdeck connection test"})
    try:
        with urllib.request.urlopen(call, timeout=float(request["timeout_seconds"])) as response:
            return f"The server answered with status {response.status}."
    except urllib.error.HTTPError as error:
        # An answer is an answer: many APIs want a path or a login at their root.
        if error.code < 500:
            return f"The server answered with status {error.code} ({error.reason})."
        raise NotADatabase(f"The server answered with status {error.code} ({error.reason}).") from error
    except urllib.error.URLError as error:
        raise NotADatabase(f"The server cannot be reached: {error.reason}.") from error


def main() -> None:
    json.dump(asdict(probe(json.load(sys.stdin))), sys.stdout)


if __name__ == "__main__":
    main()
