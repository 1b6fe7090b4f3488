"""The project that chaos is let loose on: tasks of every kind, each noting when its body begins and ends."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from factories import make_notebook, make_project
from nbformat import NotebookNode

NOTE = """
import os, time
def note(word):
    ledger = os.open({ledger!r} + '/' + os.environ['TASKDECK_RUN_ID'], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.write(ledger, f"{{word}} {{os.environ['TASKDECK_ATTEMPT']}}\\n".encode())
    os.close(ledger)
note('begin')
"""
END = "\nnote('end')\n"
TALK = "from taskdeck import sdk\nfor number in range({count}):\n    sdk.log(str(number))\n"
PRINT = "for number in range({count}):\n    print(number, flush=True)\n"
SLEEP = "time.sleep({seconds})\n"
# A process that is in nobody's group, and which only KILL ends.
FAMILY = (
    "import subprocess\n"
    "subprocess.Popen(['sh', '-c', 'trap \"\" TERM INT HUP; sleep 600; true'], start_new_session=True)\n"
)
FAIL = "raise ValueError('on purpose')\n"

AGAIN = {"retries": {"count": 2, "delay": 0.1}, "rerunPolicy": "rerun"}


@dataclass(frozen=True, kw_only=True)
class Kind:
    """Tasks of one kind. ``copies``: runs of one task wait for one another, those of several do not."""

    parts: tuple[str, ...]
    copies: int = 1
    share: int = 1
    """How often its tasks are run in relation to others: a notebook costs more than ten scripts."""
    is_notebook: bool = False
    messages: int = 0
    status: str = "succeeded"
    settings: dict[str, Any] = field(default_factory=dict)
    """Of its tasks; with ``rerunPolicy`` they have several attempts."""

    def source(self, ledger: Path) -> str | NotebookNode:
        first, *rest = self.parts
        parts = [NOTE.format(ledger=str(ledger)) + first, *rest]
        return make_notebook(*parts) if self.is_notebook else "".join(parts)


KINDS = {
    "script": Kind(parts=(TALK.format(count=20), END), messages=20, copies=3, share=2),
    "notebook": Kind(parts=(TALK.format(count=20), "1 + 1", END), is_notebook=True, messages=20, copies=2),
    "flood": Kind(parts=(TALK.format(count=8000), END), messages=8000),
    "printing": Kind(parts=(PRINT.format(count=2000), END), is_notebook=True),
    "sleeper": Kind(parts=(SLEEP.format(seconds=1.5), END), copies=2, share=2),
    "dreamer": Kind(parts=(SLEEP.format(seconds=0.5), SLEEP.format(seconds=1), END), is_notebook=True),
    "family": Kind(parts=(FAMILY, SLEEP.format(seconds=0.5), END)),
    "relatives": Kind(parts=(FAMILY, SLEEP.format(seconds=0.3), END), is_notebook=True),
    "again": Kind(parts=(SLEEP.format(seconds=0.5), END), copies=2, share=2, settings=AGAIN),
    "once more": Kind(parts=(SLEEP.format(seconds=0.3), END), is_notebook=True, settings=AGAIN),
    "failing": Kind(parts=(FAIL,), status="failed", share=2),
}


def make(root: Path, ledger: Path) -> dict[str, Kind]:
    """The project; returns the kind of each task by its id."""
    ledger.mkdir()
    files = {}
    tasks = {}
    for name, kind in KINDS.items():
        for copy in range(kind.copies):
            stem = f"{name.replace(' ', '_')}{copy}"
            files[f"{stem}.{'ipynb' if kind.is_notebook else 'py'}"] = kind.source(ledger)
            tasks[stem.upper()] = kind
    make_project(root, files=files, tasks={task: kind.settings for task, kind in tasks.items()})
    return tasks
