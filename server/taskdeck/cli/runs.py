"""``run``, ``cancel`` and ``reproduce``: runs from the command line."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import click

from taskdeck.cli.group import (
    EXIT_CANCELLED,
    EXIT_WRONG_REQUEST,
    main,
    project_option,
    readable_errors,
    settings_of,
)


@main.command()
@click.argument("task")
@click.option("-p", "parameters", multiple=True, metavar="NAME=VALUE", help="A parameter's value; may be repeated.")
@click.option(
    "--parameters",
    "parameters_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A JSON file with an object of values by name; -p goes before it.",
)
@project_option
@click.option("--watch", is_flag=True, help="Run it again whenever its file or the configuration is saved.")
@click.option("--json", "as_json", is_flag=True, help="Print events as JSON, one a line.")
def run(
    task: str,
    parameters: tuple[str, ...],
    parameters_file: Path | None,
    project: Path,
    *,
    watch: bool,
    as_json: bool,
) -> None:
    """Runs TASK here and prints its messages as they happen; needs no server.

    TASK is an id, or the path of a task's file. Ctrl-C cancels the run; a second Ctrl-C leaves it to itself.
    """
    from taskdeck import app, foreground
    from taskdeck.execution.submission import InvalidParameters

    settings = settings_of(project)
    values = _parameter_values(parameters, parameters_file)
    with readable_errors(), app.open_application(settings) as application:
        try:
            task_id = foreground.task_named(application.live_catalog.current(), task)
            code = (foreground.watch if watch else foreground.run)(application, task_id, values, as_json=as_json)
        except foreground.NoTaskOfFile as error:
            click.echo(f"taskdeck: {error}", err=True)
            code = EXIT_WRONG_REQUEST
        except InvalidParameters as error:
            foreground.tell_invalid(error)
            code = EXIT_WRONG_REQUEST
    sys.exit(code)


@main.command()
@click.argument("runs", metavar="RUN…", type=click.IntRange(1), nargs=-1, required=True)
@project_option
def cancel(runs: tuple[int, ...], project: Path) -> None:
    """Ends each RUN, by its number, and waits until it has ended; needs no server.

    Exit code 1 if one of them ended in another way, because it was too late. Ctrl-C stops the waiting only.
    """
    from taskdeck import app, foreground

    settings = settings_of(project)
    with readable_errors(), app.open_application(settings) as application:
        try:
            code = foreground.cancel(application, runs)
        except KeyboardInterrupt:
            code = EXIT_CANCELLED
    sys.exit(code)


@main.command()
@click.argument("run", metavar="RUN")
@project_option
@click.option(
    "--into", type=click.Path(file_okay=False, path_type=Path), help="The directory to make. Default: run-N, here."
)
@click.option("--token", envvar="TASKDECK_TOKEN", help="Token of the server, where RUN is an address.")
@click.option("--open", "editor", type=click.Choice(["code", "jupyter"]), help="Open it in VS Code or JupyterLab.")
def reproduce(run: str, project: Path, into: Path | None, token: str | None, editor: str | None) -> None:
    """Makes a directory in which RUN can be repeated and debugged: its code, values and versions.

    RUN is a number in PROJECT's history, an archive that a run's page offered for download, or that page's address.
    """
    from taskdeck import app, reproducing

    try:
        with readable_errors(), app.open_application(settings_of(project)) as application:
            catalog = application.live_catalog.current()
            if run.isdigit():
                made = reproducing.from_history(application, application.service.run(int(run)), into)
            elif run.startswith(("http://", "https://")):
                made = reproducing.from_server(catalog, run, token, into)
            else:
                made = reproducing.from_archive(catalog, Path(run), into)
        reproducing.tell(made)
        if editor:
            reproducing.open_in(editor, made)
    except reproducing.CannotReproduce as error:
        click.echo(f"taskdeck: {error}", err=True)
        sys.exit(EXIT_WRONG_REQUEST)


def _parameter_values(pairs: tuple[str, ...], file: Path | None) -> dict[str, Any]:
    values: dict[str, Any] = {}
    if file is not None:
        try:
            values = json.loads(file.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise click.BadParameter(f"{file} cannot be read as JSON: {error}") from error
        if not isinstance(values, dict):
            raise click.BadParameter(f"{file} must hold a JSON object of values by parameter name")
    for pair in pairs:
        name, separator, value = pair.partition("=")
        if not separator:
            raise click.BadParameter(f"-p takes NAME=VALUE, found {pair!r}")
        values[name] = value
    return values
