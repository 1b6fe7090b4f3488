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

MAX_SHOWN_PROBLEMS = 100
_OPERATORS = "duft-config/user/"
_NOT_CHECKED = {"file": "duft-config", "line": 1, "message": "The configuration could not be checked."}
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


async def check(settings: Mapping[str, Any], directory: str) -> dict[str, Any]:
    """``{"problems": […]}``: the errors of the project that a task has made in ``directory`` and would put in the place
    of the present one, without those that this has as well. What is the operator's own is none of them."""
    new = await asyncio.to_thread(_errors, directory)
    known = (
        {_without_position(each) for each in await asyncio.to_thread(_errors, settings["project"])} if new else set()
    )
    blamed = [each for each in new if _without_position(each) not in known and not each["file"].startswith(_OPERATORS)]
    return {"problems": blamed[:MAX_SHOWN_PROBLEMS]}


def _errors(project: str) -> list[dict[str, Any]]:
    """The check reads files, and runs and imports nothing of them."""
    done = subprocess.run(
        [sys.executable, "-m", "taskdeck", "check", project, "--format", "json", "--no-lint"],
        stdout=subprocess.PIPE,
        check=False,
    )
    try:
        findings = json.loads(done.stdout)["findings"]
    except (ValueError, KeyError):
        return [_NOT_CHECKED]
    return [each for each in findings if each["severity"] == "error"]


def _without_position(problem: Mapping[str, Any]) -> tuple[str, str]:
    return problem["file"], problem["message"]


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
