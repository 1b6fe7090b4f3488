"""From the files ``navigation.json`` to the actions of the sidebar.

``dataTasks`` is ``{"header", "items"}`` or a bare list of items; some files are nothing but that list. The rest of the
file is about DUFT's dashboards.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from typing import Any

from taskdeck.catalog import validation
from taskdeck.catalog.schema import NavigationFileForm, NavigationForm, NavigationItemForm, keys
from taskdeck.catalog.validation import Entry, Path, Source
from taskdeck.model.navigation import Navigation, NavigationItem
from taskdeck.model.problem import Problem, Severity
from taskdeck.model.task import Task
from taskdeck.model.wording import describe, did_you_mean, quote

_KEY = "dataTasks"


def read(sources: Iterable[Source], tasks: Mapping[str, Task]) -> tuple[Navigation, list[Problem]]:
    """The items of all files, those of the first one first, each once; the first header wins.

    An item whose task does not exist is a problem and left out.
    """
    header = ""
    items: dict[Hashable, NavigationItem] = {}
    problems: list[Problem] = []
    for source in sources:
        file = _File(source, tasks)
        for item in file.items():
            # Groups of different files may be called the same.
            items.setdefault((item.title, item.task, item.dashboard, item.items), item)
        header = header or file.header
        problems += file.problems
    return Navigation(header=header, items=tuple(items.values())), problems


class _File:
    """One file; collects what is wrong with it."""

    def __init__(self, source: Source, tasks: Mapping[str, Task]) -> None:
        self._source = source
        self._tasks = tasks
        self.header = ""
        self.problems: list[Problem] = []

    def items(self) -> list[NavigationItem]:
        path, listed = self._list()
        entries = [Entry(self._source, (*path, index), value) for index, value in enumerate(listed)]
        self.problems += validation.loose_flaws(self._source, [entry.path for entry in entries])
        whole = []
        for entry in entries:
            damage = entry.damage()
            self.problems += damage
            if not damage:
                whole.append(entry)
        return [item for entry in whole if (item := self._item(entry))]

    def _list(self) -> tuple[Path, list[Any]]:
        """Where the items are; notes the header."""
        root = self._source.document.value
        if isinstance(root, list):
            return (), root
        if not isinstance(root, dict):
            # Of a text that is not JSON, its flaws say more.
            if not self._source.document.flaws:
                self._unfit((), f"The file must hold an object with the key {quote(_KEY)}", "an object", root)
            return (), []
        self.problems += validation.unknown_keys(self._source, (), root, keys(NavigationFileForm), only_close=True)
        declared = root.get(_KEY, [])
        if isinstance(declared, list):
            return (_KEY,), declared
        if not isinstance(declared, dict):
            self._unfit((_KEY,), f"{_KEY} must be an object or a list", "one of them", declared)
            return (), []
        self.problems += validation.unknown_keys(self._source, (_KEY,), declared, keys(NavigationForm))
        header, listed = declared.get("header") or "", declared.get("items", [])
        if isinstance(header, str):
            self.header = header
        else:
            self._unfit((_KEY, "header"), "header is not a text", "a text", header)
        if not isinstance(listed, list):
            self._unfit((_KEY, "items"), "items must be a list", "a list", listed)
            return (), []
        return (_KEY, "items"), listed

    def _item(self, entry: Entry) -> NavigationItem | None:
        if isinstance(entry.value, str):
            named = self._task(entry, entry.value, ())
            return NavigationItem(title=named.name, task=named.id) if named else None
        if not isinstance(entry.value, dict):
            self._unfit(entry.path, "An item must be an object or the id of a task", "one of them", entry.value)
            return None
        # Each level by itself: what is wrong with an item of a group must not touch the others.
        own = {key: value for key, value in entry.value.items() if key != "tasks"}
        form, of_item = validation.validate(NavigationItemForm, Entry(entry.source, entry.path, own))
        self.problems += of_item
        items = self._nested(entry)
        if form is None:
            return None
        task = self._task(entry, form.task, ("task",)) if form.task else None
        if task is None and not form.dashboard and not items:
            if not form.task and entry.value.get("tasks") in (None, []):
                message = "This item has no task, no dashboard and no items of its own"
                self.problems.append(entry.problem((), message, severity=Severity.WARNING))
            return None
        return NavigationItem(
            title=form.title or (task.name if task else form.dashboard or ""),
            icon=form.icon or "",
            task=task.id if task else None,
            dashboard=form.dashboard or None,
            prompt=form.prompt or "",
            execute_button_text=form.execute_button_text or "",
            cancel_button_text=form.cancel_button_text or "",
            items=items,
        )

    def _nested(self, entry: Entry) -> tuple[NavigationItem, ...]:
        listed = entry.value.get("tasks")
        if listed is None:
            return ()
        if not isinstance(listed, list):
            self._unfit((*entry.path, "tasks"), "tasks must be a list", "a list", listed)
            return ()
        nested = (Entry(entry.source, (*entry.path, "tasks", index), value) for index, value in enumerate(listed))
        return tuple(item for each in nested if (item := self._item(each)))

    def _task(self, entry: Entry, task_id: str, place: Path) -> Task | None:
        task = self._tasks.get(task_id)
        if task is None:
            message = f"The task {quote(task_id)} does not exist{did_you_mean(task_id, self._tasks)}"
            self.problems.append(entry.problem(place, message, expected="the id of a task"))
        return task

    def _unfit(self, path: Path, message: str, expected: str, found: object) -> None:
        self.problems.append(self._source.problem(path, message, expected=expected, found=describe(found)))
