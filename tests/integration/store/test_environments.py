"""Environments are kept once, on both databases."""

from contextlib import ExitStack
from datetime import UTC, datetime, timedelta

import postgresql
import pytest
import sqlalchemy
from factories import make_capacity, make_new_run

from taskdeck.model.environment import Environment
from taskdeck.store import attempts, claims, environments, runs, tables
from taskdeck.store.database import Database

NOW = datetime(2026, 11, 21, 10, tzinfo=UTC)
SHA = "a" * 64
MADE = Environment.bounded(
    [("pandas", "3.0.1"), ("Žltá", "1")],
    path="/venv",
    python_version="3.13.1",
    implementation="cpython",
    platform="Linux",
)


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request, tmp_path):
    with ExitStack() as stack:
        url = (
            f"sqlite:///{tmp_path / 'store.db'}"
            if request.param == "sqlite"
            else stack.enter_context(postgresql.schema())
        )
        database = Database(url)
        stack.callback(database.close)
        database.prepare()
        yield database


def begin(database, task_id="A"):
    with database.write() as connection:
        runs.insert_queued(connection, make_new_run(task_id), now=NOW)
        claim = claims.claim_next(connection, "w1", make_capacity(), now=NOW, lease=timedelta(seconds=30))
    return claim.run


def test_runs_in_the_same_environment_share_a_row(database):
    begun = [begin(database, "A"), begin(database, "B")]
    for run in begun:
        with database.write() as connection:
            environments.add(connection, SHA, MADE.to_json().encode(), now=NOW)
            attempts.set_environment(connection, run, SHA)

    with database.read() as connection:
        assert environments.is_known(connection, SHA)
        assert not environments.is_known(connection, "b" * 64)
        assert [environments.of_run(connection, run.id) for run in begun] == [MADE, MADE]
        assert attempts.of_run(connection, begun[0].id)[0].environment_sha256 == SHA
        assert connection.scalar(sqlalchemy.select(sqlalchemy.func.count()).select_from(tables.environment)) == 1


def test_the_environment_of_a_run_that_has_noted_none_is_not_known(database):
    run = begin(database)
    with database.read() as connection:
        assert environments.of_run(connection, run.id) is None
        assert environments.of_run(connection, 99) is None
