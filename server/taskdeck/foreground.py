"""``taskdeck run`` and ``taskdeck cancel``: runs started and ended from the command line, with a worker of its own."""

from __future__ import annotations

import contextlib
import json
import os
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import click

from taskdeck.app import Application, cancel_command
from taskdeck.execution import log_lines
from taskdeck.execution.service import AlreadyEnded
from taskdeck.model.event import WireEvent
from taskdeck.model.run import Run, RunStatus, Trigger
from taskdeck.model.waiting import Waiting
from taskdeck.runner import wakeup

EXIT_CODES = {RunStatus.SUCCEEDED: 0, RunStatus.CANCELLED: 130}
EVENTS_PER_PAGE = 1000
# A hint may be lost.
POLL_SECONDS = 0.5


class WorkerDied(Exception):
    """The worker in this process ended before the run did; its error stands above."""

    def __init__(self) -> None:
        super().__init__(self.__doc__)


def run(application: Application, task_id: str, parameters: dict[str, Any], *, as_json: bool) -> int:
    """Submits, executes and prints one run; returns the exit code. Raises what `submission.submit` raises."""
    service = application.service
    submitted, _ = service.submit(task_id, parameters, trigger=Trigger.CLI)
    listener = wakeup.Listener(application.settings.observers_wakeup_directory / f"cli-{os.getpid()}")
    stop = threading.Event()
    worker = application.worker(dedicated_to=submitted)
    thread = threading.Thread(target=worker.run_until, args=(stop,), name="worker")
    thread.start()
    printer = Printer(as_json=as_json)
    try:
        printer.begin(submitted, service.waiting(submitted))
        _follow(application, submitted.id, listener, printer, thread)
    except KeyboardInterrupt:
        click.echo(f"Run {submitted.id} is left to itself; a server or `taskdeck worker` records its end.", err=True)
        click.echo(f"To stop it: {cancel_command(application.settings, submitted.id)}", err=True)
        return EXIT_CODES[RunStatus.CANCELLED]
    finally:
        stop.set()
        listener.close()
        thread.join()
    ended = service.run(submitted.id)
    printer.end(ended)
    return EXIT_CODES.get(ended.status, 1)


def cancel(application: Application, run_ids: Sequence[int]) -> int:
    """Ends runs and waits until they have ended; returns the exit code. Raises `UnknownRun`, before any is cancelled.

    Where no server is up, this process tells the runners, and records what they say.
    """
    service = application.service
    for run in [service.run(run_id) for run_id in run_ids]:
        with contextlib.suppress(AlreadyEnded):
            service.cancel(run.id, by=Trigger.CLI.in_words)
    # It takes over what nobody watches, and starts nothing.
    watching = replace(application, settings=replace(application.settings, max_parallel_runs=0))
    printer = Printer(as_json=False)
    code = 0
    for run_id in run_ids:
        if not service.run(run_id).status.is_final:
            click.echo(f"Waiting for run {run_id} to end", err=True)
            watching.worker(dedicated_to=service.run(run_id)).run_until(threading.Event())
        ended = service.run(run_id)
        printer.end(ended)
        code = code if ended.status is RunStatus.CANCELLED else 1
    return code


def _follow(
    application: Application, run_id: int, listener: wakeup.Listener, printer: Printer, worker: threading.Thread
) -> None:
    """Prints events until the run has ended. The first Ctrl-C cancels the run, the second one is raised.

    Raises `WorkerDied`.
    """
    service = application.service
    after = 0
    cancelled = False
    while True:
        try:
            page = service.events(run_id, after, EVENTS_PER_PAGE)
            for event in page.events:
                printer.event(event)
                after = event["seq"]
            if page.ended:
                return
            if after >= page.last_seq:
                if not worker.is_alive() and not service.run(run_id).status.is_final:
                    raise WorkerDied
                listener.wait(POLL_SECONDS)
        except KeyboardInterrupt:
            if cancelled:
                raise
            cancelled = True
            click.echo("Cancelling; press Ctrl-C again to leave the run to itself.", err=True)
            if not service.run(run_id).status.is_final:
                service.cancel(run_id, by="Ctrl-C")


@dataclass(kw_only=True)
class Printer:
    """Events as text for a person, or as JSON for a program."""

    as_json: bool
    _shown_percent: dict[str, int] = field(default_factory=dict)

    def begin(self, run: Run, waits: Waiting | None) -> None:
        if not self.as_json:
            click.echo(f"Run {run.id} of {run.task_name}", err=True)
            if waits is not None:
                click.echo(f"Waiting: {waits.text}", err=True)

    def event(self, event: WireEvent) -> None:
        if self.as_json:
            sys.stdout.write(json.dumps(event, ensure_ascii=False) + "\n")
            sys.stdout.flush()
        elif event["type"] == "stream":
            click.echo(event["text"], nl=False, err=event["name"] == "stderr")
        elif event["type"] == "cell_output" and event["output"]["output_type"] == "stream":
            click.echo(event["output"]["text"], nl=False, err=event["output"]["name"] == "stderr")
        elif event["type"] == "progress":
            self._progress(event)
        elif event["type"] == "message":
            click.echo(event["text"], err=event["level"] == "error")
        elif event["type"] == "status" and event["status"] == RunStatus.QUEUED:
            click.echo(event["reason"], err=True)
        elif event["type"] != "status" and (text := log_lines.describe(event)):
            click.echo(text)

    def _progress(self, event: WireEvent) -> None:
        """At every tenth: a terminal is no place for ten thousand lines."""
        if not event["total"]:
            return
        percent = int(100 * event["current"] / event["total"])
        if percent >= self._shown_percent.get(event["id"], -10) + 10 or percent == 100:
            self._shown_percent[event["id"]] = percent
            click.echo(f"{percent:3d} % {event['text']}".rstrip())

    def end(self, run: Run) -> None:
        if self.as_json:
            return
        words = str(run.status).replace("_", " ")
        if run.status is RunStatus.SUCCEEDED and run.error_count:
            words += f" with {run.error_count} errors"
        took = f" after {run.seconds:.1f} s" if run.seconds is not None else ""
        click.echo(f"Run {run.id} {words}{took}" + (f": {run.reason}" if run.reason else ""), err=True)
