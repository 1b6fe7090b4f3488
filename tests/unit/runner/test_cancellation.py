"""Who ends a run early, and when it is too late."""

from __future__ import annotations

import asyncio

import pytest

from taskdeck.model.run import Outcome, RunStatus
from taskdeck.runner import deadline
from taskdeck.runner.cancellation import Cancellation, Ending

TIMED_OUT = Ending(outcome=Outcome(status=RunStatus.TIMED_OUT, reason="too long"), announcement="Too long")


def test_the_first_reason_counts() -> None:
    cancellation = Cancellation()

    assert cancellation.end(TIMED_OUT)
    assert cancellation.request("Ada")
    assert cancellation.ending == TIMED_OUT


def test_a_task_that_has_ended_by_itself_is_not_ended_again() -> None:
    cancellation = Cancellation()
    cancellation.refuse_from_now_on()

    assert not cancellation.request("Ada")
    assert cancellation.ending is None


@pytest.mark.parametrize(
    ("timeout", "wanted", "expected"), [(60, None, 6), (86400, None, 300), (60, 20, 20), (60, 0, 0)]
)
def test_the_warning_comes_a_tenth_before_the_end_unless_the_task_says_otherwise(
    timeout: float, wanted: float | None, expected: float
) -> None:
    assert deadline.warning_seconds(timeout, wanted) == expected


def test_no_warning_is_said_where_none_is_wanted() -> None:
    cancellation, said = Cancellation(), list[str]()

    asyncio.run(deadline.keep(cancellation, timeout_seconds=0.01, warning_seconds=0, say=said.append))

    assert said == []
    assert cancellation.ending is not None
    assert cancellation.ending.outcome.status is RunStatus.TIMED_OUT
