"""Measures Taskdeck side by side with its peers, prints tables, and writes raw numbers and a page of documentation."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from pathlib import Path

from benchmarks import machine, race, report, table
from benchmarks.bench import Bench
from benchmarks.measurement import Comparison, Record
from benchmarks.subjects import (
    configuration,
    dashboard,
    log,
    memory,
    messages,
    pandas,
    runs,
    screen,
    start,
    startup,
    throughput,
    trace,
    watchers,
)

SUBJECTS = {
    each.NAME: each
    for each in (
        start,
        pandas,
        throughput,
        messages,
        watchers,
        log,
        runs,
        memory,
        startup,
        screen,
        dashboard,
        configuration,
        trace,
    )
}
RAW = report.PAGE.with_suffix(".json")


def main() -> None:
    options = _options()
    names = options.only or list(SUBJECTS)
    about = machine.describe()
    comparisons: list[Comparison] = []
    with tempfile.TemporaryDirectory(prefix="taskdeck-bench-") as directory:
        bench = Bench(directory=Path(directory), rounds=options.rounds, quick=options.quick)
        for name in names:
            began = time.monotonic()
            print(f"{name} …", file=sys.stderr, flush=True)
            for comparison in _measure(name, bench):
                comparisons.append(comparison)
                _print(comparison)
            race.progress(f"{time.monotonic() - began:.0f} s")
    chosen = {"rounds": options.rounds, "quick": options.quick, "only": options.only or []}
    record = Record(machine=about, options=chosen, comparisons=tuple(comparisons))
    if options.output is not None:
        options.output.write_text(json.dumps(record.to_json(), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    if options.page is not None:
        report.write(record, options.page)


def _measure(name: str, bench: Bench) -> list[Comparison]:
    """What fails says so in its place, and the rest goes on."""
    try:
        return SUBJECTS[name].measure(bench)
    except Exception as error:  # noqa: BLE001
        return [Comparison(name=name, title=name.capitalize(), error=race.describe(error))]


def _print(comparison: Comparison) -> None:
    print(f"\n{comparison.title}\n")
    if comparison.measurements:
        print(table.text(table.of(comparison)))
    for failure in comparison.failures():
        print(f"  {failure}")
    print(flush=True)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "--only", nargs="+", choices=list(SUBJECTS), metavar="NAME", help=f"Some of: {', '.join(SUBJECTS)}."
    )
    parser.add_argument("--rounds", type=int, default=8, help="How often each contestant has its turn (default 8).")
    parser.add_argument("--quick", action="store_true", help="Small amounts: to see that it works.")
    parser.add_argument("--output", type=Path, help=f"Where the raw numbers go, as JSON: {RAW.name} for the page.")
    parser.add_argument("--page", type=Path, help="Where the page of documentation goes, as Markdown.")
    return parser.parse_args()


if __name__ == "__main__":
    main()
