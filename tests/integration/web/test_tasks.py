"""What the pages of tasks ask the server, on a real project."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from factories import make_notebook, make_project
from flask.testing import FlaskClient

from taskdeck import app
from taskdeck.app import Application
from taskdeck.catalog import task_file
from taskdeck.execution import documentation, task_source
from taskdeck.execution.service import Service
from taskdeck.settings import Settings, from_environment

SECRET = "canary-4711"


@pytest.fixture
def application(tmp_path: Path) -> Iterator[Application]:
    notebook = make_notebook("# parameters\nyear = 2024", f"password = '{SECRET}'")
    notebook.cells.insert(0, nbformat.v4.new_markdown_cell("# The report\n\nFor *districts*."))
    notebook.metadata["kernelspec"]["language"] = "R"
    root = make_project(
        tmp_path / "project",
        files={"report.ipynb": notebook, "load.py": f"import x\nkey = '{SECRET}'\n", "plain.ipynb": make_notebook("1")},
        tasks={
            "LOAD": {"supportedParameters": {"year": {"type": "integer", "required": True, "title": "Year"}}},
            "PLAIN": {"dataConnections": ["ANA"]},
        },
        connections={"ANA": {"params": [{"name": "type"}, {"name": "password", "type": "password"}]}},
        values={"ANA": {"type": "sqlite3", "sqlite3file": "none.sqlite", "password": SECRET}},
    )
    with app.open_application(from_environment(root, {})) as opened:
        yield opened


@pytest.fixture
def settings(application: Application) -> Settings:
    return application.settings


@pytest.fixture
def service(application: Application) -> Service:
    return application.service


@pytest.fixture
def folder(application: Application) -> Path:
    return application.project.root / "data_tasks"


def declare(application: Application, task_id: str, python_file: str) -> None:
    """A task more, as its author would add it."""
    file = application.project.config_directory / "data_tasks.json"
    content = json.loads(file.read_text())
    content["dataTasks"].append({"id": task_id, "pythonFile": python_file})
    file.write_text(json.dumps(content))
    application.live_catalog.reload()


def documentation_of(client: FlaskClient, task_id: str) -> Any:
    answer = client.get(f"/api/tasks/{task_id}/documentation")
    assert answer.status_code == 200, answer.json
    return answer.json


def source_of(client: FlaskClient, task_id: str) -> Any:
    answer = client.get(f"/api/tasks/{task_id}/source")
    assert answer.status_code == 200, answer.json
    return answer.json


def test_the_markdown_beside_a_task_documents_it(program: FlaskClient, folder: Path) -> None:
    (folder / "report.md").write_text("## How to read it\n", encoding="utf-8-sig")
    (folder / "load.md").write_text(f"Never use {SECRET} here.")

    assert documentation_of(program, "REPORT") == {
        "origin": "file",
        "text": "## How to read it\n",
        "file": "data_tasks/report.md",
        "truncated": False,
    }
    assert documentation_of(program, "LOAD")["text"] == "Never use •••••• here."


def test_without_such_a_file_the_first_cell_of_a_notebook_does_if_it_is_text(program: FlaskClient) -> None:
    assert documentation_of(program, "REPORT") == {
        "origin": "notebook",
        "text": "# The report\n\nFor *districts*.",
        "file": "data_tasks/report.ipynb",
        "truncated": False,
    }
    nothing = {"origin": "none", "text": "", "file": "", "truncated": False}
    assert documentation_of(program, "PLAIN") == nothing
    assert documentation_of(program, "LOAD") == nothing


def test_a_notebook_that_cannot_be_read_has_no_documentation(program: FlaskClient, folder: Path) -> None:
    (folder / "report.ipynb").write_text("{ nonsense")
    assert documentation_of(program, "REPORT")["origin"] == "none"

    (folder / "report.ipynb").unlink()
    assert documentation_of(program, "REPORT")["origin"] == "none"


def test_long_texts_are_cut_and_say_so(program: FlaskClient, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documentation, "MAX_CHARACTERS", 8)
    monkeypatch.setattr(task_source, "MAX_CHARACTERS", 18)
    (folder / "load.md").write_text(f"Use {SECRET}, please.")

    cut = documentation_of(program, "LOAD")
    assert (cut["text"], cut["truncated"]) == ("Use ••••", True)

    notebook, script = source_of(program, "REPORT"), source_of(program, "LOAD")
    assert [cell["source"] for cell in notebook["cells"]] == ["# The report\n\nFor "]
    assert (script["text"], notebook["truncated"], script["truncated"]) == ("import x\nkey = '••", True, True)

    monkeypatch.setattr(task_source, "MAX_CELLS", 1)
    shortened = source_of(program, "REPORT")
    assert (len(shortened["cells"]), shortened["truncated"]) == (1, True)

    monkeypatch.setattr(task_file, "MAX_BYTES", 10)
    answer = program.get("/api/tasks/LOAD/source")
    assert (answer.status_code, answer.json["detail"]) == (
        409,
        "data_tasks/load.py is larger than 0 MiB, too large to be shown.",
    )


@pytest.mark.parametrize("target", ["../config/config.json", "/etc/hostname"])
def test_links_out_of_the_folder_are_not_followed(program: FlaskClient, folder: Path, target: str) -> None:
    (folder / "load.md").symlink_to(target)
    (folder / "load.py").unlink()
    (folder / "load.py").symlink_to(target)

    for page, name in (("documentation", "load.md"), ("source", "load.py")):
        answer = program.get(f"/api/tasks/LOAD/{page}")
        assert answer.status_code == 409
        assert answer.json["detail"] == f"data_tasks/{name} is a link out of its folder, which is not followed."


def test_links_within_the_folder_are(program: FlaskClient, folder: Path) -> None:
    (folder / "shared.md").write_text("Shared.")
    (folder / "load.md").symlink_to("shared.md")

    assert documentation_of(program, "LOAD")["text"] == "Shared."


@pytest.mark.parametrize(
    "python_file", ["../config/config.json", "../config/x.py", "/etc/hostname", "", "..", ".", "a\0.py", "x.json"]
)
def test_a_broken_definition_leads_to_no_other_file(
    program: FlaskClient, application: Application, folder: Path, python_file: str
) -> None:
    (application.project.config_directory / "x.py").write_text("SECRET")
    (application.project.config_directory / "x.md").write_text("SECRET")
    (folder / "x.json").write_text('"SECRET"')
    declare(application, "ODD", python_file)

    for page in ("documentation", "source"):
        answer = program.get(f"/api/tasks/ODD/{page}")
        assert answer.status_code in (200, 409)
        assert "SECRET" not in answer.text
        assert answer.status_code == 409 or answer.json["text"] == ""


def test_a_script_is_shown_as_it_is_with_secrets_masked(program: FlaskClient, folder: Path) -> None:
    assert source_of(program, "LOAD") == {
        "kind": "script",
        "language": "python",
        "file": "data_tasks/load.py",
        "text": "import x\nkey = '••••••'\n",
        "cells": None,
        "truncated": False,
    }

    (folder / "load.py").write_bytes("# -*- coding: latin-1 -*-\nname = 'Zoé'\n".encode("latin-1"))
    assert source_of(program, "LOAD")["text"].endswith("name = 'Zoé'\n")


def test_a_notebook_is_shown_cell_by_cell_without_outputs(program: FlaskClient) -> None:
    source = source_of(program, "REPORT")

    assert (source["kind"], source["language"], source["text"]) == ("notebook", "r", None)
    assert [(cell["type"], cell["source"], cell["tags"]) for cell in source["cells"]] == [
        ("markdown", "# The report\n\nFor *districts*.", []),
        ("code", "# parameters\nyear = 2024", ["parameters"]),
        ("code", "password = '••••••'", []),
    ]
    assert all(cell["id"] for cell in source["cells"])


def test_a_notebook_of_an_old_format_is_shown_too(program: FlaskClient, folder: Path) -> None:
    cell = {"cell_type": "code", "language": "python", "input": ["1 + 1"], "outputs": [], "metadata": {}}
    sheet = {"metadata": {}, "cells": [cell]}
    old = {"nbformat": 3, "nbformat_minor": 0, "metadata": {"name": ""}, "worksheets": [sheet]}
    (folder / "plain.ipynb").write_text(json.dumps(old))
    assert [cell["source"] for cell in source_of(program, "PLAIN")["cells"]] == ["1 + 1"]

    (folder / "plain.ipynb").write_text('{"nbformat": 3, "worksheets": 7}')
    answer = program.get("/api/tasks/PLAIN/source")
    assert answer.status_code == 409
    assert answer.json["detail"].startswith("data_tasks/plain.ipynb: The notebook has the old format 3")


def test_a_large_notebook_is_read_elsewhere_with_the_same_result(
    program: FlaskClient, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "plain.ipynb").write_text('{"nbformat": 4,\n "cells": [1]}')
    here = [source_of(program, "REPORT"), documentation_of(program, "REPORT")]
    broken = program.get("/api/tasks/PLAIN/source").json

    monkeypatch.setattr(task_source, "MAX_BYTES_HERE", 0)
    assert [source_of(program, "REPORT"), documentation_of(program, "REPORT")] == here
    assert program.get("/api/tasks/PLAIN/source").json == broken


def test_a_file_that_is_missing_or_broken_is_said_to_be(program: FlaskClient, folder: Path) -> None:
    (folder / "load.py").unlink()
    missing = program.get("/api/tasks/LOAD/source")
    (folder / "plain.ipynb").write_text('{"nbformat": 4,\n "cells": [1]}')
    broken = program.get("/api/tasks/PLAIN/source")

    assert (missing.status_code, missing.json["detail"]) == (404, "There is no file data_tasks/load.py.")
    assert (broken.status_code, broken.json["detail"]) == (
        409,
        "data_tasks/plain.ipynb: Cell 1 of the notebook is broken: it has no cell_type.",
    )
    assert program.get("/api/tasks/NOPE/source").status_code == 404
    assert program.get("/api/tasks/NOPE/documentation").status_code == 404


def test_a_form_is_validated_while_it_is_filled_in(
    program: FlaskClient, browser: FlaskClient, service: Service
) -> None:
    path = "/api/tasks/LOAD/validate"
    assert program.post(path, json={"parameters": {"year": "2024"}}).json == {
        "ok": True,
        "errors": {},
        "values": {"year": 2024},
        "masked_parameters": [],
        "usual": None,
    }
    wrong = browser.post(path, json={"parameters": {"year": "soon", "nope": 1}})
    assert wrong.status_code == 200
    assert wrong.json["errors"].keys() == {"year", "nope"}
    submitted = browser.post("/api/runs", json={"task": "LOAD", "parameters": {"year": "soon", "nope": 1}})
    assert submitted.json["errors"] == wrong.json["errors"]

    assert program.post("/api/tasks/NOPE/validate", json={}).status_code == 404
    assert service.runs() == []


def test_a_run_tells_the_titles_it_was_queued_with(program: FlaskClient, application: Application) -> None:
    run = program.post("/api/runs", json={"task": "LOAD", "parameters": {"year": 2024}}).json
    file = application.project.config_directory / "data_tasks.json"
    file.write_text(file.read_text().replace('"Year"', '"Another title"'))
    application.live_catalog.reload()

    found = program.get(f"/api/runs/{run['id']}").json
    assert found["parameter_titles"] == {"year": "Year"}
    assert "masked_parameters" not in found


def test_the_last_test_of_a_connection_is_shown_with_it_and_with_the_tasks_that_use_it(program: FlaskClient) -> None:
    (state,) = program.get("/api/tasks/PLAIN").json["connection_states"]
    assert "last_test" not in state

    result = program.post("/api/connections/ANA/test").json
    (state,) = program.get("/api/tasks/PLAIN").json["connection_states"]
    (connection,) = program.get("/api/connections").json["connections"]

    assert state["last_test"] == connection["last_test"]
    assert (state["last_test"]["ok"], state["last_test"]["message"]) == (False, result["message"])


def test_the_actions_of_the_sidebar_are_those_of_the_file_as_it_is_now(
    program: FlaskClient, application: Application
) -> None:
    before = program.get("/api/navigation").json
    assert (before["header"], before["items"]) == ("", [])
    group = {"title": "More", "tasks": [{"task": "REPORT"}]}
    (application.project.config_directory / "navigation.json").write_text(
        json.dumps({"dataTasks": {"header": "Data", "items": [{"task": "LOAD", "prompt": "Really?"}, group]}})
    )

    deadline = time.monotonic() + 60
    while (navigation := program.get("/api/navigation").json)["catalog_version"] == before["catalog_version"]:
        assert time.monotonic() < deadline, "the change was not seen"
        time.sleep(0.02)
    load, more = navigation["items"]
    assert navigation["header"] == "Data"
    assert (load["title"], load["task"], load["prompt"], load["items"]) == ("Load", "LOAD", "Really?", [])
    assert (more["task"], [each["task"] for each in more["items"]]) == (None, ["REPORT"])
