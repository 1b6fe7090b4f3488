"""The sample that a project without tasks is offered."""

from __future__ import annotations

from taskdeck.catalog import starter
from taskdeck.catalog.starter import NotEmpty
from taskdeck.model.project import Catalog, Layout


class ProjectUnwritable(Exception):
    """The project's directory cannot be written; the message says why."""


def write(catalog: Catalog) -> list[str]:
    """Gives a project its first tasks; returns the files, relative to its root.

    Raises `NotEmpty`, before anything is written, and `ProjectUnwritable`, leaving nothing behind.
    """
    project = catalog.project
    if catalog.tasks:
        raise NotEmpty("The project has tasks already.")
    if project.source_root != project.root:
        raise NotEmpty("A version of the configuration is served, not the project's directory: update that instead.")
    if project.layout is not Layout.NATIVE:
        raise NotEmpty("The sample is for projects of the native layout; this one is DUFT's.")
    try:
        return [file.relative_to(project.root).as_posix() for file in starter.write(project.root)]
    except OSError as error:
        raise ProjectUnwritable(f"The directory {project.root} cannot be written: {error.strerror}.") from error
