"""A known text, encrypted with the key that all other secrets of this store were encrypted with."""

from __future__ import annotations

from sqlalchemy import Connection, insert, select

from taskdeck.store.tables import keystore as table

_ONLY_ROW = 1


def get(connection: Connection) -> str | None:
    canary: str | None = connection.scalar(select(table.c.canary).where(table.c.id == _ONLY_ROW))
    return canary


def set_once(connection: Connection, canary: str) -> None:
    connection.execute(insert(table).values(id=_ONLY_ROW, canary=canary))
