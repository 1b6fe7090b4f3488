"""What a run leaves behind, as it is downloaded."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from factories import make_notebook
from fake_service import FakeService
from flask.testing import FlaskClient

from taskdeck.model.event import OutputPublished
from taskdeck.model.run import Run, RunStatus
from taskdeck.model.task import TaskKind


@pytest.fixture
def run(service: FakeService) -> Run:
    return service.add_run(status=RunStatus.SUCCEEDED, kind=TaskKind.NOTEBOOK, task_id="a/b ä")


@pytest.fixture
def directory(service: FakeService, run: Run) -> Path:
    made = service.run_directory(run.id)
    (made / "outputs").mkdir(parents=True)
    return made


def publish(service: FakeService, run: Run, name: str, file: str | None, **values: object) -> None:
    service.append(run.id, [OutputPublished(name=name, kind="file" if file else "value", file=file, **values)])  # type: ignore[arg-type]


def test_log_is_text_however_long(program: FlaskClient, service: FakeService, run: Run) -> None:
    service.say(run.id, *(f"line {number}" for number in range(10_000)))
    answer = program.get(f"/api/runs/{run.id}/log")
    assert answer.content_type == "text/plain; charset=utf-8"
    lines = answer.get_data(as_text=True).splitlines()
    assert len(lines) == 10_000
    assert lines[-1].endswith(" line 9999")
    assert answer.headers["Content-Disposition"] == "inline; filename=a_b_a-run-1.log"


def test_executed_notebook_is_downloaded(program: FlaskClient, run: Run, directory: Path) -> None:
    (directory / "output.ipynb").write_text("{}")
    answer = program.get(f"/api/runs/{run.id}/notebook")
    assert answer.get_data() == b"{}"
    assert answer.content_length == 2
    assert answer.mimetype == "application/x-ipynb+json"
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_notebook_as_a_page_has_an_origin_of_its_own(program: FlaskClient, run: Run, directory: Path) -> None:
    nbformat.write(make_notebook("print('hello from the cell')"), directory / "output.ipynb")
    answer = program.get(f"/api/runs/{run.id}/html")
    assert answer.content_type == "text/html; charset=utf-8"
    page = answer.get_data(as_text=True)
    assert "hello from the cell" in page
    assert "cdn" not in page, "nothing is fetched from elsewhere"
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("sandbox allow-scripts; default-src 'none';")
    assert "allow-same-origin" not in policy
    assert "connect-src" not in policy
    again = program.get(f"/api/runs/{run.id}/html", headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.get_data()) == (304, b"")


def test_notebook_that_cannot_be_converted_says_why(program: FlaskClient, run: Run, directory: Path) -> None:
    (directory / "output.ipynb").write_text("no notebook")
    answer = program.get(f"/api/runs/{run.id}/html")
    assert answer.status_code == 500
    assert "could not be made into HTML" in answer.json["detail"]


def test_source_is_text(program: FlaskClient, service: FakeService, directory: Path, run: Run) -> None:
    (directory / "source.ipynb").write_text('{"cells": []}')
    answer = program.get(f"/api/runs/{run.id}/source")
    assert (answer.content_type, answer.get_data(as_text=True)) == ("text/plain; charset=utf-8", '{"cells": []}')
    script = service.add_run(kind=TaskKind.SCRIPT)
    service.run_directory(script.id).mkdir(parents=True)
    (service.run_directory(script.id) / "source.py").write_text("print('ä')", encoding="utf-8")
    assert program.get(f"/api/runs/{script.id}/source").get_data(as_text=True) == "print('ä')"


@pytest.mark.parametrize("what", ["notebook", "html", "source"])
def test_what_is_not_there_yet_is_said_to_be_missing(program: FlaskClient, run: Run, what: str) -> None:
    answer = program.get(f"/api/runs/{run.id}/{what}")
    assert answer.status_code == 404
    assert "yet" in answer.json["detail"]


def test_script_has_no_notebook(program: FlaskClient, service: FakeService) -> None:
    script = service.add_run(kind=TaskKind.SCRIPT)
    assert "is a script" in program.get(f"/api/runs/{script.id}/notebook").json["detail"]


def test_outputs_are_listed_and_the_last_of_a_name_counts(program: FlaskClient, service: FakeService, run: Run) -> None:
    publish(service, run, "rows", None, value=1)
    service.say(run.id, *"abc")
    publish(service, run, "table", "table.csv", size=3, rows=1, columns=["a"])
    publish(service, run, "rows", None, value=2)
    listed = program.get(f"/api/runs/{run.id}/outputs").json["outputs"]
    assert [(output["name"], output["value"], output["file"]) for output in listed] == [
        ("rows", 2, None),
        ("table", None, "table.csv"),
    ]


def test_output_is_downloaded_under_its_files_name(
    program: FlaskClient, service: FakeService, run: Run, directory: Path
) -> None:
    (directory / "outputs" / "sub").mkdir()
    (directory / "outputs" / "sub" / "tablé.csv").write_bytes(b"a,b")
    publish(service, run, "my table/2025", "sub/tablé.csv")
    answer = program.get(f"/api/runs/{run.id}/outputs/my table/2025")
    assert answer.get_data() == b"a,b"
    assert answer.mimetype == "text/csv"
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=")


@pytest.mark.parametrize(
    ("file", "media_type"),
    [("chart.png", "image/png"), ("a.html", "application/octet-stream"), ("a.js", "application/octet-stream")],
)
def test_task_cannot_supply_pages_or_scripts_of_ours(
    program: FlaskClient, service: FakeService, run: Run, directory: Path, file: str, media_type: str
) -> None:
    (directory / "outputs" / file).write_bytes(b"x")
    publish(service, run, "it", file)
    answer = program.get(f"/api/runs/{run.id}/outputs/it")
    assert answer.mimetype == media_type
    assert answer.headers["Content-Disposition"].startswith("attachment;")


@pytest.mark.parametrize(
    "file", ["../journal.jsonl", "../../../secret.txt", "/etc/passwd", "link.txt", "away/secret.txt"]
)
def test_no_output_leads_out_of_the_outputs_directory(
    program: FlaskClient, service: FakeService, run: Run, directory: Path, tmp_path: Path, file: str
) -> None:
    for place in (directory / "journal.jsonl", tmp_path / "secret.txt"):
        place.write_text("canary-7391")
    (directory / "outputs" / "link.txt").symlink_to(tmp_path / "secret.txt")
    (directory / "outputs" / "away").symlink_to(tmp_path, target_is_directory=True)
    publish(service, run, "it", file)
    answer = program.get(f"/api/runs/{run.id}/outputs/it")
    assert answer.status_code == 404
    assert "canary-7391" not in answer.get_data(as_text=True)


def test_unknown_output_names_the_files_there_are(program: FlaskClient, service: FakeService, run: Run) -> None:
    publish(service, run, "table", "table.csv")
    publish(service, run, "rows", None, value=1)
    for name in ("nope", "rows"):
        answer = program.get(f"/api/runs/{run.id}/outputs/{name}")
        assert answer.status_code == 404
        assert answer.json["detail"].endswith("Files it published: table.")
