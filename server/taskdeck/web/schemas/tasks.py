"""Tasks on the wire."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from taskdeck.model import parameter, run, task
from taskdeck.model.parameter import ParameterType
from taskdeck.model.problem import Severity
from taskdeck.model.project import Catalog, Layout
from taskdeck.model.task import TaskKind
from taskdeck.web.schemas.problems import Problem
from taskdeck.web.schemas.runs import RunDigest
from taskdeck.web.schemas.shape import Answer

ParameterValue = str | int | float | bool | None


class Project(Answer):
    name: str
    root: str
    layout: Layout

    @classmethod
    def from_catalog(cls, catalog: Catalog) -> Project:
        project = catalog.project
        return cls(name=project.name, root=str(project.root), layout=project.layout)


class AllowedValue(Answer):
    label: str
    value: ParameterValue


class Parameter(Answer):
    """One input of a task: what the form needs to draw a field for it."""

    name: str
    type: ParameterType
    title: str
    description: str
    default: ParameterValue
    has_default: bool
    """Tells a default of ``null`` from none at all."""
    required: bool
    protected: bool
    """Its value is fixed by the task; a caller's is refused."""
    prompt: bool
    """Asked for before every run."""
    allowed_values: list[AllowedValue]

    @classmethod
    def from_model(cls, declared: parameter.Parameter) -> Parameter:
        return cls(
            name=declared.name,
            type=declared.type,
            title=declared.title,
            description=declared.description,
            default=declared.default,
            has_default=declared.has_default,
            required=declared.required,
            protected=declared.protected,
            prompt=declared.prompt,
            allowed_values=[AllowedValue(label=each.label, value=each.value) for each in declared.allowed_values],
        )


class ConnectionState(Answer):
    """Whether a connection that the task uses is ready."""

    id: str
    name: str
    declared: bool
    configured: bool


class TaskSummary(Answer):
    """A task in the list."""

    id: str
    name: str
    description: str
    kind: TaskKind
    hidden: bool
    tags: list[str]
    connections: list[str]
    parameter_count: int
    runnable: bool
    """No error among its problems."""
    problems: list[Problem]
    last_runs: list[RunDigest]
    """Newest first, at most ten."""
    typical_seconds: float | None
    """Median of the last successful runs."""

    @classmethod
    def from_model(
        cls, declared: task.Task, *, last_runs: Sequence[run.Run], typical_seconds: float | None
    ) -> TaskSummary:
        return cls(
            id=declared.id,
            name=declared.name,
            description=declared.description,
            kind=declared.kind,
            hidden=declared.hidden,
            tags=list(declared.tags),
            connections=list(declared.connections),
            parameter_count=len(declared.parameters),
            runnable=all(problem.severity is not Severity.ERROR for problem in declared.problems),
            problems=[Problem.from_model(each) for each in declared.problems],
            last_runs=[RunDigest.from_model(each) for each in last_runs],
            typical_seconds=typical_seconds,
        )


class Task(TaskSummary):
    """A task with all its form needs."""

    file: str
    """Relative to the project."""
    parameters: list[Parameter]
    connection_states: list[ConnectionState]

    @classmethod
    def from_summary(
        cls, summary: TaskSummary, declared: task.Task, catalog: Catalog, *, configured: Mapping[str, bool]
    ) -> Task:
        """``configured`` says by connection id whether it has values."""
        return cls(
            **dict(summary),
            file=_relative(declared.file, catalog.project.root),
            parameters=[Parameter.from_model(each) for each in declared.parameters],
            connection_states=[
                ConnectionState(
                    id=each,
                    name=catalog.connections[each].name or each if each in catalog.connections else each,
                    declared=each in catalog.connections,
                    configured=configured.get(each, False),
                )
                for each in declared.connections
            ],
        )


class TaskList(Answer):
    project: Project
    tasks: list[TaskSummary]
    problems: list[Problem]
    """All problems of the configuration, those of tasks included."""
    catalog_version: str


def _relative(file: str, root: Path) -> str:
    path = Path(file)
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else path.name
