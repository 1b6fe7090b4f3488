"""Notes in which environment an attempt ran: a file in the run's directory, and its hash among the facts.

Never before the task has had time to say something, and so at no cost for its beginning.
"""

from __future__ import annotations

import asyncio
import functools
import hashlib
import json
import logging
import os
import platform
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from taskdeck.model import event
from taskdeck.model.environment import Environment
from taskdeck.model.event import Event
from taskdeck.runner import files, installed
from taskdeck.runner.job import Job
from taskdeck.runner.masking import Masker

FILE_NAME = "environment.json"
FACT = "environment"
"""The name among the facts: the SHA-256 of the file."""
EARLY_SECONDS = 1.0
OTHER_PYTHON_SECONDS = 10.0

# What is beside the program is nothing to import: some of it has the names of Python's own modules.
_PROGRAM = "import sys; del sys.path[0]; f = sys.argv[1]; exec(compile(open(f).read(), f, 'exec'))"

log = logging.getLogger(__name__)


class Inventory:
    """Of one attempt."""

    def __init__(self, job: Job, masker: Masker) -> None:
        self._directory = Path(job.run_directory)
        self._name = job.kernel_name
        self._masker = masker
        self._is_noted = False
        self.python: str | None = None
        """The interpreter of the task's process, once it is started; ``None`` also where that is no Python."""

    async def keep(self, say: Callable[[Event], None]) -> None:
        """Notes it early, so that it is known of a run that goes on, or is killed; then returns.

        Not for another Python: it would be started among the processes of the task, and counted as one of them.
        """
        await asyncio.sleep(EARLY_SECONDS)
        if self.python == sys.executable and (facts := await self.facts()):
            say(event.Facts(facts=facts))

    async def facts(self) -> dict[str, Any]:
        """What has not been noted so far; nothing where it cannot be told."""
        if self._is_noted or self.python is None:
            return {}
        try:
            facts = await asyncio.to_thread(self._note, self.python)
        except (OSError, ValueError, subprocess.SubprocessError):
            # Nothing that a run depends on.
            log.warning("environment_not_noted", exc_info=True)
            return {}
        self._is_noted = True
        return facts

    def _note(self, python: str) -> dict[str, Any]:
        told = of_this_python() if python == sys.executable else _of(python)
        packages = [(str(name), str(version)) for name, version in told["packages"]]
        others = {name: str(told[name]) for name in ("path", "python_version", "implementation")}
        found = Environment.bounded(packages, name=self._name, platform=platform.platform(), **others)
        content = self._masker.text(found.to_json()).encode()
        files.write_atomically(self._directory / FILE_NAME, content)
        return {FACT: hashlib.sha256(content).hexdigest()}


@functools.cache
def of_this_python() -> dict[str, Any]:
    """A zygote asks once for all that it forks."""
    return installed.of_this_python()


def _of(python: str) -> dict[str, Any]:
    """Raises `OSError`, `subprocess.SubprocessError` and `ValueError`."""
    done = subprocess.run(
        [python, "-c", _PROGRAM, installed.__file__],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={name: value for name, value in os.environ.items() if not name.startswith("TASKDECK_")},
        timeout=OTHER_PYTHON_SECONDS,
        check=True,
    )
    told: dict[str, Any] = json.loads(done.stdout)
    return told
