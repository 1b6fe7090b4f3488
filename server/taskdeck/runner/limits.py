"""Holds the processes of a task to the resources that it declares.

Memory is held by a cgroup of its own where the machine allows making one: the kernel counts all processes together,
exactly, and ends the one that goes beyond. Elsewhere the runner looks at the tree several times a second and ends the
run; between two looks ``RLIMIT_DATA`` stops a single process that runs away. (``RLIMIT_AS`` would count addresses
that are only reserved, of which kernels, threads and allocators have gigabytes. ``RLIMIT_DATA`` counts what may be
written to, still more than what is used: hence the slack.)

A share of the processor is a weight, by cgroup or by niceness: nothing is slower for it while the machine is idle.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass

from taskdeck.runner import cgroups
from taskdeck.runner.cgroups import Cgroup

if sys.platform != "win32":
    import resource

_MB = 2**20
NO_GROUPS = "none"
"""In place of a cgroup: none is made, although the machine might allow it."""

DATA_SLACK_BYTES = 1024 * _MB
NICENESS_OF_A_SMALL_SHARE = 5


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Made before the task starts. ``memory_mb`` and ``cpu`` (thousandths of a core): 0 for none."""

    memory_mb: int
    cpu: int
    groups: tuple[Cgroup, ...]
    """Of the task's processes; none where nothing is declared or the machine allows none."""
    oom_kills_before: int
    """Of the whole machine, when the attempt began."""

    @property
    def has_memory_group(self) -> bool:
        return any(group.holds_memory for group in self.groups)

    def enter(self) -> None:
        """Puts this process under the limits: for the child, between its fork and what it executes. Never raises."""
        self._apply(0)

    def apply(self, pid: int) -> None:
        """Puts a process that runs already under the limits, with what it will start. Never raises."""
        self._apply(pid)

    def enterer(self) -> Callable[[], None] | None:
        """`enter` where there is anything to do."""
        return self.enter if self.memory_mb or self.cpu else None

    def _apply(self, pid: int) -> None:
        for group in self.groups:
            group.add(pid)
        if self.memory_mb and not self.has_memory_group:
            _limit_data(pid, self.memory_mb * _MB + DATA_SLACK_BYTES)
        if 0 < self.cpu < 1000 and not any(group.shares_cpu for group in self.groups):
            with contextlib.suppress(OSError, AttributeError):
                os.setpriority(os.PRIO_PROCESS, pid, NICENESS_OF_A_SMALL_SHARE)

    def was_killed_for_memory(self) -> bool:
        """Whether the kernel has ended a process for want of memory: in the task's group, or anywhere on the machine
        where it has none.
        """
        if self.has_memory_group:
            return any(group.oom_kills() > 0 for group in self.groups)
        return cgroups.oom_kills_of_machine() > self.oom_kills_before

    def is_exceeded_by(self, memory_bytes: int) -> bool:
        """Whether the task has gone beyond its memory: it uses so much now, as far as was seen."""
        if not self.memory_mb:
            return False
        if self.has_memory_group:
            return self.was_killed_for_memory()
        return memory_bytes > self.memory_mb * _MB

    @property
    def excess(self) -> str:
        """What the run did, in words."""
        return f"used more than the {self.memory_mb} MB its task declares in requiredResources.memory"

    def remove(self) -> None:
        """When the task's processes are gone."""
        for group in self.groups:
            group.remove()


def create(name: str, *, memory_mb: int, cpu: int, parent: str = "") -> Limits:
    """``name`` tells this attempt from all others. ``parent``: the cgroup to make it in, instead of this process's."""
    wanted = (memory_mb or cpu) and parent != NO_GROUPS
    groups = cgroups.create(name, memory_bytes=memory_mb * _MB, cpu=cpu, parent=parent) if wanted else ()
    return Limits(memory_mb=memory_mb, cpu=cpu, groups=groups, oom_kills_before=cgroups.oom_kills_of_machine())


def _limit_data(pid: int, limit_bytes: int) -> None:
    if sys.platform == "win32":
        return
    with contextlib.suppress(OSError, ValueError):
        if pid == 0:
            resource.setrlimit(resource.RLIMIT_DATA, (limit_bytes, limit_bytes))
        elif sys.platform.startswith("linux"):
            resource.prlimit(pid, resource.RLIMIT_DATA, (limit_bytes, limit_bytes))
