import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from factories import make_capacity, make_new_run
from sqlalchemy import select, text, update

from taskdeck.model import binding
from taskdeck.model.run import Outcome, RunStatus
from taskdeck.store import claims, runs, tables
from taskdeck.store.database import Database, StoreUnavailable

LEASE = timedelta(seconds=30)
CAPACITY = make_capacity()


def now():
    return datetime.now(UTC)


@pytest.fixture
def database(tmp_path):
    database = Database(f"sqlite:///{tmp_path / 'store.db'}")
    database.prepare()
    yield database
    database.close()


def queue(database, task_id="A"):
    new = make_new_run(task_id, definition={"cancel_timeout_seconds": None}, parameters={"year": 2024})
    with database.write() as connection:
        return runs.insert_queued(connection, new, now=now())


def downgrade(database, revision):
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(tables.__file__).parent / "migrations"))
    with database.write() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, revision)


def claim(database, worker="w", **options):
    with database.write() as connection:
        return claims.claim_next(connection, worker, CAPACITY, now=now(), lease=LEASE, **options)


def test_migrations_and_tables_say_the_same(database):
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    with database.read() as connection:
        assert compare_metadata(MigrationContext.configure(connection), tables.metadata) == []
    assert database.revision() == tables.REVISION


def test_runs_of_an_older_store_are_known_by_their_parameters_after_the_upgrade(tmp_path):
    database = Database(f"sqlite:///{tmp_path / 'store.db'}")
    database.prepare()
    succeeded, queued = queue(database), queue(database, "B")
    with database.write() as connection:
        connection.execute(
            update(tables.run)
            .where(tables.run.c.id == succeeded.id)
            .values(status=RunStatus.SUCCEEDED, started_at=now(), finished_at=now())
        )
    downgrade(database, "0004")
    database.prepare()

    assert database.revision() == tables.REVISION
    with database.read() as connection:
        hashes = dict(connection.execute(select(tables.run.c.id, tables.run.c.parameters_sha256)).all())
    assert hashes == {succeeded.id: binding.fingerprint(succeeded.parameters), queued.id: None}
    database.close()


def test_a_store_is_readable_by_its_owner_alone(database):
    assert Path(database.url.database).stat().st_mode & 0o077 == 0


def test_a_store_that_cannot_be_opened_says_which_and_why(tmp_path):
    with pytest.raises(StoreUnavailable, match=r"missing.store\.db"):
        Database(f"sqlite:///{tmp_path / 'missing' / 'store.db'}").prepare()


def test_a_store_of_a_newer_version_is_refused_and_left_alone(tmp_path):
    url = f"sqlite:///{tmp_path / 'store.db'}"
    newer = Database(url)
    newer.prepare()
    with newer.write() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    newer.close()

    with pytest.raises(StoreUnavailable, match=r"newer version of Taskdeck \(schema 9999, .*Install that version"):
        Database(url).prepare()


def test_a_file_that_is_no_store_is_refused_and_left_alone(tmp_path):
    file = tmp_path / "store.db"
    file.write_text("something else entirely" * 100)

    with pytest.raises(StoreUnavailable, match="not a database"):
        Database(f"sqlite:///{file}").prepare()
    assert file.read_text().startswith("something else")


def test_what_was_stored_comes_back_with_aware_times(database):
    run = queue(database)

    assert run.status is RunStatus.QUEUED
    assert run.parameters == {"year": 2024}
    assert run.created_at.tzinfo is UTC


def test_claims_follow_the_order_of_submission_one_at_a_time_per_task(database):
    first, second, other = queue(database), queue(database), queue(database, "B")

    claimed = [claim(database), claim(database), claim(database)]

    assert [each.run.id if each else None for each in claimed] == [first.id, other.id, None]
    assert claimed[0].run.attempt == 1
    with database.write() as connection:
        assert runs.finish(connection, claimed[0].run, Outcome(status=RunStatus.SUCCEEDED), now=now())
    assert claim(database).run.id == second.id


def test_a_dedicated_claim_takes_its_run_and_those_of_its_task_before_it(database):
    queue(database)
    earlier, wanted, later = queue(database, "B"), queue(database, "B"), queue(database, "B")

    first = claim(database, up_to=wanted)
    with database.write() as connection:
        runs.finish(connection, first.run, Outcome(status=RunStatus.SUCCEEDED), now=now())
    second = claim(database, up_to=wanted)
    with database.write() as connection:
        runs.finish(connection, second.run, Outcome(status=RunStatus.SUCCEEDED), now=now())

    assert [first.run.id, second.run.id] == [earlier.id, wanted.id]
    assert claim(database, up_to=wanted) is None
    assert later.status is RunStatus.QUEUED


def test_racing_workers_claim_each_run_once(database):
    queued = [queue(database, f"T{number}").id for number in range(40)]
    claimed = []

    def work(name):
        while (each := claim(database, name)) is not None:
            claimed.append(each.run.id)

    threads = [threading.Thread(target=work, args=(f"w{number}",)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(claimed) == queued


def test_only_the_attempt_that_runs_can_be_finished_and_only_once(database):
    queue(database)
    run = claim(database).run

    with database.write() as connection:
        assert runs.finish(connection, run, Outcome(status=RunStatus.FAILED, reason="x"), now=now())
        assert not runs.finish(connection, run, Outcome(status=RunStatus.SUCCEEDED), now=now())


def test_a_run_is_adopted_by_one_worker_only(database):
    queue(database)
    run = claim(database, "dead").run

    with database.write() as connection:
        assert runs.adopt(connection, run, "heir", now=now(), lease=LEASE)
        assert not runs.adopt(connection, run, "late", now=now(), lease=LEASE)


def test_asking_twice_to_cancel_keeps_the_first_to_ask(database):
    queue(database)
    run = claim(database).run

    with database.write() as connection:
        runs.request_cancel(connection, run.id, by="Ada", now=now())
        runs.request_cancel(connection, run.id, by="Bob", now=now())
        requests = runs.cancel_requests(connection, "w")

    assert [(request.run_id, request.by) for request in requests] == [(run.id, "Ada")]


def test_pages_go_back_in_time_without_gap_or_double(database):
    ids = [queue(database, f"T{number % 3}").id for number in range(10)]

    with database.read() as connection:
        first = runs.newest(connection, limit=4)
        second = runs.newest(connection, limit=4, before=first[-1].id)
        of_one_task = runs.newest(connection, task_id="T1")

    assert [run.id for run in first + second] == ids[::-1][:8]
    assert {run.task_id for run in of_one_task} == {"T1"}


def test_the_database_itself_refuses_two_running_runs_of_one_task(database):
    import sqlalchemy

    queue(database), queue(database)
    claim(database)

    with pytest.raises(sqlalchemy.exc.IntegrityError), database.write() as connection:
        connection.execute(sqlalchemy.update(tables.run).values(status=RunStatus.RUNNING))
