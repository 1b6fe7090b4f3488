"""What in a project's files names a task without being one: schedules, and actions of the sidebar."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from taskdeck.catalog.layout import config_files
from taskdeck.model.config_plan import Reference
from taskdeck.model.project import Project

SCHEDULE = "schedule"
NAVIGATION = "navigation"
_MAX_DEPTH = 20


def of(project: Project) -> Iterator[Reference]:
    """Read forgivingly: what is wrong with the files, the catalog tells."""
    files = config_files(project)
    for path in files.values:
        content = _content(path)
        schedules = content.get("scheduledDataTasks") if isinstance(content, dict) else None
        for name, task in _schedules(schedules):
            yield Reference(where=SCHEDULE, name=name, task=task, file=project.label(path))
    for path in files.navigation:
        content = _content(path)
        actions = content.get("dataTasks") if isinstance(content, dict) else content
        for name, task in _actions(actions):
            yield Reference(where=NAVIGATION, name=name, task=task, file=project.label(path))


def _schedules(schedules: Any) -> Iterator[tuple[str, str]]:
    if isinstance(schedules, dict):
        for task, schedule in schedules.items():
            named = schedule.get("data_task_id") if isinstance(schedule, dict) else None
            yield task, named if isinstance(named, str) else task
    elif isinstance(schedules, list):
        for schedule in schedules:
            if isinstance(schedule, dict) and isinstance(task := schedule.get("data_task_id"), str):
                name = schedule.get("id") or schedule.get("description")
                yield name if isinstance(name, str) else task, task


def _actions(items: Any, depth: int = 0) -> Iterator[tuple[str, str]]:
    if isinstance(items, dict):
        items = items.get("items")
    if not isinstance(items, list) or depth > _MAX_DEPTH:
        return
    for item in items:
        if isinstance(item, dict):
            if isinstance(task := item.get("task"), str):
                yield str(item.get("title") or task), task
            yield from _actions(item.get("tasks"), depth + 1)


def _content(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError, RecursionError):
        return None
