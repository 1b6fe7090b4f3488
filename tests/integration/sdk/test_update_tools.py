"""Updates of a configuration directory from archives that a real HTTP server gives out."""

from __future__ import annotations

import io
import stat
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from duft_archives import Archives

from taskdeck.sdk import update_tools
from taskdeck.sdk.update_tools import UpdateFailed, download_github_repo

URL = "https://github.com/UCSF/duft-config"


@pytest.fixture
def archives(monkeypatch: pytest.MonkeyPatch) -> Iterator[Archives]:
    with Archives().serving() as archives:
        monkeypatch.setenv("TASKDECK_GITHUB_BASE", archives.base)
        yield archives


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """A configuration that is in use."""
    config = tmp_path / "ws" / "duft-config"
    for name, text in {"system/a.json": "old", "system/gone.json": "old", "user/config.json": "mine"}.items():
        (config / name).parent.mkdir(parents=True, exist_ok=True)
        (config / name).write_text(text, encoding="utf-8")
    return config


def contents(directory: Path) -> dict[str, str]:
    return {
        path.relative_to(directory).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(directory.rglob("*"))
        if path.is_file()
    }


def test_a_directory_is_replaced_and_the_users_part_is_kept(archives: Archives, installed: Path) -> None:
    archives.offer({"system/a.json": "new", "system/b.json": "new", "user/config.json": "theirs"})

    found = download_github_repo(URL, str(installed.parent), final_repo_name="duft-config", branch="main")

    assert found == str(installed)
    assert contents(installed) == {"system/a.json": "new", "system/b.json": "new", "user/config.json": "mine"}
    assert [path.name for path in installed.parent.iterdir()] == ["duft-config"]


def test_a_directory_that_is_not_there_yet(archives: Archives, tmp_path: Path) -> None:
    archives.offer({"system/a.json": "new", "user/config.json": "theirs"}, branch="feature/x")

    download_github_repo(f"{URL}.git", tmp_path / "deep" / "er", branch="feature/x")

    assert contents(tmp_path / "deep" / "er" / "duft-config") == {
        "system/a.json": "new",
        "user/config.json": "theirs",
    }


def test_programs_stay_executable(archives: Archives, installed: Path) -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        entry = zipfile.ZipInfo("top/run.sh")
        entry.external_attr = (stat.S_IFREG | 0o755) << 16
        archive.writestr(entry, "#!/bin/sh")
    archives.offer_bytes(content.getvalue())

    download_github_repo(URL, installed.parent, final_repo_name="duft-config")

    assert (installed / "run.sh").stat().st_mode & stat.S_IXUSR


def link_archive() -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        entry = zipfile.ZipInfo("top/link")
        entry.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(entry, "/etc/passwd")
    return content.getvalue()


def archive_of(*names: str) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return content.getvalue()


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (archive_of("top/../../evil"), "outside of its directory"),
        (archive_of("/etc/evil"), "outside of its directory"),
        (archive_of("top/C:evil"), "outside of its directory"),
        (archive_of("top/..\\evil"), "outside of its directory"),
        (link_archive(), "neither a file nor a directory"),
        (archive_of("a/x", "b/x"), "does not hold one directory"),
        (archive_of("file"), "does not hold one directory"),
        (archive_of(), "does not hold one directory"),
        (archive_of("top/a", "top/a/b"), "duft-config"),
        (b"<html>", "not a zip file"),
        (archive_of("top/a")[:-30], "not a zip file"),
    ],
    # Names of their own: an archive's bytes hold the time, which two processes that collect the tests tell differently.
    ids=[
        "upwards",
        "absolute",
        "drive",
        "backslashes",
        "link",
        "two directories",
        "no directory",
        "empty",
        "file and directory of one name",
        "html",
        "cut off",
    ],
)
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_bad_archive_changes_nothing(content: bytes, problem: str, archives: Archives, installed: Path) -> None:
    archives.offer_bytes(content)
    before = contents(installed.parent.parent)

    with pytest.raises(UpdateFailed) as caught:
        download_github_repo(URL, installed.parent, final_repo_name="duft-config")

    assert problem in str(caught.value)
    assert str(caught.value).startswith(f"The update of {installed} from ")
    assert contents(installed.parent.parent) == before
    assert [path.name for path in installed.parent.iterdir()] == ["duft-config"]


@pytest.mark.parametrize(
    ("bound", "problem"),
    [
        ("MAX_ARCHIVE_BYTES", "archive has more than 10 bytes"),
        ("MAX_UNPACKED_BYTES", "unpacks to more than 10 bytes"),
        ("MAX_FILES", "more than 10 files"),
    ],
)
def test_archives_are_bounded(
    bound: str, problem: str, archives: Archives, installed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archives.offer({f"file {number}": "x" for number in range(11)})
    monkeypatch.setattr(update_tools, bound, 10)
    before = contents(installed)

    with pytest.raises(UpdateFailed, match=problem):
        download_github_repo(URL, installed.parent, final_repo_name="duft-config")
    assert contents(installed) == before


@pytest.mark.usefixtures("archives")
def test_a_missing_branch_is_explained(installed: Path) -> None:
    with pytest.raises(UpdateFailed, match=r"404 Not Found; is the repository public, and does the branch exist\?"):
        download_github_repo(URL, installed.parent, final_repo_name="duft-config", branch="none")


def test_a_server_that_is_not_there_is_explained(installed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TASKDECK_GITHUB_BASE", "http://127.0.0.1:1")
    with pytest.raises(UpdateFailed, match="Connection refused"):
        download_github_repo(URL, installed.parent, final_repo_name="duft-config")


def test_when_the_last_step_fails_the_old_directory_comes_back(
    archives: Archives, installed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archives.offer({"system/a.json": "new"})
    before = contents(installed)
    really_rename = Path.rename

    def rename(self: Path, target: Path) -> Path:
        if target == installed and "before-update" not in self.name:
            raise OSError(28, "No space left on device")
        return really_rename(self, target)

    monkeypatch.setattr(Path, "rename", rename)
    with pytest.raises(UpdateFailed, match="No space left on device"):
        download_github_repo(URL, installed.parent, final_repo_name="duft-config")

    assert contents(installed) == before
    assert [path.name for path in installed.parent.iterdir()] == ["duft-config"]


def test_an_update_that_was_killed_halfway_is_undone_by_the_next(archives: Archives, installed: Path) -> None:
    installed.rename(installed.with_name(".duft-config-before-update"))
    archives.offer({"system/a.json": "new"})

    download_github_repo(URL, installed.parent, final_repo_name="duft-config")

    assert contents(installed) == {"system/a.json": "new", "user/config.json": "mine"}
    assert [path.name for path in installed.parent.iterdir()] == ["duft-config"]


@pytest.mark.parametrize(
    "url",
    [
        "http://github.com/a/b",
        "https://example.org/a/b",
        "https://github.com/a",
        "https://github.com/a/b/c",
        "https://github.com/../b",
        "https://github.com@evil.example/a/b",
        "file:///etc/passwd",
        "",
    ],
)
def test_only_repositories_of_github_over_https(url: str, tmp_path: Path) -> None:
    with pytest.raises(UpdateFailed, match=r"is a URL like https://github.com/owner/repository"):
        download_github_repo(url, tmp_path)


@pytest.mark.parametrize("name", ["..", ".", "a/b", "a\\b", "/abs", "c:"])
def test_names_stay_inside_of_the_save_path(name: str, tmp_path: Path) -> None:
    with pytest.raises(UpdateFailed, match="final_repo_name is the name of one directory"):
        download_github_repo(URL, tmp_path, final_repo_name=name)
    with pytest.raises(UpdateFailed, match="user_dir is the name of one directory"):
        download_github_repo(URL, tmp_path, user_dir=name)
