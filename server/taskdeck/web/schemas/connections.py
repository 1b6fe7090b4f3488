"""Connections on the wire. A secret goes in and never comes out."""

from __future__ import annotations

from pydantic import Field
from pydantic.json_schema import SkipJsonSchema

from taskdeck.execution.connections import ConnectionView
from taskdeck.store.connection_tests import StoredTest
from taskdeck.web.schemas.shape import Answer, Request, Timestamp, optional

FieldValue = str | int | float | bool | None


class ConnectionField(Answer):
    name: str
    type: str
    """``text``, ``password``, ``integer``, ``url``; anything else is shown as text."""
    label: str
    secret: bool


class LastTest(Answer):
    """How the last test of a connection's present values ended."""

    tested_at: Timestamp
    ok: bool
    message: str
    """What happened, in words."""
    milliseconds: float

    @classmethod
    def from_model(cls, stored: StoredTest | None) -> LastTest | None:
        if stored is None:
            return None
        return cls(tested_at=stored.tested_at, ok=stored.ok, message=stored.message, milliseconds=stored.milliseconds)


class Connection(Answer):
    """A data source and what is known of its values."""

    id: str
    name: str
    description: str
    fields: list[ConnectionField]
    values: dict[str, FieldValue]
    """Without secrets."""
    stored_secrets: list[str]
    """The secret fields that have a value."""
    configured: bool
    last_test: LastTest | SkipJsonSchema[None] = optional()
    """Absent: its present values were never tested."""
    used_by: list[str]
    """Ids of the tasks that name it."""
    test_query: str | None

    @classmethod
    def from_view(cls, view: ConnectionView) -> Connection:
        declared = view.connection
        return cls(
            id=declared.id,
            name=declared.name or declared.id,
            description=declared.description,
            fields=[
                ConnectionField(
                    name=field.name, type=field.type, label=field.label or field.name, secret=field.is_secret
                )
                for field in declared.fields
            ],
            values={name: _shown(value) for name, value in view.values.items()},
            stored_secrets=sorted(view.stored_secrets),
            configured=view.configured,
            last_test=LastTest.from_model(view.last_test),
            used_by=list(view.used_by),
            test_query=declared.test_query,
        )


class ConnectionList(Answer):
    connections: list[Connection]


class ConnectionValuesRequest(Request):
    """Values by field. An empty secret keeps the stored one; ``null`` removes a value."""

    values: dict[str, FieldValue] = Field(max_length=200)


class ConnectionTestRequest(Request):
    """Values of a form that are not saved yet; those left out are the stored ones."""

    values: dict[str, FieldValue] | None = Field(default=None, max_length=200)


class ConnectionTestResult(Answer):
    ok: bool
    message: str
    """What happened, in words."""
    milliseconds: float


def _shown(value: object) -> FieldValue:
    """Values of the project's file may be anything JSON has; lists and objects are shown as text."""
    return value if isinstance(value, str | int | float | bool | None) else str(value)
