"""What is wrong with the code of a project's tasks, found without running any of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import accumulate
from pathlib import Path

from taskdeck.catalog import layout, positions, task_file
from taskdeck.catalog.layout import TasksFile
from taskdeck.catalog.positions import Position
from taskdeck.catalog.task_file import MissingFile, UnreadableFile
from taskdeck.execution import interpreter, modules
from taskdeck.execution.interpreter import NoInterpreter
from taskdeck.execution.modules import CannotAsk
from taskdeck.lint import analysis, document, finding
from taskdeck.lint.analysis import Analysis
from taskdeck.lint.document import BrokenNotebook
from taskdeck.lint.finding import Finding
from taskdeck.lint.imports import Import, missing
from taskdeck.lint.rules import Rule
from taskdeck.model.problem import Severity
from taskdeck.model.project import Catalog, Project
from taskdeck.model.task import Task, TaskKind
from taskdeck.model.wording import quote
from taskdeck.runner import kernelspecs, notebook_file

MAX_HELPERS = 200
"""Modules beside the tasks that are looked at for one task."""


def lint(catalog: Catalog, tasks: Iterable[Task]) -> list[Finding]:
    """In the order of files and lines. Never raises for what is in a project."""
    return _Linting(catalog).findings(list(tasks))


def check(catalog: Catalog, tasks: Iterable[Task], *, only_these: bool, with_code: bool) -> list[Finding]:
    """The problems of the configuration, and those of the code. ``only_these``: none that is about another task."""
    chosen = {task.id: task for task in tasks}
    problems = [each for each in catalog.problems if not only_these or each.task_id in (None, *chosen)]
    found = lint(catalog, chosen.values()) if with_code else []
    return finding.merged([*map(Finding.of_problem, problems), *found])


def analyse(catalog: Catalog, path: Path) -> tuple[Analysis, list[Analysis]] | list[Finding]:
    """A file in a folder of tasks with the modules beside it that it imports, or why it cannot be read."""
    linting = _Linting(catalog)
    own = linting.read(path)
    return (own, list(linting.helpers(path, own).values())) if isinstance(own, Analysis) else own


@dataclass(kw_only=True, eq=False)
class _Subject:
    """A task with its file and the modules beside it that it imports, by name."""

    task: Task
    own: Analysis
    helpers: dict[str, Analysis]

    @property
    def files(self) -> list[Analysis]:
        return [self.own, *self.helpers.values()]


@dataclass(eq=False)
class _Linting:
    catalog: Catalog
    _analyses: dict[Path, Analysis | list[Finding]] = field(default_factory=dict)
    _beside: dict[Path, set[str]] = field(default_factory=dict)
    _entries: dict[Path, dict[str, tuple[positions.Document, int]]] = field(default_factory=dict)

    def findings(self, tasks: list[Task]) -> list[Finding]:
        found: list[Finding] = []
        subjects: list[_Subject] = []
        for task in tasks:
            read = self.read(Path(task.file))
            if isinstance(read, Analysis):
                subjects.append(_Subject(task=task, own=read, helpers=self.helpers(Path(task.file), read)))
            else:
                found += (_of(each, task) for each in read)
        for subject in subjects:
            found += self._of_subject(subject)
        found += self._of_imports(subjects)
        return finding.merged(found)

    def _of_subject(self, subject: _Subject) -> Iterator[Finding]:
        task = subject.task
        for each in subject.files:
            yield from each.findings(each.remarks, task.id)
        own = analysis.of_task(task, subject.own, subject.helpers, self.catalog.connections.keys())
        yield from subject.own.findings(own, task.id)
        for name in analysis.unused_parameters(task, subject.own, subject.helpers):
            file, place = self._declared_at(task, name)
            yield Finding(
                file=file,
                line=place.line,
                column=place.column,
                rule=Rule.UNUSED_PARAMETER,
                message=f"Nothing in {subject.own.document.file} reads the parameter {quote(name)} of {task.id}.",
                advice="Remove it, mend its name, or read it.",
                task_ids=(task.id,),
            )

    # Files

    def read(
        self, path: Path, content_of: Callable[[Project, Path], bytes] = task_file.read
    ) -> Analysis | list[Finding]:
        if path not in self._analyses:
            self._analyses[path] = self._analysed(path, content_of)
        return self._analyses[path]

    def _analysed(self, path: Path, content_of: Callable[[Project, Path], bytes]) -> Analysis | list[Finding]:
        label = self.catalog.project.label(path)
        try:
            content = content_of(self.catalog.project, path)
        except MissingFile:
            return []  # a problem of the configuration, which is told with its declaration
        except UnreadableFile as error:
            return [Finding(file=label, rule=Rule.NOT_CHECKED, message=f"This could not be checked: {error}")]
        try:
            is_notebook = path.suffix.lower() == ".ipynb"
            return Analysis.of(
                document.of_notebook(content, label) if is_notebook else document.of_script(content, label)
            )
        except BrokenNotebook as broken:
            return [
                Finding(
                    file=label,
                    line=broken.position.line,
                    column=broken.position.column,
                    rule=Rule.NOTEBOOK_FORMAT,
                    message=str(broken),
                    severity=Severity.ERROR,
                    advice="Open it in Jupyter or VS Code and save it again, or restore it from version control.",
                )
            ]
        except (RecursionError, MemoryError):
            message = "This could not be checked: it is nested too deeply."
            return [Finding(file=label, rule=Rule.NOT_CHECKED, message=message)]

    def helpers(self, file: Path, own: Analysis) -> dict[str, Analysis]:
        """The modules beside the file, and in packages beside it, that it imports and those that they import.

        By dotted name.
        """
        found: dict[str, Analysis] = {}
        waiting: list[tuple[tuple[str, ...], Analysis]] = [((), own)]
        while waiting:
            package, analysed = waiting.pop()
            for name in dict.fromkeys(name for each in analysed.imports for name in _absolute(each, package)):
                if name in found or len(found) >= MAX_HELPERS or not self._is_beside(file.parent, name):
                    continue
                parts = tuple(name.split("."))
                for path, inside in (
                    (file.parent.joinpath(*parts[:-1], f"{parts[-1]}.py"), parts[:-1]),
                    (file.parent.joinpath(*parts, "__init__.py"), parts),
                ):
                    if path != file and isinstance(helper := self.read(path, task_file.read_module), Analysis):
                        found[name] = helper
                        waiting.append((inside, helper))
        return found

    def _is_beside(self, folder: Path, module: str) -> bool:
        """Whether there may be such a module: the names of a folder are read once."""
        if folder not in self._beside:
            try:
                self._beside[folder] = {each.name.removesuffix(".py") for each in folder.iterdir()}
            except OSError:
                self._beside[folder] = set()
        return module.partition(".")[0] in self._beside[folder]

    # Imports

    def _of_imports(self, subjects: list[_Subject]) -> Iterator[Finding]:
        """Each Python is asked once, for the modules of all tasks that it runs."""
        by_python: dict[str, list[_Subject]] = {}
        for subject in subjects:
            try:
                by_python.setdefault(self._python_of(subject), []).append(subject)
            except LookupError as error:
                yield _environment(subject, str(error))
            except NoInterpreter as error:
                yield _environment(subject, str(error))
        for python, of_python in by_python.items():
            imports = (each for subject in of_python for file in subject.files for each in file.imports)
            wanted = {name for each in imports for name in (each.name, *each.instead_of) if name}
            try:
                lacking = dict.fromkeys(modules.lacking(python, wanted), python)
            except CannotAsk as error:
                yield from (_environment(subject, str(error)) for subject in of_python)
                continue
            for subject in of_python if lacking else ():
                yield from self._missing(subject, lacking)

    def _missing(self, subject: _Subject, lacking: Mapping[str, str]) -> Iterator[Finding]:
        if any(file.changes_path for file in subject.files):
            return
        task = subject.task
        folder = Path(task.file).parent
        places = [folder, self.catalog.project.root] if task.execute_from_root else [folder]
        not_here = {
            name: python
            for name, python in lacking.items()
            if not any((place / f"{name}.py").is_file() or (place / name).is_dir() for place in places)
        }
        for file in subject.files:
            yield from file.findings(missing(file.imports, not_here), task.id)

    def _python_of(self, subject: _Subject) -> str:
        """Raises `NoInterpreter` and, for a kernel that is not installed or no Python, `LookupError`."""
        task, own = subject.task, subject.own.document
        project = self.catalog.project
        environment = task.environment or project.environment
        resolved = interpreter.resolve(environment, project.root)
        kernel = resolved.kernel_name
        if task.kind is TaskKind.NOTEBOOK and not environment and not own.is_converted:
            kernel = notebook_file.parse(own.raw.encode()).kernel_name or ""
        if not kernel or kernel == kernelspecs.DEFAULT_NAME or not own.is_python:
            return resolved.python
        return kernelspecs.python_of(kernel)

    # Declarations

    def _declared_at(self, task: Task, parameter: str) -> tuple[str, Position]:
        """Where a parameter is declared."""
        folder = Path(task.file).parent
        for file in self._task_files:
            if file.folder == folder and (found := self._entries_of(file).get(task.id)):
                declared, index = found
                for key in ("supportedParameters", "params"):
                    if parameter in (declared.value["dataTasks"][index].get(key) or ()):
                        path = ("dataTasks", index, key, parameter)
                        return self.catalog.project.label(file.path), declared.position(path, of_key=True)
        return self.catalog.project.label(Path(task.file)), Position(1, 1)

    @cached_property
    def _task_files(self) -> list[TasksFile]:
        return list(layout.config_files(self.catalog.project).tasks)

    def _entries_of(self, file: TasksFile) -> dict[str, tuple[positions.Document, int]]:
        """By the id of a task, the file that declares it, and which entry of it that is; of several, the first."""
        if file.path not in self._entries:
            self._entries[file.path] = {}
            try:
                text = file.path.read_text(encoding="utf-8-sig", errors="surrogateescape")
            except OSError:
                return {}
            declared = positions.parse(text)
            tasks = declared.value.get("dataTasks") if isinstance(declared.value, dict) else None
            for index, entry in enumerate(tasks if isinstance(tasks, list) else ()):
                if isinstance(entry, dict) and isinstance(entry.get("id"), str):
                    self._entries[file.path].setdefault(entry["id"], (declared, index))
        return self._entries[file.path]


def _absolute(imported: Import, package: tuple[str, ...]) -> list[str]:
    """The dotted names of an import, and of the packages that they are in: those are executed, too."""
    if imported.level > len(package):
        return [] if imported.level else _with_packages(imported.modules)
    start = package[: len(package) - imported.level + 1] if imported.level else ()
    return _with_packages(".".join((*start, module) if module else start) for module in imported.modules)


def _with_packages(modules: Iterable[str]) -> list[str]:
    return [prefix for module in modules for prefix in accumulate(module.split("."), "{}.{}".format)]


def _of(found: Finding, task: Task) -> Finding:
    return replace(found, task_ids=(task.id,))


def _environment(subject: _Subject, message: str) -> Finding:
    return Finding(
        file=subject.own.document.file,
        rule=Rule.ENVIRONMENT,
        message=message,
        severity=Severity.ERROR,
        advice="Its imports could not be checked.",
        task_ids=(subject.task.id,),
    )
