"""What a runner that was killed could not put away itself: its kernel's directory, and files that it was writing."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from pathlib import Path

from taskdeck.runner import processes

# The path of a Unix socket may have 107 bytes at most, on macOS 103.
LONGEST_TEMPORARY_DIRECTORY = 60
_SHORT_DIRECTORY = Path("/tmp")  # noqa: S108 - only names with a pid in them are touched there


def kernel_directory(pid: int) -> str:
    """A new private directory for the sockets of the kernel that the runner ``pid`` starts; its path is short."""
    too_long = len(tempfile.gettempdir()) > LONGEST_TEMPORARY_DIRECTORY and not processes.IS_WINDOWS
    return tempfile.mkdtemp(prefix=_prefix(pid), dir=_SHORT_DIRECTORY if too_long else None)


def remove(pid: int, run_directory: Path | None = None) -> None:
    """Removes what the runner ``pid``, which is dead, has left; ``None`` for one that never had a run. Never raises."""
    for parent in _parents():
        for directory in parent.glob(f"{_prefix(pid)}*"):
            shutil.rmtree(directory, ignore_errors=True)
    if run_directory is not None:
        with contextlib.suppress(OSError):
            for draft in run_directory.rglob(f".*.{pid}"):
                draft.unlink()


def sweep() -> None:
    """Removes the kernels' directories of all runners that are dead: nobody may have been there to see them die."""
    for parent in _parents():
        for directory in parent.glob(f"td-*-{_namespace()}-*"):
            pid = directory.name.split("-")[1]
            if pid.isdecimal() and processes.created_at(int(pid)) == 0.0:
                shutil.rmtree(directory, ignore_errors=True)


def _parents() -> set[Path]:
    return {Path(tempfile.gettempdir()), _SHORT_DIRECTORY}


def _prefix(pid: int) -> str:
    return f"td-{pid}-{_namespace()}-"


def _namespace() -> str:
    """Tells the pids of this container from those of another one that has the same directory for temporary files."""
    try:
        return f"{Path('/proc/self/ns/pid').stat().st_ino:x}"
    except OSError:
        return "0"
