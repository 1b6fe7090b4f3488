"""How fast frames follow each other."""

from __future__ import annotations

import pytest

from taskdeck.web.feed import FRAME_INTERVAL_SECONDS, FRAMES_AT_ONCE, Pace


def test_the_first_frames_after_a_pause_follow_each_other_at_once_and_then_one_in_each_interval() -> None:
    pace = Pace()
    assert [pace.after_frame(1000.0) for _ in range(FRAMES_AT_ONCE)] == [
        *[0.0] * (FRAMES_AT_ONCE - 1),
        pytest.approx(FRAME_INTERVAL_SECONDS),
    ]


def test_who_waits_as_told_sends_one_frame_in_each_interval() -> None:
    pace = Pace()
    now = began = 1000.0
    for _ in range(100):
        now += pace.after_frame(now)
    assert now - began == pytest.approx((100 - FRAMES_AT_ONCE + 1) * FRAME_INTERVAL_SECONDS)
