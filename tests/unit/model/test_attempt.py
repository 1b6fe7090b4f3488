"""Whether there is another attempt, and when."""

import pytest

from taskdeck.model import attempt
from taskdeck.model.retry import RerunPolicy, Retries
from taskdeck.model.run import Outcome, RunStatus

TWICE = Retries(count=2, delay_seconds=10, backoff=3, max_delay_seconds=25)


def after(number, status, *, retries=TWICE, rerun=RerunPolicy.NEVER, reason="no data."):
    return attempt.retry(number, Outcome(status=status, reason=reason), retries, rerun)


@pytest.mark.parametrize("status", [RunStatus.FAILED, RunStatus.TIMED_OUT])
def test_an_attempt_that_failed_or_timed_out_is_repeated_as_often_as_the_task_says(status):
    assert [after(number, status) is not None for number in (1, 2, 3)] == [True, True, False]


@pytest.mark.parametrize("status", [RunStatus.SUCCEEDED, RunStatus.CANCELLED, RunStatus.LOST])
def test_what_succeeded_was_cancelled_or_got_lost_is_not(status):
    assert after(1, status) is None


def test_a_lost_run_is_repeated_only_where_that_does_no_harm_and_not_for_ever():
    repeated = [after(number, RunStatus.LOST, retries=Retries(), rerun=RerunPolicy.RERUN) for number in (1, 2, 3, 4)]

    assert [each is not None for each in repeated] == [True, True, True, False]
    assert after(1, RunStatus.FAILED, retries=Retries(), rerun=RerunPolicy.RERUN) is None


def test_each_pause_is_longer_than_the_one_before_up_to_the_longest():
    assert [TWICE.pause_seconds(number) for number in (1, 2, 3, 10_000)] == [10, 25, 25, 25]


def test_the_reason_says_which_attempt_how_it_ended_and_when_the_next_one_is():
    assert after(1, RunStatus.FAILED).reason == "Attempt 1 of 3 failed: no data; next attempt in 10 s."
    assert after(2, RunStatus.TIMED_OUT, reason="").reason == "Attempt 2 of 3 timed out; next attempt in 25 s."
