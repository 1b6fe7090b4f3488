"""Which runs have ended and still have their events in the small chunks they were recorded in."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, select, text, update

from taskdeck.model.run import RunStatus
from taskdeck.store.tables import run as table

_ACTIVE = (RunStatus.QUEUED, RunStatus.RUNNING)


@dataclass(frozen=True, kw_only=True)
class Uncompacted:
    run_id: int
    after: int
    """The last event that is in a large chunk."""


def first(connection: Connection) -> Uncompacted | None:
    """The oldest run that has ended and is not compacted yet."""
    query = (
        select(table.c.id, table.c.uncompacted_after)
        # As the index says it, word for word: else it is not used.
        .where(text("uncompacted_after IS NOT NULL"), table.c.status.not_in(_ACTIVE))
        .order_by(table.c.id)
        .limit(1)
    )
    row = connection.execute(query).one_or_none()
    return Uncompacted(run_id=row.id, after=row.uncompacted_after) if row else None


def move(connection: Connection, found: Uncompacted, to: int | None) -> bool:
    """Notes how far it has been done, ``None`` to the end; ``False`` when somebody else has done it meanwhile."""
    return (
        connection.execute(
            update(table)
            .where(table.c.id == found.run_id, table.c.uncompacted_after == found.after)
            .values(uncompacted_after=to)
        ).rowcount
        == 1
    )
