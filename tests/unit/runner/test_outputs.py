from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import nbformat
import pytest

from taskdeck.model import event
from taskdeck.model.event import Event
from taskdeck.runner import document, outputs
from taskdeck.runner.document import Document
from taskdeck.runner.masking import MASK, Masker
from taskdeck.runner.outputs import Outputs


class Fixture:
    def __init__(self, path: Path) -> None:
        notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1"), nbformat.v4.new_code_cell("2")])
        self.events: list[Event] = []
        self.path = path
        self.document = Document(notebook, path, input_name="task.ipynb", parameters={})
        self.outputs = Outputs(self.document, Masker(["hunter22"]), self.events.append)

    def saved(self, index: int) -> list[Any]:
        self.document.save()
        notebook = json.loads(self.path.read_text())
        nbformat.validate(notebook)
        return list(nbformat.read(self.path, as_version=4).cells[index].outputs)


@pytest.fixture
def cells(tmp_path: Path) -> Fixture:
    return Fixture(tmp_path / "output.ipynb")


def display(text: str) -> dict[str, Any]:
    return {"output_type": "display_data", "data": {"text/plain": text}, "metadata": {}}


def test_text_of_one_stream_is_one_output_of_the_notebook_and_an_event_for_each_piece(cells: Fixture) -> None:
    for text in ("1, ", "2, ", "3\n"):
        cells.outputs.write(0, "stdout", text)
    cells.outputs.write(0, "stderr", "oh\n")
    pieces = [each.output["text"] for each in cells.events if isinstance(each, event.CellOutput)]
    assert pieces == ["1, ", "2, ", "3\n", "oh\n"]
    assert [(each.name, each.text) for each in cells.saved(0)] == [("stdout", "1, 2, 3\n"), ("stderr", "oh\n")]
    cells.outputs.write(0, "stderr", "again\n")
    assert cells.saved(0)[1].text == "oh\nagain\n"


def test_a_secret_over_two_writes_is_masked_and_what_is_held_back_comes_before_the_next_output(cells: Fixture) -> None:
    cells.outputs.write(0, "stdout", "my hunt")
    cells.outputs.write(0, "stdout", "er22 and hunt")
    cells.outputs.show(0, display("x"))
    first, second = cells.saved(0)
    assert (first.text, second.data["text/plain"]) == (f"my {MASK} and hunt", "x")


def test_clearing_with_wait_happens_just_before_the_next_output(cells: Fixture) -> None:
    cells.outputs.write(0, "stdout", "old\n")
    cells.outputs.clear(0, wait=True)
    assert cells.saved(0)[0].text == "old\n"
    cells.outputs.write(0, "stdout", "new\n")
    assert [each.text for each in cells.saved(0)] == ["new\n"]
    assert [each.type for each in cells.events] == ["cell_output", "cell_cleared", "cell_output"]


def test_an_update_reaches_every_display_of_its_id_but_those_that_were_cleared(cells: Fixture) -> None:
    cells.outputs.show(0, display("a"), "id")
    cells.outputs.show(1, display("b"), "id")
    cells.outputs.clear(1, wait=False)
    cells.outputs.update("id", display("c"))
    assert cells.saved(0)[0].data["text/plain"] == "c"
    assert cells.saved(1) == []
    before = len(cells.events)
    cells.outputs.update("unknown", display("d"))
    assert len(cells.events) == before


@pytest.mark.parametrize(
    "output",
    [
        {"output_type": "display_data", "data": {"image/png": "x" * 200, "text/plain": "p"}, "metadata": {"a": 1}},
        {"output_type": "display_data", "data": {"application/json": {"a": ["x" * 200]}}, "metadata": {}},
        {"output_type": "execute_result", "execution_count": 3, "data": {"text/html": "x" * 200}, "metadata": {}},
        {"output_type": "error", "ename": "ValueError", "evalue": "x" * 200, "traceback": ["x" * 200]},
    ],
)
def test_an_output_that_is_too_large_becomes_a_short_one_that_says_so(
    cells: Fixture, monkeypatch: pytest.MonkeyPatch, output: dict[str, Any]
) -> None:
    monkeypatch.setattr(outputs, "MAX_OUTPUT_BYTES", 100)
    cells.outputs.show(0, output)
    (saved,) = cells.saved(0)
    shown = saved.traceback[0] if saved.output_type == "error" else saved.data["text/plain"]
    assert "is not shown" in shown
    assert saved.output_type == output["output_type"]


def test_text_is_never_left_out_and_comes_in_pieces_where_it_is_long(
    cells: Fixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outputs, "MAX_OUTPUT_BYTES", 50)
    monkeypatch.setattr(outputs, "CHUNK_CHARACTERS", 30)
    cells.outputs.write(1, "stdout", "y" * 100)
    assert cells.saved(1)[0].text == "y" * 100
    assert [len(each.output["text"]) for each in cells.events if isinstance(each, event.CellOutput)] == [30, 30, 30, 10]


def test_the_notebook_is_bounded_where_the_journal_is_not(cells: Fixture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(document, "MAX_STREAM_CHARACTERS", 70)
    monkeypatch.setattr(document, "MAX_OUTPUTS_PER_CELL", 3)
    for _ in range(20):
        cells.outputs.write(0, "stdout", "abc\n")
    (stream,) = cells.saved(0)
    assert stream.text.startswith("abc\n" * 17 + "\n[More than")
    assert stream.text.count("More than") == 1
    for number in range(20):
        cells.outputs.show(1, display(str(number)))
    assert len(cells.saved(1)) == 3
    assert "More than 3 outputs" in cells.saved(1)[2].text
    assert len(cells.events) == 40


def test_a_notebook_that_grows_is_saved_seldom_enough(cells: Fixture) -> None:
    cells.outputs.write(0, "stdout", "a\n")
    cells.document.save_if_due()
    first = cells.path.read_text()
    cells.outputs.write(0, "stdout", "b\n")
    cells.document.save_if_due()
    assert cells.path.read_text() == first
