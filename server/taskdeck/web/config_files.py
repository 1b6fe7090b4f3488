"""How files differ between two versions of the configuration: bounded, and with secrets masked."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from taskdeck.catalog.task_file import UnreadableFile
from taskdeck.configuration.versions import NoSuchVersion, Versions
from taskdeck.execution import task_source
from taskdeck.model import config_plan
from taskdeck.model.config_plan import Change, FileChange
from taskdeck.model.config_version import ConfigVersion
from taskdeck.runner.masking import Masker

MAX_FILES = 200
MAX_BYTES = 256 * 1024
"""Of one file among others, as it is before or after."""
MAX_BYTES_ALONE = 1024 * 1024
MAX_NOTEBOOK_BYTES_ALONE = 16 * 1024 * 1024
"""Most of a large notebook are its charts, which are not shown."""
MAX_BYTES_TOGETHER = 2 * 1024 * 1024


_Texts = tuple[str | None, str | None]
"""Before and after."""


class Content(StrEnum):
    TEXT = "text"
    NOTEBOOK = "notebook"
    BINARY = "binary"
    TOO_LARGE = "too_large"


@dataclass(frozen=True, kw_only=True)
class FileDiff:
    """``before`` and ``after``: ``None`` where there is no such file, and where ``content`` cannot be shown."""

    path: str
    change: Change
    size_before: int | None
    size_after: int | None
    content: Content
    before: str | None = None
    after: str | None = None


@dataclass(frozen=True, kw_only=True)
class Comparison:
    version: ConfigVersion
    against: ConfigVersion | None
    files: list[FileDiff]
    count: int


def compare(versions: Versions, number: int, against: int | None, path: str | None, masker: Masker) -> Comparison:
    """``against``: ``None``: the last version before that has files. ``path``: only this file.

    Raises `NoSuchVersion`.
    """
    after = _with_files(versions, versions.get(number))
    before = _before(versions, number) if against is None else _with_files(versions, versions.get(against))
    changes = list(
        config_plan.changed_files(versions.files(before) if before else (), versions.files(after)),
    )
    if path is not None:
        changes = [change for change in changes if change.path == path]
    reading = _Reading(
        before=versions.tree(before) if before else None,
        after=versions.tree(after),
        masker=masker,
        is_alone=path is not None,
    )
    return Comparison(version=after, against=before, files=list(reading.diffs(changes[:MAX_FILES])), count=len(changes))


def _with_files(versions: Versions, version: ConfigVersion) -> ConfigVersion:
    """Raises `NoSuchVersion`."""
    if version.tree is None:
        message = f"Version {version.number} serves the project's directory; which files it had then, is not known."
        raise NoSuchVersion(message)
    if not versions.has_files(version):
        raise NoSuchVersion(f"The files of version {version.number} were removed to make room.")
    return version


def _before(versions: Versions, number: int) -> ConfigVersion | None:
    for earlier in versions.numbers():
        if earlier < number:
            try:
                return _with_files(versions, versions.get(earlier))
            except NoSuchVersion:
                continue
    return None


@dataclass(kw_only=True)
class _Reading:
    before: Path | None
    after: Path | None
    masker: Masker
    is_alone: bool
    left: int = MAX_BYTES_TOGETHER

    def diffs(self, changes: list[FileChange]) -> Iterator[FileDiff]:
        for change in changes:
            # Each is a moment's work; all together would hold up the other requests.
            time.sleep(0)
            yield self._diff(change)

    def _diff(self, change: FileChange) -> FileDiff:
        is_notebook = change.path.lower().endswith(".ipynb")
        sizes = [size for size in (change.size_before, change.size_after) if size is not None]
        content = Content.TOO_LARGE
        texts: _Texts = (None, None)
        if max(sizes) <= self._most(is_notebook=is_notebook) and (self.is_alone or sum(sizes) <= self.left):
            self.left -= sum(sizes)
            content, texts = self._texts(change, is_notebook=is_notebook)
        return FileDiff(
            path=change.path,
            change=change.change,
            size_before=change.size_before,
            size_after=change.size_after,
            content=content,
            before=texts[0],
            after=texts[1],
        )

    def _most(self, *, is_notebook: bool) -> int:
        if not self.is_alone:
            return task_source.MAX_BYTES_HERE if is_notebook else MAX_BYTES
        return MAX_NOTEBOOK_BYTES_ALONE if is_notebook else MAX_BYTES_ALONE

    def _texts(self, change: FileChange, *, is_notebook: bool) -> tuple[Content, _Texts]:
        contents = (
            None if change.size_before is None else _read(self.before, change.path),
            None if change.size_after is None else _read(self.after, change.path),
        )
        if is_notebook:
            try:
                before, after = (None if each is None else _cells(each, change.path) for each in contents)
                return Content.NOTEBOOK, self._masked(before, after)
            except UnreadableFile:
                pass  # What is no notebook is shown as the text that it is.
        try:
            before, after = (None if each is None else each.decode() for each in contents)
        except UnicodeDecodeError:
            return Content.BINARY, (None, None)
        if "\0" in f"{before}{after}":
            return Content.BINARY, (None, None)
        if max(len(before or ""), len(after or "")) > MAX_BYTES_ALONE:
            return Content.TOO_LARGE, (None, None)
        return Content.TEXT, self._masked(before, after)

    def _masked(self, before: str | None, after: str | None) -> _Texts:
        masked = (None if each is None else self.masker.text(each) for each in (before, after))
        return next(masked), next(masked)


def _read(tree: Path | None, path: str) -> bytes:
    """Raises `NoSuchVersion`: the files may be removed at any moment."""
    assert tree is not None, "who lists files has some"
    try:
        return (tree / path).read_bytes()
    except OSError as error:
        raise NoSuchVersion(f"The file {path} is not there any more: {error.strerror}.") from error


def _cells(content: bytes, label: str) -> str:
    """The code and texts of a notebook as a script with cells. Raises `UnreadableFile`."""
    found = task_source.notebook(content, label)
    return "\n".join(f"# %%{'' if cell.type == 'code' else f' [{cell.type}]'}\n{cell.source}\n" for cell in found.cells)
