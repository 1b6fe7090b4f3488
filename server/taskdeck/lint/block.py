"""The Python of a document: the syntax tree of each code cell, with IPython's magics understood."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from taskdeck.lint.document import Cell, Document
from taskdeck.lint.finding import Remark
from taskdeck.lint.rules import Rule
from taskdeck.lint.walk import Scope, Step, TooLarge, walk
from taskdeck.model.problem import Severity

MAX_DEPTH = 400
"""Of a syntax tree: what is deeper cannot be compiled with certainty."""
MAX_NODES = 400_000
MAX_CHARACTERS = 1_000_000
MAX_MAGIC_CHARACTERS = 500_000
"""Magics of a cell times its length: IPython reads the whole cell again for each of them."""

_PYTHON_MAGICS = ("time", "timeit", "capture", "prun")
"""Cell magics whose body is Python that runs in the kernel."""

_MAGIC = re.compile(r"^[ \t]*[%!?,;/]|[?][ \t]*$|=[ \t]*[%!]", re.MULTILINE)
_CELL_MAGIC = re.compile(r"[ \t]*%%(\w+)")
_TOO_DEEP = re.compile(r"too many (statically )?nested|recursion|too complex", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True, eq=False)
class Block:
    """A code cell, or the script. Without a tree it is in another language."""

    cell: Cell
    tree: ast.Module | None
    steps: Sequence[Step] = ()
    """The nodes of the tree with where they are; all blocks of a document share the scope of the module."""
    skipped_lines: int = 0
    """How many lines of the cell come before the first one of the tree."""

    @cached_property
    def _lines(self) -> list[str]:
        return self.cell.source.split("\n")

    def position(self, node: ast.AST) -> tuple[int, int]:
        """Line and column of a node in the cell, from 1."""
        line = getattr(node, "lineno", 1) + self.skipped_lines
        text = self._lines[line - 1] if line <= len(self._lines) else ""
        before = text.encode("utf-8", "replace")[: getattr(node, "col_offset", 0)]
        return min(line, len(self._lines)), len(before.decode("utf-8", "replace")) + 1

    def remark(
        self, node: ast.AST, rule: Rule, message: str, advice: str, severity: Severity = Severity.WARNING
    ) -> Remark:
        line, column = self.position(node)
        return Remark(
            rule=rule, message=message, advice=advice, severity=severity, cell=self.cell, line=line, column=column
        )


def of_document(document: Document) -> tuple[list[Block], list[Remark]]:
    """The blocks of all code cells, in order, and what is no Python in them."""
    blocks: list[Block] = []
    remarks: list[Remark] = []
    if document.undecodable is not None:
        script = document.cells[0]
        return [Block(cell=script, tree=None)], [_syntax(script, document.undecodable)]
    left = MAX_CHARACTERS
    module = Scope()
    for cell in document.cells:
        if not cell.is_code or not document.is_python:
            continue
        left -= len(cell.source)
        if left < 0:
            remarks.append(_not_checked(cell, f"only the first {MAX_CHARACTERS:,} characters of code are checked"))
            break
        block, found = _block(cell, module, is_notebook=document.is_notebook)
        blocks.append(block)
        remarks += found
    return blocks, remarks


def _block(cell: Cell, module: Scope, *, is_notebook: bool) -> tuple[Block, list[Remark]]:
    unread = Block(cell=cell, tree=None)
    try:
        tree, python, skipped = _tree(cell.source, is_notebook=is_notebook)
        if tree is None:
            return unread, []
        steps = walk(tree, module, max_depth=MAX_DEPTH, max_nodes=MAX_NODES)
        _compile(python, is_notebook=is_notebook)
    except SyntaxError as error:
        if _TOO_DEEP.search(error.msg or ""):
            return unread, [_not_checked(cell, "the code is nested too deeply")]
        return unread, [_syntax(cell, error)]
    except _NotTransformed:
        return unread, [_not_checked(cell, "IPython cannot make Python of its magics")]
    except (RecursionError, MemoryError, TooLarge):
        return unread, [_not_checked(cell, "the code is nested too deeply")]
    except ValueError as error:  # NUL characters, numbers of thousands of digits
        return unread, [_syntax(cell, SyntaxError(str(error)))]
    return Block(cell=cell, tree=tree, steps=steps, skipped_lines=skipped), []


class _Misplaced(SyntaxError):
    """A syntax error whose line counts from a later line of the cell."""

    def __init__(self, error: SyntaxError, skipped: int) -> None:
        super().__init__(error.msg)
        self.lineno, self.offset = (error.lineno or 1) + skipped, error.offset


class _NotTransformed(Exception):
    """IPython cannot make Python of the cell."""


def _tree(source: str, *, is_notebook: bool) -> tuple[ast.Module | None, str, int]:
    """The tree, the Python that it is of, and the lines before it. Of a cell of another language: no tree.

    Raises what `ast.parse` raises.
    """
    if not is_notebook:
        return _parse(source), source, 0
    stripped = source.lstrip("\n")
    skipped = len(source) - len(stripped)
    while (magic := _CELL_MAGIC.match(stripped)) is not None:
        if magic[1] not in _PYTHON_MAGICS:
            return None, "", 0
        _, _, stripped = stripped.partition("\n")
        skipped += 1
    try:
        try:
            return _parse(stripped), stripped, skipped
        except SyntaxError:
            if not _MAGIC.search(stripped) and not stripped[:1].isspace() and ">>>" not in stripped:
                raise
            python = _without_magics(stripped)
            return _parse(python), python, skipped
    except SyntaxError as error:
        raise _Misplaced(error, skipped) from None


def _without_magics(source: str) -> str:
    # A third of a second to import, and most cells have no magics.
    from IPython.core.inputtransformer2 import TransformerManager

    if len(_MAGIC.findall(source)) * len(source) > MAX_MAGIC_CHARACTERS:
        raise _NotTransformed
    transformer: Any = TransformerManager
    try:
        return str(transformer().transform_cell(source))
    except SyntaxError:
        raise
    except Exception as error:
        raise _NotTransformed from error


def _parse(source: str) -> ast.Module:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(source)


def _compile(source: str, *, is_notebook: bool) -> None:
    """Raises `SyntaxError` for what the grammar allows and the language does not: ``return`` outside of a function."""
    flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT if is_notebook else 0
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        # From the text: to hand the tree over takes twice as long as to read it again.
        compile(source, "<cell>", "exec", flags=flags, dont_inherit=True)


def _syntax(cell: Cell, error: SyntaxError) -> Remark:
    lines = cell.source.split("\n")
    line = min(max(error.lineno or 1, 1), len(lines))
    return Remark(
        rule=Rule.SYNTAX,
        message=f"This is not valid Python: {error.msg}.",
        advice="Mend it: a run would fail here.",
        severity=Severity.ERROR,
        cell=cell,
        line=line,
        column=min(max(error.offset or 1, 1), len(lines[line - 1]) + 1),
    )


def _not_checked(cell: Cell, reason: str) -> Remark:
    message = f"This could not be checked: {reason}."
    return Remark(rule=Rule.NOT_CHECKED, message=message, advice="Make it shorter or simpler.", cell=cell)


def statements(blocks: list[Block]) -> Iterator[tuple[Block, ast.stmt]]:
    """The statements at the top of all blocks, in order."""
    for block in blocks:
        for statement in block.tree.body if block.tree else ():
            yield block, statement


def literal(node: ast.AST | None) -> Any:
    """The value of a literal; `NOT_LITERAL` if it is none."""
    if node is None:
        return NOT_LITERAL
    try:
        return ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return NOT_LITERAL


NOT_LITERAL = object()
"""Not the value of a literal."""
