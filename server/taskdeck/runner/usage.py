"""What the processes of a task take: processor time and memory, of the whole tree, at any moment.

The tree is everything below this process. What has ended and been waited for is in the kernel's sums for children;
what has ended and not been waited for is still listed.
"""

from __future__ import annotations

import contextlib
import os
import sys
from dataclasses import dataclass
from pathlib import Path

import psutil

_IS_LINUX = sys.platform.startswith("linux")
_TICKS = os.sysconf("SC_CLK_TCK") if _IS_LINUX else 100
_PAGE = os.sysconf("SC_PAGE_SIZE") if _IS_LINUX else 4096


@dataclass(frozen=True, kw_only=True)
class Sample:
    cpu_seconds: float
    """Of everything that ran in the tree until now."""
    memory_bytes: int
    """Resident memory of what runs in it; pages that several processes share count once for each."""


class Meter:
    """Measures from its making on: a process that was forked ahead has worked before there was a run."""

    def __init__(self) -> None:
        first = sample()
        self._begun_with = first.cpu_seconds
        self._cell_began_with = first.cpu_seconds
        self.peak_memory_bytes = first.memory_bytes
        self._cell_peak = first.memory_bytes

    def take(self) -> Sample:
        """Looks at the tree, and remembers the most memory that was seen."""
        now = sample()
        self.peak_memory_bytes = max(self.peak_memory_bytes, now.memory_bytes)
        self._cell_peak = max(self._cell_peak, now.memory_bytes)
        return now

    def cpu_seconds(self) -> float:
        return round(max(0.0, self.take().cpu_seconds - self._begun_with), 3)

    def begin_cell(self) -> None:
        now = self.take()
        self._cell_began_with = now.cpu_seconds
        self._cell_peak = now.memory_bytes

    def end_cell(self) -> Sample:
        """What was taken since `begin_cell`: processor time, and the most memory that was seen."""
        now = self.take()
        cpu = round(max(0.0, now.cpu_seconds - self._cell_began_with), 3)
        return Sample(cpu_seconds=cpu, memory_bytes=self._cell_peak)


def sample() -> Sample:
    """The processes below this one, as they are now."""
    return _sample_of_linux() if _IS_LINUX else _sample_anywhere()


def _sample_of_linux() -> Sample:
    """From /proc: a few files for each process, which is what makes it cheap enough for every cell."""
    cpu = _of_waited_for()
    memory = 0
    pending = _children(os.getpid())
    while pending:
        pid = pending.pop()
        pending += _children(pid)
        with contextlib.suppress(OSError, ValueError, IndexError):
            # Counted behind the name, which may hold blanks and parentheses itself: see proc_pid_stat(5).
            fields = Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()
            cpu += sum(map(int, fields[11:15])) / _TICKS
            memory += int(fields[21]) * _PAGE
    return Sample(cpu_seconds=cpu, memory_bytes=memory)


def _children(pid: int) -> list[int]:
    found: list[int] = []
    with contextlib.suppress(OSError):
        for thread in Path(f"/proc/{pid}/task").iterdir():
            with contextlib.suppress(OSError):
                found += map(int, (thread / "children").read_bytes().split())
    return found


def _sample_anywhere() -> Sample:
    cpu = _of_waited_for()
    memory = 0
    for process in psutil.Process().children(recursive=True):
        with contextlib.suppress(psutil.Error, OSError):
            times = process.cpu_times()
            cpu += times.user + times.system + times.children_user + times.children_system
            memory += process.memory_info().rss
    return Sample(cpu_seconds=cpu, memory_bytes=memory)


def _of_waited_for() -> float:
    if sys.platform == "win32":
        return 0.0
    import resource

    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    return ended.ru_utime + ended.ru_stime
