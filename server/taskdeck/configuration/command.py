"""Other people's programs, git and installers: run in bounds, and never left behind."""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from taskdeck.configuration.failure import Kind, UpdateFailed
from taskdeck.runner import processes

_LOOK_SECONDS = 0.1
_MAX_OUTPUT_BYTES = 1024 * 1024
_MAX_SHOWN_CHARACTERS = 2000
_CREDENTIALS = re.compile(r"(?<=://)[^\s/@]+(?=@)")


class CommandFailed(Exception):
    """The program ended with another exit code than 0; the message is the end of what it said."""

    def __init__(self, output: str) -> None:
        self.output = output
        super().__init__(output)


@dataclass(frozen=True, kw_only=True)
class Deadline:
    """Moments count from the start of the system (``time.monotonic``)."""

    at: float
    seconds: float

    @classmethod
    def after(cls, seconds: float) -> Deadline:
        return cls(at=time.monotonic() + seconds, seconds=seconds)

    def check(self) -> None:
        """Raises `UpdateFailed`."""
        if time.monotonic() > self.at:
            raise UpdateFailed(Kind.TIMED_OUT, f"The update took longer than {self.seconds:g} s.")


@dataclass(frozen=True, kw_only=True)
class Room:
    """How much the program may write, and where."""

    directory: Path
    max_bytes: int

    def check(self) -> None:
        """Raises `UpdateFailed`."""
        if _size(self.directory) > self.max_bytes:
            raise UpdateFailed(Kind.TOO_LARGE, f"What is fetched has more than {self.max_bytes:,} bytes.")


def run(
    arguments: Sequence[str],
    *,
    cwd: Path,
    environment: Mapping[str, str],
    deadline: Deadline,
    room: Room | None = None,
    enter: Callable[[], None] | None = None,
) -> str:
    """Runs a program to its end and returns what it wrote to its standard output.

    It gets no input, and is killed with all it has started if it takes too long or writes too much, or if this process
    ends. ``enter`` is called in it before it becomes the program. Raises `CommandFailed`, `UpdateFailed` and `OSError`.
    """
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        # In this process's own session: whoever kills that, kills all of it.
        child = subprocess.Popen(
            arguments,
            cwd=cwd,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=errors,
            **processes.owned_session_hook(enter),
        )
        try:
            code = _wait(child, deadline, room)
        finally:
            if child.poll() is None:
                processes.kill_tree(child.pid, processes.created_at(child.pid))
                child.wait()
        if code != 0:
            raise CommandFailed(without_credentials(_end_of(errors) or _end_of(output) or f"exit code {code}"))
        output.seek(0)
        return output.read(_MAX_OUTPUT_BYTES).decode("utf-8", "replace")


def without_credentials(text: str) -> str:
    """The text without users and passwords in its URLs."""
    return _CREDENTIALS.sub("…", text)


def inherited(*, without: tuple[str, ...]) -> dict[str, str]:
    """This process's variables, but those that begin with one of ``without`` and Taskdeck's own, secrets among them."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("TASKDECK_", *without))}


def _wait(child: subprocess.Popen[bytes], deadline: Deadline, room: Room | None) -> int:
    while True:
        try:
            return child.wait(_LOOK_SECONDS)
        except subprocess.TimeoutExpired:
            deadline.check()
            if room is not None:
                room.check()


def _end_of(file: object) -> str:
    assert hasattr(file, "seek")
    assert hasattr(file, "read")
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - 4 * _MAX_SHOWN_CHARACTERS))
    text: str = file.read().decode("utf-8", "replace").strip()
    return text if len(text) <= _MAX_SHOWN_CHARACTERS else f"…{text[-_MAX_SHOWN_CHARACTERS:]}"


def _size(directory: Path) -> int:
    total = 0
    for path, _, files in os.walk(directory):
        for name in files:
            try:
                total += Path(path, name).lstat().st_size
            except OSError:
                continue  # git moves its temporary files
    return total
