"""A runner as the worker sees it: a process that may or may not be its child."""

from __future__ import annotations

import os
import subprocess
import threading
from collections.abc import Callable
from dataclasses import dataclass

from taskdeck.runner import processes


@dataclass(kw_only=True)
class RunnerProcess:
    """A runner by pid and start time.

    ``child`` is known only in the worker that started it, ``ended`` only in the one that leased it: how it ended.
    """

    pid: int
    created_at: float
    child: subprocess.Popen[bytes] | None = None
    ended: Callable[[], int | None] | None = None

    @property
    def is_alive(self) -> bool:
        if self.child is not None:
            return self.child.poll() is None
        return processes.is_alive(self.pid, self.created_at)

    @property
    def exit_code(self) -> int | None:
        """Of a runner that has ended and is not adopted."""
        if self.child is not None:
            return self.child.poll()
        return self.ended() if self.ended is not None else None

    def reap_later(self) -> None:
        """Takes the exit code when the runner ends, whenever that is, so that no zombie stays."""
        if self.child is not None:
            threading.Thread(target=self.child.wait, name=f"reap {self.pid}", daemon=True).start()

    def kill(self) -> None:
        """The runner and everything that it started."""
        processes.kill_tree(self.pid, self.created_at)


def runner_environment() -> dict[str, str]:
    """What a runner inherits. The server's own settings, its token among them, are nothing for tasks to read."""
    return {name: value for name, value in os.environ.items() if not name.startswith("TASKDECK_")}
