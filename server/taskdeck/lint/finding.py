"""What the linter has to say, and where."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from taskdeck.lint.document import Cell
from taskdeck.lint.rules import Rule
from taskdeck.model.problem import Problem, Severity

MAX_REMARKS = 100
"""Of a kind about one file: nobody reads more, and to find the place of each takes a while."""


@dataclass(frozen=True, kw_only=True)
class Remark:
    """What a rule found: ``line`` and ``column`` count from 1 within the cell. Never quotes a secret."""

    rule: Rule
    message: str
    advice: str
    """What to do."""
    severity: Severity = Severity.WARNING
    cell: Cell
    line: int = 1
    column: int = 1
    output: int | None = None
    """Index of the cell's output that it is about."""


@dataclass(frozen=True, kw_only=True, order=True)
class Finding:
    """A remark with its place in the project. ``file`` is relative to it; ``line`` and ``column`` are of the file."""

    file: str
    line: int = 1
    column: int = 1
    rule: Rule
    message: str
    severity: Severity = Severity.WARNING
    advice: str = ""
    cell: int | None = None
    """Of a notebook, the code cell's number as runs count them, from 1; of text, that of the code cell before it."""
    cell_kind: str = ""
    """``code``, ``markdown`` or ``raw``; empty where there are no cells."""
    cell_line: int | None = None
    """Counts from 1 within the cell."""
    task_ids: tuple[str, ...] = ()
    """The tasks that it is about."""

    @classmethod
    def of_problem(cls, problem: Problem) -> Finding:
        detail = ""
        if problem.expected:
            detail = f" (expected {problem.expected}" + (f", found {problem.found})" if problem.found else ")")
        return cls(
            file=problem.file,
            line=problem.line,
            column=problem.column,
            rule=Rule.CONFIGURATION,
            message=problem.message + detail,
            severity=problem.severity,
            task_ids=(problem.task_id,) if problem.task_id else (),
        )

    @property
    def where(self) -> str:
        """The place within a notebook, in words; empty where there are no cells."""
        if self.cell is None:
            return ""
        if self.cell_kind == "code":
            return f"cell {self.cell}" + (f", line {self.cell_line}" if self.cell_line else "")
        return f"text after cell {self.cell}" if self.cell else "text before cell 1"

    def __str__(self) -> str:
        where = f"{self.where}: " if self.where else ""
        advice = f" {self.advice}" if self.advice else ""
        text = f"{self.file}:{self.line}:{self.column}: {self.severity}: {where}{self.message}{advice}"
        return text if self.rule is Rule.CONFIGURATION else f"{text} [{self.rule}]"


def merged(findings: Iterable[Finding]) -> list[Finding]:
    """In order, those that are equal but for their tasks as one."""
    found: dict[Finding, dict[str, None]] = {}
    for finding in findings:
        tasks = found.setdefault(replace(finding, task_ids=()), {})
        tasks.update(dict.fromkeys(finding.task_ids))
    return sorted(replace(finding, task_ids=tuple(tasks)) for finding, tasks in found.items())
