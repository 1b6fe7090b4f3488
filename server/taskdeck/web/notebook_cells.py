"""The cells of an executed notebook, with a hash of each one's outputs in place of the outputs.

Charts make a notebook large, and reading it would hold up all requests of the web process: a large one is read in a
process of its own. ``python -m taskdeck.web.notebook_cells`` reads the notebook from standard input and writes the
cells to standard output.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from typing import Any, BinaryIO

from taskdeck.model.cells import Cell
from taskdeck.model.comparison import ExecutedCell
from taskdeck.web import turns
from taskdeck.web.turns import Turn

TIMEOUT_SECONDS = 60.0
MAX_BYTES_HERE = 512 * 1024
"""What is parsed in a few milliseconds."""

MAX_ANSWER_CHARACTERS = 16 * 1024 * 1024
"""Of the cells as JSON: outputs are not among them, so that this is a lot of code."""

_turn = Turn()
_ADDRESS = re.compile(r"\b0x[0-9a-f]{6,16}\b")
_INTERACTIVE = re.compile(r"application/vnd\.(plotly|vega|vegalite|bokehjs)\b.*")

Described = dict[str, Any]


class UnreadableNotebook(RuntimeError):
    """The notebook of run {run_id} cannot be read: {why}"""

    def __init__(self, run_id: int, why: str) -> None:
        super().__init__((self.__doc__ or "").format(run_id=run_id, why=why))


def read(file: BinaryIO, run_id: int) -> list[ExecutedCell]:
    """Raises `UnreadableNotebook`, `TooLarge` and `Busy`."""
    turns.check_size(file)
    try:
        if os.fstat(file.fileno()).st_size <= MAX_BYTES_HERE:
            found = describe(file.read())
        else:
            found = json.loads(_elsewhere(file))
    except subprocess.TimeoutExpired:
        raise UnreadableNotebook(run_id, f"that takes longer than {TIMEOUT_SECONDS:g} s.") from None
    except (ValueError, RecursionError, subprocess.CalledProcessError) as error:
        raise UnreadableNotebook(run_id, "it is no notebook, broken, or has too much code.") from error
    return [_cell(index, described) for index, described in enumerate(found)]


def _elsewhere(file: BinaryIO) -> bytes:
    with _turn:
        finished = subprocess.run(
            [sys.executable, "-m", "taskdeck.web.notebook_cells"],
            stdin=file,
            capture_output=True,
            timeout=TIMEOUT_SECONDS,
            check=True,
        )
    return finished.stdout


def describe(content: bytes) -> list[Described]:
    """The cells as JSON. Raises `ValueError` and `RecursionError`."""
    try:
        return [_described(cell) for cell in json.loads(content)["cells"]]
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(str(error)) from error


def _described(cell: Mapping[str, Any]) -> Described:
    metadata = cell.get("metadata", {})
    papermill = metadata.get("papermill", {})
    outputs = [_comparable(output) for output in cell.get("outputs", [])]
    source = _joined(cell["source"])
    if not isinstance(source, str):
        raise TypeError("source is not a text")
    return {
        "id": str(cell.get("id", "")),
        "cell_type": str(cell["cell_type"]),
        "source": source,
        "tags": [str(tag) for tag in metadata.get("tags", [])],
        "status": status if isinstance(status := papermill.get("status"), str) else None,
        "seconds": seconds if isinstance(seconds := papermill.get("duration"), float) else None,
        "output_count": len(outputs),
        "outputs": hashlib.sha256(json.dumps(outputs, sort_keys=True).encode()).hexdigest() if outputs else "",
    }


def _comparable(output: Mapping[str, Any]) -> dict[str, Any]:
    """Without what differs in every run, whatever its author did: numbers of executions, addresses, made-up ids."""
    kept = {name: output[name] for name in ("name", "ename", "evalue") if name in output}
    kind = output["output_type"]
    # The last expression of a cell and a call of display() look the same.
    kept["output_type"] = "display_data" if kind == "execute_result" else kind
    if "text" in output:
        kept["text"] = _ADDRESS.sub("0x", _joined(output["text"]))
    data = {name: _joined(content) for name, content in output.get("data", {}).items()}
    if any(_INTERACTIVE.fullmatch(name) for name in data):
        # The page around such a chart has a new id in every run; the chart itself is in its own type.
        data.pop("text/html", None)
    for name in ("text/plain", "text/html"):
        if name in data:
            data[name] = _ADDRESS.sub("0x", str(data[name]))
    if data:
        kept["data"] = data
    return kept


def _joined(text: Any) -> Any:
    """nbformat allows a list of lines for a text."""
    return "".join(text) if isinstance(text, list) and all(isinstance(line, str) for line in text) else text


def _cell(index: int, described: Described) -> ExecutedCell:
    same = Cell.of(index=index, id=described["id"], source=described["source"], tags=described["tags"])
    return ExecutedCell(
        index=index,
        id=same.id,
        content=same.content,
        cell_type=described["cell_type"],
        source=described["source"],
        status=described["status"],
        seconds=described["seconds"],
        output_count=described["output_count"],
        outputs=described["outputs"],
    )


def main() -> None:
    described = json.dumps(describe(sys.stdin.buffer.read()))
    if len(described) > MAX_ANSWER_CHARACTERS:
        sys.exit("the code of the cells is too long")
    sys.stdout.write(described)


if __name__ == "__main__":
    main()
