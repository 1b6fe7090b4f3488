"""``python -m taskdeck.configuration``: one update, as JSON; see `child`, which starts it.

Standard input: one line ``{"settings": …, "request": …, "archive": true|false, "active_runs": …}``
(`settings.to_json`, `Request.to_json`, `ActiveRuns.to_json`; the last may be left out), and after it, with
``"archive": true``, the bytes of the archive up to the end of the stream.

Standard output: one object. Of what was done (`Result.to_json`)::

    {"outcome": "made" | "planned" | "nothing_changed" | "repeated",
     "version": {"number": 42, "at": "2026-11-21T10:02:00+00:00", "by": "CI", "trigger": "api",
                 "source": {"origin": "git", "repository": …, "ref": …, "commit": …, …}, "message": …,
                 "tree": 42, "digest": …, "environment": …, "summary": {"tasks_added": 1, …}, …} | null,
     "plan": {"tasks": […], "connections": […], "parameters": […], "dangling": […], "active_runs": […],
              "files": […], "file_counts": {…}, "requirements_changed": false, "summary": {…}} | null}

(`model.config_version.ConfigVersion`, `model.config_plan.Plan`), or of why it was not (`failure.Kind`)::

    {"error": {"kind": "busy", "message": …, "problems": [{"file": …, "line": 3, …}]}}

The exit code is 0 in both cases.
"""

from __future__ import annotations

import json
import os
import sys

from taskdeck import settings as settings_module
from taskdeck.configuration import limits, update
from taskdeck.configuration import request as requests
from taskdeck.configuration.active_runs import ActiveRuns
from taskdeck.configuration.failure import Kind, UpdateFailed
from taskdeck.configuration.request import Request


def main() -> None:
    head = json.loads(sys.stdin.buffer.readline())
    settings = settings_module.from_json(head["settings"])
    limits.restrict(max_bytes=settings.configuration.max_bytes)
    archive = sys.stdin.buffer if head["archive"] else None
    active = ActiveRuns.from_json(head["active_runs"]) if head.get("active_runs") else None
    try:
        answer = update.apply(settings, Request.from_json(head["request"]), archive, active).to_json()
    except UpdateFailed as failure:
        answer = requests.failure_to_json(failure)
    except MemoryError:
        too_much = UpdateFailed(Kind.TOO_LARGE, "The update takes more memory than it may.")
        answer = requests.failure_to_json(too_much)
    # Whoever still sends an archive that is not wanted is told so, or he would never come to read the answer.
    os.close(sys.stdin.fileno())
    sys.stdout.write(json.dumps(answer))


if __name__ == "__main__":
    main()
