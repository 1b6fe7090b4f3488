"""The three switches of DUFT's settings page: as the project has them, overlaid by what was saved here.

Saved in the state directory: the project's files belong to its authors, and may be those of a numbered version.
"""

from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import Any

from taskdeck.catalog import documents, layout
from taskdeck.model.project import Project
from taskdeck.runner import files

NAMES = ("debug", "oobe", "unittest")
_TRUE = ("true", "1", "yes", "on")
_writing = threading.Lock()


def read(project: Project, saved_in: Path) -> dict[str, bool]:
    """Those that nobody set are off."""
    declared = documents.read(project, layout.VALUES_FILE)
    own = declared.get(layout.USER) or declared[layout.SYSTEM]
    of_project = own.get("settings") if isinstance(own, dict) else None
    values = {**(of_project if isinstance(of_project, dict) else {}), **_saved(saved_in)}
    return {name: _is_true(values.get(name)) for name in NAMES}


def save(saved_in: Path, values: dict[str, bool]) -> None:
    """Raises `OSError`."""
    with _writing:
        files.write_atomically(saved_in, json.dumps({**_saved(saved_in), **values}).encode() + b"\n")


def _saved(saved_in: Path) -> dict[str, Any]:
    try:
        saved = json.loads(saved_in.read_bytes())
    except (OSError, ValueError):
        return {}
    return saved if isinstance(saved, dict) else {}


def _is_true(value: object) -> bool:
    """Files hold booleans as texts, too."""
    return value is True or (isinstance(value, str) and value.strip().lower() in _TRUE)
