"""Connections that the code uses against those that the task declares and the project has."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from taskdeck.lint import names as naming
from taskdeck.lint.block import Block
from taskdeck.lint.finding import Remark
from taskdeck.lint.names import Names
from taskdeck.lint.rules import Rule
from taskdeck.model.problem import Severity
from taskdeck.model.wording import did_you_mean, quote


@dataclass(frozen=True, kw_only=True, eq=False)
class Use:
    id: str
    block: Block
    node: ast.AST
    raises: bool
    """If there is no such connection; DUFT's call goes on."""


def uses(blocks: Sequence[Block], names: Names) -> list[Use]:
    found = []
    for block in blocks:
        for node, _ in block.steps:
            if not isinstance(node, ast.Call):
                continue
            is_duft = names.function(node.func) == naming.DUFT_CONNECTION
            if not is_duft and names.dotted(node.func) != naming.CONNECTION:
                continue
            given = node.args[0] if node.args else next((each.value for each in node.keywords), None)
            if (id_ := names.text(given)) is not None:
                found.append(Use(id=id_, block=block, node=node, raises=not is_duft))
    return found


def remarks(found: Sequence[Use], declared: Collection[str], known: Collection[str]) -> Iterator[Remark]:
    """Each connection once."""
    seen: set[str] = set()
    for use in found:
        if use.id in seen:
            continue
        seen.add(use.id)
        if use.id not in known:
            yield use.block.remark(
                use.node,
                Rule.UNKNOWN_CONNECTION,
                f"The project has no connection {quote(use.id)}{did_you_mean(use.id, known)}.",
                "Mend its id, or declare it in data_connections.json.",
                Severity.ERROR if use.raises else Severity.WARNING,
            )
        elif use.id not in declared:
            yield use.block.remark(use.node, Rule.UNDECLARED_CONNECTION, undeclared(use.id), ADVICE)


def undeclared(id_: str) -> str:
    return f"The task uses the connection {quote(id_)}, which it does not declare."


ADVICE = "Add it to the task's dataConnections, so that the form shows whether it is ready."
