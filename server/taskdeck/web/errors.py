"""Every error as a problem document (RFC 9457). One table says which class of error has which status."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import asdict
from http import HTTPStatus
from typing import Any

from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException, InternalServerError, RequestEntityTooLarge

from taskdeck.catalog.starter import NotEmpty
from taskdeck.catalog.task_file import MissingFile, UnreadableFile
from taskdeck.configuration.failure import Kind, UpdateFailed
from taskdeck.configuration.versions import NoSuchVersion
from taskdeck.configuration.webhooks import Malformed, WrongSignature
from taskdeck.execution.checking import BrokenTask, UnknownTask
from taskdeck.execution.connections import InvalidConnectionValues, UnknownConnection
from taskdeck.execution.queries import QueriesNotAllowed, QueryFailed, QueryTookTooLong, TooManyQueries
from taskdeck.execution.sample import ProjectUnwritable
from taskdeck.execution.service import AlreadyEnded, UnknownRun
from taskdeck.execution.submission import (
    AlreadyRunning,
    IdempotencyConflict,
    InvalidParameters,
)
from taskdeck.store.database import StoreFull, StoreUnavailable
from taskdeck.web import context, wire
from taskdeck.web.api import InvalidRequest, MalformedBody, NotJson
from taskdeck.web.auth import LoginRequired, TooManyAttempts, WrongToken
from taskdeck.web.duft_files import NoSuchFile, UploadsAreOff, UploadTooLarge
from taskdeck.web.duft_login import LoginUnavailable
from taskdeck.web.duft_stream import TooManyListeners
from taskdeck.web.duft_tokens import TokenExpired
from taskdeck.web.notebook_cells import UnreadableNotebook
from taskdeck.web.notebook_html import ConversionFailed
from taskdeck.web.notebook_pdf import NoBrowser
from taskdeck.web.origins import ForeignHost, ForeignOrigin, OriginMissing
from taskdeck.web.results import NotThere, UnknownOutput
from taskdeck.web.turns import Busy, TooLarge
from taskdeck.web.upload import TooLong, TooSlow

log = logging.getLogger(__name__)

STATUS_OF: Mapping[type[Exception], HTTPStatus] = {
    MalformedBody: HTTPStatus.BAD_REQUEST,
    Malformed: HTTPStatus.BAD_REQUEST,
    LoginRequired: HTTPStatus.UNAUTHORIZED,
    WrongToken: HTTPStatus.UNAUTHORIZED,
    TokenExpired: HTTPStatus.UNAUTHORIZED,
    ForeignHost: HTTPStatus.FORBIDDEN,
    ForeignOrigin: HTTPStatus.FORBIDDEN,
    OriginMissing: HTTPStatus.FORBIDDEN,
    WrongSignature: HTTPStatus.FORBIDDEN,
    MissingFile: HTTPStatus.NOT_FOUND,
    NoSuchVersion: HTTPStatus.NOT_FOUND,
    UnknownConnection: HTTPStatus.NOT_FOUND,
    UnknownRun: HTTPStatus.NOT_FOUND,
    UnknownTask: HTTPStatus.NOT_FOUND,
    NotThere: HTTPStatus.NOT_FOUND,
    UnknownOutput: HTTPStatus.NOT_FOUND,
    NoSuchFile: HTTPStatus.NOT_FOUND,
    QueriesNotAllowed: HTTPStatus.FORBIDDEN,
    UploadsAreOff: HTTPStatus.FORBIDDEN,
    UploadTooLarge: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    AlreadyEnded: HTTPStatus.CONFLICT,
    AlreadyRunning: HTTPStatus.CONFLICT,
    BrokenTask: HTTPStatus.CONFLICT,
    IdempotencyConflict: HTTPStatus.CONFLICT,
    NotEmpty: HTTPStatus.CONFLICT,
    ProjectUnwritable: HTTPStatus.CONFLICT,
    UnreadableFile: HTTPStatus.CONFLICT,
    TooLong: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    TooSlow: HTTPStatus.REQUEST_TIMEOUT,
    NotJson: HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    InvalidConnectionValues: HTTPStatus.UNPROCESSABLE_ENTITY,
    InvalidParameters: HTTPStatus.UNPROCESSABLE_ENTITY,
    InvalidRequest: HTTPStatus.UNPROCESSABLE_ENTITY,
    QueryFailed: HTTPStatus.UNPROCESSABLE_ENTITY,
    TooManyAttempts: HTTPStatus.TOO_MANY_REQUESTS,
    NoBrowser: HTTPStatus.NOT_IMPLEMENTED,
    UnreadableNotebook: HTTPStatus.INTERNAL_SERVER_ERROR,
    ConversionFailed: HTTPStatus.INTERNAL_SERVER_ERROR,
    TooLarge: HTTPStatus.INTERNAL_SERVER_ERROR,
    Busy: HTTPStatus.SERVICE_UNAVAILABLE,
    LoginUnavailable: HTTPStatus.SERVICE_UNAVAILABLE,
    TooManyListeners: HTTPStatus.SERVICE_UNAVAILABLE,
    TooManyQueries: HTTPStatus.SERVICE_UNAVAILABLE,
    QueryTookTooLong: HTTPStatus.GATEWAY_TIMEOUT,
    # The more special class first.
    StoreFull: HTTPStatus.INSUFFICIENT_STORAGE,
    StoreUnavailable: HTTPStatus.SERVICE_UNAVAILABLE,
}

STATUS_OF_UPDATE: Mapping[Kind, HTTPStatus] = {
    Kind.BUSY: HTTPStatus.CONFLICT,
    Kind.MOVED: HTTPStatus.CONFLICT,
    Kind.STALE: HTTPStatus.PRECONDITION_FAILED,
    Kind.INVALID: HTTPStatus.UNPROCESSABLE_ENTITY,
    Kind.UNSAFE: HTTPStatus.UNPROCESSABLE_ENTITY,
    Kind.REFUSED: HTTPStatus.FORBIDDEN,
    Kind.FETCH_FAILED: HTTPStatus.BAD_GATEWAY,
    Kind.TOO_LARGE: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    Kind.NO_SUCH_VERSION: HTTPStatus.NOT_FOUND,
    Kind.NO_SUCH_ITEM: HTTPStatus.NOT_FOUND,
    Kind.KEY_REUSED: HTTPStatus.CONFLICT,
    Kind.ENVIRONMENT_FAILED: HTTPStatus.UNPROCESSABLE_ENTITY,
    Kind.TIMED_OUT: HTTPStatus.GATEWAY_TIMEOUT,
    Kind.UNWRITABLE: HTTPStatus.INSUFFICIENT_STORAGE,
}


def init_app(app: Flask) -> None:
    app.register_error_handler(HTTPException, _of_http)
    app.register_error_handler(Exception, _unexpected)
    for error_class in STATUS_OF:
        app.register_error_handler(error_class, _of_ours)
    app.register_error_handler(UpdateFailed, _of_update)


def body(status: HTTPStatus, detail: str, errors: Mapping[str, str] | None = None, run_id: int | None = None) -> bytes:
    document = _document(status, detail)
    if errors is not None:
        document["errors"] = dict(errors)
    if run_id is not None:
        document["run"] = run_id
    return wire.encode(document)


def _document(status: HTTPStatus, detail: str) -> dict[str, Any]:
    return {"type": "about:blank", "title": status.phrase, "status": status.value, "detail": detail}


def response(
    status: HTTPStatus, detail: str, errors: Mapping[str, str] | None = None, run_id: int | None = None
) -> Response:
    return Response(body(status, detail, errors, run_id), status.value, content_type="application/problem+json")


def _of_ours(error: Exception) -> Response:
    status = next(status for error_class, status in STATUS_OF.items() if isinstance(error, error_class))
    run_id = error.run_id if isinstance(error, AlreadyRunning) else None
    answer = response(status, str(error), getattr(error, "errors", None), run_id)
    if status is HTTPStatus.UNAUTHORIZED:
        answer.headers["WWW-Authenticate"] = "Bearer"
    if isinstance(error, TooManyAttempts):
        answer.headers["Retry-After"] = str(error.retry_after_seconds)
    return answer


def _of_update(failure: UpdateFailed) -> Response:
    status = STATUS_OF_UPDATE[failure.kind]
    document = {
        **_document(status, failure.message),
        "kind": failure.kind,
        "problems": [asdict(problem) for problem in failure.problems],
    }
    return Response(wire.encode(document), status.value, content_type="application/problem+json")


def _of_http(error: HTTPException) -> Response | HTTPException:
    if error.code is None or error.code < 400:
        return error  # a redirect of the router's
    answer = response(HTTPStatus(error.code), _detail(error))
    for name, value in error.get_headers(request.environ):
        if name.lower() not in ("content-type", "content-length"):
            answer.headers[name] = value
    return answer


def _detail(error: HTTPException) -> str:
    if isinstance(error, RequestEntityTooLarge):
        limit = context.current().settings.max_body_bytes
        return f"The body is longer than {limit:,} bytes, the limit that TASKDECK_MAX_BODY_BYTES sets."
    if error.code == HTTPStatus.NOT_FOUND:
        return f"There is nothing at {request.path}."
    if error.code == HTTPStatus.METHOD_NOT_ALLOWED:
        return f"{request.path} does not take {request.method}."
    return error.description or HTTPStatus(error.code or 500).description


def _unexpected(error: Exception) -> Response:
    # What went wrong may hold anything, a secret included: it goes to the log, not to the caller.
    log.error("request_failed method=%s path=%s", request.method, request.path, exc_info=error)
    return response(HTTPStatus.INTERNAL_SERVER_ERROR, InternalServerError.description.splitlines()[0])
