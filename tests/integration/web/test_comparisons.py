"""Two runs side by side."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import nbformat
import pytest
from factories import make_notebook
from fake_service import FakeService
from flask.testing import FlaskClient

from taskdeck.model.environment import Environment
from taskdeck.model.run import Run, RunStatus
from taskdeck.model.task import TaskKind
from taskdeck.web import notebook_cells, turns
from taskdeck.web.schemas import comparisons

Output = dict[str, Any]


def add_notebook(service: FakeService, *cells: tuple[str, Sequence[Output]], **values: Any) -> Run:
    run = service.add_run(**{"kind": TaskKind.NOTEBOOK, "status": RunStatus.SUCCEEDED, **values})
    notebook = make_notebook(*(source for source, _ in cells))
    for number, (cell, (_, outputs)) in enumerate(zip(notebook.cells, cells, strict=True)):
        cell.id = f"cell-{number}"
        cell.outputs = [nbformat.from_dict(output) for output in outputs]
        cell.metadata["papermill"] = {"status": "completed", "duration": 0.5}
    directory = service.run_directory(run.id)
    directory.mkdir(parents=True)
    nbformat.write(notebook, directory / "output.ipynb")
    return run


def stream(text: str) -> Output:
    return {"output_type": "stream", "name": "stdout", "text": text}


def result(**data: Any) -> Output:
    named = {name.replace("_", "/"): content for name, content in data.items()}
    return {"output_type": "execute_result", "execution_count": 1, "data": named, "metadata": {}}


def compare(client: FlaskClient, a: int = 1, b: int = 2) -> dict[str, Any]:
    answer = client.get(f"/api/runs/compare?a={a}&b={b}")
    assert answer.status_code == 200, answer.json
    found: dict[str, Any] = answer.json
    return found


def test_parameters_versions_and_durations_are_side_by_side(program: FlaskClient, service: FakeService) -> None:
    for year, python in ((2024, "3.11"), (2025, "3.12")):
        add_notebook(service, ("1", []), task_id="SAMPLE", parameters={"year": year}, facts={"python_version": python})
    found = compare(program)
    assert found["same_task"] is True
    assert found["parameters"] == [
        {"name": "year", "title": "Year of the report", "state": "changed", "a": 2024, "b": 2025}
    ]
    assert found["versions"] == [{"name": "python_version", "state": "changed", "a": "3.11", "b": "3.12"}]
    assert (found["a"]["id"], found["b"]["id"]) == (1, 2)
    assert found["cells"][0]["a"]["seconds"] == 0.5


def environment(python: str, **packages: str) -> Environment:
    facts = {"path": "/venv", "python_version": python, "implementation": "cpython", "platform": "Linux"}
    return Environment.bounded(list(packages.items()), **facts)


def test_of_packages_those_that_differ_are_told_and_the_others_counted(
    program: FlaskClient, service: FakeService
) -> None:
    for python, pandas in (("3.12.1", "3.0.0"), ("3.13.1", "3.0.1")):
        run = service.add_run(facts={"python_version": "3.11.2"})
        service.stored_environments[run.id] = environment(python, numpy="2.4", pandas=pandas, scipy="1.17")
    service.add_run()
    found = compare(program)
    assert found["packages"] == {
        "different": [{"name": "pandas", "state": "changed", "a": "3.0.0", "b": "3.0.1"}],
        "same": 2,
    }
    # Of the Python that executed the task, which need not be the one of its runner.
    assert found["versions"] == [{"name": "python_version", "state": "changed", "a": "3.12.1", "b": "3.13.1"}]
    assert compare(program, 2, 3)["packages"] is None


def test_cells_are_matched_and_their_outputs_are_equal_or_not(program: FlaskClient, service: FakeService) -> None:
    add_notebook(service, ("load()", [stream("6 rows")]), ("chart()", [result(text_plain="<Axes at 0x7f25a1c3>")]))
    add_notebook(
        service, ("load(2)", [stream("7 rows")]), ("chart()", [result(text_plain="<Axes at 0x7f99b1c3>")]), ("new", [])
    )
    found = compare(program)
    assert found["source_identical"] is False
    load, chart, new = found["cells"]
    assert (load["state"], load["outputs_equal"], load["a"]["source"], load["b"]["source"]) == (
        "changed",
        False,
        "load()",
        "load(2)",
    )
    assert (chart["state"], chart["outputs_equal"], chart["a"]["source"]) == ("same", True, None)
    assert (new["state"], new["outputs_equal"], new["a"], new["b"]["index"]) == ("only_b", None, None, 2)


def test_an_interactive_chart_is_the_same_whatever_the_id_of_its_page(
    program: FlaskClient, service: FakeService
) -> None:
    for page in ("<div id=1>", "<div id=2>"):
        chart = result(text_html=page)
        chart["data"]["application/vnd.plotly.v1+json"] = {"data": [1, 2], "layout": {}}
        add_notebook(service, ("chart", [chart]), ("page", [result(text_html=page)]))
    assert [cell["outputs_equal"] for cell in compare(program)["cells"]] == [True, False]


def test_scripts_that_differ_are_told_and_identical_ones_are_not(program: FlaskClient, service: FakeService) -> None:
    for text in ("print(1)\n", "print(2)\n", "print(2)\n"):
        directory = service.run_directory(service.add_run(kind=TaskKind.SCRIPT).id)
        directory.mkdir(parents=True)
        (directory / "source.py").write_text(text)
    different, same = compare(program, 1, 2), compare(program, 2, 3)
    assert (different["source_identical"], different["cells"]) == (False, [])
    assert different["source_texts"] == {"a": "print(1)\n", "b": "print(2)\n"}
    assert (same["source_identical"], same["source_texts"]) == (True, None)


def test_runs_of_different_tasks_and_kinds_are_compared_and_said_to_be(
    program: FlaskClient, service: FakeService
) -> None:
    add_notebook(service, ("1", []), task_id="SAMPLE")
    service.add_run(task_id="OTHER", kind=TaskKind.SCRIPT)
    found = compare(program)
    assert (found["same_task"], found["source_identical"], found["cells"]) == (False, False, [])


def test_a_run_that_has_no_notebook_yet_is_compared_as_far_as_it_is(program: FlaskClient, service: FakeService) -> None:
    add_notebook(service, ("1", []))
    service.add_run(kind=TaskKind.NOTEBOOK, status=RunStatus.QUEUED)
    found = compare(program)
    # Both were queued with the same file.
    assert found["source_identical"] is True
    assert [(cell["state"], cell["b"]) for cell in found["cells"]] == [("only_a", None)]


def test_run_that_is_not_there_is_not_found(program: FlaskClient, service: FakeService) -> None:
    service.add_run()
    assert "There is no run 2." in program.get("/api/runs/compare?a=1&b=2").json["detail"]
    assert program.get("/api/runs/compare?a=1&b=2").status_code == 404
    assert program.get("/api/runs/compare?a=1").status_code == 422


def test_a_large_notebook_is_read_elsewhere_with_the_same_result(
    program: FlaskClient, service: FakeService, monkeypatch: pytest.MonkeyPatch
) -> None:
    for text in ("a", "b"):
        add_notebook(service, ("print('ä')", [stream(text)]))
    here = compare(program)
    monkeypatch.setattr(notebook_cells, "MAX_BYTES_HERE", 0)
    assert compare(program) == here
    (service.run_directory(2) / "output.ipynb").write_text("no notebook")
    assert "run 2" in program.get("/api/runs/compare?a=1&b=2").json["detail"]


@pytest.mark.parametrize("cell", [{"cell_type": "code"}, {"cell_type": "code", "source": 5}, [], None])
def test_a_broken_notebook_is_said_to_be(program: FlaskClient, service: FakeService, cell: object) -> None:
    add_notebook(service, ("1", []))
    add_notebook(service, ("1", []))
    (service.run_directory(2) / "output.ipynb").write_text(json.dumps({"cells": [cell]}))
    answer = program.get("/api/runs/compare?a=1&b=2")
    assert (answer.status_code, "run 2 cannot be read" in answer.json["detail"]) == (500, True)


def test_a_notebook_that_is_too_large_is_left_alone(
    program: FlaskClient, service: FakeService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turns, "MAX_NOTEBOOK_BYTES", 10)
    add_notebook(service, ("1", []))
    for path in ("/api/runs/compare?a=1&b=1", "/api/runs/1/html"):
        assert "are the most" in program.get(path).json["detail"]


def test_the_answer_is_bounded(program: FlaskClient, service: FakeService, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(comparisons, "MAX_CELLS", 3)
    monkeypatch.setattr(comparisons, "MAX_SOURCE_CHARACTERS", 10)
    add_notebook(service, *[("'a'", [])] * 5)
    add_notebook(service, *[("'b'", [])] * 5)
    found = compare(program)
    assert (len(found["cells"]), found["cells_left_out"]) == (3, 2)
    assert [cell["a"]["source"] for cell in found["cells"]] == ["'a'", None, None]
