"""The long form of the chaos test: ``make chaos SEED=7 RUNS=300``."""

from __future__ import annotations

import argparse
import os
import random
import shutil
import sys
import tempfile
import time
from pathlib import Path

from integration.chaos import verdict
from integration.chaos.harness import Chaos, Stuck


def main() -> int:
    parser = argparse.ArgumentParser(prog="make chaos", description=__doc__)
    parser.add_argument("--seed", type=int, default=int(os.environ.get("SEED") or random.randrange(1_000_000)))  # noqa: S311
    parser.add_argument("--runs", type=int, default=int(os.environ.get("RUNS") or 300))
    options = parser.parse_args()
    directory = Path(tempfile.mkdtemp(prefix="taskdeck-chaos-"))
    started = time.monotonic()

    def tell(text: str) -> None:
        print(f"{time.monotonic() - started:7.2f} s  {text}", flush=True)

    print(f"SEED={options.seed} RUNS={options.runs} in {directory}", flush=True)
    chaos = Chaos(
        seed=options.seed, runs=options.runs, kills=options.runs // 2, workers=2, directory=directory, tell=tell
    )
    try:
        try:
            chaos.wreak()
            found = verdict.problems(chaos)
        except (Stuck, AssertionError) as error:
            found = [str(error)]
    finally:
        chaos.destroy()
    print(f"\n{len(chaos.submitted)} runs in {time.monotonic() - started:.0f} s, {sum(chaos.done.values())} deaths:")
    for what, count in chaos.done.most_common():
        print(f"{count:5d}  {what}")
    if found:
        print(f"\n{len(found)} problems (SEED={options.seed}, see {directory}):")
        print(*(f"- {text}" for text in found), sep="\n")
        return 1
    shutil.rmtree(directory)
    print("\nEvery run has exactly one outcome, no event is missing or doubled, nothing is left over.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
