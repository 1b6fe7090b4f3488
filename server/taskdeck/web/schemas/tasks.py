"""Tasks on the wire."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import Field, JsonValue
from pydantic.json_schema import SkipJsonSchema

from taskdeck.execution import checking
from taskdeck.execution.connections import ConnectionView
from taskdeck.model import duration, parameter, run, task
from taskdeck.model.duration import Basis
from taskdeck.model.parameter import ParameterType
from taskdeck.model.problem import Severity
from taskdeck.model.project import Catalog, Layout
from taskdeck.model.task import TaskKind
from taskdeck.web.schemas.connections import LastTest
from taskdeck.web.schemas.problems import Problem
from taskdeck.web.schemas.runs import RunDigest
from taskdeck.web.schemas.shape import Answer, Request, optional

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
    last_test: LastTest | SkipJsonSchema[None] = optional()
    """Absent: its present values were never tested."""


class UsualDuration(Answer):
    """How long runs of a task usually take, from its last successful ones."""

    basis: Basis
    """``same_parameters`` where at least three runs had the same parameters, or else ``all_runs``."""
    runs: int
    """How many it comes from, at most fifty."""
    median_seconds: float
    p90_seconds: float
    """Nine of ten runs took no longer."""

    @classmethod
    def from_model(cls, found: duration.UsualDuration | None) -> UsualDuration | None:
        if found is None:
            return None
        return cls(
            basis=found.basis, runs=found.runs, median_seconds=found.median_seconds, p90_seconds=found.p90_seconds
        )


class TaskQuery(Request):
    last_runs: int = Field(default=10, ge=0, le=50)
    """Runs of each task, at most."""


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
    """Newest first, as many as were asked for."""
    typical_seconds: float | None
    """Median of the last twenty successful runs, whatever their parameters."""

    @classmethod
    def from_model(
        cls, declared: task.Task, *, last_runs: Sequence[run.RunDigest], typical_seconds: float | None
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
    usual: UsualDuration | SkipJsonSchema[None] = optional()
    """Of runs with whatever parameters, absent if none ever succeeded; `validateParameters` tells it for some."""

    @classmethod
    def from_summary(
        cls,
        summary: TaskSummary,
        declared: task.Task,
        catalog: Catalog,
        *,
        views: Mapping[str, ConnectionView],
        usual: duration.UsualDuration | None,
    ) -> Task:
        """``views`` by connection id."""
        return cls(
            **dict(summary),
            file=catalog.project.label(Path(declared.file)),
            parameters=[Parameter.from_model(each) for each in declared.parameters],
            connection_states=[
                ConnectionState(
                    id=each,
                    name=catalog.connections[each].name or each if each in catalog.connections else each,
                    declared=each in catalog.connections,
                    configured=each in views and views[each].configured,
                    last_test=LastTest.from_model(views[each].last_test if each in views else None),
                )
                for each in declared.connections
            ],
            usual=UsualDuration.from_model(usual),
        )


class ValidationRequest(Request):
    """Values of a form that is being filled in."""

    parameters: dict[str, JsonValue] = Field(default_factory=dict, max_length=1000)
    """By parameter name, as a run would be started with."""


class Validation(Answer):
    """What a run with these parameters would meet; none was started."""

    ok: bool
    """A run would be accepted."""
    errors: dict[str, str]
    """By parameter, the same as of a run that is refused with status 422."""
    values: dict[str, Any]
    """What the task would get: converted, defaults filled in, secrets masked; without those that have an error."""
    masked_parameters: list[str]
    """Names of the values that hold a secret: those that were sent, whether or not there is an error, and defaults."""
    usual: UsualDuration | None
    """``null`` where there is an error, or no successful run to tell from."""

    @classmethod
    def from_model(cls, found: checking.Validation) -> Validation:
        return cls(
            ok=not found.problems,
            errors=found.problems,
            values=found.values,
            masked_parameters=found.masked,
            usual=UsualDuration.from_model(found.usual),
        )


class TaskList(Answer):
    project: Project
    tasks: list[TaskSummary]
    problems: list[Problem]
    """All problems of the configuration, those of tasks included."""
    catalog_version: str
    sample_offered: bool
    """Whether the project has no tasks, and can be given its first ones by ``POST /api/sample``."""
