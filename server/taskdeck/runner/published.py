"""The files that a run leaves behind in its ``outputs/``: none of them holds a secret."""

from __future__ import annotations

import asyncio
import codecs
import contextlib
import errno
import hashlib
import logging
import os
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Literal

from taskdeck.model import event
from taskdeck.model.event import Event
from taskdeck.runner.masking import Masker

AT_ONCE_BYTES = 1024 * 1024
"""A file of this size is checked within milliseconds; what is larger must not hold up the task's messages."""

MAX_TRIES = 5

MAX_WAITING = 100

_PIECE_BYTES = 1024 * 1024

log = logging.getLogger(__name__)


class HoldsSecret(Exception):
    """The file holds a secret of a connection and is no text, so the secret cannot be masked in it."""

    def __init__(self) -> None:
        super().__init__(self.__doc__)


class Published:
    """Stands before the journal: what is published has been masked when others hear of it.

    Large files are checked in a thread. They are announced later than what the task says meanwhile, but outputs keep
    their order among themselves. A task that publishes more than can be checked has to wait.
    """

    def __init__(
        self,
        directory: Path,
        masker: Masker,
        say: Callable[[Event], object],
        *,
        hold: Callable[[], None] = lambda: None,
        go_on: Callable[[], None] = lambda: None,
    ) -> None:
        """``hold`` is called when `MAX_WAITING` outputs wait, and ``go_on`` when they have been checked."""
        self._directory = directory
        self._masker = masker
        self._say = say
        self._hold = hold
        self._go_on = go_on
        self._is_holding = False
        self._waiting: deque[event.OutputPublished] = deque()
        self._checking: asyncio.Task[None] | None = None

    def receive(self, happened: Event) -> None:
        """Passes an event on; of a published file, with the size that it has when it is masked."""
        if not isinstance(happened, event.OutputPublished):
            self._say(happened)
        elif self._waiting or self._is_large(happened):
            self._waiting.append(happened)
            if len(self._waiting) >= MAX_WAITING and not self._is_holding:
                self._is_holding = True
                self._hold()
            if self._checking is None:
                self._checking = asyncio.get_running_loop().create_task(self._check_waiting())
        else:
            self._say(self._checked(happened))

    async def drain(self) -> None:
        """Returns when all outputs that were received have been announced."""
        if self._checking is not None:
            await self._checking

    async def sweep(self) -> None:
        """Masks all files, those too that the task wrote by itself or changed after publishing them."""
        for found in await asyncio.to_thread(self._sweep):
            self._say(found)

    def _is_large(self, output: event.OutputPublished) -> bool:
        try:
            return output.file is not None and (self._directory / output.file).stat().st_size >= AT_ONCE_BYTES
        except OSError:
            return False

    async def _check_waiting(self) -> None:
        # An output stays in the queue while it is checked: the next one has to wait for it.
        while self._waiting:
            try:
                self._say(await asyncio.to_thread(self._checked, self._waiting[0]))
            except Exception:
                log.exception("output_not_announced")
                name = self._waiting[0].name
                self._say(_message(f"The output {name!r} could not be announced; see the run's log."))
            self._waiting.popleft()
            if self._is_holding and len(self._waiting) <= MAX_WAITING // 2:
                self._is_holding = False
                self._go_on()
        self._checking = None

    def _checked(self, output: event.OutputPublished) -> Event:
        """The output as it may be announced, or what to say in its place."""
        if output.file is None:
            return output
        path = self._directory / output.file
        try:
            redact_file(path, self._masker)
            return replace(output, size=path.stat().st_size)
        except HoldsSecret as error:
            return _refused(path, output.name, error)
        except OSError as error:
            return _message(f"The output {output.name!r} could not be kept: {error.strerror or error}.")

    def _sweep(self) -> list[Event]:
        found: list[Event] = []

        def skip(error: OSError) -> None:
            found.append(_unchecked(Path(error.filename), error, level="warning"))

        # os.walk(), because rglob() gives up at the first directory that cannot be read.
        for directory, directories, names in os.walk(self._directory, onerror=skip):
            directories.sort()
            for path in (Path(directory) / name for name in sorted(names)):
                try:
                    if not path.is_symlink() and path.is_file():
                        redact_file(path, self._masker)
                except HoldsSecret as error:
                    found.append(_refused(path, path.name, error))
                except FileNotFoundError:
                    continue
                except OSError as error:
                    found.append(_remove_unchecked(path, error))
        return found


def _refused(path: Path, name: str, error: HoldsSecret) -> Event:
    with contextlib.suppress(OSError):
        path.unlink()
    return _message(f"The output {name!r} was not kept. {error} Leave the secret out and publish it again.")


def _remove_unchecked(path: Path, error: OSError) -> Event:
    try:
        path.unlink(missing_ok=True)
    except OSError:
        return _unchecked(path, error, level="warning")
    return _message(
        f"The file {path.name!r} among the outputs was removed, because it could not be searched for secrets: "
        f"{error.strerror or error}."
    )


def _unchecked(path: Path, error: OSError, level: Literal["warning", "error"]) -> Event:
    return _message(
        f"{path.name!r} among the outputs could not be searched for secrets: {error.strerror or error}.", level
    )


def _message(text: str, level: Literal["warning", "error"] = "error") -> Event:
    return event.Message(level=level, text=text, source="taskdeck")


def redact_file(path: Path, masker: Masker) -> None:
    """Replaces the file by its masked text, if it holds a secret. Raises `HoldsSecret` and `OSError`.

    The task may publish the file again meanwhile: its new content must neither be replaced by the old one nor be
    judged by it, so that everything starts again then.
    """
    for _ in range(MAX_TRIES):
        version = _version(path)
        if _digest(_texts(path)) == _digest(_masked(path, masker)):
            return
        draft = _write_masked(path, masker) if _is_text(path) else None
        if _version(path) != version:
            if draft is not None:
                draft.unlink(missing_ok=True)
        elif draft is None:
            raise HoldsSecret
        else:
            _replace(draft, path)
            return
    raise OSError(errno.EBUSY, "It was changed again and again while it was searched for secrets", str(path))


def _write_masked(path: Path, masker: Masker) -> Path:
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with draft.open("w", encoding="utf-8", newline="") as file:
            file.writelines(_masked(path, masker))
    except OSError:
        with contextlib.suppress(OSError):
            draft.unlink()
        raise
    return draft


def _replace(draft: Path, path: Path) -> None:
    try:
        draft.replace(path)
    except OSError:
        with contextlib.suppress(OSError):
            draft.unlink()
        raise


def _version(path: Path) -> tuple[int, int, int]:
    """Differs after every change of the file."""
    status = path.stat()
    return status.st_ino, status.st_mtime_ns, status.st_size


def _digest(texts: Iterator[str]) -> bytes:
    """Of a text that may be too large to be held in memory twice."""
    digest = hashlib.blake2b()
    for text in texts:
        digest.update(text.encode())
    return digest.digest()


def _texts(path: Path) -> Iterator[str]:
    """The file's text piece by piece; what is no UTF-8 is replaced."""
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    with path.open("rb") as file:
        while data := file.read(_PIECE_BYTES):
            yield decoder.decode(data)
    yield decoder.decode(b"", final=True)


def _masked(path: Path, masker: Masker) -> Iterator[str]:
    stream = masker.stream()
    for text in _texts(path):
        yield stream.feed(text)
    yield stream.end()


def _is_text(path: Path) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")("strict")
    try:
        with path.open("rb") as file:
            while data := file.read(_PIECE_BYTES):
                decoder.decode(data)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True
