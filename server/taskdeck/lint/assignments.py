"""What code assigns to what."""

from __future__ import annotations

import ast
from collections.abc import Iterator


def pairs(node: ast.AST) -> Iterator[tuple[ast.expr, ast.expr]]:
    """Each target with its value: of ``a = b = 1``, ``a, b = 1, 2``, ``a: int = 1`` and ``(a := 1)``."""
    match node:
        case ast.Assign(targets=targets, value=value):
            for target in targets:
                yield from _matched(target, value)
        case ast.AnnAssign(target=target, value=ast.expr() as value) | ast.NamedExpr(target=target, value=value):
            yield target, value


def named(node: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    """Those of `pairs` whose target is a variable."""
    for target, value in pairs(node):
        if isinstance(target, ast.Name):
            yield target.id, value


def _matched(target: ast.expr, value: ast.expr) -> Iterator[tuple[ast.expr, ast.expr]]:
    match target, value:
        case (ast.Tuple(elts=targets) | ast.List(elts=targets), ast.Tuple(elts=values) | ast.List(elts=values)) if len(
            targets
        ) == len(values) and not any(isinstance(each, ast.Starred) for each in (*targets, *values)):
            for inner, of_inner in zip(targets, values, strict=True):
                yield from _matched(inner, of_inner)
        case _:
            yield target, value
