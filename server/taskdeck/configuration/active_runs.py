"""Runs that have not ended: what of the configuration they still need."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from taskdeck.model.config_plan import ActiveRun
from taskdeck.settings import Settings


@dataclass(frozen=True, kw_only=True)
class ActiveRuns:
    runs: tuple[ActiveRun, ...]
    versions: frozenset[int]
    """The versions they were queued with."""
    environments: frozenset[str]
    """The paths of their environments."""

    def to_json(self) -> dict[str, Any]:
        return {
            "runs": [asdict(run) for run in self.runs],
            "versions": sorted(self.versions),
            "environments": sorted(self.environments),
        }

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> ActiveRuns:
        """Raises KeyError and TypeError."""
        return cls(
            runs=tuple(ActiveRun(**run) for run in values["runs"]),
            versions=frozenset(values["versions"]),
            environments=frozenset(values["environments"]),
        )


def of(found: Iterable[tuple[int, str, str, Mapping[str, Any]]]) -> ActiveRuns:
    """``found``: each run's number, task, status and definition."""
    listed = list(found)
    definitions = [definition for *_, definition in listed]
    return ActiveRuns(
        runs=tuple(ActiveRun(run=run_id, task=task, status=status) for run_id, task, status, _ in listed),
        versions=frozenset(each["config_version"] for each in definitions if each.get("config_version")),
        environments=frozenset(each["environment"] for each in definitions if each.get("environment")),
    )


def read(settings: Settings) -> ActiveRuns | None:
    """``None``: the store does not tell, so nothing may be removed."""
    # Loading it takes longer than most updates: who has the store open already, gives what it tells instead.
    from taskdeck.store import runs
    from taskdeck.store.database import Database, StoreUnavailable

    database = Database(settings.database_url)
    # Opening a store that is not there would make an empty one.
    path = database.url.database
    if database.is_local and not (path and Path(str(path)).is_file()):
        return of(())
    try:
        with database.read() as connection:
            return of(runs.active_definitions(connection))
    except StoreUnavailable:
        return None
    finally:
        database.close()
