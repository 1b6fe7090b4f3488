"""DUFT's update of a configuration directory from a branch of a GitHub repository."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import stat
import tempfile
import urllib.error
import urllib.request
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import IO, Any
from urllib.parse import quote, urlsplit

__all__ = ["UpdateFailed", "download_github_repo"]

ARCHIVE_BASE = "https://github.com"
TIMEOUT_SECONDS = 60.0
SERVER_TIMEOUT_SECONDS = 3600.0
"""The server has a limit of its own, which it tells."""
MAX_ARCHIVE_BYTES = 500 * 1024 * 1024
MAX_UNPACKED_BYTES = 2 * 1024 * 1024 * 1024
MAX_FILES = 50_000
_CHUNK_BYTES = 1024 * 1024

_OWNER_AND_REPOSITORY = re.compile(r"/([A-Za-z0-9][\w.-]*)/([\w.-]+?)(?:\.git)?/?")


class UpdateFailed(RuntimeError):
    """The directory was not replaced and is as it was; the message says why."""


def download_github_repo(
    repo_url: str,
    save_path: str | os.PathLike[str],
    final_repo_name: str | None = None,
    branch: str = "main",
    user_dir: str | None = "user",
    *,
    archive_base: str | None = None,
) -> str:
    """Replaces the directory ``save_path/final_repo_name`` by a branch of a repository, all or nothing.

    In a run whose server keeps versions of the configuration, that directory stays as it is: the server makes a new
    version from the repository instead, if its operator allows that. Otherwise its subdirectory ``user_dir`` is kept,
    and of a run the server checks beforehand that the new configuration has no errors which the present one has not.
    ``final_repo_name`` defaults to the repository's name. Returns the directory. Raises `UpdateFailed`, after which
    all is as it was.
    """
    owner, repository = _owner_and_repository(repo_url)
    target = Path(save_path) / _plain_name(final_repo_name or repository, "final_repo_name")
    if user_dir:
        _plain_name(user_dir, "user_dir")
    if _is_configuration(target) and _updated_by_the_server(repo_url, branch or "main"):
        return str(target)
    base = (archive_base or os.environ.get("TASKDECK_GITHUB_BASE") or ARCHIVE_BASE).rstrip("/")
    url = f"{base}/{owner}/{repository}/archive/refs/heads/{quote(branch or 'main')}.zip"
    with _readable_errors(f"The update of {target} from {url} failed"):
        target.parent.mkdir(parents=True, exist_ok=True)
        replaced = target.with_name(f".{target.name}-before-update")
        _finish_interrupted(target, replaced)
        # Beside the target: a rename is atomic only within one file system.
        with tempfile.TemporaryDirectory(prefix=f".{target.name}-update-", dir=target.parent) as staging_name:
            staging = Path(staging_name)
            with tempfile.TemporaryFile(dir=staging) as archive:
                _download(url, archive)
                new = _extract(archive, staging / "new")
            if user_dir:
                _keep(target / user_dir, new / user_dir)
            if _is_configuration(target):
                new = _checked(new, staging / "checked")
            _swap(new, target, replaced)
    shutil.rmtree(replaced, ignore_errors=True)
    return str(target)


def _is_configuration(target: Path) -> bool:
    """Whether it is the configuration of the project that this process's task is of."""
    from taskdeck.sdk import projects

    project = projects.find()
    if project is None or project.layout != "duft":
        return False
    places = {project.operator_directory.resolve(), project.config_directory.resolve()}
    return target.resolve() in places


def _updated_by_the_server(repo_url: str, branch: str) -> bool:
    """Has the server make a new version of the configuration; ``False``: there is none, or it keeps no versions.

    Raises `UpdateFailed`.
    """
    from taskdeck.sdk import channel, messages

    runner = channel.current()
    if runner is None:
        return False
    try:
        asked = {"ask": "update_configuration", "repository": repo_url, "ref": branch}
        answer = runner.ask(asked, timeout_seconds=SERVER_TIMEOUT_SECONDS).get("answer")
    except ConnectionError as error:
        raise UpdateFailed(f"The update from {repo_url} failed: {error}") from error
    if answer is None:
        return False
    if failure := answer.get("error"):
        _say(failure["problems"])
        raise UpdateFailed(f"The update from {repo_url} failed: {failure['message']}")
    number = answer["version"]["number"]
    is_new = answer["outcome"] == "made"
    messages.say("info", f"The configuration is {'now ' if is_new else 'already '}version {number}.")
    return True


def _checked(new: Path, workspace: Path) -> Path:
    """``new`` as the configuration of a workspace, if the server finds no errors that are new in it.

    Where there is no server, nobody can say. Raises `UpdateFailed`.
    """
    from taskdeck.sdk import channel

    workspace.mkdir()
    new = new.rename(workspace / "duft-config")
    runner = channel.current()
    if runner is None:
        return new
    try:
        asked = {"ask": "check_configuration", "directory": str(workspace)}
        answer = runner.ask(asked, timeout_seconds=SERVER_TIMEOUT_SECONDS).get("answer")
    except ConnectionError as error:
        raise UpdateFailed(str(error)) from error
    problems = answer["problems"] if answer else []
    _say(problems)
    if problems:
        more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
        first = f"{problems[0]['file']}:{problems[0]['line']}: {problems[0]['message']}"
        raise UpdateFailed(f"the new configuration has errors that the present one has not: {first}{more}")
    return new


def _say(problems: list[dict[str, Any]]) -> None:
    from taskdeck.sdk import messages

    for problem in problems:
        messages.say("error", f"{problem['file']}:{problem['line']}: {problem['message']}")


def _owner_and_repository(repo_url: str) -> tuple[str, str]:
    parts = urlsplit(repo_url)
    match = _OWNER_AND_REPOSITORY.fullmatch(parts.path)
    if parts.scheme != "https" or parts.hostname not in ("github.com", "www.github.com") or match is None:
        raise UpdateFailed(
            f"The repository of an update is a URL like https://github.com/owner/repository, not {repo_url!r}."
        )
    return match[1], match[2]


def _plain_name(name: str, argument: str) -> str:
    if name in (".", "..") or not name or any(character in name for character in "/\\:\0"):
        raise UpdateFailed(f"{argument} is the name of one directory, not {name!r}.")
    return name


@contextlib.contextmanager
def _readable_errors(what: str) -> Iterator[None]:
    try:
        yield
    except UpdateFailed as error:
        raise UpdateFailed(f"{what}: {error}") from error
    except urllib.error.HTTPError as error:
        error.close()
        hint = "; is the repository public, and does the branch exist?" if error.code == 404 else ""
        raise UpdateFailed(f"{what}: {error.code} {error.reason}{hint}") from error
    except urllib.error.URLError as error:
        raise UpdateFailed(f"{what}: {error.reason}") from error
    except (OSError, EOFError, zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError) as error:
        raise UpdateFailed(f"{what}: {error}") from error


def _download(url: str, archive: IO[bytes]) -> None:
    scheme = urlsplit(url).scheme
    if scheme not in ("http", "https"):
        raise UpdateFailed(f"{url} is not an address of the web")
    with urllib.request.urlopen(url, timeout=TIMEOUT_SECONDS) as response:
        if scheme == "https" and urlsplit(response.url).scheme != "https":
            raise UpdateFailed(f"it was redirected to an address without encryption: {response.url}")
        while chunk := response.read(_CHUNK_BYTES):
            archive.write(chunk)
            if archive.tell() > MAX_ARCHIVE_BYTES:
                raise UpdateFailed(f"the archive has more than {MAX_ARCHIVE_BYTES:,} bytes")


def _extract(archive: IO[bytes], directory: Path) -> Path:
    """Unpacks the archive, and returns the one directory at its top."""
    unpacked = 0
    with zipfile.ZipFile(archive) as contents:
        entries = contents.infolist()
        if len(entries) > MAX_FILES:
            raise UpdateFailed(f"the archive has more than {MAX_FILES:,} files")
        for entry in entries:
            path = _path_inside(directory, entry)
            if entry.is_dir():
                path.mkdir(parents=True, exist_ok=True)
                continue
            path.parent.mkdir(parents=True, exist_ok=True)
            # What the archive says about sizes is not believed.
            with contents.open(entry) as source, path.open("xb") as file:
                while chunk := source.read(_CHUNK_BYTES):
                    unpacked += len(chunk)
                    if unpacked > MAX_UNPACKED_BYTES:
                        raise UpdateFailed(f"the archive unpacks to more than {MAX_UNPACKED_BYTES:,} bytes")
                    file.write(chunk)
            if entry.external_attr >> 16 & stat.S_IXUSR:
                path.chmod(0o755)
    top = list(directory.iterdir()) if directory.is_dir() else []
    if len(top) != 1 or not top[0].is_dir():
        raise UpdateFailed("the archive does not hold one directory, as those of GitHub do")
    return top[0]


def _path_inside(directory: Path, entry: zipfile.ZipInfo) -> Path:
    name = PurePosixPath(entry.filename)
    unsafe = name.is_absolute() or ".." in name.parts or any(sign in entry.filename for sign in "\\:\0")
    if unsafe or not name.parts:
        raise UpdateFailed(f"the archive holds a file outside of its directory: {entry.filename!r}")
    kind = stat.S_IFMT(entry.external_attr >> 16)
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise UpdateFailed(f"the archive holds something that is neither a file nor a directory: {entry.filename!r}")
    return directory.joinpath(*name.parts)


def _keep(old: Path, new: Path) -> None:
    """The user's own files take the place of those in the repository."""
    if not old.is_dir():
        return
    if new.is_dir():
        shutil.rmtree(new)
    elif new.exists():
        new.unlink()
    shutil.copytree(old, new, symlinks=True)


def _swap(new: Path, target: Path, replaced: Path) -> None:
    """Puts ``new`` in the place of ``target``; if that fails, ``target`` goes back to where it was."""
    if not target.exists():
        new.rename(target)
        return
    target.rename(replaced)
    try:
        new.rename(target)
    except OSError:
        replaced.rename(target)
        raise


def _finish_interrupted(target: Path, replaced: Path) -> None:
    """An update that was killed between its two renames left the directory under its other name."""
    if not replaced.exists():
        return
    if target.exists():
        shutil.rmtree(replaced)
    else:
        replaced.rename(target)
