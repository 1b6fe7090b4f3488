"""What is wrong: with a request (RFC 9457), or with the project's configuration."""

from __future__ import annotations

from taskdeck.model import problem
from taskdeck.model.problem import Severity
from taskdeck.web.schemas.shape import Answer


class Problem(Answer):
    """One finding about the project's configuration. ``line`` and ``column`` count from 1."""

    file: str
    line: int
    column: int
    message: str
    severity: Severity
    expected: str
    found: str
    task_id: str | None

    @classmethod
    def from_model(cls, found: problem.Problem) -> Problem:
        return cls(
            file=found.file,
            line=found.line,
            column=found.column,
            message=found.message,
            severity=found.severity,
            expected=found.expected,
            found=found.found,
            task_id=found.task_id,
        )


class ProblemDocument(Answer):
    """Why a request failed, as RFC 9457 has it; the media type is ``application/problem+json``."""

    type: str
    """``about:blank``: the status says it all."""
    title: str
    """The HTTP status in words."""
    status: int
    detail: str
    """What was wrong and what to do, in a sentence for a person."""
    errors: dict[str, str] | None = None
    """By field, what is wrong with its value; left out where no field is to blame."""
    run: int | None = None
    """The run that is in the way; left out where there is none."""
    kind: str | None = None
    """Of a change of the configuration, why it failed, as a code: ``busy``, ``stale``, ``invalid`` …"""
    problems: list[Problem] | None = None
    """Of a change of the configuration, what is wrong with it, by file, line and column."""
