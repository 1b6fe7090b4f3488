"""How the values of a run get into a file; see `taskdeck.runner.injection` for what happens then."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

from taskdeck.lint.document import Cell, Document
from taskdeck.model.cells import INJECTED_TAG, PARAMETERS_TAG, is_params_cell

_MENTIONS_PARAMS = re.compile(r"\bparams\b")


class Way(Enum):
    ARGUMENT = "argument"
    """As the argument of a script."""
    REPLACED = "replaced"
    """A cell that is just ``params = {}`` is replaced."""
    TAGGED = "tagged"
    """A cell after the tagged one assigns each value to a variable."""
    INSERTED = "inserted"
    """A new first cell assigns all to ``params``."""


@dataclass(frozen=True, kw_only=True)
class Inflow:
    way: Way
    cell: Cell | None = None
    """The one that is replaced, or the tagged one."""

    @property
    def gives_params(self) -> bool:
        """Whether the variable ``params`` is made for the notebook."""
        return self.way in (Way.REPLACED, Way.INSERTED)


def of(document: Document) -> Inflow:
    if not document.is_notebook:
        return Inflow(way=Way.ARGUMENT)
    code = [cell for cell in document.cells if cell.is_code]
    for cell in code:
        if _MENTIONS_PARAMS.search(cell.source) and is_params_cell(cell.source, cell.tags):
            return Inflow(way=Way.REPLACED, cell=cell)
    for tag in (PARAMETERS_TAG, INJECTED_TAG):
        for cell in code:
            if tag in cell.tags:
                return Inflow(way=Way.TAGGED, cell=cell)
    return Inflow(way=Way.INSERTED)
