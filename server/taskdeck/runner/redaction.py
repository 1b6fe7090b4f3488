"""Masks what a run says and leaves its structure alone: a secret ``stream`` must not break the type of an event."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from taskdeck.model import event
from taskdeck.model.event import Event
from taskdeck.runner.masking import Masker

Output = dict[str, Any]
"""A cell's output as nbformat has it."""


def redact(happened: Event, masker: Masker) -> Event:
    """The event with every text in it masked that comes from the task or its data."""
    match happened:
        case event.Message() | event.Stream():
            return replace(happened, text=masker.text(happened.text))
        case event.Progress():
            return replace(happened, text=masker.text(happened.text), id=masker.text(happened.id))
        case event.NotebookStarted():
            return replace(happened, cells=[{**cell, "source": masker.text(cell["source"])} for cell in happened.cells])
        case event.CellOutput():
            display_id = None if happened.display_id is None else masker.text(happened.display_id)
            return replace(happened, output=redact_output(happened.output, masker), display_id=display_id)
        case event.CellOutputUpdated():
            output, display_id = redact_output(happened.output, masker), masker.text(happened.display_id)
            return replace(happened, output=output, display_id=display_id)
        case event.OutputPublished():
            return replace(
                happened,
                name=masker.text(happened.name),
                value=masker.value(happened.value),
                columns=masker.value(happened.columns),
            )
        case event.Facts():
            return replace(happened, facts=masker.value(happened.facts))
        case event.Status():
            return replace(happened, reason=masker.text(happened.reason))
        case event.CellStarted() | event.CellCleared() | event.CellFinished():
            return happened


def redact_output(output: Output, masker: Masker) -> Output:
    """An output of a cell, also one of a file that somebody else wrote: no part of it has to be there."""
    redacted = _redact(output, masker, keep=("output_type", "name", "execution_count", "data"))
    if isinstance(data := output.get("data"), dict):
        redacted["data"] = {mime_type: masker.value(content) for mime_type, content in data.items()}
    return redacted


def redact_notebook(notebook: dict[str, Any], masker: Masker) -> dict[str, Any]:
    """A notebook as read from JSON, of any version: sources, outputs and metadata masked."""
    redacted = _redact(notebook, masker, keep=("nbformat", "nbformat_minor", "metadata", "cells"))
    if isinstance(metadata := notebook.get("metadata"), dict):
        redacted["metadata"] = _redact(metadata, masker, keep=("kernelspec", "language_info"))
    if isinstance(cells := notebook.get("cells"), list):
        redacted["cells"] = [_redact_cell(cell, masker) if isinstance(cell, dict) else cell for cell in cells]
    return redacted


def _redact_cell(cell: dict[str, Any], masker: Masker) -> dict[str, Any]:
    redacted = _redact(cell, masker, keep=("id", "cell_type", "execution_count", "outputs"))
    if isinstance(outputs := cell.get("outputs"), list):
        redacted["outputs"] = [redact_output(each, masker) if isinstance(each, dict) else each for each in outputs]
    return redacted


def _redact(content: dict[str, Any], masker: Masker, *, keep: tuple[str, ...]) -> dict[str, Any]:
    return {key: value if key in keep else masker.value(value) for key, value in content.items()}
