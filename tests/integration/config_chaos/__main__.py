"""The long form: ``make chaos-config SEED=7 UPDATES=200``."""

from __future__ import annotations

import argparse
import os
import random
import shutil
import sys
import tempfile
import time
from pathlib import Path

from integration.config_chaos.harness import Chaos


def main() -> int:
    parser = argparse.ArgumentParser(prog="make chaos-config", description=__doc__)
    parser.add_argument("--seed", type=int, default=int(os.environ.get("SEED") or random.randrange(1_000_000)))  # noqa: S311
    parser.add_argument("--updates", type=int, default=int(os.environ.get("UPDATES") or 200))
    options = parser.parse_args()
    directory = Path(tempfile.mkdtemp(prefix="taskdeck-chaos-"))
    started = time.monotonic()

    def tell(text: str) -> None:
        print(f"{time.monotonic() - started:7.2f} s  {text}", flush=True)

    print(f"SEED={options.seed} UPDATES={options.updates} in {directory}", flush=True)
    chaos = Chaos(seed=options.seed, updates=options.updates, directory=directory, tell=tell)
    chaos.wreak()
    print(f"\n{options.updates} updates in {time.monotonic() - started:.0f} s:")
    for what, count in sorted(chaos.done.items()):
        print(f"{count:5d}  {what}")
    if chaos.problems:
        print(f"\n{len(chaos.problems)} problems (SEED={options.seed}, see {directory}):")
        print(*(f"- {text}" for text in chaos.problems), sep="\n")
        return 1
    shutil.rmtree(directory)
    print(
        "\nOne of the versions was served at every moment, whole; no run was disturbed, nothing was written elsewhere."
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
