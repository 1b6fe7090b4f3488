"""The line of queued runs in a real store."""

import threading
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta

import postgresql
import pytest
from factories import make_capacity, make_new_run

from taskdeck.model.concurrency import Concurrency, ConcurrencyPolicy
from taskdeck.model.resources import Resources
from taskdeck.model.run import Outcome, RunStatus
from taskdeck.model.waiting import WaitingKind
from taskdeck.store import attempts, claims, runs
from taskdeck.store.database import Database

LEASE = timedelta(seconds=30)
REJECT = Concurrency(policy=ConcurrencyPolicy.REJECT)
FAILED = Outcome(status=RunStatus.FAILED, reason="no data")


def now():
    return datetime.now(UTC)


@pytest.fixture
def database(tmp_path):
    database = Database(f"sqlite:///{tmp_path / 'store.db'}")
    database.prepare()
    yield database
    database.close()


def queue(database, task_id="A", **policies):
    new = make_new_run(task_id, **policies)
    with database.write() as connection:
        return runs.insert_queued(connection, new, now=now())


def claim(database, capacity=None, at=None):
    with database.write() as connection:
        found = claims.claim_next(connection, "w", capacity or make_capacity(), now=at or now(), lease=LEASE)
    return found and found.run


def waiting(database, run, capacity=None):
    with database.read() as connection:
        return claims.waiting(connection, run, capacity or make_capacity(), now=now())


def finish(database, run):
    with database.write() as connection:
        assert runs.finish(connection, run, Outcome(status=RunStatus.SUCCEEDED), now=now())


def requeue(database, run, pause=timedelta(0)):
    with database.write() as connection:
        return runs.requeue(connection, run, FAILED, reason="again", now=now(), not_before=now() + pause)


def test_a_higher_priority_goes_first_and_equal_ones_in_order(database):
    low, first, second = queue(database, "A", priority=-1), queue(database, "B"), queue(database, "C")
    high = queue(database, "D", priority=5)

    assert [claim(database).id for _ in range(4)] == [high.id, first.id, second.id, low.id]
    assert high.priority == 5


def test_a_run_that_has_begun_meanwhile_does_not_wait_for_itself(database):
    queued = queue(database)

    claim(database)

    assert waiting(database, queued) is None


def test_runs_side_by_side_stop_at_their_limit(database):
    allow = Concurrency(policy=ConcurrencyPolicy.ALLOW, limit=2)
    queued = [queue(database, concurrency=allow) for _ in range(3)]

    started = [claim(database), claim(database)]

    assert [run.id for run in started] == [queued[0].id, queued[1].id]
    assert claim(database) is None
    assert waiting(database, queued[2]).kind is WaitingKind.LIMIT
    finish(database, started[0])
    assert claim(database).id == queued[2].id


def test_a_second_active_run_of_a_task_that_takes_one_only_is_refused(database):
    first = queue(database, concurrency=REJECT)

    with pytest.raises(runs.AlreadyActive):
        queue(database, concurrency=REJECT)
    running = claim(database)
    with pytest.raises(runs.AlreadyActive):
        queue(database, concurrency=REJECT)
    requeue(database, running)
    with pytest.raises(runs.AlreadyActive):
        queue(database, concurrency=REJECT)

    finish(database, claim(database))
    assert queue(database, concurrency=REJECT).id > first.id


def test_a_run_that_was_queued_before_the_task_became_exclusive_counts_as_well(database):
    queue(database)

    with pytest.raises(runs.AlreadyActive):
        queue(database, concurrency=REJECT)


def test_racing_requests_for_a_task_that_takes_one_only_start_one(database):
    outcomes = []

    def submit():
        try:
            outcomes.append(queue(database, concurrency=REJECT).id)
        except runs.AlreadyActive:
            outcomes.append(None)

    threads = [threading.Thread(target=submit) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes, key=str) == [1, *[None] * 7]


def test_a_run_starts_when_its_share_is_free(database):
    large = Resources(memory_mb=5000)
    first, second = queue(database, "A", resources=large), queue(database, "B", resources=large)

    assert claim(database).id == first.id
    assert claim(database) is None
    assert waiting(database, second).text == "Needs 5000 MB of memory (3000 MB free)."
    with database.read() as connection:
        finished = runs.get(connection, first.id)
    finish(database, finished)
    assert claim(database).id == second.id


def test_a_run_that_fits_on_no_machine_of_this_size_says_what_it_lacks(database):
    queue(database, resources=Resources(cpu=64000))

    with database.write() as connection:
        found = claims.claim_next(connection, "w", make_capacity(), now=now(), lease=LEASE)

    assert found.never_fits == "64 cores of processor (2 cores in all)"


def test_a_run_that_waits_for_its_next_attempt_holds_up_nobody(database):
    failing, other = queue(database), queue(database)
    first_attempt = claim(database)

    assert requeue(database, first_attempt, timedelta(minutes=5))

    with database.read() as connection:
        again = runs.get(connection, failing.id)
    assert (again.status, again.reason, again.started_at) == (RunStatus.QUEUED, "again", None)
    assert waiting(database, again).kind is WaitingKind.RETRY
    running = claim(database)
    assert running.id == other.id
    finish(database, running)
    assert claim(database) is None
    second_attempt = claim(database, at=now() + timedelta(minutes=6))
    assert (second_attempt.id, second_attempt.attempt, second_attempt.not_before) == (failing.id, 2, None)


def test_each_attempt_is_kept_with_its_end(database):
    queue(database)
    requeue(database, claim(database))
    finish(database, claim(database))

    with database.read() as connection:
        kept = attempts.of_run(connection, 1)

    assert [(each.number, each.status, each.reason) for each in kept] == [
        (1, RunStatus.FAILED, "no data"),
        (2, RunStatus.SUCCEEDED, ""),
    ]
    assert all(each.finished_at for each in kept)


def test_what_is_said_about_an_earlier_attempt_changes_nothing(database):
    queue(database)
    first = claim(database)
    requeue(database, first)
    claim(database)

    assert not requeue(database, first)
    with database.write() as connection:
        assert not runs.finish(connection, first, Outcome(status=RunStatus.SUCCEEDED), now=now())


def test_a_run_that_somebody_wants_to_end_gets_no_other_attempt(database):
    queue(database)
    run = claim(database)
    with database.write() as connection:
        runs.request_cancel(connection, run.id, by="Ada", now=now())

    assert not requeue(database, run)


def test_runs_are_numbered_in_the_order_in_which_they_leave_the_queue_however_they_do(database):
    first, second, third, waiting_ = (queue(database, task_id) for task_id in "ABCD")
    with database.write() as connection:
        assert runs.cancel_queued(connection, second.id, by="x", reason="no", now=now())
    again = claim(database)
    assert requeue(database, again)
    claimed = [claim(database), claim(database)]

    with database.read() as connection:
        departed = runs.departed_after(connection, 0, limit=10)
        assert [(run.id, run.departure) for run in departed] == [(second.id, 1), (first.id, 2), (third.id, 3)]
        assert [run.id for run in runs.departed_after(connection, 1, limit=1)] == [first.id]
        assert runs.last_departure(connection) == 3
        assert runs.get(connection, waiting_.id).departure is None
    # The second attempt of a run has left the queue once only.
    assert {run.id for run in claimed} == {first.id, third.id}


@pytest.fixture(params=["sqlite", "postgresql"])
def any_database(request, tmp_path):
    with ExitStack() as stack:
        is_file = request.param == "sqlite"
        url = f"sqlite:///{tmp_path / 'store.db'}" if is_file else stack.enter_context(postgresql.schema())
        database = Database(url)
        stack.callback(database.close)
        database.prepare()
        yield database


def test_whoever_sees_that_a_run_has_left_the_queue_sees_all_that_left_it_before(any_database):
    """Claims and cancels race; a number that appeared after a higher one would be missed by who goes on from there."""
    queued = [queue(any_database, f"T{number}") for number in range(30)]
    are_done = threading.Event()

    def claim_all():
        while (claimed := claim(any_database)) is not None:
            finish(any_database, claimed)

    def cancel_some():
        for run in reversed(queued[15:]):
            with any_database.write() as connection:
                runs.cancel_queued(connection, run.id, by="x", reason="no", now=now())

    def departures():
        with any_database.read() as connection:
            return [run.departure for run in runs.departed_after(connection, 0, limit=100)]

    looks = []

    def look():
        while not are_done.is_set():
            looks.append(departures())

    workers = [threading.Thread(target=work) for work in (claim_all, claim_all, cancel_some)]
    reader = threading.Thread(target=look)
    for thread in (reader, *workers):
        thread.start()
    for thread in workers:
        thread.join()
    are_done.set()
    reader.join()

    assert departures() == list(range(1, 31))
    assert all(seen == list(range(1, len(seen) + 1)) for seen in looks)
