"""Findings that were found lately, so that many who look at a task cost one look at its file."""

from __future__ import annotations

import hashlib
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from itertools import islice
from pathlib import Path

from taskdeck.catalog import task_file
from taskdeck.catalog.task_file import MissingFile, UnreadableFile
from taskdeck.execution import lint_process
from taskdeck.lint.finding import Finding
from taskdeck.model.project import Catalog
from taskdeck.model.task import Task

MAX_ENTRIES = 500
MAX_AGE_SECONDS = 300.0
"""What is installed changes without any file of the project."""

MAX_PROCESSES = 2
MAX_BESIDE = 1000
"""Modules beside a task whose changes are noticed."""

_Key = tuple[str, str, str]


class LintCache:
    """May be asked from any thread; a task is looked at once, whoever asks meanwhile."""

    def __init__(
        self,
        lint: Callable[[Catalog, Task], list[Finding]] = lint_process.lint,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._lint = lint
        self._clock = clock
        self._lock = threading.Lock()
        self._found: OrderedDict[_Key, tuple[float, list[Finding]]] = OrderedDict()
        self._looking: dict[_Key, threading.Lock] = {}
        self._processes = threading.BoundedSemaphore(MAX_PROCESSES)

    def findings(self, catalog: Catalog, task: Task) -> list[Finding]:
        key = (task.id, catalog.version, _digest(catalog, task))
        with self._lock:
            if (known := self._known(key)) is not None:
                return known
            looking = self._looking.setdefault(key, threading.Lock())
        with looking:
            with self._lock:
                if (known := self._known(key)) is not None:
                    return known
            try:
                with self._processes:
                    found = self._lint(catalog, task)
                with self._lock:
                    self._found[key] = (self._clock(), found)
                    while len(self._found) > MAX_ENTRIES:
                        self._found.popitem(last=False)
            finally:
                with self._lock:
                    self._looking.pop(key, None)
        return found

    def _known(self, key: _Key) -> list[Finding] | None:
        entry = self._found.get(key)
        return entry[1] if entry and self._clock() - entry[0] < MAX_AGE_SECONDS else None


def _digest(catalog: Catalog, task: Task) -> str:
    """Of the task's file, and of which modules beside it, and in packages there, are in which state."""
    path = Path(task.file)
    digest = hashlib.sha256(repr(catalog.project.source_root).encode())
    try:
        digest.update(task_file.read(catalog.project, path))
    except (MissingFile, UnreadableFile) as error:
        digest.update(str(error).encode("utf-8", "replace"))
    try:
        modules = (each for pattern in ("*.py", "*/*.py") for each in path.parent.glob(pattern))
        beside = sorted(islice(modules, MAX_BESIDE))
        states = [(str(each), each.stat().st_mtime_ns, each.stat().st_size) for each in beside if each.is_file()]
    except OSError:
        states = []
    digest.update(repr(states).encode("utf-8", "replace"))
    return digest.hexdigest()
