"""In which environment an attempt ran: noted beside its journal, in both ways of starting it."""

from __future__ import annotations

import hashlib
import json
import sys
import sysconfig
import venv
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest

from taskdeck.model.environment import Environment


def noted(running: Any, events: list[dict[str, Any]]) -> tuple[str, Environment]:
    """The environment and the hash that the facts tell."""
    (told,) = [each["facts"]["environment"] for each in events if "environment" in each.get("facts", {})]
    content = (running.directory / "environment.json").read_bytes()
    assert hashlib.sha256(content).hexdigest() == told
    return told, Environment.from_json(content)


@pytest.mark.parametrize("kind", ["script", "notebook"])
def test_a_run_notes_its_python_and_what_is_installed_there(runners: Any, kind: str) -> None:
    running = (runners.script if kind == "script" else runners.notebook)("1")
    _, found = noted(running, running.finish())
    assert (found.path, found.python_version) == (sys.prefix, sys.version.split()[0])
    assert {each.name for each in found.packages} == {each.metadata["Name"] for each in metadata.distributions()}


def test_two_runs_in_the_same_environment_note_the_same(runners: Any) -> None:
    first, second = runners.script("1"), runners.script("2")
    assert noted(first, first.finish())[0] == noted(second, second.finish())[0]


def test_nothing_is_noted_before_the_task_has_spoken(runners: Any) -> None:
    events = runners.script("print('hello', flush=True)").finish()
    kinds = ["environment" if "environment" in each.get("facts", {}) else each["type"] for each in events]
    assert kinds.index("stream") < kinds.index("environment")


def test_a_run_that_goes_on_notes_it_meanwhile_and_not_again(runners: Any) -> None:
    running = runners.script("input_ = open('go', 'w').close()\nimport time\nwhile True: time.sleep(0.05)")
    running.until(lambda each: "environment" in each.get("facts", {}))
    assert running.cancel()
    noted(running, running.finish())


def test_a_task_of_another_python_notes_that_one(runners: Any, tmp_path: Path) -> None:
    venv.create(tmp_path / "other", symlinks=True)
    packages = Path(sysconfig.get_path("purelib", vars={"base": str(tmp_path / "other")}))
    (packages / "ledger-2.5.dist-info").mkdir()
    (packages / "ledger-2.5.dist-info" / "METADATA").write_text("Name: Ledger\nVersion: 2.5\n")
    running = runners.script("print(1)", python=str(tmp_path / "other" / "bin" / "python"))
    _, found = noted(running, running.finish())
    assert found.path == str(tmp_path / "other")
    assert [(each.name, each.version) for each in found.packages] == [("Ledger", "2.5")]


def test_a_python_that_cannot_tell_costs_the_run_nothing(runners: Any, tmp_path: Path) -> None:
    silent = tmp_path / "python"
    silent.write_text(f'#!/bin/sh\n[ "$1" = -c ] && exit 1\nexec {sys.executable} "$@"\n')
    silent.chmod(0o755)
    events = runners.script("print(1)", python=str(silent)).finish()
    assert events[-1]["status"] == "succeeded"
    assert not any("environment" in each.get("facts", {}) for each in events)


def test_a_secret_is_not_in_what_is_noted(runners: Any) -> None:
    running = runners.script("print(1)", secrets=(sys.prefix,))
    _, found = noted(running, running.finish())
    assert sys.prefix not in json.dumps(found.path)
