"""What one attempt takes and may take: measured all the time, told at the end, and a reason to end it where it is
more than its task declares.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from taskdeck.model.run import Outcome, RunStatus
from taskdeck.runner import cgroups, limits, processes
from taskdeck.runner.cancellation import Cancellation, Ending
from taskdeck.runner.job import Job
from taskdeck.runner.usage import Meter, Sample

LOOK_SECONDS = 0.25
DISK_LOOK_SECONDS = 5.0
MAX_FILES_LOOKED_AT = 20_000
_GB = 2**30


class Watch:
    """Made before the task starts; `close` it when the task's processes are gone."""

    def __init__(self, job: Job) -> None:
        self._directory = Path(job.run_directory)
        self._disk_gb = job.disk_gb
        self._limits = limits.create(
            f"{cgroups.PREFIX}-{job.run_id}-{job.attempt}-{os.getpid()}",
            memory_mb=job.memory_mb,
            cpu=job.cpu,
            parent=job.cgroup,
        )
        self._meter = Meter()
        self._began_at = time.monotonic()

    @property
    def enter(self) -> Callable[[], None] | None:
        """What a process of the task has to call before anything else; ``None``: nothing."""
        return self._limits.enterer()

    def apply(self, pid: int) -> None:
        """For a process that was started ahead: puts it under the limits, with what it will start."""
        self._limits.apply(pid)

    async def keep(self, cancellation: Cancellation) -> None:
        """Looks again and again, and ends the run that goes beyond what it declares; until it is cancelled."""
        disk_looked_at = time.monotonic()
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            if self._limits.is_exceeded_by(self._meter.take().memory_bytes):
                _end(cancellation, f"Out of memory: the run {self._limits.excess}.", "It takes too much memory")
                return
            if self._disk_gb and time.monotonic() - disk_looked_at > DISK_LOOK_SECONDS:
                disk_looked_at = time.monotonic()
                if _size_of(self._directory) > self._disk_gb * _GB:
                    reason = (
                        f"The run's files are more than the {self._disk_gb:g} GB its task declares in "
                        "requiredResources.diskSpace."
                    )
                    _end(cancellation, reason, "Its files are too large")
                    return

    def missing_disk_space(self) -> str:
        """Why the attempt cannot begin, in a sentence; empty: it can. Raises `OSError`."""
        free = shutil.disk_usage(self._directory).free
        if free >= self._disk_gb * _GB:
            return ""
        return (
            f"The run needs {self._disk_gb:g} GB of disk space, and {free / _GB:.3g} GB are free where its files are."
        )

    def begin_cell(self) -> None:
        self._meter.begin_cell()

    def end_cell(self) -> Sample:
        """What the cell took: processor time, and the most memory that was seen."""
        return self._meter.end_cell()

    def describe_exit(self, code: int) -> str:
        """``signal SIGKILL (out of memory: …)``: how a process of the task ended."""
        how = processes.describe_exit(code)
        if code == -processes.KILL and self._limits.was_killed_for_memory():
            # Of the whole machine: it may have been another process, though hardly at the same moment.
            excess = f": the run {self._limits.excess}" if self._limits.has_memory_group else ""
            return f"{how} (out of memory{excess})"
        return how

    def explain(self, outcome: Outcome) -> Outcome:
        """Names the limit behind a ``MemoryError`` of the task's own."""
        if outcome.status is not RunStatus.FAILED or "MemoryError" not in outcome.reason or not self._limits.memory_mb:
            return outcome
        return Outcome(
            status=outcome.status, reason=f"{outcome.reason.rstrip('.')} (out of memory: the run {self._limits.excess})"
        )

    def facts(self) -> dict[str, Any]:
        """What the attempt took, its processes being gone."""
        processes.reap_orphans()
        cpu_seconds = self._meter.cpu_seconds()
        peak = max(self._meter.peak_memory_bytes, processes.peak_memory_bytes() or 0)
        return {
            "peak_memory_bytes": peak,
            "cpu_seconds": cpu_seconds,
            "wall_seconds": round(time.monotonic() - self._began_at, 3),
        }

    def close(self) -> None:
        self._limits.remove()


def _end(cancellation: Cancellation, reason: str, announcement: str) -> None:
    outcome = Outcome(status=RunStatus.FAILED, reason=reason)
    cancellation.end(Ending(outcome=outcome, announcement=announcement))


def _size_of(directory: Path) -> int:
    """Of the files below it, as far as they can be looked at in a moment."""
    size = looked_at = 0
    for parent, _, names in os.walk(directory):
        for name in names:
            looked_at += 1
            if looked_at > MAX_FILES_LOOKED_AT:
                return size
            try:
                size += (Path(parent) / name).lstat().st_blocks * 512
            except (OSError, AttributeError):
                continue
    return size
