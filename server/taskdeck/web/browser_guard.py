"""Ends a browser that takes too much memory, or whose server is gone, with all that belongs to it."""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
import threading
from collections.abc import Iterator

import psutil

_LOOK_SECONDS = 0.3


class Guard(threading.Thread):
    """Watches this process's group, which it must lead, on behalf of the process ``server``, its parent.

    A page can make a browser busy for ever, and killing the server kills neither: then nobody else would end it.
    ``directory`` is removed with it.
    """

    def __init__(self, directory: str, *, server: int, memory_bytes: int) -> None:
        super().__init__(name="browser-guard", daemon=True)
        self._directory = directory
        self._server = server
        self._memory_bytes = memory_bytes
        self._may_end = threading.Lock()

    def __enter__(self) -> None:
        self.start()

    def __exit__(self, *_: object) -> None:
        """Does not return where it has begun to end everything, this process included."""
        self._may_end.acquire()

    def run(self) -> None:
        while True:
            if os.getppid() != self._server:
                self._end("the server has ended")
            if sum(map(_memory_bytes, _group())) > self._memory_bytes:
                self._end(f"that takes more than {self._memory_bytes / 1024**3:.2g} GB of memory")
            threading.Event().wait(_LOOK_SECONDS)

    def _end(self, reason: str) -> None:
        self._may_end.acquire()
        # Again, because a process may just have started another one.
        while found := _group():
            for process in found:
                with contextlib.suppress(psutil.Error):
                    process.kill()
            psutil.wait_procs(found, timeout=1)
        shutil.rmtree(self._directory, ignore_errors=True)
        with contextlib.suppress(OSError):
            os.write(sys.stderr.fileno(), reason.encode())
        os._exit(1)


def _group() -> list[psutil.Process]:
    """The living processes of this one's group, itself left out."""
    return list(_members(os.getpgrp()))


def _members(group: int) -> Iterator[psutil.Process]:
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, ProcessLookupError):
            is_other = process.pid != os.getpid() and os.getpgid(process.pid) == group
            if is_other and process.status() != psutil.STATUS_ZOMBIE:
                yield process


def _memory_bytes(process: psutil.Process) -> int:
    """What is shared with others counts in parts, where the system tells; 0 of a process that is gone."""
    try:
        memory = process.memory_full_info()
    except (psutil.Error, OSError):
        return 0
    return int(getattr(memory, "pss", memory.rss))
