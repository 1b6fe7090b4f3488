"""Which cells of two versions of a notebook are the same."""

from taskdeck.model.cells import INJECTED_TAG, Cell, matched


def cells(*described):
    """Each ``id:source``."""
    parts = [text.partition(":") for text in described]
    return [Cell.of(index=index, id=part[0], source=part[2]) for index, part in enumerate(parts)]


def test_an_inserted_cell_moves_the_others_and_loses_none():
    assert matched(cells("a:1", "new:0", "b:2"), cells("a:1", "b:2")) == {0: 0, 2: 1}


def test_an_edited_cell_keeps_its_id():
    assert matched(cells("a:1", "b:2 + 2"), cells("a:1", "b:2")) == {0: 0, 1: 1}


def test_cells_without_lasting_ids_are_matched_by_their_content():
    assert matched(cells("x:1", "y:2", "z:4"), cells("a:2", "b:1\n", "c:3")) == {0: 1, 1: 0}


def test_equal_contents_are_matched_in_their_order_and_each_cell_once():
    assert matched(cells("x:1", "y:1", "z:1"), cells("a:1", "b:1")) == {0: 0, 1: 1}


def test_an_id_goes_before_a_content():
    assert matched(cells("a:2", "b:1"), cells("a:1", "b:2")) == {0: 0, 1: 1}


def test_empty_cells_are_not_the_same_for_being_empty():
    assert matched(cells("x: "), cells("a:")) == {}


def test_the_cell_with_the_values_of_the_run_is_always_the_same_one():
    now = [Cell.of(index=0, id="new", source="year = 2025", tags=[INJECTED_TAG])]
    then = [Cell.of(index=3, id="old", source="year = 2024", tags=["x", INJECTED_TAG])]
    assert matched(now, then) == {0: 3}


def test_cells_that_share_an_id_are_told_apart_by_their_content():
    copied = cells("x:1", "x:2", "x:3")
    assert matched(copied, copied) == {0: 0, 1: 1, 2: 2}
    assert matched(cells("x:1", "x:2"), cells("x:2", "x:4")) == {0: 1, 1: 0}
