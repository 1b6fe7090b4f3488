"""Comments by which an author says that a finding is none: ``# taskdeck: ignore[secret]``."""

from __future__ import annotations

import re

from taskdeck.lint.document import Document
from taskdeck.lint.finding import Remark

_COMMENT = re.compile(r"#\s*taskdeck:\s*ignore(-file)?\[([a-z\s,-]*)\]")


def is_suppressed(document: Document, remark: Remark) -> bool:
    """On its line, for the whole file (``ignore-file``), or, of an output, anywhere in its cell."""
    if remark.rule in _in_file(document):
        return True
    lines = remark.cell.source.split("\n")
    looked_at = lines if remark.output is not None else lines[remark.line - 1 : remark.line]
    return any(remark.rule in rules for line in looked_at for rules in _rules(line, for_file=False))


def in_file(document: Document) -> frozenset[str]:
    """The rules that do not hold for the file."""
    return _in_file(document)


def _in_file(document: Document) -> frozenset[str]:
    return frozenset().union(
        *(
            rules
            for cell in document.cells
            if "ignore-file" in cell.source
            for rules in _rules(cell.source, for_file=True)
        )
    )


def _rules(text: str, *, for_file: bool) -> list[frozenset[str]]:
    return [
        frozenset(rule.strip() for rule in match[2].split(","))
        for match in _COMMENT.finditer(text)
        if bool(match[1]) == for_file
    ]
