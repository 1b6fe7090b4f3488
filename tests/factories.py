"""Projects and runs for tests, made of real files."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import nbformat

from taskdeck.model.resources import Capacity, Resources
from taskdeck.model.run import Run, RunDigest, RunStatus, Trigger
from taskdeck.model.task import TaskKind
from taskdeck.store.runs import NewRun


def make_project(
    root: Path,
    *,
    files: Mapping[str, str | nbformat.NotebookNode] | None = None,
    tasks: Mapping[str, Mapping[str, Any]] | None = None,
    connections: Mapping[str, Mapping[str, Any]] | None = None,
    values: Mapping[str, Mapping[str, Any]] | None = None,
) -> Path:
    """A project of the native layout.

    ``files`` by name become ``data_tasks/``; each gets a task whose id is the name without its ending, in upper
    case, with the keys that ``tasks`` has for that id. ``values`` are the connections' values.
    """
    folder = root / "data_tasks"
    folder.mkdir(parents=True, exist_ok=True)
    entries = []
    for name, content in (files or {}).items():
        text = content if isinstance(content, str) else nbformat.writes(content)
        (folder / name).write_text(text, encoding="utf-8")
        task_id = Path(name).stem.upper()
        extra = (tasks or {}).get(task_id, {})
        entries.append({"id": task_id, "name": task_id.capitalize(), "description": "", "pythonFile": name, **extra})
    write_json(root / "config" / "data_tasks.json", {"dataTasks": entries})
    write_json(
        root / "config" / "data_connections.json",
        {"dataConnections": [{"id": key, "name": key, **value} for key, value in (connections or {}).items()]},
    )
    write_json(root / "config" / "config.json", {"dataConnectionParameters": dict(values or {})})
    return root


def make_notebook(*cells: str, metadata: Mapping[str, Any] | None = None) -> nbformat.NotebookNode:
    """Code cells; one whose text begins with ``# parameters`` is tagged as papermill's."""
    notebook = nbformat.v4.new_notebook(
        metadata={"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
        if metadata is None
        else dict(metadata)
    )
    for source in cells:
        tags = {"tags": ["parameters"]} if source.startswith("# parameters") else {}
        notebook.cells.append(nbformat.v4.new_code_cell(source, metadata=tags))
    return notebook


def make_capacity(*, cpu: int = 2000, memory_mb: int = 8000, disk_gb: float = 100.0) -> Capacity:
    machine = Resources(cpu=cpu, memory_mb=memory_mb, disk_gb=disk_gb)
    return Capacity(total=machine, present=machine)


def make_run(**overrides: Any) -> Run:
    values: dict[str, Any] = {
        "id": 1,
        "task_id": "SAMPLE",
        "task_name": "Sample",
        "kind": TaskKind.SCRIPT,
        "status": RunStatus.QUEUED,
        "parameters": {},
        "created_at": datetime(2026, 11, 21, 10, tzinfo=UTC),
        "catalog_version": "v",
        "source_sha256": "s",
        "trigger": Trigger.API,
    }
    return Run(**{**values, **overrides})


def digest_of(run: Run) -> RunDigest:
    return RunDigest(**{name: getattr(run, name) for name in RunDigest.__dataclass_fields__})


def write_json(path: Path, content: Any) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content, indent=2), encoding="utf-8")
    return path


def make_new_run(task_id: str = "A", **changes: Any) -> NewRun:
    """A run of a script, to be queued."""
    values: dict[str, Any] = {
        "task_name": task_id,
        "kind": TaskKind.SCRIPT,
        "definition": {},
        "parameters": {},
        "sealed_parameters": None,
        "catalog_version": "v",
        "source_sha256": "s",
        "trigger": Trigger.API,
    }
    return NewRun(task_id=task_id, **{**values, **changes})
