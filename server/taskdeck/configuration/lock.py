"""Who may make a version: one process at a time, and nobody waits."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from taskdeck.runner import processes


class Busy(Exception):
    """Another update of the configuration is in progress; try again when it has ended."""

    def __init__(self) -> None:
        super().__init__(self.__doc__)


@dataclass(frozen=True, kw_only=True)
class Holder:
    """Who holds the lock, for those who show it."""

    pid: int
    created_at: float
    by: str
    since: str
    """ISO 8601."""


@contextmanager
def held(file: Path, *, by: str, since: str) -> Iterator[int]:
    """Holds the lock; the system takes it back from a process that is killed. Gives the descriptor: a process that
    inherits it holds the lock, too.

    Raises `Busy` and `OSError`.
    """
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        _take(descriptor)
        pid = os.getpid()
        _note(descriptor, Holder(pid=pid, created_at=processes.created_at(pid), by=by, since=since))
        try:
            yield descriptor
        finally:
            os.ftruncate(descriptor, 0)
    finally:
        os.close(descriptor)


def holder(file: Path) -> Holder | None:
    """Who holds it now. Does not try the lock, which could keep it from somebody who wants it at that moment."""
    try:
        found = Holder(**json.loads(file.read_bytes()))
    except (OSError, ValueError, TypeError):
        return None
    return found if processes.is_alive(found.pid, found.created_at) else None


def _note(descriptor: int, holder: Holder) -> None:
    os.ftruncate(descriptor, 0)
    os.lseek(descriptor, 0, os.SEEK_SET)
    os.write(descriptor, json.dumps(asdict(holder)).encode())


def _take(descriptor: int) -> None:
    """Raises `Busy`."""
    try:
        if sys.platform == "win32":
            import msvcrt

            # Far behind the content, which others may read meanwhile.
            os.lseek(descriptor, 2**30, os.SEEK_SET)
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        raise Busy from None
