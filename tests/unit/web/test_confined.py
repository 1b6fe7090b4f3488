from __future__ import annotations

import os
from pathlib import Path

import pytest

from taskdeck.web import confined
from taskdeck.web.confined import OutsideOfDirectory


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    (tmp_path / "secret.txt").write_text("secret")
    inside = tmp_path / "outputs"
    (inside / "below").mkdir(parents=True)
    (inside / "table.csv").write_text("a,b")
    (inside / "below" / "deep.txt").write_text("deep")
    (inside / "link.txt").symlink_to(tmp_path / "secret.txt")
    (inside / "inner.txt").symlink_to("table.csv")
    (inside / "away").symlink_to(tmp_path, target_is_directory=True)
    os.mkfifo(inside / "pipe")
    return inside


@pytest.fixture(params=["descriptors", "names"], autouse=True)
def _way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "names":
        monkeypatch.setattr(os, "supports_dir_fd", frozenset())


@pytest.mark.parametrize(
    ("name", "content"), [("table.csv", b"a,b"), ("below/deep.txt", b"deep"), ("./table.csv", b"a,b")]
)
def test_plain_files_below_are_opened(directory: Path, name: str, content: bytes) -> None:
    with confined.open_below(directory, name) as file:
        assert file.read() == content


@pytest.mark.parametrize(
    "name",
    [
        "",
        ".",
        "../secret.txt",
        "below/../../secret.txt",
        "/etc/passwd",
        "link.txt",
        "inner.txt",
        "away/secret.txt",
        "below",
        "table.csv/x",
        "a\0b",
        "..\\secret.txt",
    ],
)
def test_what_leads_out_is_refused(directory: Path, name: str) -> None:
    with pytest.raises((OutsideOfDirectory, FileNotFoundError)):
        confined.open_below(directory, name)


def test_pipe_does_not_hold_the_server_up(directory: Path) -> None:
    with pytest.raises(OutsideOfDirectory):
        confined.open_below(directory, "pipe")


def test_missing_file_is_missing(directory: Path) -> None:
    with pytest.raises(FileNotFoundError):
        confined.open_below(directory, "nothing.csv")
