"""What the configuration says of one task, connection or parameter, as it stands in its file."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from taskdeck.catalog.layout import config_files
from taskdeck.catalog.snapshot import MAX_FILE_BYTES
from taskdeck.configuration.edits import Item
from taskdeck.configuration.failure import Kind, UpdateFailed
from taskdeck.model.project import Project
from taskdeck.model.wording import quote


@dataclass(frozen=True, kw_only=True)
class Declared:
    """``file``: relative to the project."""

    file: str
    content: dict[str, Any]


def read(project: Project, item: Item, id_: str, name: str = "") -> Declared:
    """The declaration in force; ``name``: of a parameter of the task ``id_``. Raises `UpdateFailed`."""
    for path, entry in _entries(project, is_connection=item is Item.CONNECTION):
        if entry.get("id") == id_:
            if item is Item.PARAMETER:
                entry = _parameter(entry, name)
            return Declared(file=project.label(path), content=entry)
    kind = "connection" if item is Item.CONNECTION else "task"
    raise UpdateFailed(Kind.NO_SUCH_ITEM, f"There is no {kind} {quote(id_)}.")


def _parameter(task: dict[str, Any], name: str) -> dict[str, Any]:
    parameters = task.get("supportedParameters")
    found = parameters.get(name) if isinstance(parameters, dict) else None
    if not isinstance(found, dict):
        message = f"There is no parameter {quote(name)} among the supportedParameters of {quote(task['id'])}."
        raise UpdateFailed(Kind.NO_SUCH_ITEM, message)
    return found


def _entries(project: Project, *, is_connection: bool) -> Iterator[tuple[Path, dict[str, Any]]]:
    """Read forgivingly: what is wrong with the files, the catalog tells."""
    files = config_files(project)
    paths = files.connections if is_connection else tuple(tasks.path for tasks in files.tasks)
    key = "dataConnections" if is_connection else "dataTasks"
    for path in paths:
        content = _content(path)
        entries = content.get(key) if isinstance(content, dict) else None
        for entry in entries if isinstance(entries, list) else ():
            if isinstance(entry, dict):
                yield path, entry


def _content(path: Path) -> Any:
    try:
        with path.open("rb") as file:
            return json.loads(file.read(MAX_FILE_BYTES).decode("utf-8-sig"))
    except (OSError, ValueError, RecursionError):
        return None
