"""The OpenAPI 3.1 document of the server, made from its routes.

``python -m taskdeck.web.openapi`` prints it without starting a server: the dashboard's types are generated from it.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaMode, models_json_schema

from taskdeck.web import auth, resources
from taskdeck.web.api import Media, Operation
from taskdeck.web.schemas.events import Event
from taskdeck.web.schemas.frames import CatalogFrame, ConfigFrame, EventsFrame, UnwatchRequest, WatchReply, WatchRequest
from taskdeck.web.schemas.problems import ProblemDocument
from taskdeck.web.version import version

_REFERENCE = "#/components/schemas/{model}"
_ALWAYS_PROBLEMS = (401, 403, 500, 503, 507)
"""Missing credentials, a foreign origin or host and a fault of ours can meet every request."""

_SECURITY: list[dict[str, list[str]]] = [{"bearer": []}, {"cookie": []}]

_DESCRIPTION = """
Run data tasks and watch them. Every error is a problem document (RFC 9457).

**Credentials**: `Authorization: Bearer TOKEN`, or the cookie that opening any page with `?token=TOKEN` sets.

**Live events** travel over Socket.IO at `/socket.io/`, with the cookie or `auth: {"token": …}` at connect.
The client emits `watch` (WatchRequest) and `unwatch` (UnwatchRequest), both acknowledged with WatchReply. The server
emits `events` (EventsFrame), and to everybody `run` (Run, at each change of status), `config` (ConfigFrame) and
`catalog` (CatalogFrame).
**Acknowledge each `events` frame** (call the listener's last argument): while a client catches up, the next frame is
sent when the last one is acknowledged. After a reconnection emit `watch` again with the last `seq` received.
""".strip()

_LIVE_SHAPES: tuple[tuple[type[BaseModel], JsonSchemaMode], ...] = (
    (Event, "serialization"),
    (EventsFrame, "serialization"),
    (CatalogFrame, "serialization"),
    (ConfigFrame, "serialization"),
    (WatchReply, "serialization"),
    (WatchRequest, "validation"),
    (UnwatchRequest, "validation"),
    (ProblemDocument, "serialization"),
)

_CONVERTERS: dict[str, dict[str, Any]] = {
    "int": {"type": "integer", "minimum": 0},
    "string": {"type": "string"},
    "path": {"type": "string"},
}


class _WithoutTitles(GenerateJsonSchema):
    """Pydantic repeats the name of each member as its title."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False


def document(operations: Iterable[Operation], *, version: str) -> dict[str, Any]:
    operations = list(operations)
    paths: dict[str, dict[str, Any]] = {}
    for operation in operations:
        path, parameters = _path(operation.path)
        paths.setdefault(path, {})[operation.method.lower()] = _operation(operation, parameters)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Taskdeck", "version": version, "description": _DESCRIPTION},
        "tags": [{"name": tag} for tag in dict.fromkeys(operation.tag for operation in operations)],
        "security": _SECURITY,
        "paths": paths,
        "components": {
            "schemas": _schemas(operations),
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer"},
                "cookie": {
                    "type": "apiKey",
                    "in": "cookie",
                    "name": "taskdeck",
                    "description": "Set by `?token=TOKEN` and by the login page; its name ends in a server's own code.",
                },
            },
        },
    }


def _schemas(operations: Iterable[Operation]) -> dict[str, Any]:
    shapes: dict[tuple[type[BaseModel], JsonSchemaMode], None] = dict.fromkeys(_LIVE_SHAPES)
    for operation in operations:
        if not isinstance(operation.returns, Media):
            shapes[operation.returns, "serialization"] = None
        if operation.body:
            shapes[operation.body, "validation"] = None
    _, definitions = models_json_schema(list(shapes), ref_template=_REFERENCE, schema_generator=_WithoutTitles)
    schemas: dict[str, Any] = definitions["$defs"]
    return {name: schemas[name] for name in sorted(schemas)}


def _operation(operation: Operation, path_parameters: list[dict[str, Any]]) -> dict[str, Any]:
    described: dict[str, Any] = {
        "operationId": operation.id,
        "tags": [operation.tag],
        "summary": operation.summary,
        "parameters": [*path_parameters, *_query_parameters(operation), *_header_parameters(operation)],
        "responses": _responses(operation),
    }
    if auth.is_public(operation.view):
        described["security"] = [{}, *_SECURITY]
    if operation.description:
        described["description"] = operation.description
    if operation.body:
        described["requestBody"] = {
            "required": operation.body_required,
            "content": {"application/json": {"schema": _reference(operation.body)}},
        }
    if operation.accepts:
        described["requestBody"] = {
            "required": True,
            "content": {media.type: {"schema": dict(media.schema)} for media in operation.accepts},
        }
    return described


def _path(rule: str) -> tuple[str, list[dict[str, Any]]]:
    """``/runs/<int:run_id>`` as ``/runs/{run_id}``, and its parameters."""
    parameters = [
        {"name": name, "in": "path", "required": True, "schema": _CONVERTERS[converter or "string"]}
        for converter, name in re.findall(r"<(?:(\w+):)?(\w+)>", rule)
    ]
    return re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule), parameters


def _query_parameters(operation: Operation) -> list[dict[str, Any]]:
    if operation.query is None:
        return []
    schema = operation.query.model_json_schema(ref_template=_REFERENCE)
    definitions = schema.get("$defs", {})
    parameters = []
    for name, member in schema["properties"].items():
        inlined = _inlined(member, definitions)
        parameter = {
            "name": name,
            "in": "query",
            "required": name in schema.get("required", []),
            "schema": {key: value for key, value in inlined.items() if key not in ("title", "description")},
        }
        if description := inlined.get("description"):
            parameter["description"] = description
        parameters.append(parameter)
    return parameters


def _inlined(member: dict[str, Any], definitions: dict[str, Any]) -> dict[str, Any]:
    """A query parameter that may be left out is absent, never ``null``; small enumerations are written out."""
    alternatives = [each for each in member.get("anyOf", []) if each.get("type") != "null"]
    if len(alternatives) == 1:
        rest = {key: value for key, value in member.items() if key not in ("anyOf", "default")}
        member = {**alternatives[0], **rest}
    if items := member.get("items"):
        member = {**member, "items": _inlined(items, definitions)}
    if reference := member.get("$ref"):
        definition = definitions[reference.rpartition("/")[2]]
        member = {**definition, **{key: value for key, value in member.items() if key != "$ref"}}
    return member


def _header_parameters(operation: Operation) -> list[dict[str, Any]]:
    return [
        {
            "name": header.name,
            "in": "header",
            "required": False,
            "description": header.description,
            "schema": {"type": "string", "minLength": 1, "maxLength": header.max_length},
        }
        for header in operation.headers
    ]


def _responses(operation: Operation) -> dict[str, Any]:
    responses: dict[str, Any] = {str(operation.status): _success(operation, HTTPStatus(operation.status).phrase)}
    for status, meaning in operation.other_statuses.items():
        responses[str(status)] = _success(operation, meaning)
    # A body may be malformed, too long or not JSON; a query or body may hold wrong values.
    of_body = (400, 413, 415, 422) if operation.body else (413,) if operation.accepts else ()
    of_query = (422,) if operation.query else ()
    for status in sorted({*_ALWAYS_PROBLEMS, *of_body, *of_query, *operation.problems}):
        responses[str(status)] = {
            "description": HTTPStatus(status).phrase,
            "content": {"application/problem+json": {"schema": _reference(ProblemDocument)}},
        }
    return responses


def _success(operation: Operation, description: str) -> dict[str, Any]:
    if isinstance(operation.returns, Media):
        return {
            "description": operation.returns.description,
            "content": {operation.returns.type: {"schema": dict(operation.returns.schema)}},
        }
    return {"description": description, "content": {"application/json": {"schema": _reference(operation.returns)}}}


def _reference(model: type[BaseModel]) -> dict[str, str]:
    return {"$ref": _REFERENCE.format(model=model.__name__)}


def build() -> dict[str, Any]:
    """The document of this version of the server."""
    return document(resources.operations(), version=version())


def main() -> None:
    json.dump(build(), sys.stdout, indent=2, ensure_ascii=False)
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()
