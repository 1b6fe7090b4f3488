"""The drivers of databases: loaded when they are wanted, with time-outs, and what they complain of made readable."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

from sqlalchemy.exc import DBAPIError

from taskdeck.model.database_url import DIALECTS, NotADatabase

_ALSO = {"mssql": ", and unixODBC with Microsoft's ODBC driver from your system's packages,"}
"""What a driver needs that pip cannot bring."""


def load(name: str) -> None:
    """``name`` is a key of `DIALECTS`. Raises `NotADatabase`, which says how to install what is missing."""
    dialect = DIALECTS[name]
    try:
        importlib.import_module(dialect.module)
    except ImportError as error:
        raise NotADatabase(
            f"The driver for {name} cannot be loaded ({error}). Install it with "
            f"`pip install 'taskdeck[{dialect.extra}]'`{_ALSO.get(name, '')} and try again."
        ) from error


def timeouts(name: str, seconds: int) -> dict[str, Any]:
    """What makes the driver give up by itself: arguments of its ``connect``."""
    arguments: dict[str, dict[str, Any]] = {
        "sqlite": {"timeout": seconds},
        "postgresql": {"connect_timeout": seconds},
        "mysql": {"connect_timeout": seconds, "read_timeout": seconds},
        "mariadb": {"connect_timeout": seconds, "read_timeout": seconds},
        "mssql": {"timeout": seconds},
    }
    return arguments[name]


def check_sqlite_file(file: Path) -> None:
    """SQLite would make a new, empty database of a misspelt name. Raises `NotADatabase`."""
    if not file.exists():
        if not file.parent.is_dir():
            raise NotADatabase(f"There is no directory {file.parent.name!r} for the file {file.name!r}.")
        raise NotADatabase(
            f"There is no file {file.name!r} in the data directory yet; the first task that writes to it makes it."
        )


def readable(error: Exception) -> str:
    """On one line, and not too long."""
    cause = error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
    lines = [line.strip() for line in str(cause).splitlines() if line.strip()]
    return " ".join(lines)[:1000] or type(cause).__name__
