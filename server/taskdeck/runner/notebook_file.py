"""A look at a notebook's file with nothing but JSON: whether it is one, and which kernel it wants.

Done before the Jupyter libraries are loaded, so that a kernel can start meanwhile.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

LATEST_FORMAT = 4


class NotANotebook(ValueError):
    """The file cannot be run as a notebook; the message is the reason that the run's page shows."""


@dataclass(frozen=True, kw_only=True)
class NotebookFile:
    kernel_name: str | None
    """``None``: the notebook does not say."""


def parse(content: bytes) -> NotebookFile:
    """Raises `NotANotebook`."""
    metadata = load(content).get("metadata")
    kernelspec = metadata.get("kernelspec") if isinstance(metadata, dict) else None
    name = kernelspec.get("name") if isinstance(kernelspec, dict) else None
    return NotebookFile(kernel_name=str(name) if name else None)


def load(content: bytes) -> dict[str, Any]:
    """Its JSON; of the present format, with cells that have a type and a source. Raises `NotANotebook`."""
    try:
        notebook = json.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise NotANotebook(f"The notebook is not UTF-8 text (byte {error.start}).") from error
    except RecursionError:
        raise NotANotebook("The notebook is not valid JSON: it is nested too deeply.") from None
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise NotANotebook(f"The notebook is not valid JSON: {error.msg} ({where}).") from error
    if not isinstance(notebook, dict) or not isinstance(notebook.get("nbformat"), int):
        raise NotANotebook("The file is JSON, but not a notebook: it has no nbformat.")
    version = notebook["nbformat"]
    if version > LATEST_FORMAT:
        raise NotANotebook(f"The notebook has format {version}, which is too new; save it in format {LATEST_FORMAT}.")
    if version == LATEST_FORMAT:
        _check_cells(notebook)
    return notebook


def _check_cells(notebook: dict[str, Any]) -> None:
    cells = notebook.get("cells")
    if not isinstance(cells, list):
        raise NotANotebook("The notebook has no list of cells.")
    for number, cell in enumerate(cells, start=1):
        if not isinstance(cell, dict) or not isinstance(cell.get("cell_type"), str):
            raise NotANotebook(f"Cell {number} of the notebook is broken: it has no cell_type.")
        if not isinstance(cell.get("source"), str | list):
            raise NotANotebook(f"Cell {number} of the notebook is broken: it has no source.")
