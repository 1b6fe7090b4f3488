"""Keys by which a client may repeat a request without starting a second run."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, insert, select
from sqlalchemy.exc import IntegrityError

from taskdeck.store.tables import idempotency_key as table

KEPT = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class IdempotencyKey:
    key: str
    request_sha256: str
    run_id: int


class KeyTaken(Exception):
    """Another request with this key was quicker."""


def get(connection: Connection, key: str, *, now: datetime) -> IdempotencyKey | None:
    row = connection.execute(select(table).where(table.c.key == key, table.c.created_at >= now - KEPT)).one_or_none()
    return IdempotencyKey(key=row.key, request_sha256=row.request_sha256, run_id=row.run_id) if row else None


def add(connection: Connection, key: IdempotencyKey, *, now: datetime) -> None:
    """Also forgets those that are older than a day. Raises `KeyTaken`; the transaction is lost then."""
    connection.execute(delete(table).where(table.c.created_at < now - KEPT))
    try:
        connection.execute(
            insert(table).values(key=key.key, request_sha256=key.request_sha256, run_id=key.run_id, created_at=now)
        )
    except IntegrityError as error:
        raise KeyTaken from error
