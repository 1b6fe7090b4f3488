"""Takes all that a notebook needs once round, ahead of its run: the first time is the slowest."""

from __future__ import annotations

import asyncio
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from taskdeck.runner import document, injection, kernelspecs, main, redaction
from taskdeck.runner.client import LiveClient
from taskdeck.runner.document import Document
from taskdeck.runner.kernel import Kernel
from taskdeck.runner.masking import Masker
from taskdeck.runner.outputs import Outputs

# Leaves no name, no output and no line of history.
_CELL = "None"


def libraries() -> None:
    """What needs no kernel, thread or loop: a zygote does it once for all that it forks."""
    main.host_facts()
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


def _throw_away(directory: Path) -> tuple[NotebookNode, Document]:
    """A notebook as it is prepared for a run, and the document of what it does."""
    masker = Masker(())
    content = nbformat.writes(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(_CELL)]))
    prepared = injection.inject(document.upgrade(content.encode()), {"year": 2024})
    masked = document.from_json(redaction.redact_notebook(prepared, masker))
    return prepared, Document(masked, directory / document.OUTPUT_NAME, input_name="", parameters={})
