"""Queries through connections, asked of real databases, which are to refuse everything else."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from urllib.parse import urlsplit

import postgresql
import pytest
import sqlalchemy
from sqlalchemy.exc import OperationalError

from taskdeck.execution.connections import UnknownConnection
from taskdeck.execution.queries import EVERYTHING, Part, QueriesNotAllowed, QueryFailed, QueryTookTooLong

ROWS = [(1, "Ada", 1.5), (2, "Grace'; DROP TABLE people; --", None)]


def make_people(execute: Callable[[str], object]) -> None:
    execute("CREATE TABLE people (id INTEGER PRIMARY KEY, name VARCHAR(100), ratio NUMERIC(5, 2))")
    execute("INSERT INTO people VALUES (1, 'Ada', 1.5), (2, 'Grace''; DROP TABLE people; --', NULL)")


class Asked:
    """One database with the table of people, and what asks it."""

    def __init__(self, service, count):
        self.service = service
        self.count = count
        self.is_truncated = False

    def ask(self, query, part=EVERYTHING, **parameters):
        answer = self.service.query("DB", query, parameters, part)
        self.is_truncated = answer.truncated
        return json.loads(answer.rows)


def opened(serve, values, count, **environment):
    server = serve(
        worker=False,
        connections={"DB": {"allowQueryEngine": "True", "params": []}, "CLOSED": {"params": []}},
        values={"DB": values, "CLOSED": values},
        environment=environment,
    )
    return Asked(server.service, count)


@pytest.fixture
def sqlite(serve, tmp_path):
    file = tmp_path / "project" / "data" / "people.sqlite"
    file.parent.mkdir(parents=True)

    def execute(statement):
        connection = sqlite3.connect(file)
        with connection:
            found = connection.execute(statement).fetchall()
        connection.close()
        return found

    make_people(execute)
    return opened(
        serve,
        {"type": "sqlite3", "sqlite3file": "people.sqlite"},
        lambda: execute("SELECT count(*) FROM people")[0][0],
        TASKDECK_QUERY_MAX_ROWS="1000",
    )


@pytest.fixture
def postgres(serve):
    with postgresql.schema() as url:
        engine = sqlalchemy.create_engine(url)

        def execute(statement):
            with engine.begin() as connection:
                return connection.exec_driver_sql(statement)

        make_people(execute)
        schema = url.rpartition("%3D")[2]
        # A search path in the name of the database: a connection has no field for it.
        execute(f"CREATE ROLE {schema} LOGIN SUPERUSER PASSWORD 'secret-{schema}'")
        execute(f"ALTER ROLE {schema} SET search_path = {schema}")
        parts = urlsplit(postgresql.URL)
        values = {
            "type": "PostgreSQL",
            "server": parts.hostname,
            "port": str(parts.port or 5432),
            "username": schema,
            "password": f"secret-{schema}",
            "database": parts.path.lstrip("/"),
        }
        try:
            asked = opened(serve, values, lambda: execute("SELECT count(*) FROM people").scalar())
            asked.execute = execute
            yield asked
        finally:
            execute(f"DROP ROLE {schema}")
            engine.dispose()


@pytest.fixture
def mariadb(serve):
    name = f"test_{secrets.token_hex(4)}"
    engine = sqlalchemy.create_engine("mysql+pymysql://root@127.0.0.1:3306", connect_args={"connect_timeout": 2})

    def execute(statement):
        with engine.begin() as connection:
            connection.exec_driver_sql(f"USE {name}")
            return connection.exec_driver_sql(statement)

    try:
        with engine.begin() as connection:
            connection.exec_driver_sql(f"CREATE DATABASE {name}")
    except OperationalError:
        if os.environ.get("TASKDECK_TEST_SKIPS") == "forbidden":
            raise
        pytest.skip("there is no MariaDB at 127.0.0.1:3306 that lets root in")
    try:
        make_people(execute)
        values = {"type": "MySQL", "server": "127.0.0.1", "port": 3306, "username": "root", "database": name}
        asked = opened(serve, values, lambda: execute("SELECT count(*) FROM people").scalar())
        asked.execute = execute
        yield asked
    finally:
        execute(f"DROP DATABASE {name}")
        engine.dispose()


@pytest.fixture(params=["sqlite", "postgres", "mariadb"])
def database(request):
    return request.getfixturevalue(request.param)


def test_rows_are_objects_by_column(database):
    rows = database.ask("SELECT id, name, ratio FROM people ORDER BY id")

    assert rows == [dict(zip(("id", "name", "ratio"), row, strict=True)) for row in ROWS]
    assert not database.is_truncated


def test_parameters_are_data_whatever_they_look_like(database):
    query = "SELECT id FROM people WHERE name = :name"

    assert database.ask(query, name="Grace'; DROP TABLE people; --") == [{"id": 2}]
    assert database.ask(query, name="' OR 1=1 --") == []
    assert database.ask("SELECT id FROM people WHERE id IN :ids ORDER BY id", ids=[1, 2]) == [{"id": 1}, {"id": 2}]
    assert database.ask(query, name="Ada", unused=1) == [{"id": 1}]
    with pytest.raises(QueryFailed, match="parameters without a value: name"):
        database.ask(query)


def test_comments_and_a_last_semicolon_are_no_harm(database):
    assert database.ask("-- all\n/* of */ WITH two AS (SELECT 2 AS n) SELECT n FROM two;\n") == [{"n": 2}]


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO people VALUES (3, 'x', 0)",
        "DELETE FROM people",
        "UPDATE people SET name = 'x'",
        "DROP TABLE people",
        "CREATE TABLE more (id INTEGER)",
        "SELECT 1; DELETE FROM people",
        "SELECT 1; COMMIT; DELETE FROM people",
        "COMMIT; DELETE FROM people",
        "/* SELECT */ DELETE FROM people",
        "WITH gone AS (SELECT 1) DELETE FROM people",
        "",
    ],
)
def test_nothing_can_be_written(database, statement):
    with pytest.raises(QueryFailed):
        database.ask(statement)
    assert database.count() == 2


@pytest.mark.parametrize(
    "statement",
    [
        "WITH gone AS (DELETE FROM people RETURNING id) SELECT id FROM gone",
        "SELECT id FROM people FOR UPDATE",
        "SELECT set_config('transaction_read_only', 'off', false)",
        "SELECT setval(pg_get_serial_sequence('people', 'id'), 7) FROM nextval('none')",
        "SELECT 1 INTO more",
    ],
)
def test_postgresql_refuses_what_begins_like_a_query(postgres, statement):
    with pytest.raises(QueryFailed):
        postgres.ask(statement)
    assert postgres.count() == 2


def test_postgresql_refuses_functions_that_write(postgres):
    postgres.execute(
        "CREATE FUNCTION add() RETURNS integer LANGUAGE sql VOLATILE AS"
        " 'INSERT INTO people VALUES (3, ''x'', 0) RETURNING id'"
    )

    with pytest.raises(QueryFailed, match="read-only"):
        postgres.ask("SELECT add()")
    assert postgres.count() == 2


def test_mariadb_refuses_functions_that_write(mariadb):
    mariadb.execute(
        "CREATE FUNCTION more() RETURNS INTEGER MODIFIES SQL DATA"
        " BEGIN INSERT INTO people VALUES (3, 'x', 0); RETURN 1; END"
    )

    with pytest.raises(QueryFailed, match=r"(?i)read.only"):
        mariadb.ask("SELECT more()")
    assert mariadb.count() == 2


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT load_extension('x')",
        "SELECT * FROM pragma_table_info('people')",
        "SELECT writefile('x', 'y')",
        "WITH x AS (SELECT 1) INSERT INTO people SELECT 3, 'x', 0",
    ],
)
def test_sqlite_refuses_what_begins_like_a_query(sqlite, statement):
    with pytest.raises(QueryFailed):
        sqlite.ask(statement)
    assert sqlite.count() == 2


def test_an_answer_has_so_many_rows_and_no_more(sqlite):
    rows = sqlite.ask("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000) SELECT i FROM n")

    assert [row["i"] for row in rows] == list(range(1, 1001))
    assert sqlite.is_truncated


def test_a_page_of_what_is_searched_and_sorted(database):
    three = (
        "SELECT id, 'it''s 50%' AS what FROM people WHERE id > :least "
        "UNION ALL SELECT 3, 'It''s 50: x' UNION ALL SELECT 30, 'ITS' ORDER BY 1; -- at the end"
    ).replace("; --", " --")
    by_id = Part(sort="id", descending=True)

    assert [row["id"] for row in database.ask(three, by_id, least=0)] == [30, 3, 2, 1]
    assert [row["id"] for row in database.ask(three, Part(max_rows=2, skip=1), least=0)] == [2, 3]
    assert database.is_truncated
    assert [row["id"] for row in database.ask(three, replace(by_id, max_rows=2, skip=2), least=0)] == [2, 1]
    assert not database.is_truncated
    searched = Part(search="IT'S 50%", search_columns=("what",), sort="id")
    assert [row["id"] for row in database.ask(three, searched, least=1)] == [2]
    both = Part(search="3", search_columns=("id", "what"), sort="id")
    assert [row["id"] for row in database.ask(three, both, least=9)] == [3, 30]


@pytest.mark.parametrize("column", ['id" DESC; DROP TABLE people; --', "id` DESC; DROP TABLE people", "a:b"])
def test_a_column_is_a_name_whatever_it_looks_like(database, column):
    with contextlib.suppress(QueryFailed):
        database.ask("SELECT id FROM people", Part(sort=column, search="1", search_columns=(column,)))

    assert database.count() == 2


def test_columns_of_one_name_are_all_there(database):
    assert database.ask("SELECT 1 AS n, 2 AS n") == [{"n": 1, "n_2": 2}]


def test_values_are_what_json_has(postgres):
    query = (
        "SELECT DATE '2026-11-21' AS d, TIMESTAMP '2026-11-21 10:00:00' AS t, 1.25::numeric AS n, 2::numeric AS w,"
        " 'NaN'::float8 AS nan, '\\xff'::bytea AS b, ARRAY[1,2] AS a, '{\"k\": 1}'::jsonb AS j"
    )

    assert postgres.ask(query) == [
        {
            "d": "2026-11-21",
            "t": "2026-11-21T10:00:00",
            "n": 1.25,
            "w": 2,
            "nan": None,
            "b": "/w==",
            "a": [1, 2],
            "j": {"k": 1},
        }
    ]


ENDLESS = {
    "sqlite": "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n",
    "postgres": "SELECT count(*) FROM generate_series(1, 100000000000)",
    "mariadb": "SELECT count(*) FROM seq_1_to_1000000 a, seq_1_to_1000000 b WHERE a.seq * b.seq % 7 = 3",
}


@pytest.mark.parametrize("kind", ENDLESS)
def test_a_query_ends_after_the_time_it_may_take(kind, request):
    database = request.getfixturevalue(kind)
    database.service = replace(database.service, settings=replace(database.service.settings, query_timeout_seconds=1.0))

    with pytest.raises(QueryTookTooLong, match="longer than 1 s"):
        database.ask(ENDLESS[kind])


def test_a_connection_that_does_not_allow_it_is_not_asked(serve, tmp_path):
    database = opened(serve, {"type": "sqlite3", "sqlite3file": "none.sqlite"}, lambda: 0)
    service = database.service

    with pytest.raises(QueriesNotAllowed, match="allowQueryEngine"):
        service.query("CLOSED", "SELECT 1", {})
    with pytest.raises(UnknownConnection):
        service.query("NONE", "SELECT 1", {})
    (tmp_path / "project" / "data").mkdir()
    with pytest.raises(QueryFailed, match=r"no file 'none\.sqlite'"):
        service.query("DB", "SELECT 1", {})
    assert not (tmp_path / "project" / "data" / "none.sqlite").exists()


def test_what_the_driver_complains_of_holds_no_secret(serve):
    values = {"type": "postgresql", "server": "127.0.0.1", "port": "9", "username": "u", "password": "canary-5up3r"}
    database = opened(serve, values, lambda: 0)

    with pytest.raises(QueryFailed) as raised:
        database.ask("SELECT 1")
    assert "canary" not in str(raised.value)


def test_sql_server_is_not_asked_because_it_cannot_promise_not_to_write(serve):
    database = opened(serve, {"type": "mssql", "server": "127.0.0.1"}, lambda: 0)

    with pytest.raises(QueryFailed, match="Let a task copy what is to be shown"):
        database.ask("SELECT 1")
