"""A new project: one notebook and one script, declared and ready to run."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from taskdeck.catalog import replacement, rewriting
from taskdeck.catalog.rewriting import CannotRewrite

_DECLARATIONS = "config/data_tasks.json"
_TASKS = "data_tasks/"


class NotEmpty(Exception):
    """There is a project already; the message names the file that would be overwritten."""


def write(directory: Path) -> list[Path]:
    """Writes the files of a new project and returns their paths.

    Raises `NotEmpty` before anything is written, and `OSError`, leaving no file behind.
    """
    contents = {directory / name: text for name, text in _files().items()}
    for path in contents:
        if path.exists():
            raise NotEmpty(f"{path} exists already: choose an empty directory.")
    return _write(directory, contents)


def add(directory: Path) -> list[Path]:
    """Gives a native project without tasks the same ones; returns the paths of what was written.

    Of its configuration everything stays as its author wrote it. Raises what `additions` raises, before anything is
    written, and `OSError`, leaving no file behind.
    """
    return _write(directory, additions(directory))


def additions(directory: Path) -> dict[Path, str]:
    """The files that such a project would get, with their texts: its declarations as they would be, others anew.

    Raises `NotEmpty` where a task's file would be overwritten or the declarations cannot be added to, and `OSError`.
    """
    files = _files()
    for name in files:
        if name.startswith(_TASKS) and (directory / name).exists():
            raise NotEmpty(f"{name} exists already. Move it, or declare it as a task in {_DECLARATIONS}.")
    declarations = directory / _DECLARATIONS
    added = {directory / name: text for name, text in files.items() if not (directory / name).exists()}
    if declarations.exists():
        try:
            text = declarations.read_bytes().decode()
            for entry in json.loads(files[_DECLARATIONS])["dataTasks"]:
                text = rewriting.put(text, "dataTasks", entry)
        except (CannotRewrite, UnicodeDecodeError) as error:
            raise NotEmpty(f"{_DECLARATIONS} cannot be added to: {error}.") from error
        added[declarations] = text
    return added


def _write(directory: Path, contents: Mapping[Path, str]) -> list[Path]:
    declarations = directory / _DECLARATIONS
    # Last, and in one step: whoever sees the tasks declared finds their files, and what was there is never half of it.
    order = sorted(contents, key=lambda path: path == declarations)
    written: list[Path] = []
    try:
        (directory / "data").mkdir(parents=True, exist_ok=True)
        for path in order:
            path.parent.mkdir(parents=True, exist_ok=True)
            if path != declarations:
                written.append(path)
                path.write_bytes(contents[path].encode())
        replacement.replace(declarations, contents[declarations].encode())
    except OSError:
        for path in written:
            path.unlink(missing_ok=True)
        raise
    return list(contents)


def _files() -> dict[str, str]:
    return {
        _DECLARATIONS: _json(
            {
                "$schema": "../.taskdeck/schemas/data_tasks.schema.json",
                "dataTasks": [
                    {
                        "id": "HELLO_NOTEBOOK",
                        "name": "Hello from a notebook",
                        "description": "Counts, and draws a table. Open `data_tasks/hello.ipynb` to change it.",
                        "pythonFile": "hello.ipynb",
                        "supportedParameters": {
                            "greeting": {
                                "title": "Greeting",
                                "description": "What the notebook says first.",
                                "type": "string",
                                "defaultValue": "Hello",
                                "allowOverride": True,
                            },
                            "rows": {
                                "title": "Rows of the table",
                                "type": "integer",
                                "defaultValue": 5,
                                "allowOverride": True,
                            },
                        },
                    },
                    {
                        "id": "HELLO_SCRIPT",
                        "name": "Hello from a script",
                        "description": "Counts to ten. Open `data_tasks/hello.py` to change it.",
                        "pythonFile": "hello.py",
                    },
                ],
            }
        ),
        "config/data_connections.json": _json(
            {
                "$schema": "../.taskdeck/schemas/data_connections.schema.json",
                "dataConnections": [
                    {
                        "id": "ANA",
                        "name": "Analysis database",
                        "testquery": "SELECT 1",
                        "params": [
                            {"name": "type", "type": "text", "label": "Type"},
                            {"name": "sqlite3file", "type": "text", "label": "SQLite file in data/"},
                        ],
                    }
                ],
            }
        ),
        "config/config.json": _json(
            {
                "$schema": "../.taskdeck/schemas/config.schema.json",
                "dataConnectionParameters": {"ANA": {"type": "sqlite3", "sqlite3file": "analysis.sqlite"}},
            }
        ),
        "config/navigation.json": _json(
            {
                "$schema": "../.taskdeck/schemas/navigation.schema.json",
                "dataTasks": {
                    "header": "Actions",
                    "items": [
                        {
                            "title": "Count to ten",
                            "icon": "IconPlayerPlay",
                            "task": "HELLO_SCRIPT",
                            "prompt": "Run the script that counts to ten? It takes five seconds.",
                            "executeButtonText": "Count",
                            "cancelButtonText": "Not now",
                        }
                    ],
                },
            }
        ),
        "data_tasks/hello.ipynb": _json(_notebook()),
        "data_tasks/hello.py": _SCRIPT,
    }


_SCRIPT = '''"""Counts to ten and tells the dashboard about it."""

import time

from taskdeck import sdk

for number in sdk.progress(range(1, 11), text="Counting"):
    sdk.log(f"This is number {number}")
    time.sleep(0.5)
'''


def _notebook() -> dict[str, Any]:
    cells = [
        _cell("title", "markdown", "# Hello from a notebook"),
        _cell("parameters", "code", 'greeting = "Hello"\nrows = 5', tags=["parameters"]),
        _cell(
            "messages",
            "code",
            "import time\n\nfrom taskdeck import sdk\n\nsdk.log(greeting)\n"
            'for number in sdk.progress(range(rows), text="Making rows"):\n'
            '    sdk.log(f"Row {number + 1} of {rows}")\n    time.sleep(0.3)',
        ),
        _cell(
            "table",
            "code",
            'import pandas as pd\n\npd.DataFrame({"number": range(rows), "square": [n * n for n in range(rows)]})',
        ),
    ]
    kernelspec = {"display_name": "Python 3", "language": "python", "name": "python3"}
    return {"cells": cells, "metadata": {"kernelspec": kernelspec}, "nbformat": 4, "nbformat_minor": 5}


def _cell(identifier: str, kind: str, source: str, *, tags: list[str] | None = None) -> dict[str, Any]:
    cell: dict[str, Any] = {
        "id": identifier,
        "cell_type": kind,
        "metadata": {"tags": tags} if tags else {},
        "source": source.splitlines(keepends=True),
    }
    return cell | ({"execution_count": None, "outputs": []} if kind == "code" else {})


def _json(content: Any) -> str:
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"
