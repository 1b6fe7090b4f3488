"""Words are found without regard to case, in any alphabet, on both databases."""

from contextlib import ExitStack
from datetime import UTC, datetime

import postgresql
import pytest
from factories import make_new_run
from sqlalchemy import update

from taskdeck.store import run_lists, runs, tables
from taskdeck.store.database import Database
from taskdeck.store.run_lists import Wanted

NOW = datetime(2026, 11, 21, 10, tzinfo=UTC)


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


def queue(database, task_name="A task", reason="", **parameters):
    with database.write() as connection:
        run = runs.insert_queued(connection, make_new_run(task_name=task_name, parameters=parameters), now=NOW)
        connection.execute(update(tables.run).where(tables.run.c.id == run.id).values(reason=reason))
    return run.id


def found(database, *words):
    with database.read() as connection:
        wanted = Wanted(words=words)
        ids = run_lists.candidates(connection, wanted, run_lists.id_range(connection, wanted), limit=100)
        return [run.id for run in run_lists.matching(connection, wanted, ids, limit=100)]


@pytest.mark.parametrize("word", ["žilina", "ŽILINA", "Žilina", "žIlInA"])
def test_letters_beyond_ascii_are_found_in_either_case(database, word):
    by_value = queue(database, district="Žilina")
    by_name = queue(database, task_name="Správa Žilina")
    by_reason = queue(database, reason="ValueError: Žilina")
    queue(database, district="Zilina")

    assert found(database, word) == [by_reason, by_name, by_value]


def test_other_alphabets_have_cases_too(database):
    greek, russian = queue(database, place="ΑΘΗΝΑ"), queue(database, place="Москва")

    assert found(database, "αθηνα") == [greek]
    assert found(database, "МОСКВА") == [russian]


def test_signs_of_json_and_of_patterns_are_found_as_they_are(database):
    quoted = queue(database, note='say "Ž" to C:\\TEMP')
    queue(database, note="50_")
    percent = queue(database, note="50%")

    assert found(database, '"ž"') == [quoted]
    assert found(database, "c:\\temp") == [quoted]
    assert found(database, "50%") == [percent]


def test_values_that_no_database_takes_as_text_do_no_harm(database):
    odd = [queue(database, note="Nil\0Ž here"), queue(database, note="half \ud800 here")]
    good = queue(database, note="Žilina \N{GRINNING FACE} here")

    assert found(database, "HERE") == [good, *reversed(odd)]
    assert found(database, "Žilina") == found(database, "\N{GRINNING FACE}") == [good]
