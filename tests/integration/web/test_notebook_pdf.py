"""Pages printed by a real Chromium."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import nbformat
import psutil
import pytest
from factories import make_notebook
from fake_service import FakeService
from flask.testing import FlaskClient

from taskdeck.model.run import RunStatus
from taskdeck.model.task import TaskKind
from taskdeck.web import chromium, notebook_pdf
from taskdeck.web.notebook_html import ConversionFailed

PAGE = "<!doctype html><title>A page</title><p>before</p>{}<p>after</p>"
MANY_PAGES = "'<div style=\\'break-after:page\\'>x</div>'.repeat(20)"

ENDLESS = "<svg>{}</svg>".format(
    "".join(f"<g id=g{level}>" + f"<use href='#g{level - 1}'/>" * 10 + "<path d='M0 0h1'/></g>" for level in range(10))
)
"""A drawing with more parts than any browser can lay out."""


@pytest.fixture(autouse=True)
def _browser() -> None:
    if chromium.find("") is None:
        problem = f"no browser: install Chromium or Chrome (looked for {', '.join(chromium.NAMES)})"
        if os.environ.get("TASKDECK_TEST_SKIPS") == "forbidden":
            pytest.fail(problem)
        pytest.skip(problem)


@pytest.fixture
def temporary(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where the browser's directory is made; its path must not be long."""
    with tempfile.TemporaryDirectory(dir="/tmp") as directory:
        monkeypatch.setattr(tempfile, "tempdir", directory)
        yield Path(directory)


def page_count(pdf: bytes) -> int:
    assert pdf.startswith(b"%PDF-")
    return len(re.findall(rb"/Type\s*/Page\b", pdf))


def processes_of(directory: Path) -> list[psutil.Process]:
    return [each for each in psutil.process_iter(["cmdline"]) if str(directory) in " ".join(each.info["cmdline"] or [])]


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def printed(body: str) -> bytes:
    return notebook_pdf.convert(PAGE.format(body).encode(), "")


def test_executed_notebook_is_printed(program: FlaskClient, service: FakeService) -> None:
    run = service.add_run(status=RunStatus.SUCCEEDED, kind=TaskKind.NOTEBOOK)
    directory = service.run_directory(run.id)
    directory.mkdir(parents=True)
    nbformat.write(make_notebook("print('hello')"), directory / "output.ipynb")
    answer = program.get(f"/api/runs/{run.id}/pdf?code=hidden")
    assert answer.mimetype == "application/pdf"
    assert answer.headers["Content-Disposition"] == "attachment; filename=SAMPLE-run-1.pdf"
    assert page_count(answer.get_data()) == 1
    assert program.get("/api/health").json["pdf"] is True


def test_page_has_as_many_sheets_as_it_needs_and_nothing_is_left_behind(temporary: Path) -> None:
    pdf = printed("<div style='break-after:page'>x</div>" * 20)
    assert page_count(pdf) == 21
    assert list(temporary.iterdir()) == []
    assert processes_of(temporary) == []


@pytest.mark.parametrize(
    "body",
    [
        f"<script>document.body.innerHTML += {MANY_PAGES}</script>",
        f'<img src="data:,x" onerror="document.body.innerHTML += {MANY_PAGES}">',
    ],
)
def test_no_script_of_an_output_runs(body: str) -> None:
    assert page_count(printed(body)) == 1


def test_an_output_reaches_neither_the_network_nor_files(tmp_path: Path) -> None:
    (tmp_path / "long.html").write_text("<div style='break-after:page'>x</div>" * 20)
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"http://127.0.0.1:{server.getsockname()[1]}/"
        file = (tmp_path / "long.html").as_uri()
        body = (
            f"<meta http-equiv=refresh content='0;url={file}'><link rel=stylesheet href={address}a.css>"
            f"<img src={address}b.png><iframe src={address}></iframe><iframe src={file}></iframe>"
            f"<meta http-equiv=refresh content='0;url={address}'><style>@import url({address}c.css)</style>"
        )
        assert page_count(printed(body)) == 1
        server.settimeout(0)
        with pytest.raises(BlockingIOError):
            server.accept()


def test_what_takes_too_long_is_killed_as_a_whole(temporary: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notebook_pdf, "TIMEOUT_SECONDS", 0.5)
    with pytest.raises(ConversionFailed, match="took longer than"):
        printed("<p>words</p>" * 1_000_000)
    for process in processes_of(temporary):
        # Killed, but perhaps not gone yet.
        process.wait(timeout=30)
    assert list(temporary.iterdir()) == []


def test_what_takes_too_much_memory_is_killed_as_a_whole(temporary: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notebook_pdf, "MAX_MEMORY_BYTES", 1)
    with pytest.raises(ConversionFailed, match="of memory"):
        printed(ENDLESS)
    assert processes_of(temporary) == []
    assert list(temporary.iterdir()) == []


def test_nothing_goes_on_without_the_server(temporary: Path) -> None:
    program = f"from taskdeck.web import notebook_pdf; notebook_pdf.convert({PAGE.format(ENDLESS).encode()!r}, '')"
    with subprocess.Popen([sys.executable, "-c", program], env={**os.environ, "TMPDIR": str(temporary)}) as server:
        wait_until(lambda: any("--type=renderer" in each.info["cmdline"] for each in processes_of(temporary)))
        server.kill()
    wait_until(lambda: processes_of(temporary) == [] and list(temporary.iterdir()) == [])


def test_a_browser_that_is_none_is_named_as_the_trouble() -> None:
    with pytest.raises(ConversionFailed, match="could not be printed: the browser ended by itself"):
        notebook_pdf.convert(b"<p>x", "true")


def test_a_page_that_is_too_large_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notebook_pdf, "MAX_PAGE_BYTES", 10)
    with pytest.raises(ConversionFailed, match="too large for a PDF"):
        printed("x")
