"""Lists that several files declare, merged by id. Standard library only, as `layout`."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

Entry = TypeVar("Entry")


@dataclass(frozen=True, kw_only=True)
class Merged(Generic[Entry]):
    """``entries`` by id, in the order of their first appearance; ``shadowed``: pairs of a loser and its winner."""

    entries: dict[str, Entry] = field(default_factory=dict)
    shadowed: list[tuple[Entry, Entry]] = field(default_factory=list)


def by_id(entries: Iterable[Entry], id_of: Callable[[Entry], str]) -> Merged[Entry]:
    """Merges whole entries: of several with the same id the first one wins.

    In a DUFT workspace the entries of ``system`` come first, those of ``user`` last (see `layout.config_files`).
    """
    merged: Merged[Entry] = Merged()
    for entry in entries:
        winner = merged.entries.setdefault(id_of(entry), entry)
        if winner is not entry:
            merged.shadowed.append((entry, winner))
    return merged
