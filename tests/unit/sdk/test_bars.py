from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

from taskdeck import sdk
from taskdeck.sdk import bars, channel

Events = list[dict[str, Any]]


def moves(events: Events, bar: str = "main") -> list[tuple[float, float | None]]:
    return [(event["current"], event["total"]) for event in events if event["id"] == bar]


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Between two reports of a bar there is more time than any test takes."""
    monkeypatch.setattr(bars, "SENT_EVERY_SECONDS", 3600.0)


@pytest.fixture
def unlimited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bars, "SENT_EVERY_SECONDS", 0.0)


@pytest.mark.usefixtures("unlimited")
def test_a_loop_reports_its_beginning_each_step_and_its_end(sent: Events) -> None:
    assert list(sdk.progress("abc", text="Reading")) == ["a", "b", "c"]

    assert moves(sent) == [(0, 3), (1, 3), (2, 3), (3, 3), (3, 3)]
    assert {event["text"] for event in sent} == {"Reading"}
    assert {event["kind"] for event in sent} == {"progress"}


@pytest.mark.usefixtures("slow")
def test_a_tight_loop_sends_only_its_first_and_last_report(sent: Events) -> None:
    for _ in sdk.progress(range(100_000)):
        pass

    assert moves(sent) == [(0, 100_000), (100_000, 100_000)]


@pytest.mark.usefixtures("slow")
def test_many_short_loops_one_after_the_other_do_not_flood(sent: Events) -> None:
    for _ in range(1000):
        for _ in sdk.progress(range(3)):
            pass

    assert len(sent) == 2


@pytest.mark.usefixtures("slow")
def test_calls_send_the_first_and_the_full_one(sent: Events) -> None:
    for done in range(1, 1001):
        sdk.progress(done, 1000)

    assert moves(sent) == [(1, 1000), (1000, 1000)]


def test_a_report_that_was_held_back_is_sent_when_no_other_follows(
    monkeypatch: pytest.MonkeyPatch, sent: Events
) -> None:
    monkeypatch.setattr(bars, "SENT_EVERY_SECONDS", 0.05)
    second = threading.Event()

    def send(event: dict[str, Any]) -> bool:
        sent.append(event)
        if len(sent) == 2:
            second.set()
        return True

    monkeypatch.setattr(channel, "send", send)
    for done in range(20):
        sdk.progress(done)

    assert second.wait(10)
    assert moves(sent) == [(0, None), (19, None)]


@pytest.mark.usefixtures("slow")
def test_flushing_sends_what_is_held_back_and_leaves_no_thread(sent: Events) -> None:
    before = threading.active_count()
    sdk.progress(1, 10)
    sdk.progress(2, 10)
    assert threading.active_count() == before + 1

    bars._bars.flush()

    assert moves(sent) == [(1, 10), (2, 10)]
    assert threading.active_count() == before


@pytest.mark.usefixtures("unlimited")
def test_nested_loops_have_bars_of_their_own(sent: Events) -> None:
    for _ in sdk.progress(range(2)):
        for _ in sdk.progress(range(2)):
            pass

    assert moves(sent, "main")[0] == (0, 2)
    assert moves(sent, "main")[-1] == (2, 2)
    assert moves(sent, "main-2").count((0, 2)) == 2
    assert {event["id"] for event in sent} == {"main", "main-2"}


@pytest.mark.usefixtures("unlimited")
def test_a_loop_inside_of_steps_reported_by_call_leaves_their_bar_alone(sent: Events) -> None:
    sdk.progress(1, 3, "Read")
    list(sdk.progress("ab"))
    sdk.progress(2, 3, "Write")

    assert moves(sent, "main") == [(1, 3), (2, 3)]
    assert moves(sent, "main-2")[-1] == (2, 2)


@pytest.mark.usefixtures("unlimited")
def test_loops_in_threads_have_bars_of_their_own(sent: Events) -> None:
    both_are_open = threading.Barrier(2, timeout=10)

    def work() -> None:
        for step in sdk.progress(range(2)):
            if step == 0:
                both_are_open.wait()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert moves(sent, "main")[-1] == (2, 2)
    assert moves(sent, "main-2")[-1] == (2, 2)


@pytest.mark.usefixtures("unlimited")
def test_a_bar_may_be_named(sent: Events) -> None:
    list(sdk.progress("ab", bar="download"))
    sdk.progress(1, 2, bar="upload")

    assert {event["id"] for event in sent} == {"download", "upload"}


@pytest.mark.usefixtures("slow")
def test_a_loop_that_is_left_reports_how_far_it_came(sent: Events) -> None:
    for item in sdk.progress(range(10)):
        if item == 4:
            break

    assert moves(sent) == [(0, 10), (4, 10)]


@pytest.mark.usefixtures("slow")
def test_a_loop_that_fails_reports_how_far_it_came(sent: Events) -> None:
    def fail() -> Iterator[int]:
        yield 1
        raise OSError

    with pytest.raises(OSError):  # noqa: PT011  # it has no message
        list(sdk.progress(fail(), total=5))

    assert moves(sent) == [(0, 5), (1, 5)]


@pytest.mark.usefixtures("slow")
def test_a_generator_has_no_total_until_it_ends(sent: Events) -> None:
    assert list(sdk.progress(number for number in range(3))) == [0, 1, 2]

    assert moves(sent) == [(0, None), (3, 3)]


@pytest.mark.usefixtures("slow")
def test_asynchronous_loops(sent: Events) -> None:
    async def numbers() -> AsyncIterator[int]:
        for number in range(3):
            await asyncio.sleep(0)
            yield number

    async def work() -> list[int]:
        return [number async for number in sdk.progress(numbers(), total=3)]

    assert asyncio.run(work()) == [0, 1, 2]
    assert moves(sent) == [(0, 3), (3, 3)]


@pytest.mark.usefixtures("unlimited")
def test_numbers_that_json_cannot_hold(sent: Events) -> None:
    sdk.progress(float("nan"), float("inf"))

    assert moves(sent) == [(0, None)]


def test_a_wrapped_list_still_has_its_length() -> None:
    wrapped: Any = sdk.progress([1, 2, 3])
    assert len(wrapped) == 3


def test_without_a_server_progress_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    list(sdk.progress(range(1200), text="Reading"))

    assert capsys.readouterr().out.splitlines() == ["Reading 0/1,200 (0%)", "Reading 1,200/1,200 (100%)"]


def test_bars_that_are_over_are_not_kept_for_ever(sent: Events) -> None:
    for number in range(1000):
        list(sdk.progress("a", bar=f"file {number}"))

    assert len(bars._bars._all) < 200
