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
    """The first part of the module's name."""
    block: Block
    node: ast.AST
    is_conditional: bool
    """Within a function or below an `if`: perhaps it is never executed."""


def of_blocks(blocks: Sequence[Block]) -> list[Import]:
    """Every import that fails if the module is missing."""
    return [found for block in blocks for found in _of_block(block)]


def changes_path(blocks: Sequence[Block]) -> bool:
    """Whether the code looks for modules in further places, so that nobody can say which are missing."""
    return any(_CHANGES_PATH.search(block.cell.source) for block in blocks)


def missing(found: Sequence[Import], lacking: Mapping[str, str]) -> Iterator[Remark]:
    """``lacking``: by module, the Python that lacks it. Each module once."""
    seen: set[str] = set()
    for each in sorted(found, key=lambda each: each.is_conditional):
        if each.name in seen or each.name not in lacking:
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
        match node:
            case ast.Import(names=aliases):
                names = [alias.name for alias in aliases]
            case ast.ImportFrom(module=str(module), level=0):
                names = [module]
            case _:
                continue
        if context.for_types or context.catches("ImportError", "ModuleNotFoundError"):
            continue
        for name in names:
            top = name.partition(".")[0]
            yield Import(name=top, block=block, node=node, is_conditional=context.is_conditional)
