"""Which of the queued runs starts next."""

from datetime import UTC, datetime, timedelta

from factories import make_capacity

from taskdeck.model import queue
from taskdeck.model.queue import Choice, Load, Queued
from taskdeck.model.resources import Resources

NOW = datetime(2026, 11, 21, 10, tzinfo=UTC)
MACHINE = make_capacity(cpu=4000, memory_mb=8000, disk_gb=100)
SHORT, LONG = timedelta(seconds=5), timedelta(seconds=queue.OVERTAKEN_SECONDS + 5)


def queued(run_id, task_id="A", *, waited=SHORT, exclusive=True, limit=None, **resources):
    return Queued(
        run_id=run_id,
        task_id=task_id,
        exclusive_key=task_id if exclusive else None,
        limit=limit,
        resources=Resources(**resources),
        since=NOW - waited,
    )


def choose(*line, **load):
    chosen = queue.choose(line, Load(**load), MACHINE, now=NOW)
    return chosen and chosen.run_id


def test_the_first_in_line_starts():
    assert choose(queued(1), queued(2, "B")) == 1
    assert choose() is None


def test_a_task_runs_once_at_a_time_unless_it_says_otherwise():
    assert choose(queued(1), queued(2, "B"), exclusive={"A": 7}, running={"A": 1}) == 2
    assert choose(queued(1, exclusive=False), running={"A": 5}) == 1


def test_side_by_side_means_up_to_the_limit():
    assert choose(queued(1, exclusive=False, limit=2), queued(2, "B"), running={"A": 1}) == 1
    assert choose(queued(1, exclusive=False, limit=2), queued(2, "B"), running={"A": 2}) == 2


def test_a_run_whose_share_is_not_free_is_overtaken_by_those_whose_share_is():
    used = Resources(memory_mb=6000)

    assert choose(queued(1, memory_mb=4000), queued(2, "B", memory_mb=1000), used=used) == 2


def test_a_run_that_has_waited_long_is_not_overtaken_by_those_that_take_of_the_same():
    used = Resources(memory_mb=6000)
    patient = queued(1, memory_mb=4000, waited=LONG)

    assert choose(patient, queued(2, "B", memory_mb=1000), used=used) is None
    assert choose(patient, queued(2, "B", memory_mb=1000), queued(3, "C", cpu=1000), queued(4, "D"), used=used) == 3
    assert choose(patient, queued(4, "D"), used=used) == 4
    assert choose(patient, queued(2, "B", memory_mb=1000), used=Resources(memory_mb=4000)) == 1


def test_the_runs_of_one_task_keep_their_order_although_a_later_one_would_fit():
    used = Resources(memory_mb=6000)

    assert choose(queued(1, memory_mb=4000), queued(2, memory_mb=10), used=used) is None


def test_what_can_never_fit_is_chosen_to_be_refused_and_holds_up_nobody():
    chosen = queue.choose([queued(1, memory_mb=9000), queued(2, "B")], Load(), MACHINE, now=NOW)

    assert chosen == Choice(run_id=1, never_fits="9000 MB of memory (8000 MB in all)")


def test_a_machine_that_is_overcommitted_still_runs_what_declares_nothing():
    assert choose(queued(1), used=Resources(memory_mb=9000, cpu=9000)) == 1
