"""The files of a version: a project root of their own, without what operators set and without data."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import stat
import sys
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path

from taskdeck.catalog import layout
from taskdeck.catalog.layout import CONNECTIONS_FILE, NAVIGATION_FILE, TASK_FOLDER, TASKS_FILE, VALUES_FILE
from taskdeck.configuration import names
from taskdeck.configuration.archive import Bounds, too_large, too_many
from taskdeck.configuration.failure import Kind, UpdateFailed
from taskdeck.model.config_version import FileEntry
from taskdeck.model.project import Layout, Project
from taskdeck.model.wording import quote

REQUIREMENTS = "requirements.txt"

_OPERATORS = (".env", ".git", ".taskdeck", "data", "tmp-data-tasks", "uploads")
"""At the top of a project, besides its values: never part of a version."""
_LITTER = ("__pycache__", ".ipynb_checkpoints", ".DS_Store")
_CONFIG_FILES = (TASKS_FILE, CONNECTIONS_FILE, NAVIGATION_FILE)


def adopt(project: Project, fetched: Path, directory: str, tree: Path) -> None:
    """Makes ``tree`` of what was fetched: of the project in it, without what is the operator's.

    ``directory``: where the project is, relative to the top of what was fetched. Raises `UpdateFailed` and `OSError`.
    """
    found = _located(project, fetched, directory)
    config = project.config_directory.name
    if project.layout is Layout.DUFT and not (found / config).is_dir():
        tree.mkdir()
        found.rename(tree / config)
    else:
        found.rename(tree)
    _remove_operators(project, tree)


def snapshot(project: Project, tree: Path, bounds: Bounds) -> None:
    """Copies what is served of the project's directory now. Raises `UpdateFailed` and `OSError`."""
    tree.mkdir()
    parts = [project.operator_directory.name]
    if project.layout is Layout.NATIVE:
        parts += [TASK_FOLDER, REQUIREMENTS]
    left, count = bounds.max_bytes, 0
    for part in parts:
        for path in _served_files(project.root / part):
            relative = path.relative_to(project.root)
            if _is_operators(project, relative.parts):
                continue
            count, left = count + 1, left - path.stat().st_size
            if count > bounds.max_files:
                raise too_many(bounds)
            if left < 0:
                raise too_large(bounds)
            _copy(path, tree / relative)
    _remove_operators(project, tree)


def clone(files: Iterable[FileEntry], tree: Path, copy: Path) -> None:
    """Copies a version's files, and nothing that has appeared beside them. Raises `UpdateFailed` and `OSError`."""
    copy.mkdir()
    for file in files:
        path = tree / file.path
        if not path.is_file() or _sha256(path) != file.sha256:
            message = f"{file.path} of the active version was changed behind its back: update or roll back first."
            raise UpdateFailed(Kind.INVALID, message)
        _copy(path, copy / file.path)


def scan(tree: Path, bounds: Bounds) -> tuple[FileEntry, ...]:
    """Each file with its hash, by path; what operators set is not there. Raises `UpdateFailed` and `OSError`."""
    known = names.Names()
    files: list[FileEntry] = []
    total = 0
    for path in sorted(_walk(tree)):
        status = path.lstat()
        name = path.relative_to(tree).as_posix()
        known.file(name)
        if not stat.S_ISREG(status.st_mode):
            raise names.unsafe(f"{quote(name)} is a link, or no file at all.")
        total += status.st_size
        if total > bounds.max_bytes:
            raise too_large(bounds)
        if len(files) == bounds.max_files:
            raise too_many(bounds)
        is_executable = bool(status.st_mode & stat.S_IXUSR) and os.name != "nt"
        files.append(FileEntry(path=name, size=status.st_size, sha256=_sha256(path), executable=is_executable))
    return tuple(files)


def digest(files: Iterable[FileEntry]) -> str:
    listed = json.dumps([asdict(file) for file in files], sort_keys=True)
    return hashlib.sha256(listed.encode()).hexdigest()


def link_the_rest(project: Project, tree: Path, state_directory: Path) -> None:
    """Gives the tree links to what is of no version, for tasks that use relative paths: ``../data/x.csv``.

    As good as the platform allows; the configuration itself is read without them.
    """
    config = project.config_directory.name
    configured = {config, TASK_FOLDER, REQUIREMENTS} if project.layout is Layout.NATIVE else {config}
    with contextlib.suppress(OSError):
        project.data_directory.mkdir(exist_ok=True)
    for entry in project.root.iterdir():
        is_state = entry.name == ".taskdeck" or os.path.realpath(entry) == os.path.realpath(state_directory)
        if entry.name not in configured | {".git"} and not is_state:
            _link(entry, tree / entry.name)
    if project.layout is Layout.DUFT:
        for name in ("user", ".env"):
            if (project.operator_directory / name).exists():
                _link(project.operator_directory / name, tree / config / name)


def requirements_path(project: Project) -> str:
    """Where a project's requirements are, relative to its root."""
    return REQUIREMENTS if project.layout is Layout.NATIVE else f"{project.config_directory.name}/{REQUIREMENTS}"


def is_configured(project: Project) -> bool:
    """Whether the project's directory holds any configuration of its own."""
    files = layout.config_files(project)
    paths = (*(tasks.path for tasks in files.tasks), *files.connections, *files.navigation)
    return any(path.is_file() for path in paths)


def _located(project: Project, fetched: Path, directory: str) -> Path:
    """The project's root, or its ``duft-config``, in what was fetched: at its top, or in the one directory there."""
    candidates = [fetched]
    entries = list(fetched.iterdir())
    if len(entries) == 1 and entries[0].is_dir() and not entries[0].is_symlink():
        candidates.append(entries[0])
    if directory:
        # Checked before it was fetched, too; no part of it may be a link.
        candidates = [candidate.joinpath(names.checked(directory)) for candidate in candidates]
        candidates = [each for each in candidates if each.resolve() == fetched.resolve() / each.relative_to(fetched)]
    for candidate in candidates:
        if candidate.is_dir() and _is_project(project, candidate):
            return candidate
    where = f" in {quote(directory)}" if directory else ""
    expected = f"{project.config_directory.name}/{TASKS_FILE}"
    if project.layout is Layout.DUFT:
        expected = f"{project.config_directory.name}/ with system/ or apps/"
    raise UpdateFailed(Kind.INVALID, f"There is no project{where}: expected {expected}.")


def _is_project(project: Project, candidate: Path) -> bool:
    config = candidate / project.config_directory.name
    if project.layout is Layout.NATIVE:
        return any((config / name).is_file() for name in _CONFIG_FILES)
    return config.is_dir() or any((candidate / part).is_dir() for part in ("system", "apps"))


def _remove_operators(project: Project, tree: Path) -> None:
    for name in _OPERATORS:
        _remove(tree / name)
    config = tree / project.config_directory.name
    for name in (VALUES_FILE,) if project.layout is Layout.NATIVE else ("user", ".env", ".git"):
        _remove(config / name)
    for directory, directories, files in os.walk(tree):
        for name in {*directories, *files} & {*_LITTER}:
            _remove(Path(directory, name))
        directories[:] = [name for name in directories if name not in _LITTER]


def _is_operators(project: Project, parts: tuple[str, ...]) -> bool:
    if parts[0] == project.operator_directory.name and len(parts) > 1:
        return parts[1] in ((VALUES_FILE,) if project.layout is Layout.NATIVE else ("user", ".env", ".git"))
    return False


def _served_files(path: Path) -> Iterator[Path]:
    """The files of a directory, or the one; links that stay in it count as what they lead to."""
    if path.is_file():
        yield path
    home = path.resolve()
    for directory, directories, files in os.walk(path):
        directories[:] = [name for name in directories if name not in _LITTER]
        for name in files:
            file = Path(directory, name)
            with contextlib.suppress(OSError, RuntimeError):
                if file.resolve(strict=True).is_relative_to(home) and file.is_file():
                    yield file


def _walk(tree: Path) -> Iterator[Path]:
    """All that is no directory; a link to one is no directory, either."""
    for directory, directories, files in os.walk(tree):
        for name in list(directories):
            if Path(directory, name).is_symlink():
                yield Path(directory, name)
        yield from (Path(directory, name) for name in files)


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)
    if source.stat().st_mode & stat.S_IXUSR:
        target.chmod(0o755)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _link(target: Path, link: Path) -> None:
    with contextlib.suppress(OSError):
        if not os.path.lexists(link):
            try:
                link.symlink_to(target, target_is_directory=target.is_dir())
            except OSError:
                # Windows lets few users make links, but everybody junctions.
                if sys.platform != "win32" or not target.is_dir():
                    raise
                import _winapi

                _winapi.CreateJunction(str(target), str(link))


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
