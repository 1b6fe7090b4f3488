"""What people read of a task: its documentation and its code."""

from __future__ import annotations

from collections.abc import Iterable

from taskdeck.execution import documentation, task_source
from taskdeck.execution.documentation import Origin
from taskdeck.lint import finding
from taskdeck.lint.rules import Rule
from taskdeck.model.problem import Severity
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


class LintFinding(Answer):
    """One thing that is wrong with a task's code, found without running it. Lines and columns count from 1."""

    file: str
    """Relative to the project."""
    line: int
    column: int
    cell: int | None
    """Of a notebook, the number of the code cell as runs count them; of text, that of the code cell before it."""
    cell_kind: str | None
    """``code``, ``markdown`` or ``raw``; ``null`` where there are no cells."""
    cell_line: int | None
    """Within the cell; ``null`` where it is about no line of one."""
    rule: Rule
    severity: Severity
    message: str
    advice: str
    """What to do; may be empty."""

    @classmethod
    def from_model(cls, found: finding.Finding) -> LintFinding:
        return cls(
            file=found.file,
            line=found.line,
            column=found.column,
            cell=found.cell,
            cell_kind=found.cell_kind or None,
            cell_line=found.cell_line,
            rule=found.rule,
            severity=found.severity,
            message=found.message,
            advice=found.advice,
        )


class TaskLint(Answer):
    """What is wrong with the code of a task as it is now; secrets are never repeated."""

    findings: list[LintFinding]

    @classmethod
    def from_model(cls, found: Iterable[finding.Finding]) -> TaskLint:
        return cls(findings=[LintFinding.from_model(each) for each in found])
