"""Removes the files of old versions that nothing needs any more; what is known of the versions stays."""

from __future__ import annotations

from taskdeck.configuration import environments, staging
from taskdeck.configuration.active_runs import ActiveRuns
from taskdeck.configuration.staging import Staging
from taskdeck.configuration.versions import TREE, NoSuchVersion, Versions
from taskdeck.model.config_version import ConfigVersion


def prune(versions: Versions, area: Staging, *, kept: int, active: ActiveRuns) -> None:
    """Keeps the files of the last ``kept`` versions and of those that runs were queued with. Raises `OSError`."""
    numbers = versions.numbers()
    needed = [version for number in {*numbers[:kept], *active.versions} if (version := _known(versions, number))]
    trees = {version.tree for version in needed}
    for number in numbers[kept:]:
        directory = versions.directory / str(number)
        if number not in trees and (directory / TREE).is_dir():
            staging.withdraw_tree(directory, area.directory)
    of_kept = {version.environment for version in needed}
    of_runs = {path.rpartition("/")[2].rpartition("\\")[2] for path in active.environments}
    environments.remove_all_but(versions.environments, {*of_kept, *of_runs, ""})


def _known(versions: Versions, number: int) -> ConfigVersion | None:
    try:
        return versions.get(number)
    except NoSuchVersion:
        return None
