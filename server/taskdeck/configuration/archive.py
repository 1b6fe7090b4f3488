"""Archives that somebody has uploaded: unpacked without believing anything they say."""

from __future__ import annotations

import gzip
import io
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Protocol

from taskdeck.configuration import names
from taskdeck.configuration.failure import Kind, UpdateFailed
from taskdeck.model.wording import quote

_CHUNK_BYTES = 1024 * 1024
_HEADER_BYTES = 4096
"""Room for what a tar archive says about each of its files."""

_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_GZIP = b"\x1f\x8b"
_JUNK = ("__MACOSX",)
"""What macOS adds to archives."""


@dataclass(frozen=True, kw_only=True)
class Bounds:
    max_bytes: int
    max_files: int


class _Readable(Protocol):
    def read(self, size: int, /) -> bytes: ...


def unpack(archive: IO[bytes], directory: Path, bounds: Bounds) -> None:
    """Unpacks a zip, tar or tar.gz into a new directory. Raises `UpdateFailed` and `OSError`."""
    start = archive.read(4)
    archive.seek(0)
    directory.mkdir()
    writer = _Writer(directory, bounds)
    with _readable_errors():
        if start in _ZIP:
            _unzip(archive, writer)
        elif start[:2] == _GZIP:
            with gzip.GzipFile(fileobj=archive) as unzipped:
                _untar(_Bounded(unzipped, bounds), writer)
        else:
            _untar(_Bounded(archive, bounds), writer)
    if not writer.count:
        raise UpdateFailed(Kind.INVALID, "The archive is empty.")


class _Writer:
    """Writes files below a directory, and nowhere else, up to the bounds."""

    def __init__(self, directory: Path, bounds: Bounds) -> None:
        self._directory = directory
        self._bounds = bounds
        self._names = names.Names()
        self._bytes = 0
        self.count = 0

    def directory(self, name: str) -> None:
        self._note()
        if name.strip("./") and not _is_junk(name):
            self._directory.joinpath(self._names.directory(name)).mkdir(parents=True, exist_ok=True)

    def file(self, name: str, content: _Readable, *, executable: bool) -> None:
        self._note()
        if _is_junk(name):
            return
        path = self._directory.joinpath(self._names.file(name))
        path.parent.mkdir(parents=True, exist_ok=True)
        # What the archive says about sizes is not believed.
        with path.open("xb") as file:
            while chunk := content.read(_CHUNK_BYTES):
                self._bytes += len(chunk)
                if self._bytes > self._bounds.max_bytes:
                    raise too_large(self._bounds)
                file.write(chunk)
        if executable:
            path.chmod(0o755)

    def _note(self) -> None:
        self.count += 1
        if self.count > self._bounds.max_files:
            raise too_many(self._bounds)


class _Bounded(io.RawIOBase):
    """The unpacked bytes of an archive, which may not be more than its files could have."""

    def __init__(self, stream: _Readable, bounds: Bounds) -> None:
        self._stream = stream
        self._bounds = bounds
        self._left = bounds.max_bytes + bounds.max_files * _HEADER_BYTES

    def read(self, size: int = -1, /) -> bytes:
        content = self._stream.read(_CHUNK_BYTES if size < 0 else size)
        self._left -= len(content)
        if self._left < 0:
            raise too_large(self._bounds)
        return content


def _unzip(archive: IO[bytes], writer: _Writer) -> None:
    with zipfile.ZipFile(archive) as contents:
        for entry in contents.infolist():
            # Python's own module makes slashes of backslashes, and cuts names at a NUL.
            name, mode = entry.orig_filename, entry.external_attr >> 16
            kind = stat.S_IFMT(mode)
            if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
                raise _special(name)
            if entry.flag_bits & 0x1:
                raise UpdateFailed(Kind.INVALID, f"{quote(name)} is encrypted.")
            if entry.is_dir() or kind == stat.S_IFDIR:
                writer.directory(name)
                continue
            with contents.open(entry) as content:
                writer.file(name, content, executable=bool(mode & stat.S_IXUSR))


def _untar(archive: Any, writer: _Writer) -> None:
    with tarfile.open(fileobj=archive, mode="r|") as contents:
        for entry in contents:
            if entry.isdir():
                writer.directory(entry.name)
                continue
            if entry.type not in (tarfile.REGTYPE, tarfile.AREGTYPE):
                raise _special(entry.name)
            content = contents.extractfile(entry)
            assert content is not None, "it is a file"
            writer.file(entry.name, content, executable=bool(entry.mode & stat.S_IXUSR))


@contextmanager
def _readable_errors() -> Iterator[None]:
    broken = (zipfile.BadZipFile, tarfile.TarError, gzip.BadGzipFile, zlib.error, EOFError, NotImplementedError)
    try:
        yield
    except (*broken, ValueError, RuntimeError, UnicodeError) as error:
        message = f"The archive cannot be read: {error}. Expected a zip, tar or tar.gz."
        raise UpdateFailed(Kind.INVALID, message) from error


def too_large(bounds: Bounds) -> UpdateFailed:
    return UpdateFailed(Kind.TOO_LARGE, f"There are more than {bounds.max_bytes:,} bytes in it.")


def too_many(bounds: Bounds) -> UpdateFailed:
    return UpdateFailed(Kind.TOO_LARGE, f"There are more than {bounds.max_files:,} files in it.")


def _special(name: str) -> UpdateFailed:
    return names.unsafe(f"{quote(name)} is neither a file nor a directory.")


def _is_junk(name: str) -> bool:
    return name.partition("/")[0] in _JUNK
