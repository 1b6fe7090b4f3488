"""What people read of a task: its documentation and its code."""

from __future__ import annotations

from taskdeck.execution import documentation, task_source
from taskdeck.execution.documentation import Origin
from taskdeck.model.task import TaskKind
from taskdeck.web.schemas.shape import Answer


class TaskDocumentation(Answer):
    """What the author wrote for those who run the task."""

    origin: Origin
    """``file``: a Markdown file beside the task; ``notebook``: the notebook's first cell."""
    text: str
    """Markdown, as it was written: not to be trusted as HTML. Empty if there is none."""
    file: str
    """Where it stands, relative to the project; empty if there is none."""
    truncated: bool
    """There is more of it than this."""

    @classmethod
    def from_model(cls, found: documentation.Documentation) -> TaskDocumentation:
        return cls(origin=found.origin, text=found.text, file=found.file, truncated=found.truncated)


class SourceCell(Answer):
    """A cell of a notebook."""

    id: str
    """Empty in notebooks of older formats."""
    type: str
    """``code``, ``markdown`` or ``raw``."""
    source: str
    tags: list[str]


class TaskSource(Answer):
    """The code of a task as it is now; secrets are masked."""

    kind: TaskKind
    language: str
    """As a highlighter calls it: ``python``, ``r`` …"""
    file: str
    """Relative to the project."""
    text: str | None
    """Of a script; ``null`` for a notebook."""
    cells: list[SourceCell] | None
    """Of a notebook; ``null`` for a script."""
    truncated: bool
    """There is more of it than this."""

    @classmethod
    def from_model(cls, found: task_source.TaskSource) -> TaskSource:
        cells = None
        if found.cells is not None:
            cells = [
                SourceCell(id=cell.id, type=cell.type, source=cell.source, tags=list(cell.tags)) for cell in found.cells
            ]
        return cls(
            kind=found.kind,
            language=found.language.lower(),
            file=found.file,
            text=found.text,
            cells=cells,
            truncated=found.truncated,
        )
