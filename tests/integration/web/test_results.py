"""What a run leaves behind, as it is downloaded."""

from __future__ import annotations

import io
import json
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import nbformat
import pytest
from factories import make_notebook
from fake_service import FakeService
from flask.testing import FlaskClient

from taskdeck.model.environment import Environment
from taskdeck.model.event import OutputPublished
from taskdeck.model.run import Run, RunStatus
from taskdeck.model.task import TaskKind
from taskdeck.runner.masking import MASK
from taskdeck.settings import Settings
from taskdeck.web.app import create_app

ENVIRONMENT = Environment.bounded(
    [("pandas", "3.0.0"), ("taskdeck", "1.0")],
    path="/venv",
    python_version="3.13.1",
    implementation="cpython",
    platform="Linux",
)


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


def test_notebook_as_a_report_has_no_code(program: FlaskClient, run: Run, directory: Path) -> None:
    notebook = make_notebook("compute_in_secret()")
    notebook.cells[0].outputs = [nbformat.v4.new_output("stream", text="the result")]
    notebook.cells.append(nbformat.v4.new_markdown_cell("The *conclusion*"))
    nbformat.write(notebook, directory / "output.ipynb")
    with_code = program.get(f"/api/runs/{run.id}/html")
    report = program.get(f"/api/runs/{run.id}/html?code=hidden")
    assert "compute_in_secret" in with_code.get_data(as_text=True)
    page = report.get_data(as_text=True)
    assert "compute_in_secret" not in page
    assert "the result" in page
    assert "<em>conclusion</em>" in page
    assert "<title>Sample, run 1</title>" in page
    assert with_code.headers["ETag"] != report.headers["ETag"]
    assert program.get(f"/api/runs/{run.id}/html?code=some").status_code == 422


def test_page_says_where_an_interactive_chart_is(program: FlaskClient, run: Run, directory: Path) -> None:
    notebook = make_notebook("figure")
    chart = {"application/vnd.plotly.v1+json": {"data": [], "layout": {"title": {"text": "Cases"}}}}
    notebook.cells[0].outputs = [nbformat.v4.new_output("display_data", data=chart)]
    nbformat.write(notebook, directory / "output.ipynb")
    page = program.get(f"/api/runs/{run.id}/html").get_data(as_text=True)
    assert "“Cases” is interactive: it is shown in the dashboard only." in page


def test_server_without_a_browser_says_that_it_makes_no_pdf(
    service: FakeService, settings: Settings, run: Run, directory: Path
) -> None:
    nbformat.write(make_notebook("1"), directory / "output.ipynb")
    without = replace(settings, chromium="none")
    app = create_app(service, without, token="t", cookie_secret=b"k" * 32, async_mode="threading")  # type: ignore[arg-type]
    client = app.test_client()
    bearer = {"Authorization": "Bearer t"}
    answer = client.get(f"/api/runs/{run.id}/pdf", headers=bearer)
    assert answer.status_code == 501
    assert "TASKDECK_CHROMIUM" in answer.json["detail"]
    assert client.get("/api/health", headers=bearer).json["pdf"] is False


def test_archive_holds_what_it_takes_to_reproduce_a_run(
    program: FlaskClient, service: FakeService, run: Run, directory: Path
) -> None:
    (directory / "output.ipynb").write_text('{"executed": 1}')
    (directory / "source.ipynb").write_text('{"source": 1}')
    (directory / "job.json").write_text("not this one")
    service.change(
        run.id,
        parameters={"year": 2024, "password": MASK},
        facts={"python": sys.executable, "python_version": "3.11.2"},
        reason="Cell 2: ValueError: no data",
    )
    answer = program.get(f"/api/runs/{run.id}/reproduce")
    assert answer.mimetype == "application/zip"
    assert answer.headers["Content-Disposition"].endswith("-run-1.zip")
    with zipfile.ZipFile(io.BytesIO(answer.get_data())) as archive:
        names = set(archive.namelist())
        content = {name: archive.read(name).decode() for name in names}
    assert names == {
        "README.md",
        "notebook.ipynb",
        "source.ipynb",
        "parameters.json",
        "facts.json",
        "requirements.txt",
    }
    assert (content["notebook.ipynb"], content["source.ipynb"]) == ('{"executed": 1}', '{"source": 1}')
    assert json.loads(content["parameters.json"]) == {"year": 2024, "password": MASK}
    facts = json.loads(content["facts.json"])
    assert (facts["facts"]["python_version"], facts["connections"]) == ("3.11.2", ["ANA"])
    assert "\nnbformat==" in content["requirements.txt"]
    assert "when this archive was made" in content["requirements.txt"]
    readme = content["README.md"]
    assert "Cell 2: ValueError: no data" in readme
    assert "taskdeck run 'a/b ä' --parameters parameters.json" in readme
    assert "Secrets are masked" in readme


def test_archive_pins_what_was_installed_when_the_run_was_executed(program: FlaskClient, service: FakeService) -> None:
    script = service.add_run(kind=TaskKind.SCRIPT, facts={"python": sys.executable, "python_version": "3.11.2"})
    service.stored_environments[script.id] = ENVIRONMENT
    with zipfile.ZipFile(io.BytesIO(program.get(f"/api/runs/{script.id}/reproduce").get_data())) as archive:
        head, *pins = archive.read("requirements.txt").decode().splitlines()
        assert "when the run was executed" in head
        assert pins == ["pandas==3.0.0"]
        assert json.loads(archive.read("environment.json"))["path"] == "/venv"
        assert "Use the same Python (3.13.1)" in archive.read("README.md").decode()


def test_environment_of_a_run_is_told(program: FlaskClient, service: FakeService, run: Run) -> None:
    missing = program.get(f"/api/runs/{run.id}/environment")
    assert (missing.status_code, "is not known" in missing.json["detail"]) == (404, True)
    service.stored_environments[run.id] = ENVIRONMENT
    assert program.get(f"/api/runs/{run.id}/environment").json == {
        "name": "",
        "path": "/venv",
        "python_version": "3.13.1",
        "implementation": "cpython",
        "platform": "Linux",
        "packages": [{"name": "pandas", "version": "3.0.0"}, {"name": "taskdeck", "version": "1.0"}],
        "packages_left_out": 0,
    }
    assert program.get("/api/runs/99/environment").status_code == 404


def test_archive_of_a_run_that_waits_holds_what_there_is(program: FlaskClient, service: FakeService) -> None:
    script = service.add_run(kind=TaskKind.SCRIPT, facts={"python": "/elsewhere"})
    with zipfile.ZipFile(io.BytesIO(program.get(f"/api/runs/{script.id}/reproduce").get_data())) as archive:
        assert sorted(archive.namelist()) == ["README.md", "facts.json", "parameters.json"]
        assert "Secrets" not in archive.read("README.md").decode()


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
