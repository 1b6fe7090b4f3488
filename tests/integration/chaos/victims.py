"""Finds the processes of one chaos by what they are, and nobody else's."""

from __future__ import annotations

import contextlib
import json
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psutil

VARIABLE = "CHAOS_ID"


@dataclass(frozen=True, kw_only=True)
class Victims:
    """All processes that descend from those started with `environment`, whatever they did to get away."""

    runs_directory: Path
    id: str = field(default_factory=lambda: uuid.uuid4().hex)

    @property
    def environment(self) -> dict[str, str]:
        return {VARIABLE: self.id}

    def all(self) -> Iterator[psutil.Process]:
        for process in psutil.process_iter():
            with contextlib.suppress(psutil.Error, OSError):
                if process.environ().get(VARIABLE) == self.id and _is_running(process):
                    yield process

    def zygotes(self) -> list[psutil.Process]:
        """Children of workers. What they fork has their command line, and may be an orphan."""
        return [process for process in self.all() if _is_zygote(process) and _is_worker(process.parent())]

    def forks(self) -> list[psutil.Process]:
        """What zygotes have forked: pairs that wait for a run, and those that have one."""
        return [process for process in self.all() if _is_zygote(process) and not _is_worker(process.parent())]

    def runner_pid(self, run_id: int, attempt: int) -> int:
        """0 when none has begun."""
        with contextlib.suppress(OSError, ValueError, KeyError):
            return int(json.loads((self.runs_directory / str(run_id) / f"begun-{attempt}.json").read_text())["pid"])
        return 0

    def runner(self, run_id: int, attempt: int) -> psutil.Process | None:
        with contextlib.suppress(psutil.Error):
            pid = self.runner_pid(run_id, attempt)
            return psutil.Process(pid) if pid else None
        return None

    def task(self, run_id: int, attempt: int) -> psutil.Process | None:
        """The kernel or the script's process: the runner's own child."""
        runner = self.runner(run_id, attempt)
        with contextlib.suppress(psutil.Error):
            children = runner.children() if runner is not None else []
            return next((child for child in children if "python" in child.name() and _is_running(child)), None)
        return None


def _is_running(process: psutil.Process) -> bool:
    return process.status() != psutil.STATUS_ZOMBIE


def _is_zygote(process: psutil.Process | None) -> bool:
    return "taskdeck.runner.zygote" in _command(process)


def _is_worker(process: psutil.Process | None) -> bool:
    return "worker" in _command(process)


def _command(process: psutil.Process | None) -> list[str]:
    with contextlib.suppress(psutil.Error):
        return process.cmdline() if process is not None else []
    return []
