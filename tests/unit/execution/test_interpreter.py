"""What a task's environment means."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from taskdeck.execution.interpreter import Interpreter, NoInterpreter, resolve


def python(path: Path) -> Path:
    path.parent.mkdir(parents=True)
    path.touch()
    return path


@pytest.mark.parametrize("environment", [None, ""])
def test_without_one_it_is_the_servers_python(tmp_path: Path, environment: str | None) -> None:
    assert resolve(environment, tmp_path) == Interpreter(python=sys.executable, kernel_name="")


def test_a_path_is_taken_from_the_project(tmp_path: Path) -> None:
    found = python(tmp_path / "envs" / "a" / "bin" / "python3.12")
    assert resolve("envs/a/bin/python3.12", tmp_path) == Interpreter(python=str(found))
    assert resolve(str(found), Path("/elsewhere")) == Interpreter(python=str(found))


@pytest.mark.parametrize("inside", ["bin/python", "Scripts/python.exe"])
def test_a_virtual_environment_may_be_named_by_its_directory(tmp_path: Path, inside: str) -> None:
    found = python(tmp_path / ".venv" / inside)
    assert resolve(".venv", tmp_path) == Interpreter(python=str(found))


def test_the_link_of_a_virtual_environment_is_not_followed(tmp_path: Path) -> None:
    link = tmp_path / "venv" / "bin" / "python"
    link.parent.mkdir(parents=True)
    link.symlink_to(sys.executable)
    assert resolve("venv", tmp_path).python == str(link)


def test_any_other_word_is_the_name_of_a_kernelspec(tmp_path: Path) -> None:
    assert resolve("ir", tmp_path) == Interpreter(kernel_name="ir")


@pytest.mark.parametrize("environment", ["envs/missing/bin/python", "/nowhere/python", "empty"])
def test_a_path_without_a_python_is_named(tmp_path: Path, environment: str) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(NoInterpreter, match=f"The task's environment '{environment}' is no Python: .* does not exist"):
        resolve(environment, tmp_path)
