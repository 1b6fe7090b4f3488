"""Memory and processor time of running processes, as Linux tells them."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

import psutil

QUIET_SHARE = 0.1
"""Of one core: a server that uses no more has finished what it does in the background."""


@dataclass(frozen=True, kw_only=True)
class Memory:
    """In megabytes (10⁶ bytes). ``proportional`` (PSS) shares what several processes use out among them."""

    proportional: float
    unique: float


def tree(pid: int) -> list[psutil.Process]:
    """The process and all below it that still live."""
    try:
        root = psutil.Process(pid)
        return [root, *root.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def cpu_seconds(processes: list[psutil.Process]) -> float:
    """Of the processes and of their ended children."""
    total = 0.0
    for each in processes:
        try:
            times = each.cpu_times()
        except psutil.NoSuchProcess:
            continue
        total += times.user + times.system + times.children_user + times.children_system
    return total


def settle(pid: int, *, quiet_seconds: float = 0.5, timeout_seconds: float = 20.0) -> None:
    """Waits until the process and all below it do next to nothing: a pool is full again, the last run recorded."""
    deadline = time.monotonic() + timeout_seconds
    while time.monotonic() < deadline:
        members = {each.pid for each in tree(pid)}
        before = cpu_seconds(tree(pid))
        time.sleep(quiet_seconds)
        after = cpu_seconds(tree(pid))
        # The clock of /proc ticks every 10 ms: one tick is no work.
        is_quiet = abs(after - before) <= max(QUIET_SHARE * quiet_seconds, 0.011)
        if is_quiet and {each.pid for each in tree(pid)} == members:
            return


def memory(pid: int) -> Memory:
    """Raises `OSError` where the system does not tell, or the process is gone."""
    found = {"Pss": 0, "Private_Clean": 0, "Private_Dirty": 0}
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        name, _, rest = line.partition(":")
        if name in found:
            found[name] = int(rest.split()[0]) * 1024
    unique = found["Private_Clean"] + found["Private_Dirty"]
    return Memory(proportional=found["Pss"] / 1e6, unique=unique / 1e6)
