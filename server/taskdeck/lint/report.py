"""Findings as text for people and as JSON for programs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from taskdeck.lint.finding import Finding
from taskdeck.lint.rules import Rule
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


def finding_from_json(written: dict[str, Any]) -> Finding:
    """Raises `KeyError` and `ValueError`."""
    return Finding(
        file=written["file"],
        line=written["line"],
        column=written["column"],
        rule=Rule(written["rule"]),
        message=written["message"],
        severity=Severity(written["severity"]),
        advice=written["advice"],
        cell=written["cell"],
        cell_kind=written["cell_kind"] or "",
        cell_line=written["cell_line"],
        task_ids=tuple(written["tasks"]),
    )
