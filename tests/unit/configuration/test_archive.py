"""Archives are unpacked inside of their directory, up to a size, or not at all."""

from __future__ import annotations

import io
import stat
import tarfile
import zipfile
from pathlib import Path
from typing import IO

import pytest

from taskdeck.configuration import archive
from taskdeck.configuration.archive import Bounds
from taskdeck.configuration.failure import Kind, UpdateFailed

BOUNDS = Bounds(max_bytes=1_000_000, max_files=100)


def make_zip(*entries: tuple[str | zipfile.ZipInfo, bytes]) -> IO[bytes]:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in entries:
            made.writestr(name, data)
    content.seek(0)
    return content


def make_tar(*entries: tuple[str | tarfile.TarInfo, bytes], mode: str = "w:gz") -> IO[bytes]:
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode=mode) as made:  # type: ignore[call-overload]
        for name, data in entries:
            entry = tarfile.TarInfo(name) if isinstance(name, str) else name
            entry.size = len(data)
            made.addfile(entry, io.BytesIO(data))
    content.seek(0)
    return content


def zip_entry(name: str, kind: int) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name)
    entry.create_system = 3
    entry.external_attr = (kind | 0o777) << 16
    return entry


def tar_entry(name: str, kind: bytes, target: str = "") -> tarfile.TarInfo:
    entry = tarfile.TarInfo(name)
    entry.type, entry.linkname = kind, target
    return entry


def unpack(content: IO[bytes], tmp_path: Path, bounds: Bounds = BOUNDS) -> dict[str, bytes]:
    target = tmp_path / "unpacked"
    archive.unpack(content, target, bounds)
    return {path.relative_to(target).as_posix(): path.read_bytes() for path in target.rglob("*") if path.is_file()}


@pytest.mark.parametrize(
    "content",
    [
        make_zip(("a/", b""), ("a/b.py", b"print()"), ("c", b"")),
        make_tar(("a/b.py", b"print()"), ("c", b"")),
        make_tar(("./a/b.py", b"print()"), ("c", b""), mode="w"),
    ],
    ids=["zip", "tar.gz", "tar"],
)
def test_files_are_written_as_they_are(content: IO[bytes], tmp_path: Path) -> None:
    assert unpack(content, tmp_path) == {"a/b.py": b"print()", "c": b""}


def test_of_the_mode_nothing_counts_but_whether_a_file_can_be_executed(tmp_path: Path) -> None:
    run, other = tarfile.TarInfo("run"), tarfile.TarInfo("other")
    run.mode, other.mode = 0o6777, 0o000
    unpack(make_tar((run, b""), (other, b"")), tmp_path)

    modes = [stat.S_IMODE((tmp_path / "unpacked" / name).stat().st_mode) for name in ("run", "other")]
    assert modes == [0o755, 0o644]


def test_what_macos_adds_is_left_out(tmp_path: Path) -> None:
    assert unpack(make_zip(("__MACOSX/._a", b"x"), ("a", b"y")), tmp_path) == {"a": b"y"}


@pytest.mark.parametrize(
    "content",
    [
        make_zip(("../evil", b"")),
        make_zip(("/tmp/evil", b"")),
        make_zip(("a\\..\\..\\evil", b"")),
        make_zip(("C:evil", b"")),
        io.BytesIO(make_zip(("ok@../evil", b"")).read().replace(b"ok@", b"ok\0")),
        make_zip((zip_entry("link", stat.S_IFLNK), b"/etc/passwd")),
        make_zip((zip_entry("pipe", stat.S_IFIFO), b"")),
        make_zip(("a", b""), ("A", b"")),
        make_tar(("../evil", b"")),
        make_tar(("/tmp/evil", b"")),
        make_tar((tar_entry("link", tarfile.SYMTYPE, "/etc"), b""), ("link/evil", b"")),
        make_tar((tar_entry("loop", tarfile.SYMTYPE, "loop"), b"")),
        make_tar((tar_entry("link", tarfile.LNKTYPE, "/etc/passwd"), b"")),
        make_tar((tar_entry("device", tarfile.CHRTYPE), b"")),
        make_tar((tar_entry("pipe", tarfile.FIFOTYPE), b"")),
        make_tar(("con", b"")),
    ],
)
def test_what_leads_elsewhere_is_refused(content: IO[bytes], tmp_path: Path) -> None:
    with pytest.raises(UpdateFailed) as refused:
        unpack(content, tmp_path)

    assert refused.value.kind is Kind.UNSAFE
    assert not (tmp_path / "evil").exists()
    assert not Path("/tmp/evil").exists()


@pytest.mark.parametrize("make", [make_zip, make_tar])
def test_bombs_are_defused(make: type, tmp_path: Path) -> None:
    with pytest.raises(UpdateFailed) as refused:
        unpack(make(*((f"zeros{n}", bytes(600_000)) for n in range(3))), tmp_path)

    assert refused.value.kind is Kind.TOO_LARGE
    assert sum(path.stat().st_size for path in (tmp_path / "unpacked").iterdir()) <= BOUNDS.max_bytes


def test_what_a_zip_says_about_sizes_is_not_believed(tmp_path: Path) -> None:
    content = make_zip(("zeros", bytes(5_000_000)))
    data = bytearray(content.read())
    size = (5_000_000).to_bytes(4, "little")
    while size in data:
        data[data.index(size) : data.index(size) + 4] = (5).to_bytes(4, "little")

    with pytest.raises(UpdateFailed):
        unpack(io.BytesIO(data), tmp_path)
    assert (tmp_path / "unpacked" / "zeros").stat().st_size <= BOUNDS.max_bytes


def test_headers_of_a_tar_may_not_be_endless(tmp_path: Path) -> None:
    entry = tarfile.TarInfo("a")
    entry.pax_headers = {"comment": "x" * 5_000_000}

    with pytest.raises(UpdateFailed) as refused:
        unpack(make_tar((entry, b"")), tmp_path)
    assert refused.value.kind is Kind.TOO_LARGE


@pytest.mark.parametrize("make", [make_zip, make_tar])
def test_there_may_not_be_too_many_files(make: type, tmp_path: Path) -> None:
    with pytest.raises(UpdateFailed) as refused:
        unpack(make(*((f"f{n}", b"") for n in range(101))), tmp_path)
    assert refused.value.kind is Kind.TOO_LARGE


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"not an archive",
        b"PK\x03\x04 broken",
        b"\x1f\x8b broken",
        make_zip(("a", b"x" * 1000)).read()[:-30],
        make_tar(("a", bytes(range(256)) * 100)).read()[:200],
        make_zip().read(),
    ],
    ids=["nothing", "text", "zip", "gzip", "half a zip", "half a tar.gz", "empty zip"],
)
def test_what_is_no_whole_archive_is_refused(content: bytes, tmp_path: Path) -> None:
    with pytest.raises(UpdateFailed) as refused:
        unpack(io.BytesIO(content), tmp_path)
    assert refused.value.kind is Kind.INVALID
