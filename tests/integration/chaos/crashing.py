"""``python crashing.py POINT COUNT web|worker …``: a Taskdeck process that kills itself where it hurts.

At the COUNT-th time that it gets to POINT. The points are functions that are patched here, before the process starts:
the program itself knows nothing of them.
"""

from __future__ import annotations

import importlib
import os
import signal
import sys
from collections.abc import Callable
from typing import Any

BEFORE, AFTER = True, False

# module, function or method, whether before or after it
WORKER_POINTS = {
    "claimed, not launched": ("taskdeck.execution.worker", "Worker._launch", BEFORE),
    "directory made, not launched": ("taskdeck.execution.launcher", "build_job", BEFORE),
    "launched, not noted": ("taskdeck.store.runs", "set_runner", BEFORE),
    "events written, not committed": ("taskdeck.store.events", "append", AFTER),
    "outcome written, not committed": ("taskdeck.store.runs", "finish", AFTER),
    "queued again, not committed": ("taskdeck.store.runs", "requeue", AFTER),
    "outcome committed, not told": ("taskdeck.execution.worker", "Worker._forget", BEFORE),
    "adopted, not taken over": ("taskdeck.execution.worker", "Worker._take_over", BEFORE),
}
WEB_POINTS = {
    "run inserted, not committed": ("taskdeck.store.runs", "insert_queued", AFTER),
    "run committed, not answered": ("taskdeck.execution.service", "Service._wake_all", BEFORE),
}
POINTS = {**WORKER_POINTS, **WEB_POINTS}


def arm(point: str, count: int) -> None:
    module_name, path, is_before = POINTS[point]
    owner: Any = importlib.import_module(module_name)
    *classes, name = path.split(".")
    for each in classes:
        owner = getattr(owner, each)
    setattr(owner, name, _crashing(getattr(owner, name), count, is_before=is_before))


def _crashing(original: Callable[..., Any], count: int, *, is_before: bool) -> Callable[..., Any]:
    left = [count]

    def patched(*arguments: Any, **options: Any) -> Any:
        left[0] -= 1
        result = None if is_before and left[0] == 0 else original(*arguments, **options)
        if left[0] == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    return patched


if __name__ == "__main__":
    point, count, *arguments = sys.argv[1:]
    if arguments[0] == "web":
        # Before anything else is imported, as the command itself does it.
        from gevent import monkey

        monkey.patch_all()
    arm(point, int(count))
    from taskdeck import cli

    cli.main(arguments)
