"""Archives that GitHub makes of its repositories: for servers without git, by HTTPS alone."""

from __future__ import annotations

import re
import urllib.error
import urllib.request
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any
from urllib.parse import quote, urlsplit

from taskdeck.configuration import archive
from taskdeck.configuration.allowance import Address
from taskdeck.configuration.archive import Bounds
from taskdeck.configuration.command import Deadline
from taskdeck.configuration.failure import Kind, UpdateFailed

BASES = {"github.com": "https://github.com"}
"""Where the archives of a host's repositories are."""

_MAY_ANSWER = ("github.com", "codeload.github.com")
_ANSWER_SECONDS = 60.0
_CHUNK_BYTES = 256 * 1024
_REPOSITORY = re.compile(r"/([\w.-]+/[\w.-]+?)(?:\.git)?/?", re.ASCII)
_COMMIT = re.compile(rb"[0-9a-f]{40}|[0-9a-f]{64}")


def serves(address: Address) -> bool:
    return address.host in BASES and _REPOSITORY.fullmatch(address.path) is not None


@dataclass(frozen=True, kw_only=True)
class Download:
    """One repository's archives. ``file``: where they may be written."""

    address: Address
    file: Path
    bounds: Bounds
    deadline: Deadline

    def fetch(self, ref: str, pinned: str, target: Path) -> str:
        """Unpacks the archive of a branch or tag, or of the pinned commit, and returns the commit.

        Other commits are refused: under a repository's address GitHub gives those of its forks, too.
        Raises `UpdateFailed` and `OSError`.
        """
        for name in self._names(ref, pinned):
            if self._download(f"{self._base}/archive/{quote(name)}.zip"):
                break
        else:
            message = f"There is no branch and no tag {ref!r} in {self.address.shown}, or it is not public."
            raise UpdateFailed(Kind.FETCH_FAILED, message)
        with self.file.open("rb") as content:
            archive.unpack(content, target, self.bounds)
        commit = self._commit()
        if pinned and commit != pinned:
            raise UpdateFailed(Kind.REFUSED, f"Only commit {pinned} is allowed here (TASKDECK_CONFIG_COMMIT).")
        return commit

    @property
    def _base(self) -> str:
        found = _REPOSITORY.fullmatch(self.address.path)
        assert found is not None, "`serves` was asked"
        return f"{BASES[self.address.host]}/{found[1]}"

    def _names(self, ref: str, pinned: str) -> Iterator[str]:
        if pinned and ref in ("", pinned):
            yield pinned
        elif not ref:
            yield "HEAD"
        elif ref.startswith("refs/"):
            yield ref
        else:
            yield from (f"refs/heads/{ref}", f"refs/tags/{ref}")

    def _download(self, url: str) -> bool:
        """``False``: there is no such archive. Raises `UpdateFailed` and `OSError`."""
        opener = urllib.request.build_opener(_Redirects)
        try:
            with opener.open(url, timeout=_ANSWER_SECONDS) as answer, self.file.open("wb") as file:
                self._copy(answer, file)
        except urllib.error.HTTPError as error:
            error.close()
            if error.code == 404:
                return False
            raise self._failed(f"{error.code} {error.reason}") from error
        except urllib.error.URLError as error:
            raise self._failed(str(error.reason)) from error
        except (TimeoutError, ConnectionError) as error:
            raise self._failed(str(error) or type(error).__name__) from error
        return True

    def _copy(self, answer: Any, file: IO[bytes]) -> None:
        size = 0
        while chunk := answer.read(_CHUNK_BYTES):
            self.deadline.check()
            size += len(chunk)
            if size > self.bounds.max_bytes:
                raise archive.too_large(self.bounds)
            file.write(chunk)

    def _commit(self) -> str:
        """GitHub writes it into the archive's comment; empty if there is none."""
        with zipfile.ZipFile(self.file) as content:
            return content.comment.decode() if _COMMIT.fullmatch(content.comment) else ""

    def _failed(self, reason: str) -> UpdateFailed:
        return UpdateFailed(Kind.FETCH_FAILED, f"{self.address.shown} could not be fetched: {reason}.")


class _Redirects(urllib.request.HTTPRedirectHandler):
    """Follows to where GitHub keeps its archives, and nowhere else."""

    def redirect_request(self, req: Any, fp: Any, code: Any, msg: Any, headers: Any, newurl: str) -> Any:
        to = urlsplit(newurl)
        if to.scheme != "https" or to.hostname not in _MAY_ANSWER:
            raise urllib.error.URLError(f"it was redirected to {to.scheme}://{to.netloc}")
        return super().redirect_request(req, fp, code, msg, headers, newurl)
