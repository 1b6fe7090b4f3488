"""Contestants in turn, round by round, so that whatever else the machine does hits all of them alike."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

Times = Mapping[str, float]
"""Seconds by what they were taken of: one turn may measure the first message and the end."""


@dataclass(frozen=True, kw_only=True)
class Contestant:
    name: str
    turn: Callable[[], Times]
    turns_in_a_round: int = 1
    """More for those that are quick and whose p99 is wanted."""


@dataclass(kw_only=True)
class Results:
    times: dict[str, dict[str, list[float]]] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)

    def seconds(self, contestant: str, of: str) -> list[float]:
        return self.times.get(contestant, {}).get(of, [])


def run(contestants: Sequence[Contestant], rounds: int) -> Results:
    """All in each round; the first, which fills the system's caches, does not count. Who fails is out of the race."""
    results = Results()
    for number in range(rounds + 1):
        for each in contestants:
            if each.name in results.errors:
                continue
            try:
                for _ in range(each.turns_in_a_round if number else 1):
                    times = each.turn()
                    if number:
                        _keep(results, each.name, times)
            except Exception as error:  # noqa: BLE001 - whatever it is, the others go on
                results.errors[each.name] = describe(error)
        progress(f"round {number} of {rounds}")
    return results


def describe(error: Exception) -> str:
    return f"{type(error).__name__}: {' '.join(str(error).split())}"[:300]


def progress(text: str) -> None:
    """For who waits, not for who reads the table."""
    print(f"  {text}", file=sys.stderr, flush=True)


def _keep(results: Results, contestant: str, times: Times) -> None:
    for of, seconds in times.items():
        results.times.setdefault(contestant, {}).setdefault(of, []).append(seconds)
