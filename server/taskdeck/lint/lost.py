"""Values of a run that the file would overwrite, or that would never arrive."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Sequence

from taskdeck.lint.block import Block, statements
from taskdeck.lint.finding import Remark
from taskdeck.lint.inflow import Inflow, Way
from taskdeck.lint.reads import Reads
from taskdeck.lint.rules import Rule
from taskdeck.model.cells import INJECTED_TAG, PARAMETERS_TAG
from taskdeck.model.problem import Severity
from taskdeck.model.wording import quote

_PARAMS = "params"


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
            yield from _variables_reset(blocks, inflow, {*declared, *reads.names()})
            yield from _params_never_made(blocks)


def _reset_in_script(blocks: Sequence[Block], reads: Reads) -> Iterator[Remark]:
    made: set[str] = set()
    for block, statement in statements(list(blocks)):
        for name in made:
            if is_reset(statement, name):
                yield _lost(block, statement, f"This forgets the values of the run that {quote(name)} held.")
                return
        if isinstance(statement, ast.Assign) and id(statement.value) in reads.sources:
            made.update(target.id for target in statement.targets if isinstance(target, ast.Name))


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
        if block.cell.tags & {PARAMETERS_TAG} and _target(statement) in declared:
            message = (
                "The notebook has a cell that is just `params = {}`: it gets the values of a run, and the variables of "
                f"this tagged cell keep their own, {quote(_target(statement) or '')} for one."
            )
            yield _lost(block, statement, message, "Keep one of both.")
            return


def _variables_reset(blocks: Sequence[Block], inflow: Inflow, names: Collection[str]) -> Iterator[Remark]:
    assert inflow.cell is not None
    waiting = set(names)
    for block, statement in statements(list(blocks)):
        if block.cell.index <= inflow.cell.index or INJECTED_TAG in block.cell.tags:
            continue
        mentioned = {node.id for node in ast.walk(statement) if isinstance(node, ast.Name)} & waiting
        for name in sorted(mentioned):
            if is_reset(statement, name):
                message = f"This overwrites the parameter {quote(name)} before anything has read it."
                yield _lost(block, statement, message, "Remove it; the tagged cell holds the value for work by hand.")
        waiting -= mentioned


def _params_never_made(blocks: Sequence[Block]) -> Iterator[Remark]:
    nodes = [
        (block, node)
        for block in blocks
        for node, _ in block.steps
        if (isinstance(node, ast.Name) and node.id == _PARAMS) or (isinstance(node, ast.arg) and node.arg == _PARAMS)
    ]
    if nodes and all(isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) for _, node in nodes):
        block, node = nodes[0]
        message = "There is no variable params: the values of a run become variables after the tagged cell."
        yield _lost(block, node, message, "Read the variables, or make a cell that is just `params = {}`.")


def is_reset(statement: ast.stmt, name: str) -> bool:
    """``name = 5``, ``name: dict = {}``, ``name = dict()``: what forgets the value that it had."""
    value = getattr(statement, "value", None)
    if _target(statement) != name or value is None:
        return False
    if isinstance(value, ast.Call):
        return isinstance(value.func, ast.Name) and value.func.id == "dict" and not value.args
    return not any(isinstance(node, ast.Name | ast.Call | ast.Await) for node in ast.walk(value))


def _target(statement: ast.stmt) -> str | None:
    match statement:
        case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
            return name
    return None


def _lost(block: Block, node: ast.AST, message: str, advice: str = "Remove it.") -> Remark:
    return block.remark(node, Rule.PARAMS_LOST, message, advice, Severity.ERROR)
