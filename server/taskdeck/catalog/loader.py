"""A project directory as a catalog: tasks, connections and everything that is wrong with them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

from taskdeck.catalog import connections, navigation, positions, snapshot, tasks
from taskdeck.catalog.snapshot import Snapshot
from taskdeck.catalog.validation import Source
from taskdeck.model.problem import Problem, Severity
from taskdeck.model.project import Catalog, Project

_BOM = b"\xef\xbb\xbf"
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")


def load(project: Project) -> Catalog:
    """Reads the project. Never raises: what cannot be read is a problem of the catalog."""
    return interpret(snapshot.take(project))


def interpret(taken: Snapshot) -> Catalog:
    """The catalog of a snapshot; pure."""
    reading = _Sources(taken)
    declared = reading.sources(taken.files.connections)
    values = reading.sources(taken.files.values, are_secret=True)
    known_connections, problems = connections.read(declared, values)
    files = {file.folder: source for file in taken.files.tasks for source in reading.sources([file.path])}
    known_tasks, of_tasks = tasks.Reading(
        layout=taken.project.layout, connections=known_connections.keys(), folders=taken.folders
    ).tasks(files)
    actions, of_navigation = navigation.read(reading.sources(taken.files.navigation), known_tasks)
    found = tuple(sorted({*reading.problems, *problems, *of_tasks, *of_navigation, *_without_tasks(taken)}, key=_order))
    return Catalog(
        project=taken.project,
        version=_version(taken, found),
        tasks=known_tasks,
        connections=known_connections,
        navigation=actions,
        problems=found,
    )


class _Sources:
    """The files of a snapshot as documents; collects why some cannot be read."""

    def __init__(self, taken: Snapshot) -> None:
        self._taken = taken
        self.problems: list[Problem] = []

    def sources(self, paths: Iterable[Path], *, are_secret: bool = False) -> list[Source]:
        return [source for path in paths if (source := self._source(path, is_secret=are_secret))]

    def _source(self, path: Path, *, is_secret: bool) -> Source | None:
        text = self._taken.texts.get(path)
        if text is None:
            return None
        label = self._taken.project.label(path)
        if text.unreadable:
            self.problems.append(Problem(file=label, message=text.unreadable))
            return None
        content = text.content
        if content.startswith(_UTF_16) or b"\0" in content[:4]:
            self.problems.append(Problem(file=label, message="The file is not UTF-8", expected="UTF-8", found="UTF-16"))
            return None
        if content.startswith(_BOM):
            message = (
                "The file begins with a byte order mark, which some programs trip over: save it as UTF-8 without BOM"
            )
            self.problems.append(Problem(file=label, message=message, severity=Severity.WARNING))
            content = content.removeprefix(_BOM)
        return Source(label, positions.parse(content.decode("utf-8", "surrogateescape"), is_secret=is_secret))


def _without_tasks(taken: Snapshot) -> list[Problem]:
    if any(file.path in taken.texts for file in taken.files.tasks):
        return []
    label = taken.project.label(taken.files.tasks[0].path)
    return [
        Problem(file=label, message="There is no such file, so the project has no tasks", severity=Severity.WARNING)
    ]


def _version(taken: Snapshot, problems: tuple[Problem, ...]) -> str:
    """A hash of the files' contents, of the problems, which tell the missing files of tasks, and of the version that
    is served: the code of its tasks may be another one even where its configuration is the same.
    """
    digest = hashlib.sha256(b"" if taken.project.version is None else b"%d\n" % taken.project.version.number)
    for path, text in taken.texts.items():
        for part in (taken.project.label(path).encode("utf-8", "surrogateescape"), text.content):
            digest.update(len(part).to_bytes(8, "big") + part)
    digest.update(repr(problems).encode("utf-8", "backslashreplace"))
    return digest.hexdigest()[:16]


def _order(problem: Problem) -> tuple[str, int, int, str]:
    return problem.file, problem.line, problem.column, problem.message
