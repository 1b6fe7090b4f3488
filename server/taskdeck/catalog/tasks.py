"""From the entries of ``data_tasks.json`` to tasks."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from taskdeck.catalog import merge, validation
from taskdeck.catalog.policies import ConcurrencyForm, ResourcesForm, RetriesForm
from taskdeck.catalog.schema import AllowedValueForm, ParameterForm, TaskForm, TasksFileForm, keys
from taskdeck.catalog.snapshot import TASK_SUFFIXES, FileState
from taskdeck.catalog.validation import Entry, Source
from taskdeck.model import definition
from taskdeck.model.concurrency import Concurrency, ConcurrencyPolicy
from taskdeck.model.definition import ABSENT, Declaration
from taskdeck.model.parameter import AllowedValue, Parameter, name_problem
from taskdeck.model.problem import Problem, Severity
from taskdeck.model.project import Layout
from taskdeck.model.resources import Resources
from taskdeck.model.retry import Retries
from taskdeck.model.task import Task, TaskKind
from taskdeck.model.wording import did_you_mean, quote


class Reading:
    """Reads the tasks of all files of a project. ``connections``: the ids a task may name."""

    def __init__(
        self, *, layout: Layout, connections: Collection[str], folders: Mapping[Path, Mapping[str, FileState]]
    ) -> None:
        self._layout = layout
        self._connections = connections
        self._folders = folders

    def tasks(self, files: Mapping[Path, Source]) -> tuple[dict[str, Task], list[Problem]]:
        """The tasks by id, in the order of their declaration. ``files``: by folder of tasks, the first one wins."""
        problems: list[Problem] = []
        entries: list[tuple[Entry, Path]] = []
        for folder, source in files.items():
            found, of_file = validation.entries(source, "dataTasks", keys(TasksFileForm))
            problems += of_file + validation.loose_flaws(source, [entry.path for entry in found])
            entries += [(entry, folder) for entry in found]
            problems += [problem for entry in found if not entry.id for problem in _nameless(entry)]
        merged = merge.by_id((each for each in entries if each[0].id), lambda each: each[0].id)
        problems += [validation.shadowed(entry, winner) for (entry, _), (winner, _) in merged.shadowed]
        tasks = {id_: self._task(entry, folder) for id_, (entry, folder) in merged.entries.items()}
        return tasks, problems + [problem for task in tasks.values() for problem in task.problems]

    def _task(self, entry: Entry, folder: Path) -> Task:
        id_ = entry.id
        form, problems = validation.validate(TaskForm, entry, id_)
        if damage := entry.damage(id_):
            # Half an entry lacks what it lacks because of the damage: more complaints would only confuse.
            return _task(form or _skeleton(entry), id_, folder, problems=damage)
        if form is None:
            return _task(_skeleton(entry), id_, folder, problems=problems)
        parameters, of_parameters = self._parameters(entry, form)
        problems += of_parameters
        problems += self._file_problems(entry, form.python_file, folder) if "pythonFile" in entry.value else ()
        problems += self._connection_problems(entry, form)
        problems += _policy_problems(entry, form)
        return _task(form, id_, folder, parameters=parameters, problems=problems)

    def _parameters(self, entry: Entry, form: TaskForm) -> tuple[tuple[Parameter, ...], list[Problem]]:
        problems = []
        if form.params and form.supported_parameters:
            message = "A task has either supportedParameters or params, the older form of it, but not both"
            problems.append(entry.problem(("params",), message, of_key=True, task_id=entry.id))
        supported = {name: _declaration(name, each) for name, each in form.supported_parameters.items()}
        legacy = {name: Declaration(name=name, default=value) for name, value in form.params.items()}
        paths = dict.fromkeys(supported, "supportedParameters") | dict.fromkeys(legacy.keys() - supported, "params")
        duplicates = definition.duplicate_names(paths)
        parameters = []
        for declaration in (legacy | supported).values():
            name, path = declaration.name, (paths[declaration.name], declaration.name)
            problems += self._name_problems(entry, path, duplicates.get(name))
            defined = definition.define(declaration)
            parameters.append(defined.parameter)
            problems += [
                entry.problem(
                    (*path, *(finding.key if path[0] == "supportedParameters" else ())),
                    f"Parameter {name}: {finding.message}",
                    severity=finding.severity,
                    expected=finding.expected,
                    found=finding.found,
                    task_id=entry.id,
                )
                for finding in defined.findings
            ]
        return tuple(parameters), problems

    def _name_problems(self, entry: Entry, path: tuple[str, str], duplicate_of: str | None) -> list[Problem]:
        problems = []
        if reason := name_problem(path[1]):
            # DUFT passes parameters by argument only: there the name merely cannot become a variable.
            is_duft = self._layout is Layout.DUFT
            severity = Severity.WARNING if is_duft else Severity.ERROR
            consequence = ", so it gets no environment variable" if is_duft else ""
            message = f"Parameter {quote(path[1])}: {reason}{consequence}"
            problems.append(entry.problem(path, message, severity=severity, of_key=True, task_id=entry.id))
        if duplicate_of:
            message = f"Parameter {quote(path[1])} differs from {quote(duplicate_of)} only in case"
            problems.append(entry.problem(path, message, of_key=True, task_id=entry.id))
        return problems

    def _file_problems(self, entry: Entry, name: str, folder: Path) -> list[Problem]:
        files = self._folders.get(folder, {})
        state = files.get(name)
        message, expected = "", ""
        if not name or name != name.strip() or "/" in name or "\\" in name or "\0" in name or name in (".", ".."):
            message, expected = "pythonFile is not the bare name of a file", f"the name of a file in {folder.name}/"
        elif not name.lower().endswith(TASK_SUFFIXES):
            message, expected = "pythonFile is neither a notebook nor a script", "a name that ends in .ipynb or .py"
        elif state is None:
            message = f"The file {quote(name)} does not exist{did_you_mean(name, files)}"
            expected = f"a file in {folder.name}/"
        elif state is not FileState.FILE:
            message, expected = f"{quote(name)} is {state.value}", f"a file in {folder.name}/"
        if not message:
            return []
        found = quote(name) if not name.endswith(TASK_SUFFIXES) or "/" in name or "\\" in name else ""
        return [entry.problem(("pythonFile",), message, expected=expected, found=found, task_id=entry.id)]

    def _connection_problems(self, entry: Entry, form: TaskForm) -> list[Problem]:
        return [
            entry.problem(
                ("dataConnections", index),
                f"The connection {quote(id_)} is not declared{did_you_mean(id_, self._connections)}",
                severity=Severity.WARNING,
                task_id=entry.id,
            )
            for index, id_ in enumerate(form.data_connections)
            if id_ not in self._connections
        ]


def _policy_problems(entry: Entry, form: TaskForm) -> list[Problem]:
    """Keys that are each fine but do not fit together."""
    problems = []
    if form.timeout_warning is not None and form.timeout is None:
        message = "timeoutWarning has no effect without timeout"
        problems.append(
            entry.problem(("timeoutWarning",), message, severity=Severity.WARNING, of_key=True, task_id=entry.id)
        )
    elif form.timeout_warning is not None and form.timeout is not None and form.timeout_warning >= form.timeout:
        problems.append(
            entry.problem(
                ("timeoutWarning",),
                "timeoutWarning is not shorter than timeout",
                expected=f"a number of seconds below {form.timeout:g}",
                found=f"{form.timeout_warning:g}",
                task_id=entry.id,
            )
        )
    concurrency = form.concurrency
    if concurrency and concurrency.limit is not None and concurrency.policy is not ConcurrencyPolicy.ALLOW:
        message = f"concurrency: limit has no effect with the policy {concurrency.policy}"
        problems.append(
            entry.problem(("concurrency", "limit"), message, severity=Severity.WARNING, of_key=True, task_id=entry.id)
        )
    return problems


def _task(
    form: TaskForm, id_: str, folder: Path, *, parameters: tuple[Parameter, ...] = (), problems: list[Problem]
) -> Task:
    return Task(
        id=id_,
        name=form.name or id_,
        kind=TaskKind.NOTEBOOK if form.python_file.lower().endswith(".ipynb") else TaskKind.SCRIPT,
        file=str(folder / form.python_file),
        description=form.description,
        tags=tuple(form.tags),
        parameters=parameters,
        connections=tuple(dict.fromkeys(form.data_connections)),
        hidden=form.hide_in_ui,
        execute_from_root=form.execute_from_root,
        cancel_timeout_seconds=form.cancel_timeout,
        timeout_seconds=form.timeout,
        timeout_warning_seconds=form.timeout_warning,
        retries=_retries(form.retries),
        rerun_policy=form.rerun_policy,
        concurrency=_concurrency(form.concurrency),
        priority=form.priority,
        resources=_resources(form.required_resources),
        environment=form.environment or "",
        problems=tuple(sorted(problems)),
    )


def _skeleton(entry: Entry) -> TaskForm:
    """What can be shown of an entry that lacks what every task needs."""
    shown: dict[str, Any] = {
        field: value
        for field, key in (("name", "name"), ("description", "description"), ("python_file", "pythonFile"))
        if isinstance(value := entry.value.get(key), str)
    }
    return TaskForm.model_construct(**{"id": entry.id, "python_file": "", **shown})


def _nameless(entry: Entry) -> list[Problem]:
    if damage := entry.damage():
        return damage
    if "id" not in entry.value:
        return [entry.problem((), "The key 'id' is missing")]
    _, problems = validation.validate(TaskForm, entry)
    return [problem for problem in problems if problem.message.startswith("id ")]


def _retries(form: RetriesForm | None) -> Retries:
    if form is None:
        return Retries()
    return Retries(count=form.count, delay_seconds=form.delay, backoff=form.backoff, max_delay_seconds=form.max_delay)


def _concurrency(form: ConcurrencyForm | None) -> Concurrency:
    return Concurrency() if form is None else Concurrency(policy=form.policy, limit=form.limit)


def _resources(form: ResourcesForm | None) -> Resources:
    if form is None:
        return Resources()
    disk_gb = form.disk_gb if form.disk_space is None else form.disk_space
    return Resources(cpu=form.cpu, memory_mb=form.memory, disk_gb=disk_gb)


def _declaration(name: str, form: ParameterForm) -> Declaration:
    given = form.model_fields_set
    return Declaration(
        name=name,
        type=form.type,
        title=form.title,
        description=form.description,
        default=form.default_value if "default_value" in given else ABSENT,
        value=form.value if "value" in given else ABSENT,
        allowed_values=None if form.allowed_values is None else tuple(map(_allowed_value, form.allowed_values)),
        required=form.required,
        allow_override=form.allow_override,
        prompt=form.prompt_user,
    )


def _allowed_value(form: AllowedValueForm) -> AllowedValue:
    return AllowedValue(label=form.label, value=form.value)
