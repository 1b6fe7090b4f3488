"""What is wrong with a project's configuration, and where."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    ERROR = "error"
    """The task or connection cannot be used."""
    WARNING = "warning"
    """It can be used, but is probably not what its author meant."""


@dataclass(frozen=True, kw_only=True, order=True)
class Problem:
    """One finding of ``taskdeck check``.

    ``file`` is relative to the project; ``line`` and ``column`` count from 1. ``expected`` and ``found`` are
    short phrases for a person, empty where ``message`` says everything.
    """

    file: str
    line: int = 1
    column: int = 1
    message: str
    severity: Severity = Severity.ERROR
    expected: str = ""
    found: str = ""
    task_id: str | None = None

    def __str__(self) -> str:
        detail = ""
        if self.expected:
            detail = f" (expected {self.expected}" + (f", found {self.found})" if self.found else ")")
        return f"{self.file}:{self.line}:{self.column}: {self.severity}: {self.message}{detail}"
