"""Whether a task would take these parameters: the rules of a submission, for a form that is being filled in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from taskdeck.catalog.layout import TASKS_FILE
from taskdeck.model import binding
from taskdeck.model.duration import UsualDuration
from taskdeck.model.parameter import Binding
from taskdeck.model.problem import Problem, Severity
from taskdeck.model.project import Catalog
from taskdeck.model.resources import Resources, overridden
from taskdeck.model.task import Task


class UnknownTask(LookupError):
    """The project declares no task of that id; ``errors`` of its configuration may be why."""

    def __init__(self, task_id: str, known: Mapping[str, Task], errors: Sequence[Problem] = ()) -> None:
        self.task_id = task_id
        names = ", ".join(sorted(known)) or "none"
        why = f" It may be because of {errors[0]}" if errors else ""
        super().__init__(f"There is no task {task_id!r}. Tasks of this project: {names}.{why}")


class BrokenTask(ValueError):
    """The task's definition has errors; the message lists them with file, line and column."""

    def __init__(self, task_id: str, problems: tuple[Problem, ...]) -> None:
        self.task_id = task_id
        self.problems = problems
        listed = "; ".join(str(problem) for problem in problems)
        super().__init__(f"The task {task_id!r} cannot run until its definition is mended. {listed}")


@dataclass(frozen=True, kw_only=True)
class Checked:
    """A task with a caller's values. With ``problems``, by parameter, no run may be made of it."""

    task: Task
    values: dict[str, Any]
    """What could be bound, secrets in clear."""
    problems: dict[str, str]
    resources: Resources


@dataclass(frozen=True, kw_only=True)
class Validation:
    """What a form learns while it is being filled in: ``values`` as a run would show them, secrets masked."""

    values: dict[str, Any]
    masked: list[str]
    """Names of the values that hold a secret, of those that cannot be bound, too."""
    problems: dict[str, str]
    usual: UsualDuration | None


def declared(catalog: Catalog, task_id: str) -> Task:
    """Raises `UnknownTask`."""
    task = catalog.tasks.get(task_id)
    if task is None:
        hiding = [each for each in catalog.problems if each.file.endswith(TASKS_FILE) and each.task_id is None]
        errors = [each for each in hiding if each.severity is Severity.ERROR]
        raise UnknownTask(task_id, catalog.tasks, errors)
    return task


def check(catalog: Catalog, task_id: str, parameters: Mapping[str, Any]) -> Checked:
    """Raises `UnknownTask` and `BrokenTask`."""
    task = declared(catalog, task_id)
    if errors := tuple(problem for problem in task.problems if problem.severity is Severity.ERROR):
        raise BrokenTask(task.id, errors)
    bound = binding.bind(task.parameters, parameters)
    resources, of_resources = _resources(task, bound)
    values = {name: value for name, value in bound.values.items() if name not in of_resources}
    return Checked(task=task, values=values, problems={**bound.problems, **of_resources}, resources=resources)


def _resources(task: Task, bound: Binding) -> tuple[Resources, dict[str, str]]:
    try:
        return overridden(task.resources, bound.values), {}
    except ValueError as error:
        problems: dict[str, str] = error.args[0]
        return task.resources, problems
