"""The life of one attempt, from the job to the last line of its journal."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import json
import logging
import os
import platform
import sys
import traceback
from collections.abc import Coroutine, Iterator
from pathlib import Path
from typing import Any, NoReturn

from taskdeck.model import event
from taskdeck.model.run import Outcome, RunStatus
from taskdeck.model.trace import Stage
from taskdeck.runner import cancellation, configuration_update, control, deadline, environment, files, processes, source
from taskdeck.runner.ahead import Ahead, ForkedKernel, ForkedScript, serves
from taskdeck.runner.attempt import Attempt, Task
from taskdeck.runner.cancellation import Cancellation
from taskdeck.runner.channel import Channel, Tokens
from taskdeck.runner.inventory import Inventory
from taskdeck.runner.job import Job
from taskdeck.runner.journal import JOURNAL_NAME, Journal, JournalUnwritable
from taskdeck.runner.masking import Masker
from taskdeck.runner.published import Published
from taskdeck.runner.source import UnreadableSource
from taskdeck.runner.trace import Trace
from taskdeck.runner.watch import Watch

JOB_NAME = "job.json"
OUTPUTS_NAME = "outputs"

EXIT_FINE = 0
EXIT_DEFECT = 1
EXIT_INVALID_JOB = 2

log = logging.getLogger(__name__)


class RunDirectoryUnwritable(Exception):
    """The run's directory cannot be written: {error}"""

    def __init__(self, error: OSError) -> None:
        super().__init__((self.__doc__ or "").format(error=error))


async def run_masked(job: Job, *, ahead: Ahead | None = None) -> int:
    """`run`, but whatever leaves it is printed without the secrets that Python would show."""
    try:
        return await run(job, ahead=ahead)
    except BaseException:  # noqa: BLE001 - also what ends a process
        complain(Masker(job.secrets).text(traceback.format_exc()))
        return EXIT_DEFECT


def leave(code: int) -> NoReturn:
    """Ends this process: the journal is closed and the task is gone; no thread or exit handler may hold it now."""
    for stream in (sys.stdout, sys.stderr):
        # Both are the runner's log, on a disk that may be full.
        with contextlib.suppress(OSError):
            stream.flush()
    os._exit(code)


async def run(job: Job, *, ahead: Ahead | None = None) -> int:
    """Runs the job in this process, whose children are all taken to be the task's. Returns the exit code.

    ``ahead`` is the process for its task, if there is one already.

    Whatever happens to the task, its outcome is the last line of the journal; only when the journal cannot be
    written, the exit code (`processes.EXIT_JOURNAL_UNWRITABLE`) has to tell; or `EXIT_DEFECT`, when Taskdeck itself
    fails so that there is no outcome.
    """
    trace = Trace(Path(job.trace_directory) if job.trace_directory else None)
    trace.mark(job.run_id, Stage.JOB_RECEIVED)
    tokens = Tokens()
    # The task's token is a variable of its process, and a task may print those.
    masker = Masker((*job.secrets, tokens.task, tokens.control))
    _log_masked(masker)
    try:
        if not _begins(job):
            complain(f"Another process runs attempt {job.attempt} of run {job.run_id}.")
            return processes.EXIT_ALREADY_BEGUN
        journal = Journal(
            Path(job.run_directory) / JOURNAL_NAME,
            attempt=job.attempt,
            first_seq=job.first_seq,
            masker=masker,
            run_id=job.run_id,
            wakeup_path=Path(job.wakeup_path) if job.wakeup_path else None,
            trace=trace,
            max_bytes=job.max_log_bytes,
        )
        cancelling = Cancellation()
        watch, inventory = Watch(job), Inventory(job, masker)
        processes.adopt_orphans()
        processes.on_termination(lambda: _ignore(cancelling.request("the system")))
        outcome = await _run_watched(job, masker, journal, cancelling, watch, inventory, tokens, ahead)
        # In this order: what looks into another Python must not count as the task's.
        facts = {**watch.facts(), **await inventory.facts()}
        journal.append(event.Facts(facts=facts), is_last=True)
        watch.close()
        journal.append(event.Status(status=outcome.status, reason=outcome.reason), is_last=True)
        journal.close()
    except (JournalUnwritable, RunDirectoryUnwritable) as error:
        await processes.kill_descendants()
        complain(masker.text(str(error)))
        return processes.EXIT_JOURNAL_UNWRITABLE
    except Exception:
        # Here, because an exception that leaves this process is printed with the secrets in it.
        log.exception("runner_failed", extra={"run": job.run_id})
        await processes.kill_descendants()
        return EXIT_DEFECT
    return EXIT_FINE


def _begins(job: Job) -> bool:
    """Whether this process is the one that runs the attempt. Raises `RunDirectoryUnwritable`."""
    try:
        return control.begin(Path(job.run_directory), job.attempt)
    except OSError as error:
        raise RunDirectoryUnwritable(error) from error


def complain(text: str) -> None:
    """Into the runner's log, if it takes it: the same full disk may hold it, and the exit code has to tell then."""
    with contextlib.suppress(OSError):
        sys.stderr.write(f"{text}\n")
        sys.stderr.flush()


async def _run_watched(
    job: Job,
    masker: Masker,
    journal: Journal,
    cancelling: Cancellation,
    watch: Watch,
    inventory: Inventory,
    tokens: Tokens,
    ahead: Ahead | None,
) -> Outcome:
    """The outcome of the task, or an exception at once when the journal breaks."""
    running = asyncio.create_task(_run_task(job, masker, journal, cancelling, watch, inventory, tokens, ahead))
    first: set[asyncio.Future[Any]] = {running, journal.broken, journal.full}
    await asyncio.wait(first, return_when=asyncio.FIRST_COMPLETED)
    if journal.broken.done() or journal.full.done():
        await processes.kill_descendants()
        running.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await running
        if not journal.broken.done():
            return Outcome(status=RunStatus.FAILED, reason=_too_long(job.max_log_bytes))
        journal.broken.result()
    return running.result()


def _too_long(max_bytes: int) -> str:
    megabytes = max_bytes / 1024 / 1024
    return (
        f"The run was ended because it said too much: its log would be larger than {megabytes:,.6g} MB, "
        "the most that the setting TASKDECK_MAX_RUN_LOG_BYTES allows."
    )


async def _run_task(
    job: Job,
    masker: Masker,
    journal: Journal,
    cancelling: Cancellation,
    watch: Watch,
    inventory: Inventory,
    tokens: Tokens,
    ahead: Ahead | None,
) -> Outcome:
    outputs_directory = Path(job.run_directory) / OUTPUTS_NAME
    published = Published(
        outputs_directory, masker, journal.append, hold=lambda: channel.hold(), go_on=lambda: channel.go_on()
    )
    channel = Channel(
        on_event=published.receive,
        on_plain=journal.append_plain,
        on_cancel=cancelling.request,
        on_update=lambda repository, ref: _update_configuration(job, repository, ref),
        on_check=lambda directory: _check_configuration(job, directory),
        connections=job.connections,
        declared_connections=job.declared_connections,
        outputs_directory=outputs_directory,
        tokens=tokens,
    )
    await channel.start()
    try:
        journal.append(event.Facts(facts=_early_facts(job)))
        attempt = prepare(job, masker, journal, cancelling, watch, inventory, channel)
        if missing := watch.missing_disk_space():
            return Outcome(status=RunStatus.FAILED, reason=missing)
        return await _run_cancellable(attempt, _task(attempt, ahead))
    except UnreadableSource as error:
        return Outcome(status=RunStatus.FAILED, reason=str(error))
    except OSError as error:
        raise RunDirectoryUnwritable(error) from error
    except Exception as error:
        log.exception("task_driver_failed", extra={"run": job.run_id})
        return _failed(error)
    finally:
        if ahead is not None:
            ahead.discard()
        channel.close()
        await published.drain()
        await published.sweep()


async def _update_configuration(job: Job, repository: str, ref: str) -> dict[str, Any] | None:
    if not job.configuration or not configuration_update.is_managed(job.configuration):
        return None
    by = f"run {job.run_id} of {job.task_name}"
    return await configuration_update.apply(job.configuration, repository=repository, ref=ref, by=by)


async def _check_configuration(job: Job, directory: str) -> dict[str, Any] | None:
    if not job.configuration:
        return None
    return await configuration_update.check(job.configuration, directory)


def prepare(
    job: Job,
    masker: Masker,
    journal: Journal,
    cancelling: Cancellation,
    watch: Watch,
    inventory: Inventory,
    channel: Channel,
) -> Attempt:
    """Writes what the run's directory holds from the start. Raises `UnreadableSource` and `OSError`."""
    directory = Path(job.run_directory)
    (directory / OUTPUTS_NAME).mkdir(mode=0o700, exist_ok=True)
    files.write_atomically(directory / JOB_NAME, json.dumps(job.public(), indent=2).encode() + b"\n")
    control.write(directory, port=channel.port, token=channel.tokens.control)
    content = source.read(job)
    source.keep(content, job, masker)
    address = environment.Channel(address=f"127.0.0.1:{channel.port}", token=channel.tokens.task)
    built = environment.build(job, address, os.environ)
    attempt = Attempt(
        job=job,
        source=content,
        masker=masker,
        journal=journal,
        channel=channel,
        cancellation=cancelling,
        watch=watch,
        inventory=inventory,
        variables=built.variables,
    )
    if built.omitted:
        attempt.remark(f"These values do not fit into environment variables: {', '.join(built.omitted)}.")
    if job.expected_source_sha256 not in ("", content.sha256):
        attempt.remark("The task's file has changed since the run was queued; its present version runs.")
    return attempt


def _task(attempt: Attempt, ahead: Ahead | None) -> Task:
    if ahead is not None and not serves(attempt.job):
        ahead.discard()
        ahead = None
    # The libraries of notebooks take long to import, and a script can do without.
    if attempt.job.kind == "notebook":
        from taskdeck.runner.notebook import Notebook

        return Notebook(attempt, ahead if isinstance(ahead, ForkedKernel) else None)
    from taskdeck.runner.script import Script

    return Script(attempt, ahead if isinstance(ahead, ForkedScript) else None)


async def _run_cancellable(attempt: Attempt, task: Task) -> Outcome:
    """Runs the task to its end; then nothing of it is left, and all it said has been heard."""
    guards = [asyncio.create_task(guard) for guard in _guards(attempt, task)]
    try:
        outcome = await task.run()
    except Exception as error:
        log.exception("task_driver_failed", extra={"run": attempt.job.run_id})
        outcome = _failed(error)
    finally:
        attempt.cancellation.refuse_from_now_on()
        for guard in guards:
            guard.cancel()
        await processes.kill_descendants()
    await attempt.channel.drain()
    ending = attempt.cancellation.ending
    return attempt.watch.explain(outcome) if ending is None else ending.outcome


def _guards(attempt: Attempt, task: Task) -> Iterator[Coroutine[Any, Any, None]]:
    """What may end the run before its task does, and what is looked at while it runs."""
    job, cancelling = attempt.job, attempt.cancellation
    yield cancellation.carry_out(
        cancelling, interrupt=task.interrupt, timeout_seconds=job.cancel_timeout_seconds, say=attempt.remark
    )
    yield attempt.watch.keep(cancelling)
    yield attempt.inventory.keep(attempt.say)
    if job.timeout_seconds:
        warning = deadline.warning_seconds(job.timeout_seconds, job.timeout_warning_seconds)
        yield deadline.keep(
            cancelling, timeout_seconds=job.timeout_seconds, warning_seconds=warning, say=attempt.remark
        )


def _failed(error: Exception) -> Outcome:
    reason = f"Taskdeck failed to run the task: {type(error).__name__}: {error}"
    if isinstance(error, RecursionError):
        reason = "The task's file or its parameters are nested too deeply for Taskdeck to read."
    return Outcome(status=RunStatus.FAILED, reason=reason)


def _early_facts(job: Job) -> dict[str, Any]:
    return {
        "runner_pid": os.getpid(),
        "python": job.python,
        **host_facts(),
    }


@functools.cache
def host_facts() -> dict[str, str]:
    """Of this machine; asks other programs the first time."""
    return {
        "host": platform.node(),
        "platform": platform.platform(),
        "python_version": platform.python_version(),
    }


def _log_masked(masker: Masker) -> None:
    """What libraries log goes into the runner's log, which lies in the run's directory."""

    class Formatter(logging.Formatter):
        def format(self, record: logging.LogRecord) -> str:
            return masker.text(super().format(record))

    handler = logging.StreamHandler()
    handler.setFormatter(Formatter("%(asctime)s %(name)s %(levelname)s %(message)s"))
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)


def _ignore(_: object) -> None:
    """For callbacks whose answer nobody needs."""
