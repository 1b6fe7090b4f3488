"""Files of the configuration that are of no matter here, and are handed on as they are: those of DUFT's front end."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from taskdeck.catalog import layout, positions
from taskdeck.model.project import Project

MAX_FILE_BYTES = 8 * 1024 * 1024


def read(project: Project, name: str) -> dict[str, Any]:
    """The JSON files ``name`` by part of the configuration (`layout.parts`); ``{}`` where there is none.

    What is damaged is read as far as that goes: `taskdeck check` tells better what is wrong.
    """
    return {part: _content(directory / name) for part, directory in layout.parts(project).items()}


def _content(path: Path) -> Any:
    try:
        with path.open("rb") as file:
            content = file.read(MAX_FILE_BYTES + 1)
    except OSError:
        return {}
    if len(content) > MAX_FILE_BYTES:
        return {}
    value = positions.parse(content.decode("utf-8-sig", "replace"), is_secret=True).value
    return value if isinstance(value, dict | list) else {}
