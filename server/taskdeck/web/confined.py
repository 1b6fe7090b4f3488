"""Opening files of a run's directory, which its task may have filled with anything, links to elsewhere included."""

from __future__ import annotations

import os
import stat
from pathlib import Path, PurePosixPath
from typing import BinaryIO


class OutsideOfDirectory(PermissionError):
    """The name leads out of the directory, or to something that is not a plain file."""

    def __init__(self) -> None:
        super().__init__(self.__doc__)


def open_below(directory: Path, name: str) -> BinaryIO:
    """Opens the plain file ``name`` below ``directory`` for reading, following no symbolic link on the way.

    Raises `OutsideOfDirectory`, and `FileNotFoundError` where there is nothing.
    """
    parts = PurePosixPath(name).parts
    if not parts or any(part in ("/", "..") or "\0" in part or "\\" in part for part in parts):
        raise OutsideOfDirectory
    descriptor = _descend(directory, parts) if os.open in os.supports_dir_fd else _resolve(directory, parts)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OutsideOfDirectory
    return os.fdopen(descriptor, "rb")


def _descend(directory: Path, parts: tuple[str, ...]) -> int:
    """One directory at a time by descriptor: nobody can swap one for a link between a check and its use."""
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    for part in parts:
        is_last = part is parts[-1]
        # Without O_NONBLOCK, opening a pipe would wait for its other end.
        flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | (0 if is_last else os.O_DIRECTORY)
        try:
            below = os.open(part, flags, dir_fd=descriptor)
        except FileNotFoundError:
            raise
        except OSError as error:
            raise OutsideOfDirectory from error
        finally:
            os.close(descriptor)
        descriptor = below
    return descriptor


def _resolve(directory: Path, parts: tuple[str, ...]) -> int:
    """Where there are no directory descriptors (Windows): what resolves to another place was a link."""
    wanted = directory.resolve(strict=True).joinpath(*parts)
    try:
        if wanted.resolve(strict=True) != wanted or not wanted.is_file():
            raise OutsideOfDirectory
    except NotADirectoryError as error:
        raise OutsideOfDirectory from error
    return os.open(wanted, os.O_RDONLY | getattr(os, "O_BINARY", 0))
