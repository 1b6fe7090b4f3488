"""Names of files that mean the same everywhere, and lead nowhere else. Pure."""

from __future__ import annotations

import unicodedata
from pathlib import PurePosixPath

from taskdeck.configuration.failure import Kind, UpdateFailed
from taskdeck.model.wording import quote

MAX_NAME_BYTES = 255
MAX_PATH_CHARACTERS = 1000
MAX_DEPTH = 40

_FORBIDDEN = set('\\:*?"<>|') | {chr(code) for code in range(32)} | {chr(127)}
_DEVICES = {"con", "prn", "aux", "nul"} | {f"{name}{digit}" for name in ("com", "lpt") for digit in "123456789"}


class Names:
    """The names of one archive or repository; no two may be one file where case does not matter."""

    def __init__(self) -> None:
        self._files: dict[str, str] = {}
        self._directories: dict[str, str] = {}

    def file(self, name: str) -> PurePosixPath:
        """Raises `UpdateFailed`."""
        path = self._take(name)
        key = _folded(path.parts)
        other = self._files.get(key) or self._directories.get(key)
        if other is not None:
            raise unsafe(f"{quote(name)} and {quote(other)} are the same name where case does not matter.")
        self._files[key] = name
        return path

    def directory(self, name: str) -> PurePosixPath:
        """Raises `UpdateFailed`."""
        path = self._take(name)
        self._note_directory(path.parts)
        return path

    def _take(self, name: str) -> PurePosixPath:
        path = checked(name)
        for depth in range(1, len(path.parts)):
            self._note_directory(path.parts[:depth])
        return path

    def _note_directory(self, parts: tuple[str, ...]) -> None:
        key, shown = _folded(parts), "/".join(parts)
        other = self._files.get(key)
        if other is not None:
            raise unsafe(f"{quote(shown)} is a directory, and {quote(other)} a file.")
        other = self._directories.setdefault(key, shown)
        if other != shown:
            raise unsafe(f"{quote(shown)} and {quote(other)} are the same name where case does not matter.")


def checked(name: str) -> PurePosixPath:
    """The relative path that a name stands for. Raises `UpdateFailed`."""
    path = PurePosixPath(name)
    if not name or path.is_absolute() or not path.parts or ".." in path.parts:
        raise unsafe(f"{quote(name)} leads out of its directory.")
    if len(name) > MAX_PATH_CHARACTERS or len(path.parts) > MAX_DEPTH:
        raise unsafe(f"The name {quote(name)} is too long or too deep.")
    for part in path.parts:
        _check_part(part, name)
    return path


def unsafe(message: str) -> UpdateFailed:
    return UpdateFailed(Kind.UNSAFE, message)


def _check_part(part: str, name: str) -> None:
    try:
        size = len(part.encode())
    except UnicodeEncodeError:
        raise unsafe(f"The name {quote(name)} is not UTF-8.") from None
    if size > MAX_NAME_BYTES:
        raise unsafe(f"The name {quote(name)} is too long.")
    if _FORBIDDEN & set(part) or part != part.rstrip(". ") or part.partition(".")[0].lower() in _DEVICES:
        raise unsafe(f"The name {quote(name)} is not possible on every system.")


def _folded(parts: tuple[str, ...]) -> str:
    return unicodedata.normalize("NFC", "/".join(parts)).casefold()
