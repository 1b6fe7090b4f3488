"""Control groups of Linux, both versions: https://docs.kernel.org/admin-guide/cgroup-v2.html, and ``cgroup-v1/``.

Version 1 has a tree for each controller; a group is made below the one this process is in. In version 2, a group that
has processes of its own cannot hand controllers on to groups below it: so a group is made beside this process's own
(what systemd's ``Delegate=`` with ``DelegateSubgroup=`` gives), or where an operator says.
"""

from __future__ import annotations

import contextlib
import os
import sys
from dataclasses import dataclass
from pathlib import Path

PREFIX = "taskdeck"
_ROOT = Path("/sys/fs/cgroup")
_CPU_WEIGHT_OF_A_CORE = 100
_CPU_SHARES_OF_A_CORE = 1024


@dataclass(frozen=True, kw_only=True)
class Cgroup:
    """A directory of the cgroup file system that this process has made."""

    path: Path
    holds_memory: bool = False
    shares_cpu: bool = False

    def add(self, pid: int) -> None:
        """0: this process. Never raises: a process without limits is better than no run."""
        with contextlib.suppress(OSError):
            # Without Python's buffers: this also runs between fork and exec.
            descriptor = os.open(self.path / "cgroup.procs", os.O_WRONLY)
            try:
                os.write(descriptor, str(pid).encode())
            finally:
                os.close(descriptor)

    def oom_kills(self) -> int:
        """How many of its processes the kernel has ended for want of memory."""
        if not self.holds_memory:
            return 0
        return _counter(self.path / "memory.events", "oom_kill") or _counter(
            self.path / "memory.oom_control", "oom_kill"
        )

    def remove(self) -> None:
        """Never raises; a group that still has processes stays."""
        with contextlib.suppress(OSError):
            self.path.rmdir()


def create(name: str, *, memory_bytes: int, cpu: int, parent: str = "") -> tuple[Cgroup, ...]:
    """Groups that hold their processes to ``memory_bytes`` and weigh their ``cpu`` (thousandths of a core).

    0: not limited. Empty where the machine does not allow it, which is mostly for want of privileges.
    """
    if not sys.platform.startswith("linux"):
        return ()
    own = _own_groups()
    _sweep(own)
    made = _create_unified(name, memory_bytes, cpu, parent or own.get("", ""))
    if made is not None:
        return (made,)
    found = []
    if memory_bytes and (group := _create_v1(name, "memory", own)):
        limited = _write(group / "memory.limit_in_bytes", str(memory_bytes))
        # With the swap: what does not fit must not just become slow. Not every kernel counts it.
        _write(group / "memory.memsw.limit_in_bytes", str(memory_bytes))
        if limited:
            found.append(Cgroup(path=group, holds_memory=True))
        else:
            Cgroup(path=group).remove()
    if cpu and (group := _create_v1(name, "cpu", own)):
        _write(group / "cpu.shares", str(max(2, cpu * _CPU_SHARES_OF_A_CORE // 1000)))
        found.append(Cgroup(path=group, shares_cpu=True))
    return tuple(found)


def oom_kills_of_machine() -> int:
    """How many processes the kernel has ended for want of memory since the start of the machine; 0 if it is unknown."""
    return _counter(Path("/proc/vmstat"), "oom_kill")


def _sweep(own: dict[str, str]) -> None:
    """Removes what runners that were killed have left; a name ends with its runner's pid."""
    for controller in ("memory", "cpu"):
        if controller not in own:
            continue
        for group in (_ROOT / controller / own[controller].lstrip("/")).glob(f"{PREFIX}-*"):
            pid = group.name.rpartition("-")[2]
            if pid.isdecimal() and not Path(f"/proc/{pid}").exists():
                Cgroup(path=group).remove()


def _own_groups() -> dict[str, str]:
    """The path of this process's group by controller; that of version 2 under the empty name."""
    groups = {}
    with contextlib.suppress(OSError):
        for line in Path("/proc/self/cgroup").read_text().splitlines():
            _, controllers, path = line.split(":", 2)
            for controller in controllers.split(","):
                groups[controller] = path
    return groups


def _create_unified(name: str, memory_bytes: int, cpu: int, parent: str) -> Cgroup | None:
    own = _ROOT / parent.lstrip("/")
    for place in (own, own.parent):
        if not (place / "cgroup.subtree_control").is_file():
            continue
        wanted = {"memory"} if memory_bytes else set()
        wanted |= {"cpu"} if cpu else set()
        present = _words(place / "cgroup.subtree_control")
        if not wanted <= present:
            _write(place / "cgroup.subtree_control", " ".join(f"+{each}" for each in sorted(wanted - present)))
            if not wanted <= _words(place / "cgroup.subtree_control"):
                continue
        group = place / name
        try:
            group.mkdir()
        except OSError:
            continue
        if memory_bytes:
            _write(group / "memory.max", str(memory_bytes))
            _write(group / "memory.swap.max", "0")
        if cpu:
            _write(group / "cpu.weight", str(min(10_000, max(1, cpu * _CPU_WEIGHT_OF_A_CORE // 1000))))
        return Cgroup(path=group, holds_memory=bool(memory_bytes), shares_cpu=bool(cpu))
    return None


def _create_v1(name: str, controller: str, own: dict[str, str]) -> Path | None:
    if controller not in own:
        return None
    group = _ROOT / controller / own[controller].lstrip("/") / name
    try:
        group.mkdir()
    except OSError:
        return None
    return group


def _write(file: Path, text: str) -> bool:
    try:
        file.write_text(text)
    except OSError:
        return False
    return True


def _words(file: Path) -> set[str]:
    try:
        return set(file.read_text().split())
    except OSError:
        return set()


def _counter(file: Path, name: str) -> int:
    with contextlib.suppress(OSError, ValueError):
        for line in file.read_text().splitlines():
            key, _, value = line.partition(" ")
            if key == name:
                return int(value)
    return 0
