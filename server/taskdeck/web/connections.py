"""The project's connections, their values and their test."""

from __future__ import annotations

from taskdeck.web import context
from taskdeck.web.api import Routes
from taskdeck.web.schemas.connections import (
    Connection,
    ConnectionList,
    ConnectionTestRequest,
    ConnectionTestResult,
    ConnectionValuesRequest,
)

routes = Routes("Connections")


@routes.get("/api/connections", "listConnections", returns=ConnectionList)
def list_connections() -> ConnectionList:
    """All connections of the project."""
    return ConnectionList(connections=[Connection.from_view(view) for view in context.service().connections()])


@routes.get("/api/connections/<connection_id>/values", "getConnectionValues", returns=Connection, problems=(404,))
def get_connection_values(connection_id: str) -> Connection:
    """One connection with its values; secrets are never among them."""
    return Connection.from_view(context.service().connection(connection_id))


@routes.put("/api/connections/<connection_id>/values", "saveConnectionValues", returns=Connection, problems=(404,))
def save_connection_values(connection_id: str, body: ConnectionValuesRequest) -> Connection:
    """Save values of a connection.

    Fields left out, and secrets sent empty, keep the value they have; `null` removes it.
    """
    return Connection.from_view(context.service().save_connection_values(connection_id, dict(body.values)))


@routes.post("/api/connections/<connection_id>/test", "testConnection", returns=ConnectionTestResult, problems=(404,))
def try_connection(connection_id: str, body: ConnectionTestRequest | None) -> ConnectionTestResult:
    """Really connect, and say what happened."""
    values = dict(body.values) if body and body.values is not None else None
    result = context.service().test_connection(connection_id, values)
    return ConnectionTestResult(ok=result.ok, message=result.message, milliseconds=result.milliseconds)
