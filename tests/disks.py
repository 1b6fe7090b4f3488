"""File systems of a few megabytes, to be filled to the last byte, and such that take no writes. Linux, as root."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

FILLER = "filler"


@contextmanager
def small_disk(directory: Path, *, megabytes: int = 4) -> Iterator[Path]:
    """``directory``, made, on a file system of its own."""
    directory.mkdir(parents=True, exist_ok=True)
    _mount("-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(directory))
    try:
        yield directory
    finally:
        _unmount(directory)


@contextmanager
def read_only(directory: Path) -> Iterator[None]:
    """Whatever is opened in ``directory`` from now on cannot be written; what is open already still can."""
    _mount("--bind", str(directory), str(directory))
    try:
        _mount("-o", "remount,bind,ro", str(directory))
        yield
    finally:
        _unmount(directory)


@contextmanager
def full(directory: Path, *, store: Path | None = None) -> Iterator[None]:
    """Not a byte more fits onto the disk of ``directory``, nor into room that the write-ahead log of ``store`` kept."""
    if store is not None:
        with contextlib.closing(sqlite3.connect(store)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    filler = directory / FILLER
    with filler.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        for size in (1 << 20, 1 << 12, 1):
            with contextlib.suppress(OSError):
                while file.write(b"\0" * size) == size:
                    pass
    try:
        yield
    finally:
        filler.unlink()


def _mount(*arguments: str) -> None:
    problem = "needs Linux and root, to mount a file system"
    if sys.platform.startswith("linux") and os.geteuid() == 0:
        done = subprocess.run(["mount", *arguments], capture_output=True, text=True, check=False)
        if done.returncode == 0:
            return
        problem = f"cannot mount a file system: {done.stderr.strip()}"
    if os.environ.get("TASKDECK_TEST_SKIPS") == "forbidden":
        pytest.fail(problem)
    pytest.skip(problem)


def _unmount(directory: Path) -> None:
    # Lazily: a process that a failed test left behind must not keep it.
    subprocess.run(["umount", "--lazy", str(directory)], check=True)
