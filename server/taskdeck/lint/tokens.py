"""Tokens and keys that tell what they are by their form, wherever they stand."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from taskdeck.lint import passwords
from taskdeck.model.problem import Severity


@dataclass(frozen=True, kw_only=True)
class _Kind:
    name: str
    pattern: re.Pattern[str]
    """Its first group, if it has one, is what has to look random."""
    severity: Severity = Severity.ERROR


_KINDS = [
    _Kind(name=name, pattern=re.compile(pattern))
    for name, pattern in (
        ("an AWS access key", r"(?<![A-Z0-9])(?:AKIA|ASIA)([A-Z0-9]{16})(?![A-Z0-9])"),
        ("a GitHub token", r"\bgh[pousr]_([A-Za-z0-9]{36,255})\b"),
        ("a GitHub token", r"\bgithub_pat_([A-Za-z0-9_]{50,255})\b"),
        ("a GitLab token", r"\bglpat-([A-Za-z0-9_-]{20,64})"),
        ("a Slack token", r"\bxox[abeoprs]-([A-Za-z0-9-]{20,250})"),
        ("a Slack webhook", r"hooks\.slack\.com/services/(T[A-Za-z0-9_]{6,}/B[A-Za-z0-9_]{6,}/[A-Za-z0-9_]{16,})"),
        ("a Google API key", r"\bAIza([A-Za-z0-9_-]{35})(?![A-Za-z0-9_-])"),
        ("a Stripe key", r"\b[rs]k_live_([A-Za-z0-9]{20,200})"),
        ("an OpenAI or Anthropic key", r"\bsk-(?:ant-|proj-)?([A-Za-z0-9_-]{32,250})"),
        ("a Hugging Face token", r"\bhf_([A-Za-z0-9]{30,60})\b"),
        ("a Databricks token", r"\bdapi([0-9a-f]{32})\b"),
        ("a SendGrid key", r"\bSG\.([A-Za-z0-9_-]{16,64}\.[A-Za-z0-9_-]{16,64})"),
        ("an Azure key", r"\b(?:AccountKey|SharedAccessKey)=([A-Za-z0-9+/]{40,120}={0,2})"),
        ("an npm token", r"\bnpm_([A-Za-z0-9]{36})\b"),
        ("a PyPI token", r"\bpypi-([A-Za-z0-9_-]{60,250})"),
        ("a JSON web token", r"\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.([A-Za-z0-9_-]{16,})"),
        ("a private key", r"-----BEGIN (?:[A-Z0-9]{1,20} ){0,3}PRIVATE KEY(?: BLOCK)?-----"),
    )
]
# The last one: a token of the kinds above that bears a request is told as such.
_KINDS.append(
    _Kind(
        name="an access token",
        pattern=re.compile(r"\b[Bb]earer[ \t]+(?=[A-Za-z._~+/-]*\d)([A-Za-z0-9._~+/-]{20,500})"),
        severity=Severity.WARNING,
    )
)
_HINT = re.compile(
    r"AKIA|ASIA|gh[pousr]_|github_pat_|glpat-|xox|hooks\.slack|AIza|k_live_|sk-|hf_|dapi|SG\.|Key=|npm_|pypi-|eyJ"
    r"|PRIVATE KEY|[Bb]earer"
)
_URL = re.compile(r"\b[a-zA-Z][a-zA-Z0-9+.-]{1,30}://[^\s/:@'\"<>]{1,100}:([^\s/@'\"]{1,200})@[\w.-]")


def found(text: str) -> Iterator[tuple[int, str, Severity]]:
    """Where each begins, what it is, and how bad that is; URLs with a password, too."""
    if _HINT.search(text):
        ends: list[tuple[int, int]] = []
        for kind in _KINDS:
            for match in kind.pattern.finditer(text):
                body = match[1] if kind.pattern.groups else ""
                is_part = any(start < match.end() and match.start() < end for start, end in ends)
                if not is_part and (not body or _looks_random(body)):
                    ends.append(match.span())
                    yield match.start(), kind.name, kind.severity
    if "://" in text:
        for match in _URL.finditer(text):
            if not passwords.is_placeholder(match[1]):
                yield match.start(), "a URL with its password", Severity.WARNING


def _looks_random(body: str) -> bool:
    return passwords.entropy(body) >= passwords.MIN_ENTROPY_BITS and "EXAMPLE" not in body.upper()
