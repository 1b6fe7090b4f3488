"""How the last tests of connections ended."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from taskdeck.store.tables import connection_test as table


@dataclass(frozen=True, kw_only=True)
class StoredTest:
    """``values_fingerprint`` tells the values that were tried; ``message`` is free of secrets."""

    connection_id: str
    values_fingerprint: str
    ok: bool
    message: str
    milliseconds: float
    tested_at: datetime


def all_tests(connection: Connection) -> list[StoredTest]:
    return [StoredTest(**row) for row in connection.execute(select(table)).mappings()]


def replace(connection: Connection, test: StoredTest, *, current_fingerprint: str) -> None:
    """Stores a test in place of all others of its connection, except the one of the values that are in use."""
    connection.execute(
        delete(table).where(
            table.c.connection_id == test.connection_id,
            table.c.values_fingerprint.not_in([test.values_fingerprint, current_fingerprint]),
        )
    )
    # Somebody else's test of the same values may end at this moment, too: the later one counts.
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    values = asdict(test)
    connection.execute(
        insert(table).values(values).on_conflict_do_update(index_elements=table.primary_key.columns, set_=values)
    )
