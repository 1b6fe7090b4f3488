"""Virtual environments of the versions' own requirements: made before the swap, shared by versions with the same ones.

An environment cannot be moved once it is made, so it is made where it stays, under a name that nobody else uses, and
counts as one only when its mark is there.
"""

from __future__ import annotations

import hashlib
import json
import platform
import secrets
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from taskdeck.configuration import command, limits, requirements, staging
from taskdeck.configuration.command import CommandFailed, Deadline
from taskdeck.configuration.failure import Kind, UpdateFailed
from taskdeck.model.project import Catalog
from taskdeck.model.task import TaskKind
from taskdeck.settings import ConfigurationRules

_MARK = ".taskdeck-complete"
_KERNEL = "ipykernel"
"""What a notebook cannot be run without."""


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """An environment that a version needs. ``packages`` go beside those of the ``requirements`` file."""

    parent: Path
    requirements: Path
    packages: tuple[str, ...]
    hash: str

    def existing(self) -> str:
        """The name of one that is complete; empty if there is none."""
        found = (path.parent.name for path in sorted(self.parent.glob(f"{self.hash}-*/{_MARK}")))
        return next(found, "")

    def is_same(self, name: str) -> bool:
        return name.partition("-")[0] == self.hash


def wanted(file: Path, label: str, catalog: Catalog, parent: Path) -> Wanted | None:
    """``None``: there are no requirements. Raises `UpdateFailed` and `OSError`."""
    if not file.is_file():
        return None
    lines = requirements.read(file, label)
    if not lines:
        return None
    is_own = any(task.kind is TaskKind.NOTEBOOK and not task.environment for task in catalog.tasks.values())
    packages = (_KERNEL,) if is_own else ()
    described = [lines, packages, platform.python_implementation(), sys.version_info[:3], platform.platform()]
    name = hashlib.sha256(json.dumps(described).encode()).hexdigest()[:16]
    return Wanted(parent=parent, requirements=file, packages=packages, hash=name)


def ready(wanted: Wanted, rules: ConfigurationRules, deadline: Deadline) -> str:
    """The name of the environment, which is made if there is none. Raises `UpdateFailed` and `OSError`."""
    if existing := wanted.existing():
        return existing
    wanted.parent.mkdir(mode=0o700, exist_ok=True)
    name = f"{wanted.hash}-{secrets.token_hex(4)}"
    directory = wanted.parent / name
    try:
        _make(directory, wanted, rules, deadline)
    except CommandFailed as error:
        staging.remove(directory)
        message = f"The packages of requirements.txt cannot be installed: {error.output}"
        raise UpdateFailed(Kind.ENVIRONMENT_FAILED, message) from error
    except BaseException:
        staging.remove(directory)
        raise
    (directory / _MARK).touch()
    return name


def remove_all_but(parent: Path, names: set[str]) -> None:
    """Also those that were never completed: nobody makes one without the lock. Raises `OSError`."""
    if not parent.is_dir():
        return
    for directory in parent.iterdir():
        if directory.name not in names:
            # Half of one must not pass for a whole.
            (directory / _MARK).unlink(missing_ok=True)
            staging.remove(directory)


def _make(directory: Path, wanted: Wanted, rules: ConfigurationRules, deadline: Deadline) -> None:
    """Raises `CommandFailed`, `UpdateFailed` and `OSError`."""
    uv = _uv()
    python = directory / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    if uv:
        made = [uv, "venv", "--quiet", "--no-project", "--python", sys.executable, str(directory)]
        installed = [uv, "pip", "install", "--quiet", "--python", str(python)]
    else:
        made = [sys.executable, "-m", "venv", str(directory)]
        installed = [str(python), "-m", "pip", "install", "--quiet", "--no-input", "--disable-pip-version-check"]
    packages = ["-r", str(wanted.requirements), *wanted.packages]
    environment = command.inherited(without=("PYTHON", "VIRTUAL_ENV"))
    if rules.package_index:
        index = rules.package_index
        environment |= {"PIP_INDEX_URL": index, "UV_DEFAULT_INDEX": index}
        for name in ("PIP_EXTRA_INDEX_URL", "UV_EXTRA_INDEX_URL", "UV_INDEX", "UV_INDEX_URL"):
            environment.pop(name, None)
    for arguments in (made, [*installed, *packages]):
        # Elsewhere than beside the requirements: a file there must not configure the installer.
        command.run(arguments, cwd=wanted.parent, environment=environment, deadline=deadline, enter=limits.lifted())


def _uv() -> str | None:
    """The one that is installed with the server, or on the path."""
    beside = Path(sys.executable).parent / ("uv.exe" if sys.platform == "win32" else "uv")
    return str(beside) if beside.is_file() else shutil.which("uv")
