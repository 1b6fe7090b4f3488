"""Runs that have not ended: what of the configuration they still need."""

from __future__ import annotations

from dataclasses import dataclass

from taskdeck.model.config_plan import ActiveRun
from taskdeck.settings import Settings
from taskdeck.store import runs
from taskdeck.store.database import Database, StoreUnavailable


@dataclass(frozen=True, kw_only=True)
class ActiveRuns:
    runs: tuple[ActiveRun, ...]
    versions: frozenset[int]
    """The versions they were queued with."""
    environments: frozenset[str]
    """The paths of their environments."""


def read(settings: Settings) -> ActiveRuns | None:
    """``None``: the store does not tell, so nothing may be removed."""
    database = Database(settings.database_url)
    if database.is_local and not _exists(database):
        return ActiveRuns(runs=(), versions=frozenset(), environments=frozenset())
    try:
        with database.read() as connection:
            found = runs.active_definitions(connection)
    except StoreUnavailable:
        return None
    finally:
        database.close()
    definitions = [definition for *_, definition in found]
    return ActiveRuns(
        runs=tuple(ActiveRun(run=run_id, task=task, status=status) for run_id, task, status, _ in found),
        versions=frozenset(each["config_version"] for each in definitions if each.get("config_version")),
        environments=frozenset(each["environment"] for each in definitions if each.get("environment")),
    )


def _exists(database: Database) -> bool:
    """Opening a store that is not there would make an empty one."""
    from pathlib import Path

    return bool(database.url.database) and Path(str(database.url.database)).is_file()
