"""Routes of the JSON API. One declaration gives the URL rule, the decoding of the request and the OpenAPI operation.

::

    routes = Routes("Runs")

    @routes.post("/api/runs", "submitRun", returns=schemas.Run, status=201, problems=(404, 409, 422))
    def submit_run(body: schemas.RunRequest) -> Reply:
        \"\"\"Start a run.\"\"\"

A view takes its path's variables by name, and a ``query`` and a ``body`` if it declares them; their annotations
are pydantic models. It returns a model, a `Reply`, or a Flask response where JSON is not what it sends.
"""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import wraps
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

import pydantic_core
from flask import Flask, Response, request
from pydantic import BaseModel, ValidationError
from werkzeug.exceptions import NotFound, RequestEntityTooLarge

from taskdeck.web import wire
from taskdeck.web.schemas.shape import MAX_NUMBER

_FORM_TYPES = ("application/x-www-form-urlencoded", "multipart/form-data")
_JSON_TYPES = ("application/json", "application/merge-patch+json")

View = TypeVar("View", bound=Callable[..., Any])
Model = TypeVar("Model", bound=BaseModel)


class MalformedBody(ValueError):
    """The body is not JSON that can be read; the message says where."""


class NotJson(ValueError):
    """Send the body as JSON, with Content-Type: application/json."""

    def __init__(self) -> None:
        super().__init__(self.__doc__)


class InvalidRequest(ValueError):
    """Values of the request are not as they should be; ``errors`` says which, by member."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        self.errors = dict(errors)
        super().__init__("; ".join(f"{name}: {text}" for name, text in errors.items()))


@dataclass(frozen=True, kw_only=True)
class Media:
    """A body that is not JSON of ours."""

    type: str
    description: str
    schema: Mapping[str, Any] = field(default_factory=lambda: {"type": "string"})


@dataclass(frozen=True, kw_only=True)
class RequestHeader:
    name: str
    description: str
    max_length: int


@dataclass(frozen=True, kw_only=True)
class Operation:
    """One route, with all that the OpenAPI document says of it."""

    id: str
    """Stable: generated clients name their functions after it."""
    tag: str
    method: str
    path: str
    """As Flask writes it: ``/api/runs/<int:run_id>``."""
    view: Callable[..., Any]
    returns: type[BaseModel] | Media
    status: int
    other_statuses: Mapping[int, str]
    """Further successes with the same body, and what they mean."""
    problems: tuple[int, ...]
    headers: tuple[RequestHeader, ...]
    query: type[BaseModel] | None
    body: type[BaseModel] | None
    body_required: bool
    accepts: tuple[Media, ...] = ()
    """Bodies that the view reads by itself."""

    @property
    def summary(self) -> str:
        return (inspect.getdoc(self.view) or "").partition("\n")[0].rstrip(".")

    @property
    def description(self) -> str:
        return (inspect.getdoc(self.view) or "").partition("\n")[2].strip()


@dataclass(frozen=True, kw_only=True)
class Reply:
    """A model to send, with what differs from the operation's declaration."""

    model: BaseModel
    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


class Routes:
    """The operations of one resource."""

    def __init__(self, tag: str) -> None:
        self.tag = tag
        self.operations: list[Operation] = []

    def get(self, path: str, operation_id: str, **declared: Any) -> Callable[[View], View]:
        return self._route("GET", path, operation_id, **declared)

    def post(self, path: str, operation_id: str, **declared: Any) -> Callable[[View], View]:
        return self._route("POST", path, operation_id, **declared)

    def put(self, path: str, operation_id: str, **declared: Any) -> Callable[[View], View]:
        return self._route("PUT", path, operation_id, **declared)

    def patch(self, path: str, operation_id: str, **declared: Any) -> Callable[[View], View]:
        return self._route("PATCH", path, operation_id, **declared)

    def delete(self, path: str, operation_id: str, **declared: Any) -> Callable[[View], View]:
        return self._route("DELETE", path, operation_id, **declared)

    def _route(
        self,
        method: str,
        path: str,
        operation_id: str,
        *,
        returns: type[BaseModel] | Media,
        status: int = 200,
        other_statuses: Mapping[int, str] | None = None,
        problems: Iterable[int] = (),
        headers: Iterable[RequestHeader] = (),
        accepts: Iterable[Media] = (),
    ) -> Callable[[View], View]:
        def declare(view: View) -> View:
            hints = get_type_hints(view)
            body = hints.get("body")
            self.operations.append(
                Operation(
                    id=operation_id,
                    tag=self.tag,
                    method=method,
                    path=path,
                    view=view,
                    returns=returns,
                    status=status,
                    other_statuses=other_statuses or {},
                    problems=tuple(problems),
                    headers=tuple(headers),
                    accepts=tuple(accepts),
                    query=hints.get("query"),
                    body=_model_of(body),
                    body_required=body is not None and type(None) not in get_args(body),
                )
            )
            return view

        return declare

    def init_app(self, app: Flask) -> None:
        for operation in self.operations:
            app.add_url_rule(operation.path, operation.id, _decoded(operation), methods=[operation.method])


def _model_of(annotation: Any) -> type[BaseModel] | None:
    """``Model`` of ``Model`` and of ``Model | None``."""
    candidates = get_args(annotation) or (annotation,)
    return next((each for each in candidates if inspect.isclass(each) and issubclass(each, BaseModel)), None)


def _decoded(operation: Operation) -> Callable[..., Response]:
    @wraps(operation.view)
    def view(**path_variables: Any) -> Response:
        if any(isinstance(value, int) and value > MAX_NUMBER for value in path_variables.values()):
            raise NotFound
        arguments = dict(path_variables)
        if operation.query:
            arguments["query"] = _query(operation.query)
        if operation.body:
            arguments["body"] = _body(operation.body, required=operation.body_required)
        return _response(operation, operation.view(**arguments))

    return view


def _response(operation: Operation, returned: Any) -> Response:
    if isinstance(returned, Response):
        return returned
    reply = returned if isinstance(returned, Reply) else Reply(model=returned)
    # Not pydantic's own encoder: it refuses lone surrogates, which a task's texts may hold.
    text = wire.encode(reply.model.model_dump(mode="json"))
    return Response(text, reply.status or operation.status, dict(reply.headers), content_type="application/json")


def _query(model: type[BaseModel]) -> BaseModel:
    try:
        return model.model_validate(_given(model))
    except ValidationError as error:
        raise InvalidRequest(_messages(error, depth=1)) from None


def _given(model: type[BaseModel]) -> dict[str, Any]:
    """A member that is a list is given several times, each time one item."""
    lists = {name for name, member in model.model_fields.items() if get_origin(member.annotation) is list}
    return {name: values if name in lists else values[0] for name, values in request.args.lists()}


def read_body(model: type[Model]) -> Model:
    """The request's body. Raises `NotJson`, `MalformedBody` and `InvalidRequest`."""
    return _parsed(model, _data())


def read_body_or_form(model: type[Model]) -> Model:
    """The request's body, which may be the fields of a form as well. Raises what `read_body` raises."""
    if request.mimetype not in _FORM_TYPES:
        return read_body(model)
    return _validated(model, request.form.to_dict())


def _body(model: type[Model], *, required: bool) -> Model | None:
    data = _data()
    return _parsed(model, data) if data or required else None


def _data() -> bytes:
    data = request.get_data(cache=False)
    if request.content_length is None and len(data) >= (request.max_content_length or math.inf):
        # A body of unknown length is not refused when it is too long, but cut off.
        raise RequestEntityTooLarge
    return data


def _parsed(model: type[Model], data: bytes) -> Model:
    if request.mimetype not in _JSON_TYPES:
        raise NotJson
    try:
        # This parser bounds the nesting, and refuses half characters and numbers that are none.
        content = pydantic_core.from_json(data, allow_inf_nan=False)
    except ValueError as error:
        raise MalformedBody(f"The body is not JSON: {error}.") from None
    return _validated(model, content)


def _validated(model: type[Model], content: Any) -> Model:
    try:
        return model.model_validate(content)
    except ValidationError as error:
        raise InvalidRequest(_messages(error)) from None


def _messages(error: ValidationError, *, depth: int | None = None) -> dict[str, str]:
    """By member; ``depth``: of a member that has parts, only so much of its path."""
    return {
        ".".join(str(part) for part in each["loc"][:depth]) or "body": each["msg"]
        for each in error.errors(include_url=False, include_input=False)
    }
