"""The sample that a project without tasks is offered."""

from __future__ import annotations

from taskdeck.catalog import starter
from taskdeck.catalog.starter import NotEmpty
from taskdeck.model.problem import Severity
from taskdeck.model.project import Catalog, Layout


class ProjectUnwritable(Exception):
    """The project's directory cannot be written; the message says why."""


def is_offered(catalog: Catalog) -> bool:
    """Whether `write` would have something to write, as far as reading tells."""
    try:
        _require_place(catalog)
        starter.additions(catalog.project.root)
    except (NotEmpty, OSError):
        return False
    return True


def write(catalog: Catalog) -> list[str]:
    """Gives a project its first tasks; returns the files, relative to its root.

    Raises `NotEmpty`, before anything is written, and `ProjectUnwritable`, leaving nothing behind.
    """
    _require_place(catalog)
    root = catalog.project.root
    try:
        return [file.relative_to(root).as_posix() for file in starter.add(root)]
    except OSError as error:
        raise ProjectUnwritable(f"The directory {root} cannot be written: {error.strerror}.") from error


def _require_place(catalog: Catalog) -> None:
    project = catalog.project
    if catalog.tasks:
        raise NotEmpty("The project has tasks already.")
    if any(problem.severity is Severity.ERROR for problem in catalog.problems):
        raise NotEmpty("The project's configuration has errors: mend them first.")
    if project.source_root != project.root:
        raise NotEmpty("A version of the configuration is served, not the project's directory: update that instead.")
    if project.layout is not Layout.NATIVE:
        raise NotEmpty("The sample is for projects of the native layout; this one is DUFT's.")
