"""What is the same in two runs and what is not."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from taskdeck.model.cells import INJECTED_TAG, Cell, matched
from taskdeck.model.environment import Environment, normalized

VERSIONS = ("python_version", "kernel", "kernel_version", "python", "platform", "host")
"""Facts that tell with what a run was executed."""


class State(StrEnum):
    SAME = "same"
    CHANGED = "changed"
    ONLY_A = "only_a"
    ONLY_B = "only_b"


@dataclass(frozen=True, kw_only=True)
class ComparedValue:
    """A value of both runs, or of one."""

    name: str
    state: State
    a: Any
    b: Any


@dataclass(frozen=True, kw_only=True)
class ExecutedCell(Cell):
    """A cell of an executed notebook."""

    cell_type: str
    source: str
    status: str | None
    """As papermill notes it; ``None`` where it does not."""
    seconds: float | None
    output_count: int
    outputs: str
    """A hash of them; what differs in every run is left out of it."""

    @property
    def is_injected(self) -> bool:
        return self.id == INJECTED_TAG


@dataclass(frozen=True, kw_only=True)
class ComparedCell:
    """A cell of both notebooks, or of one."""

    a: ExecutedCell | None
    b: ExecutedCell | None

    @property
    def state(self) -> State:
        """Of its source."""
        if self.a is None or self.b is None:
            return State.ONLY_B if self.a is None else State.ONLY_A
        return State.SAME if (self.a.cell_type, self.a.source) == (self.b.cell_type, self.b.source) else State.CHANGED

    @property
    def outputs_equal(self) -> bool | None:
        """``None`` for a cell of one notebook."""
        return None if self.a is None or self.b is None else self.a.outputs == self.b.outputs

    @property
    def is_injected(self) -> bool:
        """It holds the values of the parameters."""
        return any(cell is not None and cell.is_injected for cell in (self.a, self.b))


def values(a: Mapping[str, Any], b: Mapping[str, Any]) -> list[ComparedValue]:
    """By name, in the order of ``a``, and then what only ``b`` has."""
    return [_value(name, a, b) for name in dict.fromkeys([*a, *b])]


def versions(a: Mapping[str, Any], b: Mapping[str, Any]) -> list[ComparedValue]:
    """From the facts of both runs: what executed them."""
    found = values(_among(a, VERSIONS), _among(b, VERSIONS))
    return sorted(found, key=lambda each: VERSIONS.index(each.name))


def packages(a: Environment, b: Environment) -> list[ComparedValue]:
    """The version of each package, by name; spellings of a name are one."""
    left, right = ({normalized(each.name): each for each in found.packages} for found in (a, b))
    return [
        replace(each, name=(right.get(each.name) or left[each.name]).name)
        for each in values(
            {name: left[name].version for name in sorted(left)}, {name: right[name].version for name in sorted(right)}
        )
    ]


def cells(a: Sequence[ExecutedCell], b: Sequence[ExecutedCell]) -> list[ComparedCell]:
    """In the order of ``b``, and what only ``a`` has before what follows it there."""
    return list(_cells(a, b))


def _cells(a: Sequence[ExecutedCell], b: Sequence[ExecutedCell]) -> Iterator[ComparedCell]:
    pairs = {right: left for left, right in matched(a, b).items()}
    by_index = {cell.index: cell for cell in a}
    found = set(pairs.values())
    alone = deque(cell for cell in a if cell.index not in found)
    for cell in b:
        left = pairs.get(cell.index)
        while left is not None and alone and alone[0].index < left:
            yield ComparedCell(a=alone.popleft(), b=None)
        yield ComparedCell(a=None if left is None else by_index[left], b=cell)
    for cell in alone:
        yield ComparedCell(a=cell, b=None)


def _value(name: str, a: Mapping[str, Any], b: Mapping[str, Any]) -> ComparedValue:
    if name not in a or name not in b:
        state = State.ONLY_A if name in a else State.ONLY_B
    else:
        # In Python, 1 is True.
        is_same = a[name] == b[name] and isinstance(a[name], bool) == isinstance(b[name], bool)
        state = State.SAME if is_same else State.CHANGED
    return ComparedValue(name=name, state=state, a=a.get(name), b=b.get(name))


def _among(facts: Mapping[str, Any], names: Sequence[str]) -> dict[str, Any]:
    return {name: facts[name] for name in names if name in facts}
