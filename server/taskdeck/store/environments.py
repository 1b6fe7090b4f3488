"""Environments that attempts ran in: one row for all that ran in the same one."""

from __future__ import annotations

import zlib
from datetime import datetime

from sqlalchemy import Connection, literal, select
from sqlalchemy.dialects import postgresql, sqlite

from taskdeck.model.environment import Environment
from taskdeck.store.tables import attempt
from taskdeck.store.tables import environment as table


def is_known(connection: Connection, sha256: str) -> bool:
    return connection.scalar(select(literal(1)).where(table.c.sha256 == sha256)) is not None


def add(connection: Connection, sha256: str, content: bytes, *, now: datetime) -> None:
    """``content``: of the hash, and such that `Environment.from_json` reads it. Adding it twice keeps the first."""
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    values = {"sha256": sha256, "content": zlib.compress(content), "noted_at": now}
    connection.execute(insert(table).values(values).on_conflict_do_nothing())


def of_run(connection: Connection, run_id: int) -> Environment | None:
    """Of its last attempt of which it is known."""
    query = (
        select(table.c.content)
        .join(attempt, attempt.c.environment_sha256 == table.c.sha256)
        .where(attempt.c.run_id == run_id)
        .order_by(attempt.c.number.desc())
        .limit(1)
    )
    content = connection.scalar(query)
    return None if content is None else Environment.from_json(zlib.decompress(content))
