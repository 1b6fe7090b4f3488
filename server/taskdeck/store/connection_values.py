"""What operators saved for the fields of connections. Secrets arrive here encrypted."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from taskdeck.store.tables import connection_value as table

# Made once: every start of a run reads them.
_ALL = select(table)


@dataclass(frozen=True, kw_only=True)
class StoredValue:
    """``text`` is JSON, or a token of the keystore where ``encrypted``."""

    connection_id: str
    field: str
    text: str
    encrypted: bool


def all_values(connection: Connection) -> list[StoredValue]:
    return [
        StoredValue(connection_id=row.connection_id, field=row.field, text=row.value, encrypted=row.encrypted)
        for row in connection.execute(_ALL)
    ]


def replace(
    connection: Connection,
    connection_id: str,
    *,
    saved: Iterable[StoredValue],
    removed: Collection[str],
    now: datetime,
) -> None:
    """Writes ``saved`` and deletes the fields ``removed``; other fields stay."""
    values = list(saved)
    gone = {*removed, *(value.field for value in values)}
    connection.execute(delete(table).where(table.c.connection_id == connection_id, table.c.field.in_(sorted(gone))))
    for value in values:
        connection.execute(
            insert(table).values(
                connection_id=connection_id,
                field=value.field,
                value=value.text,
                encrypted=value.encrypted,
                updated_at=now,
            )
        )
