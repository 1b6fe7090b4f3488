"""What cells put out, on its way into the journal and into the executed notebook: masked, bounded, in order."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from taskdeck.model import event
from taskdeck.model.event import Event
from taskdeck.runner import redaction
from taskdeck.runner.document import Document
from taskdeck.runner.masking import Masker, StreamMasker

MAX_OUTPUT_BYTES = 10_000_000
CHUNK_CHARACTERS = 1_000_000

STREAMS = ("stdout", "stderr")


class Outputs:
    """Every method does the same to the journal's readers as to the document."""

    def __init__(self, document: Document, masker: Masker, say: Callable[[Event], object]) -> None:
        self._document = document
        self._masker = masker
        self._say = say
        self._held: dict[tuple[int, str], StreamMasker] = {}
        self._to_clear: set[int] = set()

    def write(self, index: int, name: str, text: str) -> None:
        """Text of a stream, as it comes: much of it at once, when many lines are printed between two looks."""
        masker = self._held.get((index, name))
        if masker is None:
            masker = self._held[index, name] = self._masker.stream()
        for start in range(0, len(text), CHUNK_CHARACTERS):
            if shown := masker.feed(text[start : start + CHUNK_CHARACTERS]):
                self._append_masked(index, _stream(name, shown))

    def show(self, index: int, output: dict[str, Any], display_id: str | None = None) -> None:
        """An output other than a stream. One that carries a known display id updates the earlier ones as well."""
        self.finish(index)
        bounded = _bounded(output)
        if display_id is not None and self._document.has_display(display_id):
            self.update(display_id, bounded)
        self._append(index, bounded, display_id)

    def update(self, display_id: str, output: dict[str, Any]) -> None:
        if self._document.has_display(display_id):
            masked = redaction.redact_output(_bounded(output), self._masker)
            self._document.update(display_id, masked)
            self._say(event.CellOutputUpdated(display_id=display_id, output=masked))

    def clear(self, index: int, *, wait: bool) -> None:
        """``wait``: only when the next output comes, so that a picture that is drawn again does not flicker."""
        if wait:
            self.finish(index)
            self._to_clear.add(index)
        else:
            self._forget_held(index)
            self._clear(index)

    def finish(self, index: int) -> None:
        """Lets go what was held back as the possible beginning of a secret."""
        for name in STREAMS:
            masker = self._held.pop((index, name), None)
            if masker is not None and (rest := masker.end()):
                self._append_masked(index, _stream(name, rest))

    def finish_all(self) -> None:
        for index in sorted({index for index, _ in self._held}):
            self.finish(index)

    def _append(self, index: int, output: dict[str, Any], display_id: str | None = None) -> None:
        self._append_masked(index, redaction.redact_output(output, self._masker), display_id)

    def _append_masked(self, index: int, masked: dict[str, Any], display_id: str | None = None) -> None:
        if index in self._to_clear:
            self._clear(index)
        self._document.append(index, masked, display_id)
        self._say(event.CellOutput(index=index, output=masked, display_id=display_id))

    def _clear(self, index: int) -> None:
        self._to_clear.discard(index)
        self._document.clear(index)
        self._say(event.CellCleared(index=index))

    def _forget_held(self, index: int) -> None:
        for name in STREAMS:
            self._held.pop((index, name), None)


def _stream(name: str, text: str) -> dict[str, Any]:
    return {"output_type": "stream", "name": name, "text": text}


def _bounded(output: dict[str, Any]) -> dict[str, Any]:
    """The output, or a short one in its place that says how large it was."""
    if output["output_type"] == "error":
        size = len(output["evalue"]) + sum(map(len, output["traceback"]))
        if size <= MAX_OUTPUT_BYTES:
            return output
        return {**output, "evalue": output["evalue"][:1000], "traceback": [_too_large(size)]}
    contents = output["data"].values()
    size = sum(len(content) if isinstance(content, str) else len(json.dumps(content)) for content in contents)
    if size <= MAX_OUTPUT_BYTES:
        return output
    return {**output, "data": {"text/plain": _too_large(size)}, "metadata": {}}


def _too_large(size: int) -> str:
    return (
        f"[An output of {size / 1e6:.1f} MB is not shown; the limit is {MAX_OUTPUT_BYTES // 1_000_000} MB. "
        "Write it to a file and publish that with sdk.output().]"
    )
