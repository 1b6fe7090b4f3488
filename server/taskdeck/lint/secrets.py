"""Passwords, keys and tokens that were pasted into code or lie in saved outputs. No message quotes any of them."""

from __future__ import annotations

import ast
import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from taskdeck.lint import outputs
from taskdeck.lint.block import Block
from taskdeck.lint.document import Cell, Document
from taskdeck.lint.finding import Remark
from taskdeck.lint.rules import Rule
from taskdeck.model.problem import Severity

_ADVICE = (
    "Take it out, and change it where it is valid: whoever has the file has it. Tasks get secrets from connections."
)
_MIN_ENTROPY_BITS = 3.0
"""For each character: ``xxxxxxxx`` has 0, a word about 2.5, a random token more than 3.5."""


@dataclass(frozen=True, kw_only=True)
class _Kind:
    name: str
    pattern: re.Pattern[str]
    """Its first group, if it has one, is what has to look random."""


_KINDS = tuple(
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
        ("an npm token", r"\bnpm_([A-Za-z0-9]{36})\b"),
        ("a PyPI token", r"\bpypi-([A-Za-z0-9_-]{60,250})"),
        ("a JSON web token", r"\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.([A-Za-z0-9_-]{16,})"),
        ("a private key", r"-----BEGIN (?:[A-Z0-9]{1,20} ){0,3}PRIVATE KEY(?: BLOCK)?-----"),
    )
)
_HINT = re.compile(
    r"AKIA|ASIA|gh[pousr]_|github_pat_|glpat-|xox|hooks\.slack|AIza|k_live_|sk-|npm_|pypi-|eyJ|PRIVATE KEY"
)
_URL = re.compile(r"\b[a-zA-Z][a-zA-Z0-9+.-]{1,30}://[^\s/:@'\"<>]{1,100}:([^\s/@'\"]{1,200})@[\w.-]")
_DSN = re.compile(r"(?:^|[;\s])(?:password|pwd)\s*=\s*([^;\s'\"]{1,200})(?:;|$|\s)", re.IGNORECASE)

_SECRET_NAME = re.compile(
    r"(?:^|_|[a-z](?=[A-Z]))(passwd|password|passphrase|pwd|secret|token|api_?key|private_?key|access_?key|secret_?key)$",
    re.IGNORECASE,
)
_IS_PASSWORD = re.compile(r"passw|passphrase|pwd", re.IGNORECASE)
_PLACEHOLDER_PARTS = ("example", "changeme", "change_me", "placeholder", "redacted", "your", "dummy", "xxx", "...", "…")
_PLACEHOLDER_WORDS = """
    password passwd pass pwd secret token user username test none null true false empty hidden masked admin root
    postgres mysql mypassword my_password password123 1234 12345 123456 abc123 foobar default todo tbd unknown
"""
_PLACEHOLDERS = frozenset(_PLACEHOLDER_WORDS.split())
_NAMING = (ast.Assign, ast.AnnAssign, ast.keyword, ast.Dict, ast.arguments)
_VARIABLE = re.compile(r"[A-Z][A-Z0-9]*(_[A-Z0-9]+)+")
_TEMPLATE = re.compile(r"[${}<>]|%\(|^%|\*\*\*|•")


def in_text(document: Document) -> Iterator[Remark]:
    """Tokens and URLs with a password, in code and text, comments included."""
    for cell in document.cells:
        for offset, kind, severity in _found(cell.source):
            before = cell.source[:offset]
            line, column = before.count("\n") + 1, offset - (before.rfind("\n") + 1) + 1
            yield _remark(cell, f"This looks like {kind}.", severity, line=line, column=column)


def in_outputs(document: Document) -> Iterator[Remark]:
    for cell in document.cells:
        for index, output in enumerate(cell.outputs):
            kinds = {kind: severity for text in outputs.texts(output) for _, kind, severity in _found(text)}
            for kind, severity in kinds.items():
                message = f"A saved output shows what looks like {kind}."
                advice = f"Clear the outputs. {_ADVICE}"
                yield _remark(cell, message, severity, output=index, advice=advice)


def in_literals(blocks: Sequence[Block]) -> Iterator[Remark]:
    """``password = "…"``, as a variable, an argument, a key or within a connection string."""
    for block in blocks:
        for node, _ in block.steps:
            for name, value in _named_values(node) if type(node) in _NAMING else ():
                if isinstance(value, ast.Constant) and is_secret(name, value.value):
                    kind = "password" if _IS_PASSWORD.search(name) else "secret"
                    yield _at(block, value, f"A {kind} stands in the code.")
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and len(node.value) < 10_000:
                for match in _DSN.finditer(node.value) if ";" in node.value or "host=" in node.value else ():
                    if not is_placeholder(match[1]):
                        yield _at(block, node, "A connection string with its password stands in the code.")


def is_placeholder(text: str) -> bool:
    """Whether it stands for a secret that is put in later, or for none at all."""
    folded = text.strip().lower()
    return (
        len(folded) < 4
        or folded in _PLACEHOLDERS
        or any(part in folded for part in _PLACEHOLDER_PARTS)
        or _TEMPLATE.search(text) is not None
        or _VARIABLE.fullmatch(text) is not None
        or len(set(folded)) < 3
    )


def entropy(text: str) -> float:
    """Shannon's, in bits for each character."""
    counts = Counter(text)
    return -sum(count / len(text) * math.log2(count / len(text)) for count in counts.values()) if text else 0.0


def _found(text: str) -> Iterator[tuple[int, str, Severity]]:
    if _HINT.search(text):
        for kind in _KINDS:
            for match in kind.pattern.finditer(text):
                body = match[1] if kind.pattern.groups else ""
                if not body or (entropy(body) >= _MIN_ENTROPY_BITS and "EXAMPLE" not in body.upper()):
                    yield match.start(), kind.name, Severity.ERROR
    if "://" in text:
        for match in _URL.finditer(text):
            if not is_placeholder(match[1]):
                yield match.start(), "a URL with its password", Severity.WARNING


def _named_values(node: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    match node:
        case ast.Assign(targets=targets, value=value):
            yield from ((_name(target), value) for target in targets)
        case ast.AnnAssign(target=target, value=ast.expr() as value):
            yield _name(target), value
        case ast.keyword(arg=str(name), value=value):
            yield name, value
        case ast.Dict(keys=keys, values=values):
            for key, value in zip(keys, values, strict=True):
                if isinstance(key, ast.Constant) and isinstance(key.value, str):
                    yield key.value, value
        case ast.arguments(args=arguments, defaults=defaults):
            positional = [*node.posonlyargs, *arguments]
            for argument, default in zip(positional[len(positional) - len(defaults) :], defaults, strict=True):
                yield argument.arg, default


def _name(target: ast.expr) -> str:
    match target:
        case ast.Name(id=name) | ast.Attribute(attr=name) | ast.Subscript(slice=ast.Constant(value=str(name))):
            return name
    return ""


def is_secret(name: str, value: object) -> bool:
    """Whether something of that name, with that value, is a secret and no place for one."""
    if not isinstance(value, str) or not _SECRET_NAME.search(name[-100:]) or is_placeholder(value) or "://" in value:
        return False
    if value.lower() == name.lower() or len(value.split()) > 3:
        return False
    if _IS_PASSWORD.search(name):
        return True
    # A "token" or "key" is often just a word: what opens something is long and looks random.
    return len(value) >= 16 and entropy(value) >= _MIN_ENTROPY_BITS and any(map(str.isdigit, value))


def _at(block: Block, node: ast.expr, message: str) -> Remark:
    return block.remark(node, Rule.SECRET, message, _ADVICE)


def _remark(
    cell: Cell,
    message: str,
    severity: Severity,
    *,
    line: int = 1,
    column: int = 1,
    output: int | None = None,
    advice: str = _ADVICE,
) -> Remark:
    return Remark(
        rule=Rule.SECRET,
        message=message,
        advice=advice,
        severity=severity,
        cell=cell,
        line=line,
        column=column,
        output=output,
    )
