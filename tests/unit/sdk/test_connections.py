from __future__ import annotations

import copy
import importlib
import pickle
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import sqlalchemy

from taskdeck.model.database_url import NotADatabase
from taskdeck.sdk.connections import Connection, MissingPackage, UnknownField

PASSWORD = "p@ss/w:o?r#d %é"


def database(kind: str, **fields: Any) -> Connection:
    values = {"type": kind, "server": "db.example.org", "username": "dom\\ana", "password": PASSWORD, "database": "x"}
    return Connection("ANA", {**values, **fields})


def test_a_connection_is_a_mapping_of_unconverted_values() -> None:
    connection = Connection("ANA", {"port": "5432", "active": "True"})

    assert dict(connection) == {"port": "5432", "active": "True"}
    assert connection["port"] == "5432"
    assert connection.get("password") is None
    assert len(connection) == 2


def test_a_missing_field_is_named_with_those_there_are() -> None:
    with pytest.raises(UnknownField) as caught:
        Connection("ANA", {"type": "sqlite", "sqlite3file": "x"})["pasword"]
    assert str(caught.value).startswith("Connection 'ANA' has no value for 'pasword'. It has: type, sqlite3file.")


def test_no_representation_shows_a_value() -> None:
    connection = database("postgresql")

    for shown in (repr(connection), str(connection), f"{connection}", repr([connection])):
        assert PASSWORD not in shown
        assert "db.example.org" not in shown
        assert "ANA" in shown


def test_a_connection_reaches_other_processes_and_can_be_copied() -> None:
    connection = database("mysql")
    for twin in (pickle.loads(pickle.dumps(connection)), copy.deepcopy(connection)):  # noqa: S301  # our own bytes
        assert (twin.id, dict(twin)) == ("ANA", dict(connection))


@pytest.mark.parametrize(
    ("kind", "driver", "port"),
    [
        ("postgresql", "postgresql+psycopg", 5432),
        ("PostgreSQL", "postgresql+psycopg", 5432),
        ("mysql", "mysql+pymysql", 3306),
        ("MySQL", "mysql+pymysql", 3306),
        ("mariadb", "mariadb+pymysql", 3306),
        ("mssql", "mssql+pyodbc", 1433),
        ("SQLServer", "mssql+pyodbc", 1433),
    ],
)
def test_sqlalchemy_reads_the_url_as_it_was_meant(kind: str, driver: str, port: int) -> None:
    url = sqlalchemy.make_url(database(kind).url())

    assert url.drivername == driver
    assert (url.username, url.password) == ("dom\\ana", PASSWORD)
    assert (url.host, url.port, url.database) == ("db.example.org", port, "x")


def test_a_port_may_be_text_or_number() -> None:
    for port in ("6543", 6543):
        assert sqlalchemy.make_url(database("postgresql", port=port).url()).port == 6543


@pytest.mark.parametrize("kind", ["sqlite", "sqlite3", "SQLite3"])
@pytest.mark.parametrize("folder", ["plain", "with space", "what?", "100%25", "é#1"])
def test_an_sqlite_file_lies_in_the_data_directory(
    kind: str, folder: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TASKDECK_DATA_DIR", str(tmp_path / folder / "data"))
    connection = Connection("ANA", {"type": kind, "sqlite3file": "analysis.sqlite"})

    engine = connection.engine()
    with engine.begin() as opened:
        opened.execute(sqlalchemy.text("CREATE TABLE t (n INTEGER)"))
    engine.dispose()

    assert [path.name for path in (tmp_path / folder / "data").iterdir()] == ["analysis.sqlite"]


def test_an_absolute_sqlite_file_stays_where_it_is(tmp_path: Path) -> None:
    connection = Connection("ANA", {"type": "sqlite", "sqlite3file": str(tmp_path / "x.sqlite")})
    assert sqlalchemy.make_url(connection.url()).database == str(tmp_path / "x.sqlite")


def test_options_reach_the_engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TASKDECK_DATA_DIR", str(tmp_path))
    assert Connection("ANA", {"type": "sqlite", "sqlite3file": "x"}).engine(echo=True).echo is True


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"type": "PosgtresSQL", "server": "x"}, "PosgtresSQL"),
        ({"server": "x"}, "'type' has no value"),
        ({"type": "mysql"}, "'server' has no value"),
        ({"type": "sqlite"}, "'sqlite3file' has no value"),
    ],
)
def test_what_keeps_a_connection_from_being_a_database(values: dict[str, Any], expected: str) -> None:
    with pytest.raises(NotADatabase) as caught:
        Connection("ANA", values).url()
    assert expected in str(caught.value)


@pytest.mark.parametrize(
    ("missing", "kind", "remedy"),
    [
        ("sqlalchemy", "sqlite", "pip install sqlalchemy"),
        ("psycopg", "postgresql", 'pip install "taskdeck[postgresql]"'),
        ("pymysql", "mariadb", 'pip install "taskdeck[mysql]"'),
        ("pyodbc", "mssql", 'pip install "taskdeck[mssql]"'),
    ],
)
def test_a_package_that_is_not_installed_is_named(
    missing: str, kind: str, remedy: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    really_import = importlib.import_module

    def import_module(name: str, package: str | None = None) -> ModuleType:
        if name == missing:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
        return really_import(name, package)

    monkeypatch.setattr(importlib, "import_module", import_module)
    with pytest.raises(MissingPackage) as caught:
        database(kind, sqlite3file="x").engine()
    assert f"no package {missing!r}" in str(caught.value)
    assert str(caught.value).endswith(remedy)
    assert caught.value.name == missing
    assert "psycopg2" not in sys.modules
