"""Versions from the archives of GitHub, where there is no git; a server on loopback stands in for theirs."""

from __future__ import annotations

import contextlib
import io
import json
import threading
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from taskdeck.configuration import github, repository
from taskdeck.configuration.failure import Kind

from .conftest import Configured

# The standard library leaves the socket of a download that was given up to the garbage collector.
pytestmark = pytest.mark.filterwarnings("ignore:Exception ignored in. <socket:pytest.PytestUnraisableExceptionWarning")

COMMIT = "0123456789abcdef0123456789abcdef01234567"


class Archives:
    """Gives out archives by path, redirects where it is told to; anything else is a 404."""

    def __init__(self) -> None:
        self.by_path: dict[str, bytes] = {}
        self.redirects: dict[str, str] = {}
        archives = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                content = archives.by_path.get(self.path)
                if to := archives.redirects.get(self.path):
                    self.send_response(302)
                    self.send_header("Location", to)
                else:
                    self.send_response(200 if content is not None else 404)
                self.send_header("Content-Length", str(len(content or b"")))
                self.end_headers()
                # Whoever has had enough hangs up.
                with contextlib.suppress(ConnectionError):
                    self.wfile.write(content or b"")

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name it has upstream
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.host = f"127.0.0.1:{self.server.server_address[1]}"
        self._thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()

    def offer(self, name: str, task: str, *, commit: str = COMMIT, at: str = "") -> None:
        content = io.BytesIO()
        with zipfile.ZipFile(content, "w") as archive:
            tasks = {"dataTasks": [{"id": task, "pythonFile": "a.py"}]}
            archive.writestr(f"tasks-main/{at}config/data_tasks.json", json.dumps(tasks))
            archive.writestr(f"tasks-main/{at}data_tasks/a.py", "")
            archive.comment = commit.encode()
        self.by_path[f"/team/tasks/archive/{name}.zip"] = content.getvalue()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self._thread.join()


@pytest.fixture
def archives(configured: Configured, monkeypatch: pytest.MonkeyPatch) -> Iterator[Archives]:
    serving = Archives()
    monkeypatch.setattr(repository.shutil, "which", lambda _: None)
    monkeypatch.setitem(github.BASES, serving.host, f"http://{serving.host}")
    configured.set(repositories=(f"https://{serving.host}/team/*",))
    yield serving
    serving.close()


def url(archives: Archives) -> str:
    return f"https://{archives.host}/team/tasks.git"


def test_branches_and_tags_are_fetched_with_their_commit(configured: Configured, archives: Archives) -> None:
    archives.offer("HEAD", "DEFAULT")
    archives.offer("refs/heads/main", "MAIN")
    archives.offer("refs/tags/v1", "TAGGED", at="deep/")

    for ref, directory, task in (("", "", "DEFAULT"), ("main", "", "MAIN"), ("v1", "deep", "TAGGED")):
        made = configured.apply("update", repository=url(archives), ref=ref, directory=directory).version
        assert made is not None
        assert (made.source.commit, list(configured.catalog().tasks)) == (COMMIT, [task])


def test_a_commit_is_taken_only_if_it_is_pinned(configured: Configured, archives: Archives) -> None:
    archives.offer(COMMIT, "PINNED")
    assert configured.fails("update", repository=url(archives), ref=COMMIT).kind is Kind.FETCH_FAILED

    configured.set(commit=COMMIT)
    configured.apply("update", repository=url(archives))
    assert list(configured.catalog().tasks) == ["PINNED"]

    archives.offer("refs/heads/main", "OTHER", commit="f" * 40)
    assert configured.fails("update", repository=url(archives), ref="main").kind is Kind.REFUSED


def test_what_is_not_there_is_told(configured: Configured, archives: Archives) -> None:
    failed = configured.fails("update", repository=url(archives), ref="no")

    assert failed.kind is Kind.FETCH_FAILED
    assert "no branch and no tag" in failed.message


def test_it_is_not_sent_to_anybody_else(configured: Configured, archives: Archives) -> None:
    archives.offer("elsewhere", "EVIL")
    archives.redirects["/team/tasks/archive/refs/heads/main.zip"] = (
        f"http://{archives.host}/team/tasks/archive/elsewhere.zip"
    )

    failed = configured.fails("update", repository=url(archives), ref="main")

    assert failed.kind is Kind.FETCH_FAILED
    assert "redirected" in failed.message


def test_signatures_take_git(configured: Configured, archives: Archives) -> None:
    archives.offer("refs/tags/v1", "TAGGED")
    configured.set(signed_tags=True)

    assert configured.fails("update", repository=url(archives), ref="v1").kind is Kind.FETCH_FAILED


def test_a_huge_one_is_given_up(configured: Configured, archives: Archives) -> None:
    archives.by_path["/team/tasks/archive/HEAD.zip"] = bytes(3_000_000)
    configured.set(max_bytes=1_000_000)

    assert configured.fails("update", repository=url(archives)).kind is Kind.TOO_LARGE
