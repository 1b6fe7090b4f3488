"""What the page of a task asks about its code; and that no file takes the server down."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from factories import make_notebook, make_project
from flask.testing import FlaskClient

from taskdeck import app
from taskdeck.app import Application
from taskdeck.execution import lint_process
from taskdeck.execution.service import Service
from taskdeck.settings import Settings, from_environment

SECRET = "canary-4711"
MONTH = "from taskdeck import sdk\nprint(sdk.params()['month'])\n"


@pytest.fixture
def application(tmp_path: Path) -> Iterator[Application]:
    root = make_project(
        tmp_path / "project",
        files={"load.py": MONTH, "report.ipynb": make_notebook("import time", "x = = 1"), "sound.py": "print(1)\n"},
        connections={"ANA": {"params": [{"name": "type"}, {"name": "password", "type": "password"}]}},
        values={"ANA": {"type": "sqlite3", "password": SECRET}},
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


def lint_of(client: FlaskClient, task_id: str) -> Any:
    answer = client.get(f"/api/tasks/{task_id}/lint")
    assert answer.status_code == 200, answer.json
    return answer.json["findings"]


def test_findings_are_told_with_their_place(program: FlaskClient) -> None:
    [finding] = lint_of(program, "REPORT")

    assert (finding["rule"], finding["severity"], finding["file"]) == ("syntax", "error", "data_tasks/report.ipynb")
    assert (finding["cell"], finding["cell_kind"], finding["cell_line"]) == (2, "code", 1)
    assert finding["line"] > 1
    assert lint_of(program, "SOUND") == []
    assert program.get("/api/tasks/NOWHERE/lint").status_code == 404


def test_a_saved_file_is_looked_at_again(program: FlaskClient, folder: Path) -> None:
    assert len(lint_of(program, "LOAD")) == 1

    (folder / "load.py").write_text("print(2)\n")

    assert lint_of(program, "LOAD") == []


def test_known_secrets_are_masked(program: FlaskClient, folder: Path) -> None:
    (folder / "load.py").write_text(MONTH.replace("month", SECRET))

    [finding] = lint_of(program, "LOAD")

    assert SECRET not in str(finding)
    assert "••••••" in finding["message"]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("report.ipynb", "[" * 200_000),
        ("report.ipynb", '{"nbformat": 4, "cells": [' + '{"cell_type": "code", "source": "", "outputs": [' * 3000),
        ("report.ipynb", "\0" * 1000),
        ("load.py", "x = " + "(" * 100_000),
        ("load.py", "x" + ".y" * 300_000),
        ("load.py", "x = " + "[" * 150 + "1" + "]" * 150 + "\n" + "-" * 200_000 + "1"),
        ("load.py", "def f():\n" + "".join(" " * depth + "if x:\n" for depth in range(1, 95)) + " " * 96 + "pass"),
        ("load.py", "#" * (3 * 1024 * 1024)),
        ("load.py", "9" * 100_000),
        ("load.py", "\ud800".encode("utf-8", "surrogatepass")),
    ],
)
def test_a_hostile_file_is_a_finding_or_none_and_the_server_answers_on(
    program: FlaskClient, folder: Path, name: str, content: str | bytes
) -> None:
    (folder / name).write_bytes(content.encode() if isinstance(content, str) else content)

    found = lint_of(program, Path(name).stem.upper())

    assert {finding["rule"] for finding in found} <= {"syntax", "not-checked", "notebook-format"}
    assert lint_of(program, "SOUND") == []


def test_a_file_that_takes_too_long_is_given_up(program: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lint_process, "TIMEOUT_SECONDS", 0.01)

    [finding] = lint_of(program, "REPORT")

    assert finding["rule"] == "not-checked"
    assert "takes longer than 0.01 s" in finding["message"]


def test_a_linter_that_dies_is_told(program: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lint_process, "COMMAND", ("-c", "import os, signal; os.kill(os.getpid(), signal.SIGSEGV)"))

    [finding] = lint_of(program, "REPORT")

    assert finding["rule"] == "not-checked"
    assert "SIGSEGV" in finding["message"]
