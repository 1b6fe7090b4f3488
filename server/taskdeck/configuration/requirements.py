"""The file of a version's requirements: packages by name, from the operator's index, and nothing else."""

from __future__ import annotations

import re
from pathlib import Path

from taskdeck.configuration import command
from taskdeck.configuration.failure import Kind, UpdateFailed
from taskdeck.model.problem import Problem
from taskdeck.model.wording import quote

_MAX_BYTES = 1024 * 1024
_MAX_PROBLEMS = 100
_EXPECTED = "a name with versions, as in pandas>=3.0; options, URLs, repositories and paths are not taken"
_SETTING = "in uv's and pip's own settings or in TASKDECK_PACKAGE_INDEX"
_COMMENT = re.compile(r"(^|\s)#.*$")
_HASH = re.compile(r"\s--hash=\w+:[0-9a-fA-F]+")
_PACKAGE = re.compile(
    r"[A-Za-z0-9][\w.-]*\s*(\[[\w\s.,-]*\])?\s*"  # name and extras
    r"(\(?\s*((===?|[<>~!]=|[<>])\s*[\w.*+!-]+\s*,?\s*)*\)?)\s*"  # versions
    r"(;[^/@:]*)?",  # markers
    re.ASCII,
)


def read(file: Path, label: str) -> list[str]:
    """Its lines without comments.

    Options, files, URLs and repositories are refused: where packages come from is the operator's decision, and a file
    that includes another one need not end. Raises `UpdateFailed`, with all problems, and `OSError`.
    """
    if file.stat().st_size > _MAX_BYTES:
        raise UpdateFailed(Kind.TOO_LARGE, f"{label} is larger than {_MAX_BYTES // 1024**2} MiB.")
    try:
        text = file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise UpdateFailed(Kind.INVALID, f"{label} is not UTF-8.") from error
    lines: list[str] = []
    problems: list[Problem] = []
    for number, line in _logical_lines(text):
        package = _HASH.sub("", f" {line}").strip()
        if _PACKAGE.fullmatch(package):
            lines.append(line)
        elif len(problems) < _MAX_PROBLEMS:
            # A line that is refused may be the URL of an index with its password.
            message = f"{quote(command.without_credentials(line))} is not a package by its name"
            problems.append(Problem(file=label, line=number, message=message, expected=_EXPECTED))
    if problems:
        message = f"{label} may only name packages: where they come from is decided by the operator, {_SETTING}."
        raise UpdateFailed(Kind.INVALID, f"{message} {problems[0]}", tuple(problems))
    return lines


def _logical_lines(text: str) -> list[tuple[int, str]]:
    """With the number of the first of the lines that a backslash joins; empty ones left out."""
    lines: list[tuple[int, str]] = []
    begun: tuple[int, str] | None = None
    for number, raw in enumerate(text.splitlines(), start=1):
        line = _COMMENT.sub("", raw).rstrip()
        start, before = begun or (number, "")
        if line.endswith("\\"):
            begun = (start, f"{before}{line[:-1]} ")
            continue
        begun = None
        if joined := f"{before}{line}".strip():
            lines.append((start, joined))
    if begun is not None and begun[1].strip():
        lines.append((begun[0], begun[1].strip()))
    return lines
