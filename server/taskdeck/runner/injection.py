"""How bound values get into a notebook.

Three rules, the first that applies:

1. A code cell that is just ``params = {}`` is replaced.
2. In a notebook with a cell tagged ``parameters``, papermill's rule: a cell that assigns each value follows it.
3. A new first cell assigns all values to ``params``.
"""

from __future__ import annotations

import copy
import keyword
import re
from collections.abc import Mapping
from typing import Any

import nbformat
from nbformat import NotebookNode

from taskdeck.model.cells import INJECTED_TAG, PARAMETERS_TAG, is_params_cell

_MENTIONS_PARAMS = re.compile(r"\bparams\b")


class CannotInject(ValueError):
    """The values cannot be given to this notebook; the message is the reason that the run's page shows."""


def inject(notebook: NotebookNode, values: Mapping[str, Any]) -> NotebookNode:
    """A copy with the values in place, committed outputs and execution counts cleared. Raises `CannotInject`."""
    prepared = copy.deepcopy(notebook)
    for cell in prepared.cells:
        if cell.cell_type == "code":
            cell.outputs = []
            cell.execution_count = None
            cell.metadata.pop("execution", None)
    if (index := _params_cell(prepared.cells)) is not None:
        cell = prepared.cells[index]
        cell.source = _assignment(values)
        _tag(cell, INJECTED_TAG)
    elif any(_tags(cell) & {PARAMETERS_TAG, INJECTED_TAG} for cell in prepared.cells) or not _is_python(prepared):
        prepared = _inject_like_papermill(prepared, values)
    elif values or any(cell.cell_type == "code" and _MENTIONS_PARAMS.search(cell.source) for cell in prepared.cells):
        cell = nbformat.v4.new_code_cell(source=_assignment(values), metadata={"tags": [INJECTED_TAG]})
        prepared.cells.insert(0, cell)
    return prepared


def _params_cell(cells: list[NotebookNode]) -> int | None:
    return next(
        (
            index
            for index, cell in enumerate(cells)
            if cell.cell_type == "code" and is_params_cell(cell.source, _tags(cell))
        ),
        None,
    )


def _assignment(values: Mapping[str, Any]) -> str:
    if not values:
        return "params = {}"
    lines = "".join(f"    {_literal(name)}: {_literal(value)},\n" for name, value in values.items())
    return f"params = {{\n{lines}}}"


def _literal(value: Any) -> str:
    """A Python expression for a value that came from JSON; NaN and infinities have no literal."""
    match value:
        case float() if value != value or value in (float("inf"), float("-inf")):
            return f'float("{value}")'
        case dict():
            return "{" + ", ".join(f"{_literal(key)}: {_literal(item)}" for key, item in value.items()) + "}"
        case list() | tuple():
            return "[" + ", ".join(map(_literal, value)) + "]"
        case _:
            return repr(value)


def _inject_like_papermill(notebook: NotebookNode, values: Mapping[str, Any]) -> NotebookNode:
    if not values:
        return notebook
    for name in values:
        if not name.isidentifier() or keyword.iskeyword(name):
            raise CannotInject(
                f"The parameter {name!r} cannot become a variable of the notebook; rename it, "
                "or give the notebook a cell that is just `params = {}`."
            )
    # papermill takes long to import, and few notebooks need it here.
    from papermill import parameterize
    from papermill.exceptions import PapermillException

    for cell in notebook.cells:
        cell.metadata.setdefault("tags", [])
    notebook.metadata.setdefault("papermill", NotebookNode())
    try:
        return parameterize.parameterize_notebook(
            notebook,
            dict(values),
            comment="Parameters",
            kernel_name=notebook.metadata.get("kernelspec", {}).get("name") or "python3",
            language=_language(notebook),
        )
    except PapermillException as error:
        raise CannotInject(f"The parameters cannot be written in the notebook's language: {error}") from error


def _is_python(notebook: NotebookNode) -> bool:
    return _language(notebook).lower() == "python"


def _language(notebook: NotebookNode) -> str:
    metadata = notebook.metadata
    named = metadata.get("kernelspec", {}).get("language") or metadata.get("language_info", {}).get("name")
    return str(named or "python")


def _tags(cell: NotebookNode) -> set[str]:
    return set(cell.metadata.get("tags", []))


def _tag(cell: NotebookNode, tag: str) -> None:
    cell.metadata["tags"] = [*cell.metadata.get("tags", []), *([] if tag in _tags(cell) else [tag])]
