"""Changes of the configuration: each makes a version, or tells what it would change."""

from __future__ import annotations

from typing import IO, Any, cast

from flask import request

from taskdeck.configuration.edits import Edit, Item, Operation
from taskdeck.configuration.failure import Kind, UpdateFailed
from taskdeck.configuration.request import Action, Outcome, Request
from taskdeck.configuration.versions import Versions
from taskdeck.model.config_version import ConfigTrigger
from taskdeck.web import auth, conditions, config_plans, context
from taskdeck.web.api import Media, Reply, Routes
from taskdeck.web.gate import CONNECTION
from taskdeck.web.schemas.configuration import (
    ArchiveQuery,
    ChangeQuery,
    ConfigChangeRequest,
    ConfigLiveRequest,
    ConfigResult,
    ConfigRollbackRequest,
    ConfigUpdateRequest,
    DescribedChangeQuery,
    ItemContent,
)
from taskdeck.web.upload import TooLong, Upload

_BYTES = {"type": "string", "format": "binary"}
_ARCHIVES = tuple(
    Media(type=type_, description="An archive", schema=_BYTES)
    for type_ in ("application/zip", "application/gzip", "application/x-tar", "application/octet-stream")
)
_DECLARED: dict[str, Any] = {
    "returns": ConfigResult,
    "status": 201,
    "other_statuses": {200: "Nothing was changed: it is a plan, or all is so already, or was made earlier"},
    "headers": (
        conditions.IF_MATCH,
        conditions.idempotency_key_header("A key of the caller's own; repeating the request with it changes nothing."),
    ),
}
_PROBLEMS = (409, 412, 413, 422, 504)

routes = Routes("Configuration")


@routes.post("/api/config/update", "updateConfiguration", problems=(*_PROBLEMS, 502), **_DECLARED)
def update_configuration(body: ConfigUpdateRequest, query: ChangeQuery) -> Reply:
    """Fetch the configuration from a git repository that the settings allow.

    Nothing is changed unless all of it is in order; otherwise `problems` lists what is not.
    """
    rules = context.current().settings.configuration
    if not (body.repository or rules.repository):
        raise UpdateFailed(Kind.INVALID, "Name a repository: the settings name none (TASKDECK_CONFIG_REPOSITORY).")
    wanted: dict[str, Any]
    if body.repository:
        wanted = {"repository": body.repository, "ref": body.ref, "directory": body.directory}
    else:
        wanted = {
            "repository": rules.repository,
            "ref": body.ref or rules.pulled_ref,
            "directory": body.directory or rules.directory,
        }
    return _change(Action.UPDATE, body, query, **wanted)


@routes.post(
    "/api/config/archive",
    "uploadConfiguration",
    accepts=_ARCHIVES,
    problems=(*_PROBLEMS, 408),
    **_DECLARED,
)
def upload_configuration(query: ArchiveQuery) -> Reply:
    """Take the configuration from an archive: zip, tar or tar.gz, as the body.

    How long it may be, TASKDECK_CONFIG_MAX_BYTES says. A single directory at its top is left out, as archives of
    repositories have one.
    """
    rules = context.current().settings.configuration
    if not rules.archives:
        raise UpdateFailed(Kind.REFUSED, "Archives are not allowed here (TASKDECK_CONFIG_ARCHIVES).")
    try:
        archive = cast("IO[bytes]", Upload(max_bytes=rules.max_bytes, connection=request.environ.get(CONNECTION)))
        return _change(Action.ARCHIVE, query, query, archive, file=query.file, directory=query.directory)
    except TooLong:
        message = (
            f"The archive is longer than {rules.max_bytes:,} bytes, the limit that TASKDECK_CONFIG_MAX_BYTES sets."
        )
        raise UpdateFailed(Kind.TOO_LARGE, message) from None


@routes.post("/api/config/rollback", "rollBackConfiguration", problems=(*_PROBLEMS, 404), **_DECLARED)
def roll_back_configuration(body: ConfigRollbackRequest, query: ChangeQuery) -> Reply:
    """Put an earlier version in force again, as a new one."""
    return _change(Action.ROLLBACK, body, query, version=body.version)


@routes.post("/api/config/live", "serveDirectory", problems=_PROBLEMS, **_DECLARED)
def serve_directory(body: ConfigLiveRequest | None, query: ChangeQuery) -> Reply:
    """Serve the project's directory itself again, where edits are seen at once."""
    return _change(Action.LIVE, body or ConfigLiveRequest(), query)


_EDITED: dict[str, Any] = {**_DECLARED, "problems": (*_PROBLEMS, 404)}


@routes.put("/api/config/tasks/<task_id>", "putConfigTask", **_EDITED)
def put_config_task(task_id: str, body: ItemContent, query: DescribedChangeQuery) -> Reply:
    """Declare a task anew, whether there is one of this id or not."""
    return _edit(Item.TASK, Operation.PUT, query, task_id, body)


@routes.patch("/api/config/tasks/<task_id>", "patchConfigTask", **_EDITED)
def patch_config_task(task_id: str, body: ItemContent, query: DescribedChangeQuery) -> Reply:
    """Change keys of a task's declaration; one that is `null` is removed (RFC 7396)."""
    return _edit(Item.TASK, Operation.PATCH, query, task_id, body)


@routes.delete("/api/config/tasks/<task_id>", "deleteConfigTask", **_EDITED)
def delete_config_task(task_id: str, query: DescribedChangeQuery) -> Reply:
    """Remove a task's declaration; its file stays. Runs that have begun go on."""
    return _edit(Item.TASK, Operation.DELETE, query, task_id)


@routes.put("/api/config/tasks/<task_id>/parameters/<name>", "putConfigParameter", **_EDITED)
def put_config_parameter(task_id: str, name: str, body: ItemContent, query: DescribedChangeQuery) -> Reply:
    """Declare a parameter of a task anew, whether there is one of this name or not."""
    return _edit(Item.PARAMETER, Operation.PUT, query, task_id, body, name=name)


@routes.patch("/api/config/tasks/<task_id>/parameters/<name>", "patchConfigParameter", **_EDITED)
def patch_config_parameter(task_id: str, name: str, body: ItemContent, query: DescribedChangeQuery) -> Reply:
    """Change keys of a parameter's declaration; one that is `null` is removed (RFC 7396)."""
    return _edit(Item.PARAMETER, Operation.PATCH, query, task_id, body, name=name)


@routes.delete("/api/config/tasks/<task_id>/parameters/<name>", "deleteConfigParameter", **_EDITED)
def delete_config_parameter(task_id: str, name: str, query: DescribedChangeQuery) -> Reply:
    """Remove a parameter's declaration."""
    return _edit(Item.PARAMETER, Operation.DELETE, query, task_id, name=name)


@routes.put("/api/config/connections/<connection_id>", "putConfigConnection", **_EDITED)
def put_config_connection(connection_id: str, body: ItemContent, query: DescribedChangeQuery) -> Reply:
    """Declare a connection anew, whether there is one of this id or not. Its values are the operator's, and stay."""
    return _edit(Item.CONNECTION, Operation.PUT, query, connection_id, body)


@routes.patch("/api/config/connections/<connection_id>", "patchConfigConnection", **_EDITED)
def patch_config_connection(connection_id: str, body: ItemContent, query: DescribedChangeQuery) -> Reply:
    """Change keys of a connection's declaration; one that is `null` is removed (RFC 7396)."""
    return _edit(Item.CONNECTION, Operation.PATCH, query, connection_id, body)


@routes.delete("/api/config/connections/<connection_id>", "deleteConfigConnection", **_EDITED)
def delete_config_connection(connection_id: str, query: DescribedChangeQuery) -> Reply:
    """Remove a connection's declaration."""
    return _edit(Item.CONNECTION, Operation.DELETE, query, connection_id)


def _edit(
    item: Item,
    operation: Operation,
    query: DescribedChangeQuery,
    id_: str,
    body: ItemContent | None = None,
    *,
    name: str = "",
) -> Reply:
    edit = Edit(item=item, operation=operation, id=id_, name=name, value=body.root if body else None)
    return _change(Action.EDIT, query, query, edits=(edit,))


def _change(
    action: Action,
    described: ConfigChangeRequest | DescribedChangeQuery,
    query: ChangeQuery,
    archive: IO[bytes] | None = None,
    **values: Any,
) -> Reply:
    wanted = Request(
        action=action,
        by=described.by or auth.user() or auth.trigger().in_words,
        trigger=ConfigTrigger.API,
        message=described.message,
        dry_run=query.dry_run,
        expected=conditions.expected_version(),
        expected_revision=query.expected_revision,
        idempotency_key=conditions.idempotency_key() or "",
        **values,
    )
    now = context.current()
    result = now.updates.apply(wanted, archive)
    versions = Versions.of(now.settings)
    active = versions.active()
    number = active.number if active else None
    is_made = result.outcome is Outcome.MADE
    plan = config_plans.masked(result.plan, now.service.masker())
    headers = conditions.etag(number)
    if is_made and result.version is not None:
        headers["Location"] = f"/api/config/versions/{result.version.number}"
    shown = ConfigResult.from_model(result.outcome, result.version, versions, number, plan)
    return Reply(model=shown, status=201 if is_made else 200, headers=headers)
