"""Data sources, as authors use them: ``sdk.connection("ANA")``."""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Iterator, Mapping

from taskdeck.sdk import channel, messages

TYPE_CHECKING = False  # see environment.py
if TYPE_CHECKING:
    from typing import Any


class UnknownConnection(LookupError):
    """No connection of that id is declared; the message names those that are.

    ``is_reported``: the run has a warning of it already.
    """

    def __init__(self, connection_id: str, known: Iterable[str] | None, *, is_reported: bool = False) -> None:
        self.connection_id = connection_id
        self.known = tuple(sorted(known or ()))
        self.is_reported = is_reported
        super().__init__(
            f"There is no connection {connection_id!r}. "
            + (
                "There is no project around the working directory either: expected a directory above it that holds "
                "config/data_connections.json or duft-config/."
                if known is None
                else f"Declared connections: {', '.join(self.known) or 'none'}."
            )
        )


class UnknownField(KeyError):
    """The connection has no such field; the message names those it has."""

    def __init__(self, connection_id: str, field: str, known: Iterable[str]) -> None:
        self.message = (
            f"Connection {connection_id!r} has no value for {field!r}. It has: {', '.join(known) or 'none'}. "
            "An operator sets values on the Connections page or in the project's config.json."
        )
        super().__init__(self.message)

    def __str__(self) -> str:  # KeyError would show the repr
        return self.message


class MissingPackage(ImportError):
    """A package that opening the connection takes is not installed; the message says how to get it."""


class Connection(Mapping[str, "Any"]):
    """The values of a connection by field, exactly as the operator gave them. Never shows them by itself."""

    def __init__(self, connection_id: str, values: Mapping[str, Any]) -> None:
        self.id = connection_id
        self._values = dict(values)

    def __getitem__(self, field: str) -> Any:
        try:
            return self._values[field]
        except KeyError:
            raise UnknownField(self.id, field, self._values) from None

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __repr__(self) -> str:
        return f"<Connection {self.id!r} with {', '.join(self._values) or 'no values'}>"

    def url(self) -> str:
        """The URL for SQLAlchemy, password included. The file of a SQLite database lies in the data directory.

        Raises `taskdeck.model.database_url.NotADatabase` where the fields do not describe one.
        """
        from taskdeck.model import database_url
        from taskdeck.sdk import projects

        return database_url.database_url(self._values, data_directory=projects.data_directory())

    def engine(self, **options: Any) -> Any:
        """A new SQLAlchemy engine; ``options`` are those of ``sqlalchemy.create_engine``.

        Raises `MissingPackage` where SQLAlchemy or the database's driver is not installed.
        """
        from taskdeck.model import database_url
        from taskdeck.sdk import projects

        url = self.url()
        dialect = database_url.DIALECTS[database_url.dialect_name(self._values)]
        sqlalchemy = self._import("sqlalchemy", "pip install sqlalchemy")
        if dialect.extra:
            self._import(dialect.module, f'pip install "taskdeck[{dialect.extra}]"')
        else:
            # SQLite creates the file, but not the directory of a project that has no data yet.
            projects.data_directory().mkdir(parents=True, exist_ok=True)
        return sqlalchemy.create_engine(url, **options)

    def _import(self, package: str, remedy: str) -> Any:
        try:
            return importlib.import_module(package)
        except ModuleNotFoundError as error:
            if error.name != package:
                raise
            raise MissingPackage(
                f"Connection {self.id!r} cannot be opened: this Python has no package {package!r}. "
                f"Install it with: {remedy}",
                name=package,
            ) from error


def find(connection_id: str) -> Connection:
    """The connection with its current values. Raises `UnknownConnection`."""
    runner = channel.current()
    if runner is not None:
        from taskdeck.sdk import wire

        try:
            answer = runner.ask({"ask": "connection", "id": connection_id})
        except wire.NoAnswer as error:
            messages.say("warning", f"{error}; reading connection {connection_id!r} from the project's files.")
        else:
            values = answer.get("answer")
            if values is None:
                raise UnknownConnection(connection_id, answer.get("known") or (), is_reported=True)
            return Connection(connection_id, values)
    return _from_project(connection_id)


def _from_project(connection_id: str) -> Connection:
    from taskdeck.sdk import projects

    project = projects.find()
    if project is None:
        raise UnknownConnection(connection_id, None)
    known = projects.connection_ids(project)
    if connection_id not in known:
        raise UnknownConnection(connection_id, known)
    return Connection(connection_id, projects.connection_values(project, connection_id))
