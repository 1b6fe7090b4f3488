"""Work on notebooks in processes of their own: one at a time, and few that wait for it.

Each such process keeps a processor busy for seconds and takes several times a notebook's size.
"""

from __future__ import annotations

import os
import threading
from types import TracebackType
from typing import BinaryIO

MAX_WAITING = 8
MAX_NOTEBOOK_BYTES = 256 * 1024 * 1024


class Busy(RuntimeError):
    """The server is at work on other notebooks, and several more are waiting. Try again in a minute."""

    def __init__(self) -> None:
        super().__init__(self.__doc__)


class TooLarge(ValueError):
    """The notebook has {megabytes} MB, and {most} MB are the most. Download it instead."""

    def __init__(self, size: int) -> None:
        megabytes, most = (f"{each / 1024**2:,.0f}" for each in (size, MAX_NOTEBOOK_BYTES))
        super().__init__((self.__doc__ or "").format(megabytes=megabytes, most=most))


class Turn:
    """``with`` it, work is done one after the other. Raises `Busy` where too many wait already."""

    def __init__(self) -> None:
        self._places = threading.BoundedSemaphore(1 + MAX_WAITING)
        self._work = threading.Lock()

    def __enter__(self) -> None:
        if not self._places.acquire(blocking=False):
            raise Busy
        try:
            self._work.acquire()
        except BaseException:
            self._places.release()
            raise

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._work.release()
        self._places.release()


def check_size(notebook: BinaryIO) -> None:
    """Raises `TooLarge`."""
    size = os.fstat(notebook.fileno()).st_size
    if size > MAX_NOTEBOOK_BYTES:
        raise TooLarge(size)
