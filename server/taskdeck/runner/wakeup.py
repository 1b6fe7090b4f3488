"""One datagram that says "look again". Only a hint: it may get lost, and its receiver re-reads the truth anyway."""

from __future__ import annotations

import contextlib
import os
import socket
from pathlib import Path

NEWS = 0
"""In place of a run's id: something new, no matter what."""


class Listener:
    """Waits for hints on a UDP port of the loopback interface; the file at ``path`` tells others which."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = path.with_name(f".{path.name}.{os.getpid()}")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(str(self.socket.getsockname()[1]))
        draft.replace(path)

    def wait(self, timeout_seconds: float | None) -> set[int]:
        """The ids of all runs that were rung for; empty after the time-out. ``None`` waits without end."""
        # A time-out on the socket rather than select(): that way the web process's event loop can take over.
        self.socket.settimeout(timeout_seconds)
        rung: set[int] = set()
        with contextlib.suppress(TimeoutError, BlockingIOError, ConnectionError):
            rung |= _decode(self.socket.recv(64))
            self.socket.settimeout(0)
            while True:
                rung |= _decode(self.socket.recv(64))
        return rung

    def close(self) -> None:
        with contextlib.suppress(FileNotFoundError):
            self._path.unlink()
        self.socket.close()


def ring(path: Path, run_id: int = NEWS) -> None:
    """Wakes the listener whose port is in ``path``, or all listeners of the directory ``path``. Never raises.

    If there is no such file, its neighbours are rung: who listened there has been replaced by one of them.
    """
    with contextlib.suppress(OSError):
        files = [path] if path.is_file() else _port_files(path if path.is_dir() else path.parent)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            sender.setblocking(False)
            for file in files:
                with contextlib.suppress(OSError, ValueError, OverflowError):
                    sender.sendto(str(run_id).encode(), ("127.0.0.1", int(file.read_text())))


def _port_files(directory: Path) -> list[Path]:
    return [file for file in directory.iterdir() if not file.name.startswith(".")]


def _decode(datagram: bytes) -> set[int]:
    return {int(datagram)} if datagram.isdigit() else set()
