"""Makes the import roots of DUFT's tasks importable in a Python environment, for authors who run tasks by hand.

A ``.pth`` file in site-packages names the directory of the aliases (https://docs.python.org/3/library/site.html). It
comes last on ``sys.path``, so that it shadows nothing, and works in interpreters and kernels started from then on.
"""

from __future__ import annotations

import sys
import sysconfig
from dataclasses import dataclass
from pathlib import Path

FILE_NAME = "taskdeck-authoring.pth"
ALIASES = Path(__file__).parent / "aliases"


class CannotChangeEnvironment(RuntimeError):
    """The environment's site-packages cannot be written; the message says where, why and what to do."""

    def __init__(self, file: Path, error: OSError) -> None:
        super().__init__(
            f"{file} cannot be changed ({error.strerror or error}). "
            f"This Python ({sys.prefix}) seems to belong to the system: create a virtual environment with "
            "`python -m venv .venv`, activate it, install taskdeck in it and try again."
        )


@dataclass(frozen=True, kw_only=True)
class Status:
    """``file`` is the ``.pth`` file, whether it is there or not."""

    file: Path
    is_enabled: bool


def status(site_packages: Path | None = None) -> Status:
    """Whether the aliases are importable in this environment."""
    file = (site_packages or Path(sysconfig.get_paths()["purelib"])) / FILE_NAME
    try:
        is_enabled = file.read_text(encoding="utf-8") == _content()
    except OSError:
        # Missing, or unreadable for the interpreter as well.
        is_enabled = False
    return Status(file=file, is_enabled=is_enabled)


def enable(site_packages: Path | None = None) -> Status:
    """Makes them importable; does nothing if they are. Raises `CannotChangeEnvironment`."""
    before = status(site_packages)
    if not before.is_enabled:
        try:
            before.file.write_text(_content(), encoding="utf-8")
        except OSError as error:
            raise CannotChangeEnvironment(before.file, error) from error
    return status(site_packages)


def disable(site_packages: Path | None = None) -> Status:
    """Undoes `enable`; does nothing if there is nothing to undo. Raises `CannotChangeEnvironment`."""
    before = status(site_packages)
    try:
        before.file.unlink(missing_ok=True)
    except OSError as error:
        raise CannotChangeEnvironment(before.file, error) from error
    return status(site_packages)


def _content() -> str:
    return f"{ALIASES}\n"
