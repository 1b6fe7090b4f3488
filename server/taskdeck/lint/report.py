"""Findings as text for people and as JSON for programs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from taskdeck.lint.finding import Finding
from taskdeck.model.problem import Severity

FORMAT_VERSION = 1


def as_json(findings: Sequence[Finding]) -> dict[str, Any]:
    counts = Counter(finding.severity for finding in findings)
    return {
        "version": FORMAT_VERSION,
        "findings": [_finding(finding) for finding in findings],
        "errors": counts[Severity.ERROR],
        "warnings": counts[Severity.WARNING],
    }


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "file": finding.file,
        "line": finding.line,
        "column": finding.column,
        "cell": finding.cell,
        "cell_kind": finding.cell_kind or None,
        "cell_line": finding.cell_line,
        "rule": str(finding.rule),
        "severity": str(finding.severity),
        "message": finding.message,
        "advice": finding.advice,
        "tasks": list(finding.task_ids),
    }
