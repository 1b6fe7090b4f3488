"""``python -m benchmarks.report RAW.json``: the page of documentation, made from the raw numbers."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from pathlib import Path

from benchmarks import table
from benchmarks.measurement import Comparison, Record

PAGE = Path(__file__).parents[1] / "docs" / "performance.md"
HEAD = """# Performance

How fast Taskdeck is, beside the programs that do the same work. This page is generated from raw numbers; do not
edit it.
"""
REPEAT = """## How to repeat it

```sh
make bench                                          # everything: about twelve minutes on two cores
make trace                                          # the stages from click to first message alone
.venv/bin/python -m benchmarks --only start log     # some of it; --help lists the names
.venv/bin/python -m benchmarks --quick              # small amounts: to see that it works
.venv/bin/python -m benchmarks.report docs/performance.json     # this page anew
```

Let the machine do nothing else meanwhile. `make bench` writes the raw numbers into `docs/performance.json` and makes
this page of them. The contestants of a table take turns within each round, so whatever else the machine does hits all
of them alike; the first round does not count. jupyter-scheduler gets an environment of its own below `~/.cache`, made
at the first use; everything else runs in Taskdeck's.

A ratio compares medians: 25× papermill means 25 times as fast, or as much. For contestants of which more is better, the
column *p99* has the worst value. Absolute numbers move with the machine, ratios less.
"""


def render(record: Record) -> str:
    """The page, as Markdown."""
    return "\n".join([HEAD, *_machine(record), *_summary(record), *_sections(record), REPEAT])


def _machine(record: Record) -> Iterator[str]:
    if not record.comparisons:
        yield "Nothing has been measured yet.\n"
        return
    machine = record.machine
    versions = ", ".join(f"{name} {version}" for name, version in machine["versions"].items())
    yield (
        f"Measured on {machine['date']}: {machine['processor']}, {machine['cores']} cores, "
        f"{machine['memory_gib']} GiB, {machine['system']}, Python {machine['python']}; {versions}. "
        f"Revision {machine['commit']}; {record.options['rounds']} rounds; load of the machine before: "
        f"{machine['load_before']}.\n"
    )
    if record.options["quick"]:
        yield "**These are numbers of a quick look: too few to say anything about speed.**\n"


def _summary(record: Record) -> Iterator[str]:
    """All targets in one table."""
    rows = []
    for comparison in record.comparisons:
        for verdict in comparison.verdicts():
            measured = "—"
            if verdict.measured is not None:
                unit = "×" if verdict.target.statistic == "ratio" else f" {verdict.measurement.unit}"
                measured = f"{table.number(verdict.measured)}{unit}"
            name = f"{comparison.title}: {verdict.measurement.name}"
            if verdict.target.statistic == "ratio":
                name += f", against {verdict.target.against or verdict.measurement.baseline}"
            rows.append((name, *reversed(table.verdict_text(verdict).rpartition(": ")[::2]), measured))
    if rows:
        yield "## What it should reach\n"
        ordered = tuple((name, target, measured, outcome) for name, outcome, target, measured in rows)
        yield table.markdown(table.Table(head=("", "target", "measured", ""), rows=ordered)) + "\n"


def _sections(record: Record) -> Iterator[str]:
    for comparison in record.comparisons:
        yield f"## {comparison.title}\n"
        yield from _section(comparison)


def _section(comparison: Comparison) -> Iterator[str]:
    if comparison.measurements:
        yield table.markdown(table.of(comparison)) + "\n"
    for failure in comparison.failures():
        yield f"{failure}\n"
    if comparison.note:
        yield f"{comparison.note}\n"


def write(record: Record, page: Path = PAGE) -> None:
    page.write_text(render(record), encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.report", description=__doc__)
    parser.add_argument("raw", type=Path, help="The raw numbers, as JSON.")
    parser.add_argument("--output", type=Path, default=PAGE, help=f"Default: {PAGE}.")
    options = parser.parse_args()
    write(Record.from_json(json.loads(options.raw.read_text(encoding="utf-8"))), options.output)


if __name__ == "__main__":
    main()
