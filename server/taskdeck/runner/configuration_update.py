"""An update of the configuration that a task asks for, as DUFT's update task does.

It is made by a process of the server's own, from repositories that the operator allows: the task learns what came of
it, and none of the settings.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

_NOT_TOLD = {"error": {"kind": "unwritable", "message": "The process of the update ended early.", "problems": []}}


def is_managed(settings: Mapping[str, Any]) -> bool:
    """Whether the project has versions, or may have: where not, tasks keep its directory up to date themselves."""
    versions = Path(settings["state_directory"], "config", "versions")
    return bool(settings["configuration"]["repositories"]) or (versions.is_dir() and any(versions.iterdir()))


async def apply(settings: Mapping[str, Any], *, repository: str, ref: str, by: str) -> dict[str, Any]:
    """The answer of ``python -m taskdeck.configuration``. ``settings``: as `settings.to_json` gives them."""
    request = {"action": "update", "trigger": "task", "by": by, "repository": repository, "ref": ref}
    head = json.dumps({"settings": settings, "request": request, "archive": False}).encode() + b"\n"
    return await asyncio.to_thread(_apply, head)


def _apply(head: bytes) -> dict[str, Any]:
    # As a descendant of this process it ends with the run, if that is cancelled; then nothing has been changed.
    done = subprocess.run(
        [sys.executable, "-m", "taskdeck.configuration"], input=head, stdout=subprocess.PIPE, check=False
    )
    try:
        answer: dict[str, Any] = json.loads(done.stdout)
    except ValueError:
        return _NOT_TOLD
    return answer
