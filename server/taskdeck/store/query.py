"""Answers one query, and can do nothing else: ``python -m taskdeck.store.query``.

A process of its own, which its caller kills when it takes too long. It is the database that refuses to write: the
connection or the transaction is read-only before the query is sent, and only one statement is sent. Standard input
holds ``{"values", "data_directory", "query", "parameters", "part", "max_rows", "max_bytes", "timeout_seconds"}``, where
the part is `execution.queries.Part`. The last two lines of standard output are ``{"ok", "truncated", "message",
"timed_out"}`` and the list of rows, ready to be sent on.
"""

from __future__ import annotations

import base64
import contextlib
import datetime
import decimal
import json
import re
import signal
import sqlite3
import sys
import time
import uuid
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

import sqlalchemy
from sqlalchemy import Connection, Dialect, Engine, NullPool, bindparam, text
from sqlalchemy.exc import SQLAlchemyError

from taskdeck.model import event
from taskdeck.model.database_url import NotADatabase, database_url, dialect_name
from taskdeck.store import drivers

_MAX_MEMORY_BYTES = 2 * 1024**3
_MAX_SQLITE_VALUE_BYTES = 16 * 1024**2
_SQLITE_STEPS = 100_000
"""Of its machine, between two looks at the clock."""
_ROWS_AT_ONCE = 500
_COMMENT = re.compile(r"\s+|--[^\n]*(\n|$)|/\*.*?\*/", re.DOTALL)
_SEARCH = "taskdeck_search"
_QUERIES = ("select", "with", "values")
_ALLOWED = frozenset({sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION, sqlite3.SQLITE_RECURSIVE})


class NotAQuery(ValueError):
    """Only queries can be asked here: one statement that begins with SELECT, WITH or VALUES."""

    def __init__(self) -> None:
        super().__init__(self.__doc__)


def answer(request: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """What there is to say, and the rows, each as JSON."""
    deadline = time.monotonic() + request["timeout_seconds"]
    try:
        check(request["query"])
        rows, is_truncated = _ask(request)
    except (NotADatabase, NotAQuery) as error:
        return {"ok": False, "message": str(error)}, []
    except (SQLAlchemyError, sqlite3.Error, OSError, ValueError, MemoryError) as error:
        timed_out = time.monotonic() >= deadline
        return {"ok": False, "message": "The query failed: " + drivers.readable(error), "timed_out": timed_out}, []
    return {"ok": True, "truncated": is_truncated}, rows


def check(query: str) -> None:
    """The first line of defence, and the readable one. Raises `NotAQuery`."""
    at = 0
    while blank := _COMMENT.match(query, at):
        at = blank.end()
    word = re.match(r"[A-Za-z]+", query[at:].lstrip("("))
    if word is None or word[0].lower() not in _QUERIES:
        raise NotAQuery


def _ask(request: Mapping[str, Any]) -> tuple[list[str], bool]:
    name = dialect_name(request["values"])
    # Before its driver is asked for, which would be of no use.
    if name == "mssql":
        raise NotADatabase(
            "Queries through connections to SQL Server are not answered: it cannot be told to refuse whatever a query "
            "writes. Let a task copy what is to be shown into a database that can (SQLite, PostgreSQL, MySQL), and ask "
            "that one."
        )
    drivers.load(name)
    seconds = max(1, int(request["timeout_seconds"]))
    engine = _engine(name, request, seconds)
    with engine.connect() as connection:
        _make_read_only(connection, name, seconds)
        part = request["part"]
        query, searched = _wrapped(request["query"].rstrip().rstrip(";"), part, engine.dialect)
        statement, parameters = _bound(query, {**request["parameters"], **searched})
        # On PostgreSQL a cursor of the server's: it takes one query, and none that writes.
        found = connection.execution_options(stream_results=True, max_row_buffer=_ROWS_AT_ONCE).execute(
            statement, parameters
        )
        max_rows = min(part["max_rows"] or request["max_rows"], request["max_rows"])
        rows, is_truncated = _rows(found, skip=part["skip"], max_rows=max_rows, max_bytes=request["max_bytes"])
        found.close()
        # What functions may have done all the same is undone.
        connection.rollback()
    return rows, is_truncated


def _engine(name: str, request: Mapping[str, Any], seconds: int) -> Engine:
    """Raises `NotADatabase`."""
    url = database_url(request["values"], data_directory=Path(request["data_directory"]))
    if name != "sqlite":
        return sqlalchemy.create_engine(url, poolclass=NullPool, connect_args=drivers.timeouts(name, seconds))
    file = Path(str(sqlalchemy.make_url(url).database))
    drivers.check_sqlite_file(file)
    return sqlalchemy.create_engine("sqlite://", poolclass=NullPool, creator=lambda: _read_only_sqlite(file, seconds))


def _read_only_sqlite(file: Path, seconds: int) -> sqlite3.Connection:
    connection = sqlite3.connect(f"file:{quote(str(file))}?mode=ro", uri=True, timeout=seconds)
    connection.execute("PRAGMA query_only = ON")
    deadline = time.monotonic() + seconds
    connection.set_progress_handler(lambda: time.monotonic() >= deadline, _SQLITE_STEPS)
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _MAX_SQLITE_VALUE_BYTES)
    return connection


def _make_read_only(connection: Connection, name: str, seconds: int) -> None:
    match name:
        case "sqlite":
            opened: Any = connection.connection.driver_connection
            # Last, for it forbids pragmas, too; and other files, which a query could attach.
            opened.set_authorizer(lambda action, *_: sqlite3.SQLITE_OK if action in _ALLOWED else sqlite3.SQLITE_DENY)
        case "postgresql":
            connection.exec_driver_sql("SET TRANSACTION READ ONLY")
            connection.exec_driver_sql(f"SET LOCAL statement_timeout = {seconds * 1000:d}")
        case "mysql" | "mariadb":
            connection.exec_driver_sql("SET SESSION TRANSACTION READ ONLY")
            # Each of them knows one of the two.
            for limit in (f"MAX_EXECUTION_TIME = {seconds * 1000:d}", f"max_statement_time = {seconds:d}"):
                with contextlib.suppress(SQLAlchemyError):
                    connection.exec_driver_sql(f"SET SESSION {limit}")
            connection.rollback()
            connection.exec_driver_sql("START TRANSACTION READ ONLY")


def _wrapped(query: str, part: Mapping[str, Any], dialect: Dialect) -> tuple[str, dict[str, str]]:
    """The query as a table of another one that searches and sorts, and that one's parameters.

    Without a reason it is asked as it is: not every database keeps the order of an inner query.
    """
    quoted = dialect.identifier_preparer.quote_identifier
    text_type = "CHAR" if dialect.name in ("mysql", "mariadb") else "TEXT"
    conditions = " OR ".join(
        # A colon in a name would begin a parameter.
        f"LOWER(CAST({_literal(quoted(name))} AS {text_type})) LIKE LOWER(:{_SEARCH}) ESCAPE '!'"
        for name in part["search_columns"]
    )
    is_searched = bool(part["search"] and conditions)
    if not is_searched and not part["sort"]:
        return query, {}
    # A comment at the query's end must not swallow what follows it.
    wrapped = f"SELECT * FROM (\n{query}\n) AS taskdeck_found"  # noqa: S608 - whoever asks may ask anything
    searched = {}
    if is_searched:
        wrapped += f" WHERE {conditions}"
        searched[_SEARCH] = "%" + re.sub(r"([!%_])", r"!\1", part["search"]) + "%"
    if part["sort"]:
        wrapped += f" ORDER BY {_literal(quoted(part['sort']))} {'DESC' if part['descending'] else 'ASC'}"
    return wrapped, searched


def _literal(text: str) -> str:
    return text.replace(":", "\\:")


def _bound(query: str, given: Mapping[str, Any]) -> tuple[sqlalchemy.TextClause, dict[str, Any]]:
    """Values never become a part of the text. Lists are for ``IN :names``. Raises `ValueError`."""
    statement = text(query)
    wanted = set(statement.compile().params)
    if missing := sorted(wanted - set(given)):
        raise ValueError(f"the query has parameters without a value: {', '.join(missing)}")
    lists: list[Any] = [bindparam(name, expanding=True) for name in wanted if isinstance(given[name], list)]
    return statement.bindparams(*lists), {name: given[name] for name in wanted}


def _rows(found: sqlalchemy.CursorResult[Any], *, skip: int, max_rows: int, max_bytes: int) -> tuple[list[str], bool]:
    names = _distinct(found.keys())
    rows: list[str] = []
    size = 0
    for part in found.partitions(_ROWS_AT_ONCE):
        skipped = min(skip, len(part))
        skip -= skipped
        for row in part[skipped:]:
            text = json.dumps({name: _plain(value) for name, value in zip(names, row, strict=True)})
            size += len(text)
            if len(rows) == max_rows or size > max_bytes:
                return rows, True
            rows.append(text)
    return rows, False


def _distinct(names: Iterable[str]) -> Sequence[str]:
    """Of two columns with one name, the second has a number."""
    found: list[str] = []
    for name in names:
        unique, number = name, 2
        while unique in found:
            unique, number = f"{name}_{number}", number + 1
        found.append(unique)
    return found


def _plain(value: Any) -> Any:
    """As JSON has it: numbers as numbers, times as ISO 8601, bytes as base64."""
    match value:
        case None | bool() | int() | str():
            return value
        case float():
            return event.finite(value)
        case decimal.Decimal():
            return (
                _plain(int(value) if value == value.to_integral_value() else float(value))
                if value.is_finite()
                else None
            )
        case datetime.datetime() | datetime.date() | datetime.time():
            return value.isoformat()
        case bytes() | bytearray() | memoryview():
            return base64.b64encode(bytes(value)).decode()
        case list() | tuple():
            return [_plain(each) for each in value]
        case dict():
            return {str(name): _plain(each) for name, each in value.items()}
        case uuid.UUID() | _:
            return str(value)


def _limit(seconds: float) -> None:
    """For the case that the caller is gone, and cannot kill this process any more."""
    if hasattr(signal, "alarm"):
        signal.alarm(int(seconds) + 15)
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (_MAX_MEMORY_BYTES, _MAX_MEMORY_BYTES))


def main() -> None:
    request = json.load(sys.stdin)
    _limit(request["timeout_seconds"])
    said, rows = answer(request)
    # Drivers may have printed before it.
    sys.stdout.write(f"\n{json.dumps(said)}\n[{','.join(rows)}]")


if __name__ == "__main__":
    main()
