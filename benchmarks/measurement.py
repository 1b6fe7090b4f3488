"""What was measured, and whether it reaches what it should."""

from __future__ import annotations

import math
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

Statistic = Literal["median", "p99", "worst", "ratio"]


def percentile(values: Sequence[float], share: float) -> float:
    """By nearest rank: always one of the values. Raises `ValueError` for none."""
    if not values:
        raise ValueError("no values")
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def thinned(values: Sequence[float], count: int = 1000) -> tuple[float, ...]:
    """At most ``count`` of the values, evenly spaced in the order of their size, the largest among them.

    Median and percentiles stay what they are, and raw numbers stay small enough to be kept.
    """
    ordered = sorted(values)
    if len(ordered) <= count:
        return tuple(ordered)
    return tuple(ordered[(len(ordered) * number) // count - 1] for number in range(1, count + 1))


@dataclass(frozen=True, kw_only=True)
class Target:
    """What must be reached: ``limit`` at most, or at least where more is better; a ratio always at least."""

    statistic: Statistic
    limit: float
    against: str = ""
    """For a ratio: the measurement that this one is compared with; its own baseline unless given."""


@dataclass(frozen=True, kw_only=True)
class Measurement:
    """One contestant's values of one thing; ``error`` says why there are none."""

    name: str
    unit: str
    values: tuple[float, ...] = ()
    baseline: str = ""
    """The measurement of the same comparison that this one is compared with."""
    more_is_better: bool = False
    targets: tuple[Target, ...] = ()
    error: str = ""

    @property
    def median(self) -> float:
        return statistics.median(self.values)

    @property
    def p99(self) -> float:
        return percentile(self.values, 0.99)

    @property
    def worst(self) -> float:
        return min(self.values) if self.more_is_better else max(self.values)

    def ratio(self, baseline: Measurement) -> float:
        """How many times better than ``baseline`` it is, by medians."""
        if self.more_is_better:
            return self.median / baseline.median
        return baseline.median / self.median


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """One target beside what was measured; ``measured`` is ``None`` where there is nothing to compare."""

    measurement: Measurement
    target: Target
    measured: float | None

    @property
    def is_reached(self) -> bool:
        if self.measured is None:
            return False
        if self.target.statistic == "ratio" or self.measurement.more_is_better:
            return self.measured >= self.target.limit
        return self.measured <= self.target.limit


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """Measurements that belong in one table; the note is what a reader has to know of them."""

    name: str
    title: str
    measurements: tuple[Measurement, ...] = ()
    note: str = ""
    error: str = ""

    def failures(self) -> list[str]:
        """A sentence for each thing that could not be measured, or not to its end."""
        found = [f"{each.name} failed: {each.error}" for each in self.measurements if each.error]
        return [f"Failed: {self.error}", *found] if self.error else found

    def find(self, name: str) -> Measurement | None:
        """The measurement of that name, if it has values."""
        return next((each for each in self.measurements if each.name == name and each.values), None)

    def ratio(self, measurement: Measurement) -> float | None:
        baseline = self.find(measurement.baseline)
        return measurement.ratio(baseline) if baseline is not None and measurement.values else None

    def verdicts(self) -> list[Verdict]:
        return [
            Verdict(measurement=each, target=target, measured=self._measured(each, target))
            for each in self.measurements
            for target in each.targets
        ]

    def _measured(self, measurement: Measurement, target: Target) -> float | None:
        if not measurement.values:
            return None
        if target.statistic != "ratio":
            value: float = getattr(measurement, target.statistic)
            return value
        against = self.find(target.against or measurement.baseline)
        return measurement.ratio(against) if against is not None else None


@dataclass(frozen=True, kw_only=True)
class Record:
    """A whole run of the benchmarks: the raw numbers that are kept, and where they come from."""

    machine: Mapping[str, Any]
    options: Mapping[str, Any]
    comparisons: tuple[Comparison, ...] = field(default=())

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> Record:
        """Raises `KeyError` and `TypeError` for what is no record."""
        return cls(
            machine=content["machine"],
            options=content["options"],
            comparisons=tuple(_comparison(each) for each in content["comparisons"]),
        )


def _comparison(content: Mapping[str, Any]) -> Comparison:
    measurements = tuple(
        Measurement(
            **{
                **each,
                "values": tuple(each["values"]),
                "targets": tuple(Target(**target) for target in each["targets"]),
            }
        )
        for each in content["measurements"]
    )
    return Comparison(**{**content, "measurements": measurements})
