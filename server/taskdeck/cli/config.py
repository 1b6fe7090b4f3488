"""``config …``: the versions of a project's configuration."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from taskdeck.cli.group import main, project_option, readable_errors, settings_of


@main.group()
def config() -> None:
    """The numbered versions of a project's configuration: update, look, roll back. Needs no server."""


def _source_options(command: Callable[..., None]) -> Callable[..., None]:
    """Where an update comes from; the same for `plan` and `update`."""
    options = (
        click.option("--repository", help="A git repository that TASKDECK_CONFIG_REPOSITORIES allows."),
        click.option("--ref", default="", help="Its branch, tag or whole commit. Default: TASKDECK_CONFIG_BRANCH."),
        click.option("--directory", default="", help="Where in the repository or archive the project is."),
        click.option(
            "--archive", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="A zip, tar or tar.gz."
        ),
        click.option("--from-directory", is_flag=True, help="The project's own directory as it is now."),
        click.option("--message", "-m", default="", help="Why, for the history."),
        project_option,
        click.option("--json", "as_json", is_flag=True, help="Print the version and its plan as JSON."),
    )
    for option in reversed(options):
        command = option(command)
    return command


@config.command("plan")
@_source_options
def config_plan(project: Path, *, as_json: bool, **source: Any) -> None:
    """Shows what an update would change, and whether the configuration has errors; changes nothing."""
    _update_configuration(project, source, as_json=as_json, dry_run=True)


@config.command("update")
@_source_options
@click.option(
    "--expect",
    default="",
    metavar="REVISION",
    help="Take exactly what `plan` has shown: the commit or hash that it ends with; refuse anything else.",
)
def config_update(project: Path, *, as_json: bool, **source: Any) -> None:
    """Makes a new version of PROJECT's configuration; without a source, from TASKDECK_CONFIG_REPOSITORY.

    It is checked as a whole first. Runs go on with the version that they were started with.
    """
    _update_configuration(project, source, as_json=as_json, dry_run=False)


@config.command("rollback")
@click.argument("version", type=click.IntRange(1))
@project_option
@click.option("--message", "-m", default="", help="Why, for the history.")
@click.option("--yes", "-y", is_flag=True, help="Do not ask.")
@click.option("--json", "as_json", is_flag=True, help="Print the version and its plan as JSON.")
def config_rollback(version: int, project: Path, message: str, *, yes: bool, as_json: bool) -> None:
    """Makes a new version with the files of VERSION, an earlier one; shows first what that changes, and asks."""
    from taskdeck import configuring

    settings = settings_of(project)
    with readable_errors():
        sys.exit(configuring.rollback(settings, version, message=message, ask=not yes, as_json=as_json))


@config.command("live")
@project_option
@click.option("--message", "-m", default="", help="Why, for the history.")
@click.option("--yes", "-y", is_flag=True, help="Do not ask.")
@click.option("--json", "as_json", is_flag=True, help="Print the version and its plan as JSON.")
def config_live(project: Path, message: str, *, yes: bool, as_json: bool) -> None:
    """Serves PROJECT's directory itself again, where edits are seen at once."""
    from taskdeck import configuring

    settings = settings_of(project)
    with readable_errors():
        sys.exit(configuring.live(settings, message=message, ask=not yes, as_json=as_json))


@config.command("status")
@project_option
@click.option("--json", "as_json", is_flag=True, help="Print all that is known, as JSON.")
def config_status(project: Path, *, as_json: bool) -> None:
    """Says which version is served, or that it is the directory itself, and whether an update is in progress."""
    from taskdeck import configuring

    configuring.status(settings_of(project), as_json=as_json)


@config.command("history")
@project_option
@click.option("--limit", type=click.IntRange(1, 1000), default=20, help="So many of the last versions. Default: 20.")
@click.option("--json", "as_json", is_flag=True, help="Print them as JSON.")
def config_history(project: Path, limit: int, *, as_json: bool) -> None:
    """Lists the versions, the newest first."""
    from taskdeck import configuring

    configuring.history(settings_of(project), limit=limit, as_json=as_json)


def _update_configuration(project: Path, source: dict[str, Any], *, as_json: bool, dry_run: bool) -> None:
    from taskdeck import configuring

    settings = settings_of(project)
    with readable_errors():
        chosen = configuring.Source(**source)
        sys.exit(configuring.update(settings, chosen, as_json=as_json, dry_run=dry_run))
