"""``taskdeck run`` and ``taskdeck cancel``: runs started and ended from the command line, with a worker of its own."""

from __future__ import annotations

import contextlib
import json
import os
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import click
import watchfiles

from taskdeck.app import Application, cancel_command
from taskdeck.execution import checking, log_lines
from taskdeck.execution.checking import BrokenTask, UnknownTask
from taskdeck.execution.service import AlreadyEnded
from taskdeck.execution.submission import AlreadyRunning, InvalidParameters
from taskdeck.model.event import WireEvent
from taskdeck.model.project import Catalog
from taskdeck.model.run import Run, RunStatus, Trigger
from taskdeck.model.waiting import Waiting
from taskdeck.runner import wakeup

EXIT_CODES = {RunStatus.SUCCEEDED: 0, RunStatus.CANCELLED: 130}
EVENTS_PER_PAGE = 1000
# A hint may be lost.
POLL_SECONDS = 0.5
# Editors write a file in several steps.
SETTLE_MILLISECONDS = 100


class WorkerDied(Exception):
    """The worker in this process ended before the run did; its error stands above."""

    def __init__(self) -> None:
        super().__init__(self.__doc__)


class NoTaskOfFile(ValueError):
    """No task of the project has this file, or several have; the message says which, and what to do."""

    def __init__(self, file: str, task_ids: Sequence[str]) -> None:
        if task_ids:
            message = f"{file} is the file of several tasks: {', '.join(task_ids)}. Name one by its id."
        else:
            message = f"No task of the project has the file {file}. `taskdeck task add {file}` declares one."
        super().__init__(message)


def task_named(catalog: Catalog, name: str) -> str:
    """The id of the task that is meant by its id or by the path of its file. Raises `NoTaskOfFile`.

    A name that is neither an id nor the path of a file is returned as it is.
    """
    if name in catalog.tasks or not Path(name).is_file():
        return name
    file = Path(name).resolve()
    found = [task.id for task in catalog.tasks.values() if Path(task.file).resolve() == file]
    if len(found) != 1:
        raise NoTaskOfFile(name, found)
    return found[0]


def watch(application: Application, task_id: str, parameters: Mapping[str, Any], *, as_json: bool) -> int:
    """Runs a task now, and again whenever its file, a module beside it or the configuration is saved, until Ctrl-C.

    A run that has not ended by then is cancelled. Returns the exit code. Raises `UnknownTask`.
    """
    catalog = application.live_catalog
    with _saves(application, task_id) as saved:
        while True:
            saved.clear()
            catalog.reload()
            try:
                run(application, task_id, dict(parameters), as_json=as_json, stop=saved)
            except InvalidParameters as error:
                tell_invalid(error)
            except (BrokenTask, UnknownTask, AlreadyRunning) as error:
                click.echo(f"taskdeck: {error}", err=True)
            try:
                if not saved.is_set():
                    click.echo("Waiting for the next save; Ctrl-C ends this.", err=True)
                # In pieces: a wait without end would keep Ctrl-C from Python on Windows.
                while not saved.wait(POLL_SECONDS):
                    pass
            except KeyboardInterrupt:
                return EXIT_CODES[RunStatus.CANCELLED]
            click.echo(f"\nSaved at {datetime.now().astimezone():%H:%M:%S}", err=True)


def tell_invalid(error: InvalidParameters) -> None:
    """What is wrong with the values of each parameter, a line each."""
    for name, text in error.errors.items():
        click.echo(f"{name}: {text}", err=True)


@contextmanager
def _saves(application: Application, task_id: str) -> Iterator[threading.Event]:
    """An event that is set whenever something that the task is made of has been written. Raises `UnknownTask`."""
    catalog = application.live_catalog.current()
    task_file = Path(checking.declared(catalog, task_id).file)
    config = catalog.project.config_directory
    packages = {inner.parent for inner in task_file.parent.glob("*/__init__.py")}
    folders = [folder for folder in {task_file.parent, config, *packages} if folder.is_dir()]
    changed, over = threading.Event(), threading.Event()

    def is_part(path: Path) -> bool:
        # Not all that is in its folder: what a task writes there must not start it again.
        return path == task_file or path.suffix == ".py" or (path.suffix == ".json" and path.parent == config)

    def wait_for_saves() -> None:
        for changes in watchfiles.watch(
            *folders, recursive=False, step=SETTLE_MILLISECONDS, stop_event=over, raise_interrupt=False
        ):
            if any(is_part(Path(path)) for _, path in changes):
                changed.set()

    thread = threading.Thread(target=wait_for_saves, name="saves", daemon=True)
    thread.start()
    try:
        yield changed
    finally:
        over.set()
        thread.join()


def run(
    application: Application,
    task_id: str,
    parameters: dict[str, Any],
    *,
    as_json: bool,
    stop: threading.Event | None = None,
) -> int:
    """Submits, executes and prints one run; returns the exit code. Raises what `submission.submit` raises.

    Setting ``stop`` cancels it.
    """
    service = application.service
    submitted, _ = service.submit(task_id, parameters, trigger=Trigger.CLI)
    listener = wakeup.Listener(application.settings.observers_wakeup_directory / f"cli-{os.getpid()}")
    recorded = threading.Event()
    worker = application.worker(dedicated_to=submitted)
    thread = threading.Thread(target=worker.run_until, args=(recorded,), name="worker")
    thread.start()
    printer = Printer(as_json=as_json)
    try:
        printer.begin(submitted, service.waiting(submitted))
        _follow(application, submitted.id, listener, printer, worker=thread, stop=stop or threading.Event())
    except KeyboardInterrupt:
        click.echo(f"Run {submitted.id} is left to itself; a server or `taskdeck worker` records its end.", err=True)
        click.echo(f"To stop it: {cancel_command(application.settings, submitted.id)}", err=True)
        return EXIT_CODES[RunStatus.CANCELLED]
    finally:
        recorded.set()
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
        _cancel(application, run.id, by=Trigger.CLI.in_words)
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
    application: Application,
    run_id: int,
    listener: wakeup.Listener,
    printer: Printer,
    *,
    worker: threading.Thread,
    stop: threading.Event,
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
                if stop.is_set() and not cancelled:
                    cancelled = True
                    _cancel(application, run_id, by="the next save")
                listener.wait(POLL_SECONDS)
        except KeyboardInterrupt:
            if cancelled:
                raise
            cancelled = True
            click.echo("Cancelling; press Ctrl-C again to leave the run to itself.", err=True)
            _cancel(application, run_id, by="Ctrl-C")


def _cancel(application: Application, run_id: int, *, by: str) -> None:
    with contextlib.suppress(AlreadyEnded):
        application.service.cancel(run_id, by=by)


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
            words += f" with {run.error_count} error{'' if run.error_count == 1 else 's'}"
        took = f" after {run.seconds:.1f} s" if run.seconds is not None else ""
        click.echo(f"Run {run.id} {words}{took}" + (f": {run.reason}" if run.reason else ""), err=True)
