import pytest
from benchmarks import timeline
from benchmarks.timeline import Step

from taskdeck.model.trace import MEANINGS, Stage

MS = 1_000_000


def mark(stage, at_ms, seq=None):
    found = {"stage": stage.value, "at_ns": at_ms * MS}
    return found if seq is None else {**found, "seq": seq}


START = [
    mark(Stage.RECEIVED, 101),
    mark(Stage.CLAIMED, 105),
    mark(Stage.SAID, 120, seq=5),
]


def of(*marks, arrived_at_ms=200):
    ordered = sorted([*START, *marks], key=lambda each: each["at_ns"])
    found = timeline.of_run(ordered, clicked_at_ns=100 * MS, arrived_at_ns=arrived_at_ms * MS)
    words = {text: stage for stage, text in MEANINGS.items()}
    return {words.get(name, name): since_click for name, since_click in found.items()}


def test_times_count_from_the_click():
    assert of(arrived_at_ms=150) == {
        Stage.RECEIVED: 1,
        Stage.CLAIMED: 5,
        Stage.SAID: 20,
        timeline.ARRIVED: 50,
    }


def test_of_what_repeats_the_one_about_the_message_counts():
    found = of(
        mark(Stage.RECORDED, 110, seq=4),
        mark(Stage.JOURNALED, 121, seq=5),
        mark(Stage.RECORDED, 130, seq=6),
        mark(Stage.RECORDED, 140, seq=9),
        mark(Stage.EMITTED, 115, seq=4),
        mark(Stage.EMITTED, 145, seq=9),
    )

    assert (found[Stage.JOURNALED], found[Stage.RECORDED], found[Stage.EMITTED]) == (21, 30, 45)


def test_of_hints_the_first_counts_that_can_be_about_the_message():
    found = of(
        mark(Stage.NEWS_HEARD, 119),
        mark(Stage.JOURNALED, 121, seq=5),
        mark(Stage.NEWS_HEARD, 122),
        mark(Stage.NEWS_HEARD, 123),
        mark(Stage.RECORDED, 125, seq=5),
    )

    assert found[Stage.NEWS_HEARD] == 22


def test_who_was_awake_already_was_not_woken():
    found = of(
        mark(Stage.JOURNALED, 121, seq=5),
        mark(Stage.RECORDED, 125, seq=5),
        mark(Stage.NEWS_HEARD, 126),
        mark(Stage.CHUNK_READ, 130, seq=5),
        mark(Stage.WEB_WOKEN, 131),
        mark(Stage.EMITTED, 132, seq=5),
    )

    assert Stage.NEWS_HEARD not in found
    assert Stage.WEB_WOKEN not in found


def test_what_is_read_before_the_teller_has_told_everybody_still_counts():
    found = of(
        mark(Stage.RECORDED, 125, seq=5),
        mark(Stage.CHUNK_READ, 127, seq=5),
        mark(Stage.OBSERVERS_TOLD, 128),
        mark(Stage.EMITTED, 129, seq=5),
    )

    assert [found[stage] for stage in (Stage.CHUNK_READ, Stage.OBSERVERS_TOLD, Stage.EMITTED)] == [27, 28, 29]


def test_a_run_that_says_nothing_has_no_timeline():
    with pytest.raises(ValueError, match="no message"):
        timeline.of_run(START[:2], clicked_at_ns=0, arrived_at_ns=1)


def test_steps_are_medians_in_the_order_of_time():
    runs = [{"b": 30.0, "a": 10.0}, {"b": 40.0, "a": 12.0}, {"b": 50.0}, {"b": 60.0, "rare": 1.0}]

    assert timeline.steps(runs) == [
        Step(name="a", since_click=11.0, took=11.0, runs=2),
        Step(name="b", since_click=45.0, took=34.0, runs=4),
    ]
