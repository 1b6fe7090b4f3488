"""What DUFT's front end asks for before it can draw anything, and its pages of connections and settings."""

from __future__ import annotations

import platform
import sys
from importlib import metadata
from typing import Any

from flask import Response, request
from pydantic import BaseModel, RootModel

from taskdeck.catalog import documents, layout
from taskdeck.model.connection import Connection, is_secret_name
from taskdeck.model.project import Catalog, Project
from taskdeck.web import auth, context, duft_settings, wire
from taskdeck.web.api import read_body

BASE = "/api/v2"
_FOR_STRANGERS = ("name", "title", "logo")
"""What keys of settings.json end with that a login page shows."""


class ConnectionParameters(RootModel[dict[str, str | int | float | bool | None]]):
    pass


class SettingsChange(BaseModel):
    debug: bool | None = None
    oobe: bool | None = None
    unittest: bool | None = None


class SettingsBody(SettingsChange):
    """Alone, or as they stand in ``config.json``."""

    settings: SettingsChange | None = None

    def change(self) -> dict[str, bool]:
        return (self.settings or self).model_dump(include=set(SettingsChange.model_fields), exclude_none=True)


@auth.public
@auth.open_to_guests()
def current_config() -> Response:
    """The server and who asks. Strangers learn that they have to log in, and what the login page is called."""
    service, settings = context.service(), context.current().settings
    project = service.catalog().project
    is_known = auth.may()
    answer: dict[str, Any] = {
        "features": {
            "data_tasks": True,
            "log_level": settings.log_level.upper(),
            "server_uploads": settings.max_upload_bytes > 0,
            "task_scheduler": False,
            "user_authentication": True,
            "enforce_user_authentication": True,
        },
        "currentUser": auth.user(),
        "currentUserPermissions": [],
        "currentUserRoles": [],
        "settings": _settings(project, is_known=is_known),
        "version": metadata.version("taskdeck") if is_known else "",
        "serverBaseURL": f"{'https' if auth.is_encrypted() else 'http'}://{request.host}{BASE}",
        "pythonPath": (project.environment or sys.executable) if is_known else "",
        "pythonVersion": platform.python_version() if is_known else "",
        "directories": _directories(project) if is_known else {},
    }
    return _json(answer)


@auth.open_to_guests()
def data_connections() -> Response:
    """The declared connections, without their values."""
    catalog = context.service().catalog()
    of_user = _only_declared_by_user(catalog)
    lists: dict[str, list[dict[str, Any]]] = {"system": [], "user": []}
    for connection in catalog.connections.values():
        lists["user" if connection.id in of_user else "system"].append(_declaration(connection))
    return _json(lists)


@auth.open_to_guests()
def connection_parameters(connection_id: str) -> Response:
    """The values of a connection, secrets blank; what is posted is saved, a blank secret keeps the stored one."""
    service = context.service()
    if request.method == "POST":
        view = service.save_connection_values(connection_id, read_body(ConnectionParameters).root)
    else:
        view = service.connection(connection_id)
    blank: dict[str, object] = {each.name: "" for each in view.connection.fields}
    secrets = dict.fromkeys(view.stored_secrets, "")
    return _json({**blank, **view.values, **secrets})


@auth.open_to_guests()
def settings() -> Response:
    """Three switches; what is posted is saved."""
    project, saved_in = context.service().catalog().project, context.current().settings.duft_settings_file
    if request.method == "GET":
        return _json(duft_settings.read(project, saved_in))
    change = read_body(SettingsBody).change()
    duft_settings.save(saved_in, change)
    data = duft_settings.read(project, saved_in)
    return _json({"result": "success", "message": "Settings saved.", "data": data, "status": 200})


@auth.open_to_guests()
def navigation() -> Response:
    return _json(_documents("navigation.json"))


@auth.open_to_guests()
def theme() -> Response:
    return _json(_documents("theme.json"))


def _documents(name: str) -> dict[str, Any]:
    """Of system and user as they are; those of apps, which DUFT's front end does not know, beside them by name."""
    found = documents.read(context.service().catalog().project, name)
    system, user = found.pop(layout.SYSTEM), found.pop(layout.USER, {})
    apps = {part.removeprefix("apps/"): content for part, content in found.items() if content}
    return {"system": system, "user": user, **({"apps": apps} if apps else {})}


def _settings(project: Project, *, is_known: bool) -> dict[str, Any]:
    """``settings.json``, and the switches. What is called like a secret is left out for everybody."""
    merged: dict[str, Any] = {}
    for content in reversed(documents.read(project, "settings.json").values()):
        if isinstance(content, dict):
            merged |= {name: value for name, value in content.items() if not is_secret_name(name)}
    if is_known:
        return {**merged, **duft_settings.read(project, context.current().settings.duft_settings_file)}
    return {
        name: value
        for name, value in merged.items()
        if isinstance(value, str) and name.lower().endswith(_FOR_STRANGERS)
    }


def _directories(project: Project) -> dict[str, str]:
    parts = layout.parts(project)
    return {
        "root_directory": str(project.root),
        "config_directory": str(project.config_directory),
        "system_config_directory": str(parts[layout.SYSTEM]),
        "user_config_directory": str(parts.get(layout.USER, parts[layout.SYSTEM])),
        "data_directory": str(project.data_directory),
        "data_tasks_temp_directory": str(project.temporary_directory),
        "uploads_directory": str(project.uploads_directory),
    }


def _only_declared_by_user(catalog: Catalog) -> set[str]:
    found = documents.read(catalog.project, layout.CONNECTIONS_FILE)
    of_user = _ids(found.pop(layout.USER, {}))
    return of_user - {id_ for content in found.values() for id_ in _ids(content)}


def _ids(content: Any) -> set[str]:
    listed = content.get("dataConnections") if isinstance(content, dict) else None
    entries = listed if isinstance(listed, list) else []
    return {str(entry.get("id")) for entry in entries if isinstance(entry, dict)}


def _declaration(connection: Connection) -> dict[str, Any]:
    return {
        "id": connection.id,
        "name": connection.name,
        "description": connection.description,
        "allowQueryEngine": connection.allow_query_engine,
        "testquery": connection.test_query,
        "params": [{"name": each.name, "type": each.type, "label": each.label} for each in connection.fields],
    }


def _json(content: Any) -> Response:
    return Response(wire.encode(content), content_type="application/json")
