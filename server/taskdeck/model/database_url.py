"""From the fields of a connection to the URL by which SQLAlchemy opens it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, quote_plus


class NotADatabase(ValueError):
    """The connection's fields do not describe a database; the message says what is missing or unknown."""


@dataclass(frozen=True, kw_only=True)
class Dialect:
    """How one kind of database is reached. ``extra`` is the optional dependency that brings the driver."""

    driver: str
    module: str
    default_port: int | None = None
    extra: str = ""


DIALECTS = {
    "sqlite": Dialect(driver="sqlite", module="sqlite3"),
    "postgresql": Dialect(driver="postgresql+psycopg", module="psycopg", default_port=5432, extra="postgresql"),
    "mysql": Dialect(driver="mysql+pymysql", module="pymysql", default_port=3306, extra="mysql"),
    "mariadb": Dialect(driver="mariadb+pymysql", module="pymysql", default_port=3306, extra="mysql"),
    "mssql": Dialect(driver="mssql+pyodbc", module="pyodbc", default_port=1433, extra="mssql"),
}

SYNONYMS = {"sqlite3": "sqlite", "postgres": "postgresql", "sqlserver": "mssql"}
"""Other spellings of a type, in lower case."""


def dialect_name(values: Mapping[str, object]) -> str:
    """The key of `DIALECTS` for the field ``type``, whatever its case. Raises `NotADatabase`."""
    written = str(values.get("type") or "").strip()
    name = SYNONYMS.get(written.lower(), written.lower())
    if name not in DIALECTS:
        known = ", ".join(sorted({*DIALECTS, *SYNONYMS}))
        problem = f"its type {written!r} is not known" if written else "its field 'type' has no value"
        raise NotADatabase(f"This connection cannot be opened as a database: {problem}. Known types: {known}.")
    return name


def database_url(values: Mapping[str, object], *, data_directory: Path) -> str:
    """The URL for `sqlalchemy.create_engine`, password included.

    The file of a SQLite connection is relative to the project's data directory. Raises `NotADatabase`.
    """
    name = dialect_name(values)
    dialect = DIALECTS[name]
    if name == "sqlite":
        file = str(values.get("sqlite3file") or values.get("database") or "")
        if not file:
            raise NotADatabase("This connection cannot be opened: its field 'sqlite3file' has no value.")
        # Only what would end or change the path: older versions of SQLAlchemy do not unquote it.
        path = str(data_directory / file).replace("%", "%25").replace("?", "%3F")
        return f"{dialect.driver}:///{path}"
    host = str(values.get("server") or values.get("host") or "")
    if not host:
        raise NotADatabase("This connection cannot be opened: its field 'server' has no value.")
    if ":" in host and not host.startswith("["):
        host = f"[{host}]"
    port = str(values.get("port") or dialect.default_port)
    database = quote(str(values.get("database") or ""), safe="")
    query = f"?driver={quote_plus(_odbc_driver(values))}" if name == "mssql" else ""
    return f"{dialect.driver}://{_user_info(values)}{host}:{port}/{database}{query}"


def _user_info(values: Mapping[str, object]) -> str:
    user = str(values.get("username") or values.get("user") or "")
    password = str(values.get("password") or "")
    if not user:
        return ""
    return quote(user, safe="") + (f":{quote(password, safe='')}" if password else "") + "@"


def _odbc_driver(values: Mapping[str, object]) -> str:
    return str(values.get("driver") or "ODBC Driver 18 for SQL Server")
