"""Passwords, keys and tokens that were pasted into code or lie in saved outputs. No message quotes any of them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from itertools import islice

from taskdeck.lint import assignments, outputs, passwords, tokens
from taskdeck.lint.block import Block
from taskdeck.lint.document import Cell, Document
from taskdeck.lint.finding import MAX_REMARKS, Remark
from taskdeck.lint.rules import Rule
from taskdeck.model.problem import Severity

_ADVICE = (
    "Take it out, and change it where it is valid: whoever has the file has it. Tasks get secrets from connections."
)
_DSN = re.compile(r"(?:^|[;\s])(?:password|pwd)\s*=\s*([^;\s'\"]{1,200})(?:;|$|\s)", re.IGNORECASE)
_NO_CODE = re.compile(r"^[ \t]*([#%!]|%%)")
_NAMING = (ast.Assign, ast.AnnAssign, ast.NamedExpr, ast.keyword, ast.Dict, ast.arguments, ast.Call)
_WITH_DEFAULT = ("get", "getenv", "setdefault", "putenv")
_MAX_TEXT_CHARACTERS = 10_000


def remarks(document: Document, blocks: Sequence[Block]) -> Iterator[Remark]:
    """Of what several rules find on a line, the first."""
    told: set[tuple[int, int]] = set()
    for remark in (*islice(_in_text(document), MAX_REMARKS), *islice(_in_literals(blocks), MAX_REMARKS)):
        if (place := (remark.cell.index, remark.line)) not in told:
            told.add(place)
            yield remark
    yield from islice(_in_outputs(document), MAX_REMARKS)


def _in_text(document: Document) -> Iterator[Remark]:
    """Tokens and URLs with a password, in code and text, comments included; passwords in what is no Python."""
    for cell in document.cells:
        for offset, kind, severity in tokens.found(cell.source):
            line, column = _place(cell.source, offset)
            yield _remark(cell, f"This looks like {kind}.", severity, line=line, column=column)
        for before, text in _not_python(document, cell):
            for offset, kind in passwords.written(text):
                line, column = _place(text, offset)
                yield _remark(cell, f"This looks like {kind}.", Severity.WARNING, line=before + line, column=column)


def _not_python(document: Document, cell: Cell) -> Iterator[tuple[int, str]]:
    """The parts of a cell that are text, a comment, a magic or another language; and how many lines come before."""
    if not cell.is_code or not document.is_python or cell.source.lstrip().startswith("%%"):
        yield 0, cell.source
    else:
        for number, line in enumerate(cell.source.split("\n")):
            if _NO_CODE.match(line):
                yield number, line


def _in_outputs(document: Document) -> Iterator[Remark]:
    for cell in document.cells:
        for index, output in enumerate(cell.outputs):
            texts = list(outputs.texts(output))
            kinds = {kind: severity for text in texts for _, kind, severity in tokens.found(text)}
            kinds = kinds or {kind: Severity.WARNING for text in texts for _, kind in passwords.written(text)}
            for kind, severity in kinds.items():
                message = f"A saved output shows what looks like {kind}."
                advice = f"Clear the outputs. {_ADVICE}"
                yield _remark(cell, message, severity, output=index, advice=advice)


def _in_literals(blocks: Sequence[Block]) -> Iterator[Remark]:
    """``password = "…"``, as a variable, an argument, a key or within a text."""
    for block in blocks:
        told: set[int] = set()
        for node, _ in block.steps:
            kind = type(node)
            if kind in _NAMING:
                for name, value in _named_values(node):
                    if isinstance(value, ast.Constant) and passwords.is_secret(name, value.value):
                        told.add(id(value))
                        word = "password" if passwords.is_password(name) else "secret"
                        yield _at(block, value, f"A {word} stands in the code.")
            elif kind is ast.Constant and id(node) not in told and isinstance(node.value, str):  # type: ignore[attr-defined]
                yield from _in_constant(block, node, node.value)  # type: ignore[attr-defined, arg-type]


def _in_constant(block: Block, node: ast.expr, text: str) -> Iterator[Remark]:
    if len(text) >= _MAX_TEXT_CHARACTERS:
        return
    dsn = _DSN.finditer(text) if ";" in text or "host=" in text else ()
    if any(not passwords.is_placeholder(match[1]) for match in dsn):
        yield _at(block, node, "A connection string with its password stands in the code.")
    elif "://" not in text and (kind := next((kind for _, kind in passwords.written(text)), None)):
        yield _at(block, node, f"This text holds what looks like {kind}.")


def _named_values(node: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    match node:
        case ast.keyword(arg="auth", value=value):
            yield from _login(value)
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
            for argument, of_keyword in zip(node.kwonlyargs, node.kw_defaults, strict=True):
                if of_keyword is not None:
                    yield argument.arg, of_keyword
        case ast.Call(func=ast.Attribute(attr=attr) | ast.Name(id=attr), args=[ast.Constant(value=str(name)), value]):
            if attr in _WITH_DEFAULT:
                yield name, value
            else:
                yield from _login(node)
        case ast.Assign() | ast.AnnAssign() | ast.NamedExpr():
            yield from ((_name(target), value) for target, value in assignments.pairs(node))


def _login(node: ast.expr) -> Iterator[tuple[str, ast.expr]]:
    """The password of ``("user", "password")`` and ``HTTPBasicAuth("user", "password")``."""
    match node:
        case ast.Tuple(elts=[_, password]):
            yield "password", password
        case ast.Call(func=ast.Attribute(attr=name) | ast.Name(id=name), args=[_, password]) if name.endswith("Auth"):
            yield "password", password


def _name(target: ast.expr) -> str:
    match target:
        case ast.Name(id=name) | ast.Attribute(attr=name) | ast.Subscript(slice=ast.Constant(value=str(name))):
            return name
    return ""


def _place(text: str, offset: int) -> tuple[int, int]:
    before = text[:offset]
    return before.count("\n") + 1, offset - (before.rfind("\n") + 1) + 1


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
