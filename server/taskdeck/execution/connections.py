"""The values of connections: the project's file overlaid by what operators saved, secrets encrypted."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from taskdeck.execution.connection_test import TestResult
from taskdeck.execution.keystore import Keystore
from taskdeck.model.connection import Connection, without_password
from taskdeck.model.project import Catalog
from taskdeck.store import connection_tests, connection_values
from taskdeck.store.connection_tests import StoredTest
from taskdeck.store.connection_values import StoredValue
from taskdeck.store.database import Database

MAX_VALUE_CHARACTERS = 64 * 1024


class UnknownConnection(LookupError):
    """No connection of that id is declared; the message names those that are."""

    def __init__(self, connection_id: str, known: Iterable[str]) -> None:
        self.connection_id = connection_id
        names = ", ".join(sorted(known)) or "none"
        super().__init__(f"There is no connection {connection_id!r}. Declared connections: {names}.")


class InvalidConnectionValues(ValueError):
    """``errors`` says by field what is wrong with the values."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        self.errors = dict(errors)
        super().__init__("Some values cannot be saved: " + "; ".join(f"{name} {text}" for name, text in errors.items()))


@dataclass(frozen=True, kw_only=True)
class ConnectionView:
    """A connection as it may be shown: ``values`` hold no secret, ``stored_secrets`` names those that have a value."""

    connection: Connection
    values: dict[str, object]
    stored_secrets: frozenset[str]
    configured: bool
    last_test: StoredTest | None
    """How the last test of exactly these values ended."""
    used_by: tuple[str, ...]


class ConnectionValues:
    """The values of all connections of one store."""

    def __init__(self, database: Database, keystore: Keystore) -> None:
        self._database = database
        self._keystore = keystore

    def resolve_all(self, catalog: Catalog) -> dict[str, dict[str, object]]:
        """Values by connection id and field, secrets in clear, as a task sees them."""
        stored: dict[str, dict[str, object]] = {}
        with self._database.read() as connection:
            for value in connection_values.all_values(connection):
                text = self._keystore.decrypt(value.text) if value.encrypted else value.text
                stored.setdefault(value.connection_id, {})[value.field] = json.loads(text)
        return {declared.id: declared.resolve(stored.get(declared.id, {})) for declared in catalog.connections.values()}

    def secrets(self, catalog: Catalog, resolved: Mapping[str, Mapping[str, object]] | None = None) -> tuple[str, ...]:
        """Every text that must be masked in whatever a run of this project leaves behind.

        ``resolved``: what `resolve_all` gave just now, where the caller has it.
        """
        if resolved is None:
            resolved = self.resolve_all(catalog)
        return tuple(
            dict.fromkeys(
                secret
                for declared in catalog.connections.values()
                for secret in declared.secrets(resolved[declared.id])
            )
        )

    def view(self, catalog: Catalog, connection_id: str) -> ConnectionView:
        """Raises `UnknownConnection`."""
        _declared(catalog, connection_id)
        return next(view for view in self.views(catalog) if view.connection.id == connection_id)

    def views(self, catalog: Catalog) -> list[ConnectionView]:
        resolved = self.resolve_all(catalog)
        tests = self._tests()
        return [
            ConnectionView(
                connection=declared,
                values={
                    name: without_password(value)
                    for name, value in resolved[declared.id].items()
                    if not declared.is_secret(name)
                },
                stored_secrets=frozenset(
                    name
                    for name, value in resolved[declared.id].items()
                    if declared.is_secret(name) and value not in (None, "")
                ),
                last_test=tests.get((declared.id, self._fingerprint(declared, resolved[declared.id]))),
                configured=any(value not in (None, "") for value in resolved[declared.id].values()),
                used_by=tuple(task.id for task in catalog.tasks.values() if declared.id in task.connections),
            )
            for declared in catalog.connections.values()
        ]

    def save(self, catalog: Catalog, connection_id: str, values: Mapping[str, object]) -> None:
        """Stores values by field. A blank secret keeps the one there is; ``None`` removes a value.

        Raises `UnknownConnection` and `InvalidConnectionValues`.
        """
        declared = _declared(catalog, connection_id)
        if errors := _errors(declared, values):
            raise InvalidConnectionValues(errors)
        current = self.resolve_all(catalog)[connection_id]
        saved = []
        for name, value in _given(declared, values, current).items():
            if value is None:
                continue
            secret = declared.holds_secret(name, value)
            text = json.dumps(value)
            saved.append(
                StoredValue(
                    connection_id=connection_id,
                    field=name,
                    text=self._keystore.encrypt(text) if secret else text,
                    encrypted=secret,
                )
            )
        removed = [name for name, value in values.items() if value is None]
        with self._database.write() as connection:
            connection_values.replace(connection, connection_id, saved=saved, removed=removed, now=datetime.now(UTC))

    def note_test(self, catalog: Catalog, connection_id: str, tried: Mapping[str, object], result: TestResult) -> None:
        """Keeps how a test of the values ``tried`` ended: it is shown for as long as they are the connection's."""
        declared = _declared(catalog, connection_id)
        test = StoredTest(
            connection_id=connection_id,
            values_fingerprint=self._fingerprint(declared, tried),
            ok=result.ok,
            message=result.message,
            milliseconds=result.milliseconds,
            tested_at=datetime.now(UTC),
        )
        current = self._fingerprint(declared, self.resolve_all(catalog)[connection_id])
        with self._database.write() as connection:
            connection_tests.replace(connection, test, current_fingerprint=current)

    def _tests(self) -> dict[tuple[str, str], StoredTest]:
        """By connection and fingerprint of its values."""
        with self._database.read() as connection:
            tests = connection_tests.all_tests(connection)
        return {(test.connection_id, test.values_fingerprint): test for test in tests}

    def _fingerprint(self, declared: Connection, values: Mapping[str, object]) -> str:
        """Of all that decides how a test ends; the key keeps anybody from trying out which passwords they are."""
        given = {name: value for name, value in values.items() if value is not None}
        return self._keystore.fingerprint(json.dumps([given, declared.test_query], sort_keys=True, default=str))

    def with_unsaved(
        self, catalog: Catalog, connection_id: str, values: Mapping[str, object] | None
    ) -> dict[str, object]:
        """The values a test of the connection uses: the current ones, overlaid by those of an open form.

        Raises `UnknownConnection` and `InvalidConnectionValues`.
        """
        declared = _declared(catalog, connection_id)
        unsaved = values or {}
        if errors := _errors(declared, unsaved):
            raise InvalidConnectionValues(errors)
        current = self.resolve_all(catalog)[connection_id]
        tried = {**current, **_given(declared, unsaved, current)}
        return {name: value for name, value in tried.items() if value is not None}


def _given(declared: Connection, values: Mapping[str, object], current: Mapping[str, object]) -> dict[str, object]:
    """Without what a form sends back because it never saw it: blank secrets, and URLs whose password is masked."""
    return {
        name: value
        for name, value in values.items()
        if not (declared.is_secret(name) and value == "")
        and not (value != current.get(name) and value == without_password(current.get(name)))
    }


def _declared(catalog: Catalog, connection_id: str) -> Connection:
    declared = catalog.connections.get(connection_id)
    if declared is None:
        raise UnknownConnection(connection_id, catalog.connections)
    return declared


def _errors(declared: Connection, values: Mapping[str, object]) -> dict[str, str]:
    types = {each.name: each.type for each in declared.fields}
    known = {*types, *declared.file_values}
    errors = {}
    for name, value in values.items():
        if name not in known:
            errors[name] = f"is not a field of {declared.id}; its fields are {', '.join(sorted(known)) or 'none'}"
        elif not isinstance(value, str | int | float | bool | None):
            errors[name] = "must be a text, a number or true/false"
        elif isinstance(value, str) and len(value) > MAX_VALUE_CHARACTERS:
            errors[name] = f"is longer than {MAX_VALUE_CHARACTERS:,} characters"
        elif types.get(name) == "integer" and not _is_whole_number(value):
            errors[name] = f"must be a whole number, found {value!r}"
    return errors


def _is_whole_number(value: object) -> bool:
    """As a number or as its digits: values reach tasks as they were given. Empty is no value, and no error."""
    if isinstance(value, str):
        return not value.strip() or value.strip().removeprefix("-").isdecimal()
    return value is None or (isinstance(value, int) and not isinstance(value, bool))
