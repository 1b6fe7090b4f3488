"""Takes all that a notebook needs once round, ahead of its run: the first time is the slowest."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from taskdeck.model import event
from taskdeck.model.project import Layout
from taskdeck.model.task import TaskKind
from taskdeck.runner import document, injection, inventory, kernelspecs, main, redaction
from taskdeck.runner.cancellation import Cancellation
from taskdeck.runner.channel import Channel, Tokens
from taskdeck.runner.client import LiveClient
from taskdeck.runner.document import Document
from taskdeck.runner.inventory import Inventory
from taskdeck.runner.job import Job
from taskdeck.runner.journal import JOURNAL_NAME, Journal
from taskdeck.runner.kernel import Kernel
from taskdeck.runner.masking import Masker
from taskdeck.runner.outputs import Outputs
from taskdeck.runner.watch import Watch

# Leaves no name, no output and no line of history.
_CELL = "None"


def libraries() -> None:
    """What needs no kernel, thread or loop: a zygote does it once for all that it forks."""
    main.host_facts()
    inventory.of_this_python()
    kernelspecs.is_of_this_python(kernelspecs.DEFAULT_NAME)
    _, executed = _throw_away(Path())
    # nbformat builds its validator, which takes as long as all the rest of a short run.
    nbformat.validate(executed.notebook)


async def kernel(running: Kernel, directory: Path) -> None:
    """Returns when the kernel is ready and has executed a cell, and ``directory`` holds a notebook that nobody wants.

    Raises `KernelFailed`.
    """
    await running.ready()
    prepared, executed = _throw_away(directory)
    outputs = Outputs(executed, Masker(()), lambda _: None)
    client = LiveClient(prepared, running, executed, outputs, on_running=lambda: None, remark=lambda _: None)
    reader = asyncio.create_task(client.read_outputs())
    index = len(prepared.cells) - 1
    await client.async_execute_cell(prepared.cells[index], index, store_history=False)
    reader.cancel()
    await asyncio.wait([reader])
    executed.complete()
    executed.save()


async def attempt(directory: Path) -> None:
    """What comes before a task can say something, and a message of it, in files in ``directory`` that nobody wants.

    Raises `OSError`.
    """
    here = str(directory)
    job = Job(
        run_id=0,
        attempt=1,
        task_id="",
        task_name="",
        kind=TaskKind.NOTEBOOK,
        file=str(directory / document.OUTPUT_NAME),
        layout=Layout.NATIVE,
        run_directory=here,
        working_directory=here,
        project_root=here,
        data_directory=here,
        temporary_directory=here,
        uploads_directory=here,
        config_directory=here,
        cgroup="none",
    )
    masker, tokens, watch = Masker(()), Tokens(), Watch(job)
    journal = Journal(directory / JOURNAL_NAME, attempt=1, first_seq=1, masker=masker, wakeup_path=None)
    channel = Channel(
        on_event=journal.append,
        on_plain=journal.append_plain,
        on_cancel=lambda _: False,
        connections={},
        declared_connections=(),
        outputs_directory=directory,
        tokens=tokens,
    )
    await channel.start()
    try:
        journal.append(event.Facts(facts=main.host_facts()))
        main.prepare(job, masker, journal, Cancellation(), watch, Inventory(job, masker), channel)
        _, writer = await asyncio.open_connection("127.0.0.1", channel.port)
        for line in ({"token": tokens.task}, {"kind": "message", "level": "info", "text": _CELL}):
            writer.write(json.dumps(line).encode() + b"\n")
        writer.close()
        await writer.wait_closed()
        await channel.drain()
        journal.close()
    finally:
        channel.close()
        watch.close()


def _throw_away(directory: Path) -> tuple[NotebookNode, Document]:
    """A notebook as it is prepared for a run, and the document of what it does."""
    masker = Masker(())
    content = nbformat.writes(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(_CELL)]))
    prepared = injection.inject(document.upgrade(content.encode()), {"year": 2024})
    masked = document.from_json(redaction.redact_notebook(prepared, masker))
    return prepared, Document(masked, directory / document.OUTPUT_NAME, input_name="", parameters={})
