"""A PostgreSQL server for tests, where there is one."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import sqlalchemy
from sqlalchemy.exc import OperationalError

URL = os.environ.get("TASKDECK_TEST_POSTGRESQL_URL", "postgresql://postgres@127.0.0.1:5432/test")


@contextmanager
def schema() -> Iterator[str]:
    """The address of an empty schema of its own. Skips the test where there is no server; on CI it must not."""
    name = f"test_{secrets.token_hex(4)}"
    engine = sqlalchemy.create_engine(URL, connect_args={"connect_timeout": 2})
    try:
        with engine.begin() as connection:
            connection.exec_driver_sql(f"CREATE SCHEMA {name}")
    except OperationalError:
        if os.environ.get("CI") or os.environ.get("TASKDECK_TEST_SKIPS") == "forbidden":
            raise
        pytest.skip("there is no PostgreSQL at TASKDECK_TEST_POSTGRESQL_URL")
    try:
        yield f"{URL}?options=-csearch_path%3D{name}"
    finally:
        with engine.begin() as connection:
            connection.exec_driver_sql(f"DROP SCHEMA {name} CASCADE")
        engine.dispose()
