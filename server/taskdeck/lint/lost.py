"""Values of a run that the file would overwrite, or that would never arrive."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Sequence

from taskdeck.lint import assignments
from taskdeck.lint.block import Block, statements
from taskdeck.lint.finding import Remark
from taskdeck.lint.inflow import Inflow, Way
from taskdeck.lint.reads import Reads
from taskdeck.lint.rules import Rule
from taskdeck.model.cells import INJECTED_TAG, PARAMETERS_TAG
from taskdeck.model.problem import Severity
from taskdeck.model.wording import quote

_PARAMS = "params"
_NAMING_MAGICS = frozenset({"run", "store", "load", "loadpy", "pylab", "capture", "sql", "bigquery"})
"""Of IPython and its extensions: these make variables."""


def remarks(blocks: Sequence[Block], inflow: Inflow, reads: Reads, declared: Collection[str]) -> Iterator[Remark]:
    """Nothing, where the task declares no parameters: then there is nothing to lose."""
    if not declared:
        return
    match inflow.way:
        case Way.ARGUMENT:
            yield from _reset_in_script(blocks, reads)
        case Way.REPLACED:
            yield from _reset_after(blocks, inflow)
            yield from _read_before(blocks, inflow)
            yield from _tagged_beside(blocks, declared)
        case Way.INSERTED if not reads.sources:
            yield from _reset_at_top(blocks)
        case Way.TAGGED:
            yield from _dict_in_tagged(blocks, inflow, declared)
            yield from _variables_reset(blocks, inflow, {*declared, *reads.names()})
            yield from _params_never_made(blocks)


def _reset_in_script(blocks: Sequence[Block], reads: Reads) -> Iterator[Remark]:
    made: set[str] = set()
    for block, statement in statements(list(blocks)):
        for name in made:
            if is_reset(statement, name):
                yield _lost(block, statement, f"This forgets the values of the run that {quote(name)} held.")
                return
        made.update(name for name, value in assignments.named(statement) if id(value) in reads.sources)


def _reset_after(blocks: Sequence[Block], inflow: Inflow) -> Iterator[Remark]:
    assert inflow.cell is not None
    for block, statement in statements(list(blocks)):
        if block.cell.index > inflow.cell.index and is_reset(statement, _PARAMS):
            message = (
                f"The values of a run replace the `params = {{}}` of cell {inflow.cell.number}; this forgets them."
            )
            yield _lost(block, statement, message, "Remove it.")


def _reset_at_top(blocks: Sequence[Block]) -> Iterator[Remark]:
    for block, statement in statements(list(blocks)):
        if is_reset(statement, _PARAMS):
            message = "The values of a run come in a new first cell, and this forgets them."
            yield _lost(block, statement, message, "Write it as `params = {}`, alone in its cell.")


def _read_before(blocks: Sequence[Block], inflow: Inflow) -> Iterator[Remark]:
    assert inflow.cell is not None
    for block in blocks:
        if block.cell.index >= inflow.cell.index:
            continue
        for node, _ in block.steps:
            if isinstance(node, ast.Name) and node.id == _PARAMS:
                if isinstance(node.ctx, ast.Load):
                    message = f"This reads params, which gets the values of a run only in cell {inflow.cell.number}."
                    yield _lost(block, node, message, "Move the cell `params = {}` to the top.")
                return


def _tagged_beside(blocks: Sequence[Block], declared: Collection[str]) -> Iterator[Remark]:
    for block, statement in statements(list(blocks)):
        if PARAMETERS_TAG not in block.cell.tags:
            continue
        if name := next((name for name, _ in assignments.named(statement) if name in declared), None):
            message = (
                "The notebook has a cell that is just `params = {}`: it gets the values of a run, and the variables of "
                f"this tagged cell keep their own, {quote(name)} for one."
            )
            yield _lost(block, statement, message, "Keep one of both.")
            return


def _variables_reset(blocks: Sequence[Block], inflow: Inflow, names: Collection[str]) -> Iterator[Remark]:
    assert inflow.cell is not None
    waiting = set(names)
    for block, statement in statements(list(blocks)):
        if not waiting:
            return
        if block.cell.index <= inflow.cell.index or INJECTED_TAG in block.cell.tags:
            continue
        mentioned = {node.id for node in ast.walk(statement) if isinstance(node, ast.Name)} & waiting
        for name in sorted(mentioned):
            if is_reset(statement, name):
                message = f"This overwrites the parameter {quote(name)} before anything has read it."
                yield _lost(block, statement, message, "Remove it; the tagged cell holds the value for work by hand.")
        waiting -= mentioned


def _dict_in_tagged(blocks: Sequence[Block], inflow: Inflow, declared: Collection[str]) -> Iterator[Remark]:
    for block, statement in statements(list(blocks)):
        if block.cell is not inflow.cell:
            continue
        for name, value in assignments.named(statement):
            if name != _PARAMS or not isinstance(value, ast.Dict):
                continue
            keys = [key.value for key in value.keys if isinstance(key, ast.Constant)]
            if known := next((str(key) for key in keys if key in declared), None):
                message = f"The values of a run become variables, {quote(known)} for one, and params keeps these."
                yield _lost(block, statement, message, "Write it as `params = {}`, alone in its cell.")


def _params_never_made(blocks: Sequence[Block]) -> Iterator[Remark]:
    read: tuple[Block, ast.Name] | None = None
    for block in blocks:
        if block.tree is None:
            return  # what it makes, nobody can say
        for node, context in block.steps:
            if _PARAMS in context.scope.stored or _PARAMS in context.scope.arguments or _brings_names(node):
                return
            if read is None and isinstance(node, ast.Name) and node.id == _PARAMS:
                read = block, node
    if read is not None:
        message = "There is no variable params: the values of a run become variables after the tagged cell."
        yield _lost(*read, message, "Read the variables, or make a cell that is just `params = {}`.")


def _brings_names(node: ast.AST) -> bool:
    """Whether it makes variables that stand nowhere in the code."""
    match node:
        case ast.ImportFrom(names=[ast.alias(name="*")]):
            return True
        case ast.Call(func=ast.Name(id="exec")):
            return True
        case ast.Call(func=ast.Attribute(attr=attr), args=[ast.Constant(value=str(magic)), *_]):
            return attr in ("run_line_magic", "run_cell_magic") and magic in _NAMING_MAGICS
    return False


def is_reset(statement: ast.stmt, name: str) -> bool:
    """``name = 5``, ``name: dict = {}``, ``name = dict()``, ``name.clear()``: what forgets the value that it had."""
    match statement:
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(id=cleared), attr="clear"), args=[])):
            return cleared == name
    return any(assigned == name and _forgets(value) for assigned, value in assignments.named(statement))


def _forgets(value: ast.expr) -> bool:
    if isinstance(value, ast.Call):
        return isinstance(value.func, ast.Name) and value.func.id == "dict" and not value.args
    return not any(isinstance(node, ast.Name | ast.Call | ast.Await) for node in ast.walk(value))


def _lost(block: Block, node: ast.AST, message: str, advice: str = "Remove it.") -> Remark:
    return block.remark(node, Rule.PARAMS_LOST, message, advice, Severity.ERROR)
