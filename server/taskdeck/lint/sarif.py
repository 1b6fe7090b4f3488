"""Findings as SARIF 2.1.0 (https://docs.oasis-open.org/sarif/sarif/v2.1.0/), which code hosts and editors show."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from taskdeck.lint.finding import Finding
from taskdeck.lint.rules import SUMMARIES, Rule

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_ROOT = "SRCROOT"
_ROOT_DESCRIPTION = "Where the check was started, or the project's directory if that is elsewhere."


def document(findings: Sequence[Finding], *, version: str) -> dict[str, Any]:
    """``version``: of Taskdeck."""
    rules = list(Rule)
    described = [{"id": str(rule), "shortDescription": {"text": SUMMARIES[rule]}} for rule in rules]
    return {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": {"name": "taskdeck", "semanticVersion": version, "rules": described}},
                "originalUriBaseIds": {_ROOT: {"description": {"text": _ROOT_DESCRIPTION}}},
                "columnKind": "unicodeCodePoints",
                "results": [_result(finding, rules.index(finding.rule)) for finding in findings],
            }
        ],
    }


def _result(finding: Finding, rule_index: int) -> dict[str, Any]:
    where = f"{finding.where}: " if finding.where else ""
    advice = f" {finding.advice}" if finding.advice else ""
    location: dict[str, Any] = {
        "physicalLocation": {
            "artifactLocation": {"uri": quote(finding.file, errors="replace"), "uriBaseId": _ROOT},
            "region": {"startLine": finding.line, "startColumn": finding.column},
        }
    }
    if finding.where:
        location["logicalLocations"] = [{"name": finding.where}]
    return {
        "ruleId": str(finding.rule),
        "ruleIndex": rule_index,
        "level": str(finding.severity),
        "message": {"text": f"{where}{finding.message}{advice}"},
        "locations": [location],
        "partialFingerprints": {"finding/v1": _fingerprint(finding)},
        "properties": {"tasks": list(finding.task_ids)},
    }


def _fingerprint(finding: Finding) -> str:
    """Stays the same when lines above are added."""
    parts = (finding.file, finding.rule, finding.message)
    return hashlib.sha256("\0".join(parts).encode("utf-8", "replace")).hexdigest()[:32]
