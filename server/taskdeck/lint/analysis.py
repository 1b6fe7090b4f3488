"""All that is known of one file, whichever task it belongs to, and what a task makes of it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from taskdeck.lint import (
    block,
    connections,
    imports,
    inflow,
    lost,
    parameters,
    personal,
    reads,
    secrets,
    suppression,
)
from taskdeck.lint.block import Block
from taskdeck.lint.connections import Use
from taskdeck.lint.document import Document
from taskdeck.lint.finding import MAX_REMARKS, Finding, Remark
from taskdeck.lint.imports import Import
from taskdeck.lint.inflow import Inflow
from taskdeck.lint.names import Names
from taskdeck.lint.reads import Reads
from taskdeck.lint.rules import Rule
from taskdeck.model.task import Task


@dataclass(frozen=True, kw_only=True, eq=False)
class Analysis:
    document: Document
    blocks: Sequence[Block]
    inflow: Inflow
    reads: Reads
    uses: Sequence[Use]
    imports: Sequence[Import]
    changes_path: bool
    """It looks for modules in further places."""
    remarks: Sequence[Remark]
    """What is wrong with the file itself."""

    @classmethod
    def of(cls, document: Document) -> Analysis:
        blocks, of_syntax = block.of_document(document)
        names = Names.of(blocks)
        way = inflow.of(document)
        return cls(
            document=document,
            blocks=blocks,
            inflow=way,
            reads=reads.of_blocks(blocks, way, names),
            uses=connections.uses(blocks, names),
            imports=imports.of_blocks(blocks),
            changes_path=imports.changes_path(blocks),
            remarks=[
                *of_syntax[:MAX_REMARKS],
                *secrets.remarks(document, blocks),
                *islice(personal.remarks(document), MAX_REMARKS),
            ],
        )

    @property
    def is_whole(self) -> bool:
        """Whether all of its code could be read."""
        return not any(remark.rule in (Rule.SYNTAX, Rule.NOT_CHECKED) for remark in self.remarks)

    def findings(self, remarks: Iterator[Remark] | Sequence[Remark], task_id: str) -> Iterator[Finding]:
        """The remarks that no comment suppresses, with their places in the file."""
        for remark in remarks:
            if suppression.is_suppressed(self.document, remark):
                continue
            place = self.document.locate(remark.cell, remark.line, remark.column, remark.output)
            in_notebook = self.document.is_notebook
            yield Finding(
                file=self.document.file,
                line=place.line,
                column=place.column,
                rule=remark.rule,
                message=remark.message,
                severity=remark.severity,
                advice=remark.advice,
                cell=remark.cell.number if in_notebook else None,
                cell_kind=remark.cell.kind if in_notebook else "",
                cell_line=remark.line if in_notebook and remark.output is None else None,
                task_ids=(task_id,),
            )


def of_task(
    task: Task, own: Analysis, helpers: Mapping[str, Analysis], known_connections: Collection[str]
) -> Iterator[Remark]:
    """What is wrong between the task's declaration and its file. ``helpers``: modules beside it, by name."""
    declared = {parameter.name: parameter for parameter in task.parameters}
    for of_kind in (
        parameters.undeclared(own.reads, declared, own.inflow),
        parameters.mismatches(own.reads, declared),
        lost.remarks(own.blocks, own.inflow, own.reads, declared),
        connections.remarks(own.uses, task.connections, known_connections),
        _connections_of_helpers(task, own, helpers),
    ):
        yield from islice(of_kind, MAX_REMARKS)


def unused_parameters(task: Task, own: Analysis, helpers: Mapping[str, Analysis]) -> list[str]:
    """Declared parameters that nothing reads; none where parts of the code could not be read."""
    every = [own, *helpers.values()]
    if not own.document.is_python or not all(analysis.is_whole for analysis in every):
        return []
    if Rule.UNUSED_PARAMETER in suppression.in_file(own.document):
        return []
    declared = {parameter.name: parameter for parameter in task.parameters}
    return parameters.unused([analysis.reads for analysis in every], declared)


def _connections_of_helpers(task: Task, own: Analysis, helpers: Mapping[str, Analysis]) -> Iterator[Remark]:
    seen = {use.id for use in own.uses} | set(task.connections)
    found = [
        (imported, module, use)
        for imported in own.imports
        for module in imported.modules
        if module in helpers
        for use in helpers[module].uses
    ]
    for imported, module, use in found:
        if use.id not in seen:
            seen.add(use.id)
            yield imported.block.remark(
                imported.node,
                Rule.UNDECLARED_CONNECTION,
                f"{connections.undeclared(use.id)[:-1]}: the module {module} reads it.",
                connections.ADVICE,
            )
