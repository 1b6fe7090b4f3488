"""Measurements as text: for a terminal, and as Markdown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.measurement import Comparison, Measurement, Verdict

STAGES = "trace-"
"""What the names of comparisons begin with whose rows are stages of one another."""


@dataclass(frozen=True, kw_only=True)
class Table:
    """Rows of texts; all columns but the first are numbers."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def of(comparison: Comparison) -> Table:
    return _stages(comparison) if comparison.name.startswith(STAGES) else _contestants(comparison)


def _contestants(comparison: Comparison) -> Table:
    """Columns that would be empty all the way down are left out."""
    head = ("", "median", "p99", "n", "compared", "target")
    verdicts = comparison.verdicts()
    rows = []
    for each in comparison.measurements:
        own = [verdict for verdict in verdicts if verdict.measurement is each]
        if not each.values:
            rows.append((each.name, "failed" if each.error else "none", "", "", "", _targets(own)))
            continue
        unit = f" {each.unit}"
        rows.append(
            (
                each.name,
                number(each.median) + unit,
                number(each.worst if each.more_is_better else each.p99) + unit if len(each.values) > 1 else "",
                f"{len(each.values):,}",
                _ratio(comparison, each),
                _targets(own),
            )
        )
    used = [index for index in range(len(head)) if index == 0 or any(row[index] for row in rows)]
    return Table(
        head=tuple(head[index] for index in used), rows=tuple(tuple(row[index] for index in used) for row in rows)
    )


def _stages(comparison: Comparison) -> Table:
    """Each stage with the time since the one before."""
    rows = []
    previous = 0.0
    for each in comparison.measurements:
        rows.append(
            (
                each.name,
                f"{each.median:.1f} ms",
                f"{each.median - previous:.1f} ms",
                f"{each.p99:.1f} ms",
                f"{len(each.values)}",
            )
        )
        previous = each.median
    return Table(head=("", "since click", "since the stage before", "p99 since click", "n"), rows=tuple(rows))


def number(value: float) -> str:
    """Three digits that say something, no more."""
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def text(table: Table) -> str:
    """In columns, numbers to the right."""
    lines = [table.head, *table.rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(table.head))]
    return "\n".join(_aligned(line, widths) for line in lines)


def markdown(table: Table) -> str:
    rule = ["---", *["---:"] * (len(table.head) - 1)]
    return "\n".join(f"| {' | '.join(_escaped(line))} |" for line in [table.head, rule, *table.rows])


def verdict_text(verdict: Verdict) -> str:
    """``60 ms: reached``, with what was measured where it is not the median that stands beside it."""
    target, measurement = verdict.target, verdict.measurement
    is_floor = target.statistic == "ratio" or measurement.more_is_better
    limit = f"{number(target.limit)}×" if target.statistic == "ratio" else f"{number(target.limit)} {measurement.unit}"
    name = "" if target.statistic in ("median", "ratio") else f"{target.statistic} "
    outcome = "reached" if verdict.is_reached else "not reached"
    if verdict.measured is None:
        outcome = "not measured"
    return f"{name}{'≥' if is_floor else '≤'} {limit}: {outcome}"


def _targets(verdicts: Sequence[Verdict]) -> str:
    return "; ".join(verdict_text(verdict) for verdict in verdicts)


def _ratio(comparison: Comparison, measurement: Measurement) -> str:
    ratio = comparison.ratio(measurement)
    return "" if ratio is None else f"{number(ratio)}× {measurement.baseline}"


def _aligned(line: Sequence[str], widths: Sequence[int]) -> str:
    cells = [line[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(line[1:], widths[1:], strict=True))]
    return "  " + "   ".join(cells).rstrip()


def _escaped(line: Sequence[str]) -> list[str]:
    return [cell.replace("|", "\\|") for cell in line]
