from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from taskdeck.model import event
from taskdeck.model.event import CellOutput, Message
from taskdeck.web import frames
from taskdeck.web.frames import PageSize

NOW = datetime(2026, 11, 21, tzinfo=UTC)


def message(seq: int, length: int) -> dict[str, Any]:
    return event.to_wire(Message(text="x" * length), seq=seq, attempt=1, at=NOW)


@given(st.lists(st.sampled_from([0, 1, 500, 100_000, 300_000]), max_size=40))
def test_frames_hold_all_events_in_order_and_stay_small(lengths: list[int]) -> None:
    events = [message(seq, length) for seq, length in enumerate(lengths, start=1)]
    made = list(frames.split(events))
    assert [each for frame in made for each in frame] == events
    assert all(frame for frame in made)
    assert all(len(frame) == 1 or sum(map(frames.size, frame)) <= frames.MAX_BYTES for frame in made)


def test_frames_hold_a_thousand_events_at_most() -> None:
    made = list(frames.split([message(seq, 1) for seq in range(1, 2002)]))
    assert [len(frame) for frame in made] == [1000, 1000, 1]


def test_size_is_about_that_of_the_encoded_event() -> None:
    chart = CellOutput(index=3, output={"output_type": "display_data", "data": {"image/png": "A" * 50_000}})
    for wire in (message(7, 5000), event.to_wire(chart, seq=7, attempt=1, at=NOW)):
        assert 0.9 < frames.size(wire) / len(event.encode(wire)) < 1.1


def test_next_page_of_large_events_is_a_small_one() -> None:
    page_size = PageSize()
    page_size.adapt([message(1, 1_000_000)])
    assert page_size.limit == 1
    page_size.adapt([message(2, 50)])
    assert page_size.limit == frames.MAX_EVENTS
    page_size.adapt([])
    assert page_size.limit == frames.MAX_EVENTS
