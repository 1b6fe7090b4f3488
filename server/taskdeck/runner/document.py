"""The notebook as data: read from what authors commit, and written as it was executed."""

from __future__ import annotations

import copy
import time
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbformat.validator import normalize
from papermill import __version__ as papermill_version
from papermill.engines import NotebookExecutionManager

from taskdeck.model.event import finite
from taskdeck.runner import files

OUTPUT_NAME = "output.ipynb"

SAVE_SECONDS = 3.0
SAVE_SHARE = 0.05
"""Saving a large notebook takes its time; it may take this share of the run's."""

MAX_STREAM_CHARACTERS = 10_000_000
MAX_OUTPUTS_PER_CELL = 10_000


def upgrade(content: bytes) -> NotebookNode:
    """A notebook that `notebook_file.parse` accepts, in the latest format: all cells have distinct ids."""
    with warnings.catch_warnings():
        # Missing and doubled ids, which are mended here.
        warnings.simplefilter("ignore")
        notebook = nbformat.reads(content.decode("utf-8-sig"), as_version=4)
        notebook = nbformat.v4.upgrade(notebook)
        _, notebook = normalize(notebook)
    for cell in notebook.cells:
        cell.setdefault("metadata", NotebookNode())
    return notebook


@dataclass(kw_only=True)
class _Stream:
    """A stream output that still grows; text is joined only when it is saved."""

    node: NotebookNode
    chunks: list[str]
    characters: int

    def append(self, text: str) -> None:
        if self.characters > MAX_STREAM_CHARACTERS:
            return
        self.characters += len(text)
        if self.characters > MAX_STREAM_CHARACTERS:
            text = f"\n[More than {MAX_STREAM_CHARACTERS // 1_000_000} MB of text; the rest is in the run's log.]\n"
        self.chunks.append(text)

    def join(self) -> None:
        self.chunks = ["".join(self.chunks)]
        self.node.text = self.chunks[0]


class Document:
    """The executed notebook, in papermill's format, masked: everything put into it must be masked before.

    ``notebook`` has its parameters in place and no outputs.
    """

    def __init__(self, notebook: NotebookNode, path: Path, *, input_name: str, parameters: dict[str, Any]) -> None:
        self.notebook = notebook
        self._path = path
        self._streams: dict[int, _Stream] = {}
        self._grown: dict[int, _Stream] = {}
        self._displays: dict[str, list[tuple[int, NotebookNode]]] = {}
        self._dirty = False
        self._saved_at = 0.0
        self._save_seconds = 0.0
        notebook.metadata["papermill"] = NotebookNode(
            default_parameters={},
            environment_variables={},
            input_path=input_name,
            output_path=path.name,
            parameters=parameters,
            version=papermill_version,
        )
        for cell in notebook.cells:
            cell.metadata.setdefault("tags", [])
        self._manager = _Manager(self)
        self._manager.notebook_start()

    def touch(self) -> None:
        self._dirty = True

    def start_cell(self, index: int) -> None:
        self._manager.cell_start(self.notebook.cells[index], index)

    def fail_cell(self, index: int) -> None:
        self._manager.cell_exception(self.notebook.cells[index], index)

    def end_cell(self, index: int, timing: dict[str, Any]) -> None:
        cell = self.notebook.cells[index]
        if timing:
            cell.metadata["execution"] = timing
        self._manager.cell_complete(cell, index)

    def note_usage(self, index: int, *, cpu_seconds: float, peak_memory_bytes: int) -> None:
        """In the cell's metadata, beside what papermill notes."""
        usage = {"cpu_seconds": cpu_seconds, "peak_memory_bytes": peak_memory_bytes}
        self.notebook.cells[index].metadata["taskdeck"] = usage

    def count(self, index: int, execution_count: int) -> None:
        self.notebook.cells[index].execution_count = execution_count

    def complete(self) -> None:
        """Sets the notebook's times. Cells that did not run stay ``pending``, unlike in papermill."""
        pending = [cell for cell in self.notebook.cells if cell.metadata.papermill["status"] == _Manager.PENDING]
        self._manager.notebook_complete()
        for cell in pending:
            cell.metadata.papermill["status"] = _Manager.PENDING

    def append(self, index: int, output: dict[str, Any], display_id: str | None = None) -> None:
        """Adds an output to a cell; text of the same stream as before continues the last output."""
        outputs = self.notebook.cells[index].outputs
        last = self._streams.get(index)
        if output["output_type"] == "stream" and last is not None and last.node.name == output["name"]:
            last.append(output["text"])
            self._grown[index] = last
            self._dirty = True
            return
        if len(outputs) >= MAX_OUTPUTS_PER_CELL:
            return
        if len(outputs) == MAX_OUTPUTS_PER_CELL - 1:
            output = _note(f"[More than {MAX_OUTPUTS_PER_CELL} outputs; the rest is in the run's log.]\n")
        if last is not None:
            last.join()
            del self._streams[index]
            self._grown.pop(index, None)
        node = nbformat.from_dict(finite(output))
        if output["output_type"] == "stream":
            stream = _Stream(node=node, chunks=[], characters=0)
            stream.append(output["text"])
            self._streams[index] = self._grown[index] = stream
        elif display_id is not None:
            self._displays.setdefault(display_id, []).append((index, node))
        outputs.append(node)
        self._dirty = True

    def clear(self, index: int) -> None:
        self.notebook.cells[index].outputs = []
        self._streams.pop(index, None)
        self._grown.pop(index, None)
        for display_id, nodes in list(self._displays.items()):
            self._displays[display_id] = [(cell, node) for cell, node in nodes if cell != index]
        self._dirty = True

    def has_display(self, display_id: str) -> bool:
        return bool(self._displays.get(display_id))

    def update(self, display_id: str, output: dict[str, Any]) -> None:
        """New content for every output of this display id."""
        content = nbformat.from_dict(finite(output))
        for _, node in self._displays.get(display_id, ()):
            node.data, node.metadata = content.data, content.metadata
        self._dirty = True

    def set_metadata(self, name: str, value: Any) -> None:
        self.notebook.metadata[name] = nbformat.from_dict(value)
        self._dirty = True

    def save_if_due(self) -> None:
        """Saves what changed, not more often than every few seconds. Raises `OSError`."""
        pause = max(SAVE_SECONDS, self._save_seconds / SAVE_SHARE)
        if self._dirty and time.monotonic() - self._saved_at >= pause:
            self.save()

    def save(self) -> None:
        """Raises `OSError`."""
        started = time.monotonic()
        for stream in self._grown.values():
            stream.join()
        self._grown.clear()
        # Not nbformat.write(): validating each time takes longer than all the rest.
        text: str = nbformat.v4.writes_json(self.notebook)
        files.write_atomically(self._path, text.encode("utf-8", "replace") + b"\n")
        self._dirty = False
        self._saved_at = time.monotonic()
        self._save_seconds = self._saved_at - started


class _Manager(NotebookExecutionManager):  # type: ignore[misc]
    """Papermill's record of what happened when, as metadata; saving is the document's affair."""

    def __init__(self, document: Document) -> None:
        self._document = document
        super().__init__(document.notebook, progress_bar=False)

    def save(self, **kwargs: Any) -> None:
        self._document.touch()


def _note(text: str) -> dict[str, Any]:
    return {"output_type": "stream", "name": "stderr", "text": text}


def cells_of(notebook: NotebookNode) -> list[dict[str, Any]]:
    """The cells as `event.NotebookStarted` has them."""
    return [
        {
            "index": index,
            "id": cell.get("id", ""),
            "cell_type": cell.cell_type,
            "source": cell.source,
            "tags": list(cell.metadata.get("tags", [])),
        }
        for index, cell in enumerate(notebook.cells)
    ]


def from_json(notebook: dict[str, Any]) -> NotebookNode:
    """A notebook of its own, sharing nothing with ``notebook``."""
    return nbformat.from_dict(copy.deepcopy(notebook))
