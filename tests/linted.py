"""What the linter says of one file, for tests."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

import nbformat

from taskdeck.lint import analysis, document
from taskdeck.lint.analysis import Analysis
from taskdeck.lint.finding import Finding
from taskdeck.model import definition
from taskdeck.model.definition import Declaration
from taskdeck.model.parameter import AllowedValue, Parameter, ParameterType
from taskdeck.model.task import Task, TaskKind


def parameter(name: str, type_: str | None = None, *, choices: Iterable[Any] = (), **keys: Any) -> Parameter:
    allowed = tuple(AllowedValue(label="", value=value) for value in choices) or None
    declared = Declaration(
        name=name, type=ParameterType(type_) if type_ else None, allowed_values=allowed, allow_override=True, **keys
    )
    return definition.define(declared).parameter


def of_file(source: str | nbformat.NotebookNode) -> Analysis:
    if isinstance(source, str):
        return Analysis.of(document.of_script(source.encode(), "data_tasks/task.py"))
    return Analysis.of(document.of_notebook(json.dumps(source, indent=1).encode(), "data_tasks/task.ipynb"))


def findings(
    source: str | nbformat.NotebookNode,
    *parameters: Parameter,
    connections: Iterable[str] = (),
    known: Iterable[str] = (),
    helpers: Mapping[str, str] | None = None,
) -> list[Finding]:
    """All findings of a task's file, but those that need to know an environment."""
    own = of_file(source)
    beside = {name: of_file(text) for name, text in (helpers or {}).items()}
    task = Task(
        id="TASK",
        name="Task",
        kind=TaskKind.NOTEBOOK if own.document.is_notebook else TaskKind.SCRIPT,
        file="/project/data_tasks/task",
        parameters=parameters,
        connections=tuple(connections),
    )
    remarks = [*own.remarks, *analysis.of_task(task, own, beside, [*connections, *known])]
    return sorted(own.findings(remarks, "TASK"))


def unused(
    source: str | nbformat.NotebookNode, *parameters: Parameter, helpers: Mapping[str, str] | None = None
) -> list[str]:
    own = of_file(source)
    task = Task(id="TASK", name="Task", kind=TaskKind.SCRIPT, file="/project/task.py", parameters=parameters)
    return analysis.unused_parameters(task, own, {name: of_file(text) for name, text in (helpers or {}).items()})


def rules(*args: Any, **keys: Any) -> list[str]:
    return [str(finding.rule) for finding in findings(*args, **keys)]
