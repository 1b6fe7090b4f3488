"""Which modules a Python has, asked of that Python itself. Nothing of a project is imported."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Collection
from pathlib import Path

import taskdeck

TIMEOUT_SECONDS = 20.0
ALWAYS_THERE = frozenset({"taskdeck"})
"""A runner puts it on the path of every task."""

# `find_spec` of a name without a dot asks the finders and executes no module. It must run in any Python 3.
_ASK = """
import sys
sys.path[:] = [entry for entry in sys.path if entry]
import importlib.util
import json
lacking = []
for name in json.loads(sys.stdin.read()):
    try:
        found = importlib.util.find_spec(name) is not None
    except (ImportError, AttributeError, ValueError):
        found = name in sys.modules
    if not found:
        lacking.append(name)
print(json.dumps(lacking))
"""


class CannotAsk(RuntimeError):
    """The Python could not be asked for its modules; the message says which one and why."""


def lacking(python: str, names: Collection[str]) -> set[str]:
    """Those of the modules that cannot be imported with this Python. Raises `CannotAsk`."""
    asked = sorted(set(names) - ALWAYS_THERE)
    if not asked:
        return set()
    aliases = Path(taskdeck.__file__).parent / "sdk" / "aliases"
    inherited = os.environ.get("PYTHONPATH")
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("TASKDECK_")},
        "PYTHONPATH": os.pathsep.join([inherited, str(aliases)] if inherited else [str(aliases)]),
        "PYTHONIOENCODING": "utf-8",
    }
    try:
        finished = subprocess.run(
            [python, "-c", _ASK],
            input=json.dumps(asked).encode(),
            capture_output=True,
            timeout=TIMEOUT_SECONDS,
            env=environment,
            cwd=Path(sys.prefix),
            check=True,
        )
        return set(json.loads(finished.stdout))
    except subprocess.TimeoutExpired:
        raise CannotAsk(f"{python} does not answer within {TIMEOUT_SECONDS:g} s.") from None
    except (OSError, subprocess.SubprocessError, ValueError) as error:
        raise CannotAsk(f"{python} cannot say which modules it has ({type(error).__name__}).") from error
