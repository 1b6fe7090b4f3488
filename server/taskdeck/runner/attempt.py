"""What all parts of one attempt share."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

from taskdeck.model import event
from taskdeck.model.event import Event
from taskdeck.model.run import Outcome
from taskdeck.runner.cancellation import Cancellation
from taskdeck.runner.channel import Channel
from taskdeck.runner.inventory import Inventory
from taskdeck.runner.job import Job
from taskdeck.runner.journal import Journal
from taskdeck.runner.masking import Masker
from taskdeck.runner.source import Source
from taskdeck.runner.watch import Watch


@dataclass(frozen=True, kw_only=True)
class Attempt:
    job: Job
    source: Source
    masker: Masker
    journal: Journal
    channel: Channel
    cancellation: Cancellation
    watch: Watch
    inventory: Inventory
    variables: dict[str, str]
    """The environment of the task's process."""

    @property
    def run_directory(self) -> Path:
        return Path(self.job.run_directory)

    @property
    def working_directory(self) -> Path:
        return Path(self.job.project_root if self.job.execute_from_root else self.job.working_directory)

    def say(self, happened: Event) -> None:
        self.journal.append(happened)

    def remark(self, text: str, level: Literal["info", "warning", "error"] = "warning") -> None:
        """Something that Taskdeck, not the author, tells the analyst."""
        self.say(event.Message(level=level, text=text, source="taskdeck"))


class Task(Protocol):
    """A notebook or a script that can be run, once."""

    async def run(self) -> Outcome:
        """Returns when the task's own process has ended; what it started besides may still be there."""
        ...

    async def interrupt(self) -> None:
        """What Ctrl-C does. Does nothing before the start and after the end."""
        ...
