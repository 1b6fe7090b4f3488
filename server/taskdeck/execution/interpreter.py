"""Which Python, or which kernel, a task asks for by its ``environment``."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path


class NoInterpreter(FileNotFoundError):
    """The task's environment {environment!r} is no Python: {path} does not exist. Make it, or mend the task's entry."""

    def __init__(self, environment: str, path: Path) -> None:
        super().__init__((self.__doc__ or "").format(environment=environment, path=path))


@dataclass(frozen=True, kw_only=True)
class Interpreter:
    python: str = sys.executable
    """Path of the interpreter."""
    kernel_name: str = ""
    """A kernelspec's name, which goes before ``python``; only a runner can tell whether it is installed."""


def resolve(environment: str | None, project_root: Path) -> Interpreter:
    """``environment``: a path of an interpreter or of a virtual environment, absolute or in the project; or the name of
    a kernelspec; or nothing, which means the server's own Python.

    Raises `NoInterpreter`.
    """
    if not environment:
        return Interpreter()
    path = project_root / environment
    if not path.exists() and not {"/", "\\"} & set(environment):
        return Interpreter(kernel_name=environment)
    # Not resolved: the interpreter of a virtual environment is a link, and knows by its place what it belongs to.
    candidates = [path / "bin" / "python", path / "Scripts" / "python.exe"] if path.is_dir() else [path]
    for candidate in candidates:
        if candidate.is_file():
            return Interpreter(python=os.path.abspath(candidate))  # noqa: PTH100 - `resolve` would follow the link
    raise NoInterpreter(environment, candidates[0])
