"""Engines and transactions: SQLite in WAL mode by default, PostgreSQL by URL."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy
from sqlalchemy import Connection, Engine, event, make_url
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from taskdeck.store import folding, tables

BUSY_TIMEOUT_SECONDS = 10


class StoreUnavailable(Exception):
    """The store cannot be opened, read or written; the message says which file or server, and why."""


class StoreFull(StoreUnavailable):
    """There is no room left for the store; what was to be stored is not there, and all else is."""


class Database:
    """One engine. `read` and `write` are the only ways to a connection."""

    def __init__(self, url: str) -> None:
        self.url = make_url(url)
        self.engine = _create_engine(url)

    @property
    def is_local(self) -> bool:
        """A file: whatever is in it happened on this machine."""
        return self.url.get_backend_name() == "sqlite"

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A snapshot; anything written in it is rolled back. Raises `StoreUnavailable`."""
        with self._understood("read"), self.engine.connect() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction that commits at the end of the block.

        On SQLite it takes the write lock at its beginning: a deferred transaction that reads and then writes
        fails at once, without waiting, when another one has written in between.
        Raises `StoreUnavailable`, among them `StoreFull`; then nothing of the block is in the store.
        """
        with (
            self._understood("written"),
            self.engine.connect().execution_options(taskdeck_write=True) as connection,
            connection.begin(),
        ):
            yield connection

    @contextmanager
    def _understood(self, done: str) -> Iterator[None]:
        """What the machine and not the program is to blame for, as an error that says so."""
        try:
            yield
        except OperationalError as error:
            url = self.url.render_as_string(hide_password=True)
            if _is_full(error.orig):
                raise StoreFull(f"The disk of the store {url} is full. Make room, and try again.") from error
            raise StoreUnavailable(f"The store {url} cannot be {done}: {error.orig}") from error

    def prepare(self) -> None:
        """Creates or upgrades the schema. Raises `StoreUnavailable`."""
        try:
            if self.is_local and self.url.database:
                _private_file(Path(self.url.database))
            revision = self.revision()
            if revision is not None and revision > tables.REVISION:
                raise StoreUnavailable(
                    f"it was written by a newer version of Taskdeck (schema {revision}, this one knows "
                    f"{tables.REVISION}). Install that version again, or name another store."
                )
            if revision != tables.REVISION:
                self.upgrade()
        except StoreFull:
            raise
        except (OSError, SQLAlchemyError, StoreUnavailable) as error:
            cause = error.__cause__.orig if isinstance(error.__cause__, OperationalError) else error
            raise StoreUnavailable(
                f"The store {self.url.render_as_string(hide_password=True)} cannot be opened: {cause}"
            ) from error

    def revision(self) -> str | None:
        """The migration the database is at; ``None`` for an empty one."""
        with self.read() as connection:
            if not sqlalchemy.inspect(connection).has_table("alembic_version"):
                return None
            revision: str | None = connection.scalar(sqlalchemy.text("SELECT version_num FROM alembic_version"))
            return revision

    def upgrade(self) -> None:
        """Runs all migrations that are missing, in one transaction."""
        # Alembic is slow to import and needed once in a database's life.
        from alembic import command
        from alembic.config import Config

        config = Config()
        config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
        with self.write() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, "head")

    def close(self) -> None:
        self.engine.dispose()


def _create_engine(url: str) -> Engine:
    if make_url(url).get_backend_name() != "sqlite":
        return sqlalchemy.create_engine(url, pool_pre_ping=True)
    engine = sqlalchemy.create_engine(url, connect_args={"timeout": BUSY_TIMEOUT_SECONDS, "check_same_thread": False})

    @event.listens_for(engine, "connect")
    def _configure(dbapi_connection: Any, _record: Any) -> None:
        # The driver's own BEGIN is deferred; `_begin` below does it instead.
        dbapi_connection.isolation_level = None
        cursor = dbapi_connection.cursor()
        cursor.execute("PRAGMA journal_mode = WAL")
        cursor.execute("PRAGMA synchronous = NORMAL")
        cursor.execute("PRAGMA foreign_keys = ON")
        cursor.close()
        folding.register(dbapi_connection)

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        immediate = connection.get_execution_options().get("taskdeck_write", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")

    return engine


def _is_full(error: BaseException | None) -> bool:
    """SQLite's code (its low byte), or PostgreSQL's."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    return code == sqlite3.SQLITE_FULL or getattr(error, "sqlstate", None) == "53100"


def _private_file(path: Path) -> None:
    """SQLite gives its journals the mode of the main file, so the main file is made private first."""
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
