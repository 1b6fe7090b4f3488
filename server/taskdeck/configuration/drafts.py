"""Versions to be: what each kind of request makes, before anybody has looked at it."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from taskdeck.catalog import layout
from taskdeck.configuration import archive as archives
from taskdeck.configuration import edits, names, repository, tree
from taskdeck.configuration.archive import Bounds
from taskdeck.configuration.command import Deadline
from taskdeck.configuration.failure import Kind, UpdateFailed
from taskdeck.configuration.request import Action, Request
from taskdeck.configuration.staging import Area
from taskdeck.configuration.versions import TREE, NoSuchVersion, Versions
from taskdeck.model.config_version import ConfigSource, ConfigTrigger, ConfigVersion, FileEntry, Origin
from taskdeck.model.project import Project, ServedVersion
from taskdeck.settings import ConfigurationRules

_CHUNK_BYTES = 1024 * 1024


@dataclass(frozen=True, kw_only=True)
class Draft:
    """``directory`` becomes the version's. ``tree``: where its files are; ``None``: in the project's directory."""

    directory: Path
    source: ConfigSource
    tree: Path | None
    files: tuple[FileEntry, ...] = ()
    shares: int | None = None
    """The earlier version whose files these are."""
    target: ConfigVersion | None = None
    """Of a roll-back."""

    @property
    def digest(self) -> str:
        return "" if self.tree is None else tree.digest(self.files)

    @property
    def revision(self) -> str:
        """As `ConfigVersion.revision` has it."""
        return self.source.revision or self.digest

    def project(self, project: Project, number: int) -> Project:
        """The project as it would be with this."""
        return layout.of_version(project, ServedVersion(number=number, tree=self.tree))


@dataclass(frozen=True, kw_only=True)
class Upload:
    """An archive that was received whole."""

    file: Path
    sha256: str


def receive(archive: IO[bytes], file: Path, bounds: Bounds) -> Upload:
    """Raises `UpdateFailed` and `OSError`."""
    digest, size = hashlib.sha256(), 0
    with file.open("xb") as copy:
        while chunk := archive.read(_CHUNK_BYTES):
            size += len(chunk)
            if size > bounds.max_bytes:
                raise archives.too_large(bounds)
            digest.update(chunk)
            copy.write(chunk)
    return Upload(file=file, sha256=digest.hexdigest())


@dataclass(frozen=True, kw_only=True)
class Drafting:
    project: Project
    versions: Versions
    rules: ConfigurationRules
    area: Area
    deadline: Deadline

    @property
    def _bounds(self) -> Bounds:
        return Bounds(max_bytes=self.rules.max_bytes, max_files=self.rules.max_files)

    def draft(self, request: Request, active: ConfigVersion | None, upload: Upload | None) -> Draft:
        """Raises `UpdateFailed` and `OSError`."""
        match request.action:
            case Action.UPDATE:
                return self._from_git(request)
            case Action.ARCHIVE:
                return self._from_archive(request, upload)
            case Action.EDIT:
                return self._edited(request, active)
            case Action.DIRECTORY:
                return self.of_directory()
            case Action.ROLLBACK:
                return self._rolled_back(request.version)
            case Action.LIVE:
                return self._live(ConfigSource(origin=Origin.LIVE))

    def of_directory(self) -> Draft:
        """The project's directory as it is now."""
        directory = self._new()
        tree.snapshot(self.project, directory / TREE, self._bounds)
        return self._with_tree(directory, ConfigSource(origin=Origin.DIRECTORY))

    def _from_git(self, request: Request) -> Draft:
        wanted = repository.Wanted(repository=request.repository, ref=request.ref, directory=request.directory)
        place = self.area.path("repository")
        place.mkdir()
        fetched = repository.fetch(wanted, self.rules, place, self._bounds, self.deadline)
        directory = self._new()
        tree.adopt(self.project, fetched.files, fetched.directory, directory / TREE)
        source = ConfigSource(
            origin=Origin.GIT,
            repository=repository.shown(request.repository),
            ref=request.ref,
            commit=fetched.commit,
            directory=request.directory,
        )
        return self._with_tree(directory, source)

    def _from_archive(self, request: Request, upload: Upload | None) -> Draft:
        if upload is None:
            raise UpdateFailed(Kind.INVALID, "There is no archive.")
        if not self.rules.archives and request.trigger is not ConfigTrigger.CLI:
            raise UpdateFailed(Kind.REFUSED, "Archives are not allowed here (TASKDECK_CONFIG_ARCHIVES).")
        if request.directory:
            names.checked(request.directory)
        with upload.file.open("rb") as file:
            archives.unpack(file, self.area.path("unpacked"), self._bounds)
        directory = self._new()
        tree.adopt(self.project, self.area.path("unpacked"), request.directory, directory / TREE)
        source = ConfigSource(
            origin=Origin.ARCHIVE, file=request.file, sha256=upload.sha256, directory=request.directory
        )
        return self._with_tree(directory, source)

    def _edited(self, request: Request, active: ConfigVersion | None) -> Draft:
        if not request.edits:
            raise UpdateFailed(Kind.INVALID, "There is nothing to edit.")
        directory = self._new()
        of = None if active is None else self.versions.tree(active)
        if active is None or of is None:
            tree.snapshot(self.project, directory / TREE, self._bounds)
        else:
            tree.clone(self.versions.files(active), of, directory / TREE)
        edits.apply(layout.of_version(self.project, ServedVersion(number=0, tree=directory / TREE)), request.edits)
        source = ConfigSource(
            origin=Origin.EDIT,
            edited=tuple(map(str, request.edits)),
            version=None if active is None else active.number,
        )
        return self._with_tree(directory, source)

    def _rolled_back(self, number: int) -> Draft:
        try:
            target = self.versions.get(number)
        except NoSuchVersion as error:
            raise UpdateFailed(Kind.NO_SUCH_VERSION, str(error)) from error
        source = ConfigSource(origin=Origin.ROLLBACK, version=number)
        if target.tree is None:
            return self._live(source)
        if not self.versions.has_files(target):
            message = f"The files of version {number} were removed to make room (TASKDECK_CONFIG_VERSIONS_KEPT)."
            raise UpdateFailed(Kind.NO_SUCH_VERSION, message)
        return Draft(
            directory=self._new(),
            source=source,
            tree=self.versions.tree(target),
            files=self.versions.files(target),
            shares=target.tree,
            target=target,
        )

    def _live(self, source: ConfigSource) -> Draft:
        return Draft(directory=self._new(), source=source, tree=None)

    def _with_tree(self, directory: Path, source: ConfigSource) -> Draft:
        files = tree.scan(directory / TREE, self._bounds)
        return Draft(directory=directory, source=source, tree=directory / TREE, files=files)

    def _new(self) -> Path:
        directory = self.area.path(f"version-{secrets.token_hex(4)}")
        directory.mkdir()
        return directory
