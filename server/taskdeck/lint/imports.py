"""The modules that the code imports."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from taskdeck.lint.block import Block
from taskdeck.lint.finding import Remark
from taskdeck.lint.rules import Rule
from taskdeck.model.problem import Severity
from taskdeck.model.wording import quote

_CHANGES_PATH = re.compile(
    r"\bsys\s*\.\s*path\b\s*(\.\s*(append|insert|extend)|\[|=|\+=)|\baddsitedir\b|\b(pip3?|conda|mamba|uv|poetry)\s+(-q\s+)?(pip\s+)?(install|add)\b"
)
"""Code that makes other modules importable, or installs them."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Import:
    name: str
    """The first part of the module's name; empty for one within the same package."""
    modules: tuple[str, ...]
    """Dotted names of what may be modules: of ``from a.b import c``, ``a.b`` and ``a.b.c``."""
    level: int = 0
    """How many packages up, and one: of ``from . import c``, 1."""
    block: Block
    node: ast.AST
    may_lack: bool
    """The code goes on without it."""
    is_conditional: bool
    """Within a function or below an `if`: perhaps it is never executed."""
    instead_of: frozenset[str] = frozenset()
    """The modules that were tried before: it is only executed if one of them is missing."""


def of_blocks(blocks: Sequence[Block]) -> list[Import]:
    return [found for block in blocks for found in _of_block(block)]


def changes_path(blocks: Sequence[Block]) -> bool:
    """Whether the code looks for modules in further places, so that nobody can say which are missing."""
    return any(_CHANGES_PATH.search(block.cell.source) for block in blocks)


def missing(found: Sequence[Import], lacking: Mapping[str, str]) -> Iterator[Remark]:
    """``lacking``: by module, the Python that lacks it. Each module once."""
    seen: set[str] = set()
    needed = (each for each in found if each.name and not each.may_lack)
    for each in sorted(needed, key=lambda each: each.is_conditional):
        if each.name in seen or each.name not in lacking or (each.instead_of and not each.instead_of & lacking.keys()):
            continue
        seen.add(each.name)
        yield each.block.remark(
            each.node,
            Rule.MISSING_IMPORT,
            f"There is no module {quote(each.name)} in the Python that runs the task ({lacking[each.name]}).",
            "Install it there, mend the name, or catch the ImportError.",
            Severity.WARNING if each.is_conditional else Severity.ERROR,
        )


def _of_block(block: Block) -> Iterator[Import]:
    for node, context in block.steps:
        found: list[tuple[tuple[str, ...], int]]
        match node:
            case ast.Import(names=aliases):
                found = [((alias.name,), 0) for alias in aliases]
            case ast.ImportFrom(module=module, names=aliases, level=level):
                start = [module] if module else []
                found = [
                    (tuple(".".join(each) for each in (start, *([*start, alias.name] for alias in aliases))), level)
                ]
            case _:
                continue
        for modules, level in found:
            yield Import(
                name="" if level else modules[0].partition(".")[0],
                modules=modules,
                level=level,
                block=block,
                node=node,
                may_lack=context.for_types or context.catches("ImportError", "ModuleNotFoundError"),
                is_conditional=context.is_conditional,
                instead_of=context.instead_of,
            )
