from pathlib import Path

import pytest
import sqlalchemy

from taskdeck.model.database_url import NotADatabase, database_url

DATA = Path("/project/data")


def test_the_file_of_a_sqlite_connection_is_relative_to_the_data_directory():
    url = database_url({"type": "SQLite3", "sqlite3file": "my file.sqlite"}, data_directory=DATA)

    assert sqlalchemy.make_url(url).database == "/project/data/my file.sqlite"


def test_user_and_password_survive_whatever_characters_they_have():
    values = {
        "type": "PostgreSQL",
        "server": "db.example",
        "port": "5433",
        "username": "ada@home",
        "password": "p@ss/w:o#rd?%",
        "database": "my db",
    }

    url = sqlalchemy.make_url(database_url(values, data_directory=DATA))

    assert (url.username, url.password, url.host, url.port, url.database) == (
        "ada@home",
        "p@ss/w:o#rd?%",
        "db.example",
        5433,
        "my db",
    )


@pytest.mark.parametrize(
    ("type_", "port"), [("mysql", 3306), ("MariaDB", 3306), ("sqlserver", 1433), ("mssql", 1433), ("postgres", 5432)]
)
def test_each_type_has_its_port(type_, port):
    url = sqlalchemy.make_url(database_url({"type": type_, "server": "h"}, data_directory=DATA))

    assert url.port == port


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({}, "its field 'type' has no value"),
        ({"type": "PosgtresSQL"}, "its type 'PosgtresSQL' is not known"),
        ({"type": "sqlite"}, "'sqlite3file' has no value"),
        ({"type": "mysql"}, "'server' has no value"),
    ],
)
def test_what_is_missing_is_named(values, message):
    with pytest.raises(NotADatabase, match=message):
        database_url(values, data_directory=DATA)
