"""``init``, ``check``, ``task add`` and the like: what authors need, without any server."""

from __future__ import annotations

import gc
import json
import sys
from dataclasses import replace
from pathlib import Path

import click

from taskdeck.cli.group import EXIT_FAILED, main, project_argument, project_option, readable_errors, settings_of


@main.command()
@project_argument
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "sarif"]),
    default="text",
    help="How to print the problems. Default: text, one a line.",
)
@click.option("--task", "task_ids", multiple=True, metavar="ID", help="Check this task only; may be repeated.")
@click.option("--no-lint", is_flag=True, help="Check the configuration only, not the code of the tasks.")
@click.option("--ignore", multiple=True, metavar="RULE", help="Leave out the findings of this rule; may be repeated.")
@click.option("--strict", is_flag=True, help="Exit with 1 for warnings, too.")
def check(
    project: Path, form: str, task_ids: tuple[str, ...], ignore: tuple[str, ...], *, no_lint: bool, strict: bool
) -> None:
    """Lists every problem of PROJECT's configuration and of its tasks' code; exit code 1 if one is an error.

    Files are named as seen from the working directory if PROJECT is below it, else as seen from PROJECT.

    No task is run and nothing of the project is imported. Exit code 2 if the request was wrong.
    """
    from taskdeck.catalog import layout, loader, schema
    from taskdeck.execution import checking, linting
    from taskdeck.lint import report, sarif
    from taskdeck.lint.rules import Rule
    from taskdeck.model.problem import Severity
    from taskdeck.web.version import version

    if unknown := set(ignore) - set(Rule):
        raise click.BadParameter(f"{min(unknown)} is no rule; rules: {', '.join(Rule)}", param_hint="--ignore")
    with readable_errors():
        found = layout.find_project(project)
        if not any(file.path.exists() or file.folder.exists() for file in layout.config_files(found).tasks):
            # A server may wait for what is to come. A pipeline that looks in the wrong place must not pass.
            raise layout.ProjectNotFound(found.root)
        catalog = loader.load(found)
        tasks = [checking.declared(catalog, id_) for id_ in task_ids] or list(catalog.tasks.values())
    # Syntax trees are countless objects without cycles: looking for some among them takes a quarter of the time.
    gc.disable()
    findings = linting.check(catalog, tasks, only_these=bool(task_ids), with_code=not no_lint)
    gc.enable()
    below = _below_working_directory(found.root)
    findings = [replace(each, file=f"{below}{each.file}") for each in findings if each.rule not in ignore]
    state = found.root / ".taskdeck"
    if state.is_dir():
        # VS Code completes and checks the files by these.
        schema.write_schemas(state / "schemas")
    if form == "text":
        for finding in findings:
            click.echo(str(finding))
    else:
        as_data = report.as_json(findings) if form == "json" else sarif.document(findings, version=version())
        click.echo(json.dumps(as_data, indent=2))
    counts = {"task": tasks, "connection": catalog.connections, "problem": findings}
    click.echo(", ".join(f"{len(of)} {name}{'' if len(of) == 1 else 's'}" for name, of in counts.items()), err=True)
    fails = (Severity.ERROR, Severity.WARNING) if strict else (Severity.ERROR,)
    sys.exit(EXIT_FAILED if any(finding.severity in fails for finding in findings) else 0)


def _below_working_directory(root: Path) -> str:
    """What paths below ``root`` begin with for editors and code hosts, which know the directory that we are in."""
    try:
        below = root.resolve().relative_to(Path.cwd())
    except ValueError:
        return ""
    return "" if below == Path() else f"{below.as_posix()}/"


@main.group()
def task() -> None:
    """The tasks of a project."""


@task.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--id", "task_id", default="", metavar="ID", help="The task's id. Default: the file's name, in capitals.")
@click.option("--name", default="", help="What analysts read. Default: the notebook's first heading.")
@click.option(
    "--project",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="The project's directory. Default: the project that FILE is in.",
)
@click.option("--print", "only_print", is_flag=True, help="Only print the declaration; write nothing.")
@click.option("--force", is_flag=True, help="Replace the task of this id, if there is one.")
def add(file: Path, task_id: str, name: str, project: Path | None, *, only_print: bool, force: bool) -> None:
    """Declares FILE, a notebook or script in data_tasks/, as a task, by reading its parameters and connections.

    Nothing is run. The declaration is written into data_tasks.json, whose other content stays as it is, and printed.
    """
    from taskdeck import configuring
    from taskdeck.execution import declaring

    with readable_errors():
        found = declaring.find_project(file, project)
        unserved = configuring.unserved(settings_of(found.root))
        addition = declaring.prepare(found, file, id=task_id, name=name, replace=force)
        if not only_print:
            addition.write()
    click.echo(json.dumps(addition.declared.entry, indent=2, ensure_ascii=False))
    for note in addition.declared.notes:
        click.echo(f"taskdeck: {note}", err=True)
    if not only_print:
        added, written = addition.declared.entry["id"], addition.file.relative_to(found.root)
        click.echo(f"Wrote the task {added!r} to {written}. Next: taskdeck check --task {added}", err=True)
        if unserved:
            click.echo(f"taskdeck: {unserved}", err=True)


@main.command()
@click.argument("directory", type=click.Path(file_okay=False, path_type=Path))
def init(directory: Path) -> None:
    """Makes a new project in DIRECTORY, with one notebook and one script to start from."""
    from taskdeck import app
    from taskdeck.catalog import starter

    with readable_errors():
        for file in starter.write(directory):
            click.echo(f"wrote {file}")
        # VS Code completes and checks the files by these.
        app.prepare_state_directory(app.settings_of(directory))
    click.echo(f"Next: taskdeck serve {directory}")


@main.command()
@click.option("--undo", is_flag=True, help="Take it back.")
@click.option("--status", is_flag=True, help="Only say how it is.")
def authoring(*, undo: bool, status: bool) -> None:
    """Makes DUFT's module names importable in the current Python environment, for work in VS Code.

    Inside of a run they are there without this. `taskdeck.sdk` needs nothing.
    """
    from taskdeck.sdk import authoring as environment

    with readable_errors():
        if status:
            found = environment.status()
        elif undo:
            found = environment.disable()
        else:
            found = environment.enable()
    click.echo(f"DUFT's module names are {'' if found.is_enabled else 'not '}importable in {sys.prefix} ({found.file})")


@main.command()
@click.argument("connection_id", metavar="CONNECTION")
@project_option
@click.option("--json", "as_json", is_flag=True, help="Print the values as JSON, secrets in clear.")
def connection(connection_id: str, project: Path, *, as_json: bool) -> None:
    """Shows the values of CONNECTION as a task gets them.

    Without --json secrets are left out. Notebooks that run without a server read their connections by this.
    """
    from taskdeck import app
    from taskdeck.execution.connections import ConnectionValues

    with readable_errors(), app.open_application(settings_of(project)) as application:
        view = application.service.connection(connection_id)
        if as_json:
            resolved = ConnectionValues(application.database, application.keystore).resolve_all(
                application.live_catalog.current()
            )
            click.echo(json.dumps({"values": resolved[connection_id]}))
            return
        for name, value in view.values.items():
            click.echo(f"{name}: {value}")
        for name in sorted(view.stored_secrets):
            click.echo(f"{name}: (a secret is stored)")
