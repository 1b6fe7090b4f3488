"""DUFT's server interface, for its front end and for scripts that were written for it.

What it answers is what DUFT answers, to the letter; what it does is what the API does. Additions have names of their
own.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Flask, Response, request
from pydantic import BaseModel

from taskdeck.execution import log_text
from taskdeck.execution.log_pages import Wanted
from taskdeck.execution.service import Service
from taskdeck.model.project import Layout
from taskdeck.model.run import Run, RunStatus, Trigger
from taskdeck.settings import Settings
from taskdeck.web import auth, context, duft_configuration, duft_files, duft_login, duft_queries, wire
from taskdeck.web.api import read_body
from taskdeck.web.duft_configuration import BASE
from taskdeck.web.gate import CONNECTION

STARTED = "Script started successfully."
"""Clients compare it."""
MAX_LOG_LINES = 1000
TAKES_NOTHING_SECONDS = 60.0


class RunRequest(BaseModel):
    data_task_id: str
    parameters: dict[str, Any] | None = None


def is_served(settings: Settings, service: Service) -> bool:
    if settings.duft == "auto":
        return service.catalog().project.layout is Layout.DUFT
    return settings.duft == "on"


def init_app(app: Flask) -> None:
    """For an app whose context has `duft_login.Guests`."""
    _route(app, "POST", "/token/", duft_login.obtain)
    _route(app, "POST", "/token/refresh/", duft_login.refresh)
    _route(app, "POST", "/run-data-task/", run_data_task)
    _route(app, "GET", "/dte-status/", dte_status)
    _route(app, "GET", "/log/", log)
    _route(app, "GET", "/get-current-config/", duft_configuration.current_config)
    _route(app, "GET", "/data-connections/", duft_configuration.data_connections)
    parameters = duft_configuration.connection_parameters
    _route(app, "GET POST", "/data-connections/<connection_id>/parameters/", parameters)
    _route(app, "GET POST", "/settings/", duft_configuration.settings)
    _route(app, "GET", "/navigation/", duft_configuration.navigation)
    _route(app, "GET", "/theme/", duft_configuration.theme)
    _route(app, "GET", "/3dldashboard/<path:name>", duft_files.dashboard)
    _route(app, "POST", "/run-query/", duft_queries.run_query)
    _route(app, "POST", "/upload/", duft_files.upload)
    app.add_url_rule("/config/<path:name>", "duft.file", duft_files.serve, methods=["GET"])
    app.add_url_rule("/sse/dte/", "duft.stream", stream, methods=["GET"], strict_slashes=False)


def _route(app: Flask, methods: str, path: str, view: Callable[..., Response]) -> None:
    # With and without the last slash: clients of Django's and of Flask's kind.
    app.add_url_rule(BASE + path, f"duft.{view.__name__}", view, methods=methods.split(), strict_slashes=False)


@auth.open_to_guests()
def run_data_task() -> Response:
    """Starts a run. Values that the task does not take are ignored, and its run begins with a warning about each."""
    body = read_body(RunRequest)
    run, _ = context.service().submit(
        body.data_task_id, body.parameters or {}, trigger=Trigger.API, leaves_out_untakeable=True
    )
    answer = _json({"message": STARTED}, 202)
    answer.headers["Location"] = f"/api/runs/{run.id}"
    return answer


@auth.open_to_guests()
def dte_status() -> Response:
    """Whether anything is queued or running, and the name of the task that has been for longest."""
    oldest = _oldest_active(context.service())
    return _json({"is_running": oldest is not None, "current_script": oldest.task_name if oldest else None})


@auth.open_to_guests()
def log() -> Response:
    """The last lines of the run that is going on, or else of the last one."""
    service = context.service()
    found = service.runs(status=RunStatus.RUNNING, limit=1) or service.runs(limit=1)
    return _json({"content": _log_lines(service, found[0]) if found else []})


@auth.open_to_guests(visits=True)
def stream() -> Response:
    """Everything that happens in all runs; see `duft_stream`."""
    listeners = context.current().listeners
    listeners.check_room()
    if (connection := request.environ.get(CONNECTION)) is not None:
        # Who takes nothing for so long is gone; without this, nobody would ever say so.
        connection.settimeout(TAKES_NOTHING_SECONDS)
    chunks = listeners.listen(request.headers.get("Last-Event-ID", ""), may=_still_may())
    answer = Response(chunks if request.method == "GET" else (), content_type="text/event-stream; charset=utf-8")
    # nginx would keep messages until it has a buffer full.
    answer.headers["X-Accel-Buffering"] = "no"
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _still_may() -> Callable[[], bool]:
    """Whether the user of this request is the same as now, with the same password. Asked outside of a request."""
    user, guests = auth.user(), context.current().guests
    if user is None or guests is None:
        return lambda: True
    mark = guests.mark(user)
    return lambda: guests.mark(user) == mark


def _log_lines(service: Service, run: Run) -> list[str]:
    page = service.log_page(run.id, Wanted(direction="before", line=None, limit=MAX_LOG_LINES))
    lines = [*(each.line for each in page.lines), *page.open_lines]
    return [log_text.text_of(line) for line in lines]


def _oldest_active(service: Service) -> Run | None:
    for status in (RunStatus.RUNNING, RunStatus.QUEUED):
        if found := service.runs(status=status):
            return found[-1]
    return None


def _json(content: Any, status: int = 200) -> Response:
    return Response(wire.encode(content), status, content_type="application/json")
