"""The command line: ``taskdeck …``.

Exit codes: 0 fine, 1 the thing failed, 2 the request was wrong, 3 a process cannot start, 130 cancelled by Ctrl-C.
"""

# Commands import what they need when they run: `web` has to let gevent patch the standard library first, and
# `--help` should not wait for SQLAlchemy.
from __future__ import annotations

import gc
import json
import logging
import secrets
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from taskdeck.settings import Settings

EXIT_FAILED = 1
EXIT_WRONG_REQUEST = 2
EXIT_CANCELLED = 130

project_argument = click.argument(
    "project", type=click.Path(exists=True, file_okay=False, path_type=Path), default=Path(), required=False
)
project_option = click.option(
    "--project",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=Path(),
    help="The project's directory. Default: the current one.",
)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="taskdeck", prog_name="taskdeck")
def main() -> None:
    """Runs notebooks and scripts as data tasks, and shows what they do while they do it."""


@main.command()
@project_argument
@click.option("--host", help="Address to listen on. Default: 127.0.0.1, this machine only.")
@click.option("--port", type=click.IntRange(0, 65535), help="Port to listen on. Default: 8000.")
@click.option("--token", help="Token for logging in. Default: a new one at each start.")
@click.option("--no-browser", is_flag=True, help="Do not open the dashboard in a browser.")
def serve(project: Path, host: str | None, port: int | None, token: str | None, *, no_browser: bool) -> None:
    """Starts the server for PROJECT (default: the current directory) and opens its dashboard."""
    from taskdeck import serving

    settings = _settings(project, host=host, port=port, token=token)
    _log_to_stderr(settings)
    with _readable_errors():
        sys.exit(serving.serve(settings, open_browser=not no_browser))


@main.command()
@project_argument
@click.option("--host", help="Address to listen on.")
@click.option("--port", type=click.IntRange(0, 65535), help="Port to listen on.")
@click.option("--token", help="Token for logging in.")
def web(project: Path, host: str | None, port: int | None, token: str | None) -> None:
    """Starts the web process alone; `serve` does this for you."""
    from taskdeck.execution import supervisor

    supervisor.end_with_parent()

    from gevent import monkey

    monkey.patch_all()

    from taskdeck import app
    from taskdeck.web import server

    settings = _settings(project, host=host, port=port, token=token)
    _log_to_stderr(settings)
    token = settings.token or secrets.token_urlsafe(24)
    if settings.token is None:
        click.echo(f"Log in with the token {token}")

    def start_native_thread(target: Callable[[], None]) -> None:
        monkey.get_original("_thread", "start_new_thread")(target, ())

    with (
        _readable_errors(exit_code=supervisor.EXIT_CANNOT_START),
        app.open_application(settings, thread_starter=start_native_thread) as application,
    ):
        try:
            server.serve(application.service, settings, token=token, cookie_secret=app.cookie_secret(settings))
        except server.CannotListen as error:
            click.echo(f"taskdeck: {error}", err=True)
            sys.exit(supervisor.EXIT_CANNOT_START)


@main.command()
@project_argument
def worker(project: Path) -> None:
    """Starts a worker alone: the process that runs queued tasks; `serve` does this for you."""
    from taskdeck import app
    from taskdeck.execution import supervisor

    supervisor.end_with_parent()
    settings = _settings(project)
    _log_to_stderr(settings)
    stop = threading.Event()
    for name in ("SIGTERM", "SIGINT"):
        signal.signal(getattr(signal, name), lambda *_: stop.set())
    with _readable_errors(exit_code=supervisor.EXIT_CANNOT_START), app.open_application(settings) as application:
        application.worker().run_until(stop)


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

    settings = _settings(project)
    values = _parameter_values(parameters, parameters_file)
    with _readable_errors(), app.open_application(settings) as application:
        try:
            task_id = foreground.task_named(application.live_catalog.current(), task)
            code = (foreground.watch if watch else foreground.run)(application, task_id, values, as_json=as_json)
        except foreground.NoTaskOfFile as error:
            click.echo(f"taskdeck: {error}", err=True)
            code = EXIT_WRONG_REQUEST
        except InvalidParameters as error:
            for name, text in error.errors.items():
                click.echo(f"{name}: {text}", err=True)
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

    settings = _settings(project)
    with _readable_errors(), app.open_application(settings) as application:
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
        with _readable_errors(), app.open_application(_settings(project)) as application:
            catalog = application.live_catalog.current()
            if run.isdigit():
                made = reproducing.from_history(application, application.service.run(int(run)), into)
            elif run.startswith(("http://", "https://")):
                made = reproducing.from_server(catalog, run, token, into)
            else:
                made = reproducing.from_archive(catalog, Path(run), into)
        reproducing.tell(made)
        if editor:
            reproducing.open_in(editor, made.directory)
    except reproducing.CannotReproduce as error:
        click.echo(f"taskdeck: {error}", err=True)
        sys.exit(EXIT_WRONG_REQUEST)


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
    with _readable_errors():
        found = layout.find_project(project)
        catalog = loader.load(found)
        tasks = [checking.declared(catalog, id_) for id_ in task_ids] or list(catalog.tasks.values())
    # Syntax trees are countless objects without cycles: looking for some among them takes a quarter of the time.
    gc.disable()
    findings = linting.check(catalog, tasks, only_these=bool(task_ids), with_code=not no_lint)
    gc.enable()
    findings = [finding for finding in findings if finding.rule not in ignore]
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

    with _readable_errors():
        found = declaring.find_project(file, project)
        unserved = configuring.unserved(_settings(found.root))
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

    with _readable_errors():
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

    with _readable_errors():
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

    with _readable_errors(), app.open_application(_settings(project)) as application:
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


@main.command()
@project_option
@click.option("--json", "as_json", is_flag=True, help="Print all that is known, as JSON.")
def workers(project: Path, *, as_json: bool) -> None:
    """Shows the workers that run PROJECT's tasks, and what they keep warm."""
    from taskdeck import app
    from taskdeck.web.schemas.workers import WorkerList

    with _readable_errors(), app.open_application(_settings(project)) as application:
        found = application.service.workers()
    if as_json:
        click.echo(WorkerList.of(found).model_dump_json(indent=2))
        return
    if not found:
        click.echo("No worker is up: `taskdeck serve` starts one.")
    for worker in found:
        click.echo(f"{worker.id}: up to {worker.max_parallel_runs} runs at the same time")
        for pool in worker.pools:
            click.echo(f"  {pool.python}: {pool.state}{f' ({pool.problem})' if pool.problem else ''}")
            for parked in pool.parked:
                size = f"{parked.private_memory_bytes / 1e6:.0f} MB" if parked.private_memory_bytes else "…"
                click.echo(f"    {parked.kind:9} {parked.state:8} pid {parked.pid:<8} {size}")


@main.command("duft-user")
@click.argument("name")
@project_option
@click.option("--print", "only_print", is_flag=True, help="Print NAME:HASH for TASKDECK_DUFT_USERS, write nothing.")
def duft_user(name: str, project: Path, *, only_print: bool) -> None:
    """Lets NAME log in through DUFT's server interface, with a password that is asked for.

    A running server knows at once. What is not typed is read from the standard input, one line.
    """
    from taskdeck import app
    from taskdeck.web import duft_users

    settings = _settings(project)
    with _readable_errors():
        duft_users.check_name(name)
        password = _new_password()
        if only_print:
            click.echo(f"{name}:{duft_users.hashed(password)}")
            return
        app.prepare_state_directory(settings)
        duft_users.write(settings.duft_users_file, name, password)
    click.echo(f"{name} may log in, says {settings.duft_users_file}.", err=True)


def _new_password() -> str:
    if sys.stdin.isatty():
        password = str(click.prompt("Password", hide_input=True, confirmation_prompt=True))
    else:
        password = sys.stdin.readline().rstrip("\r\n")
    if not password:
        raise click.UsageError("The password is empty.")
    return password


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

    settings = _settings(project)
    with _readable_errors():
        sys.exit(configuring.rollback(settings, version, message=message, ask=not yes, as_json=as_json))


@config.command("live")
@project_option
@click.option("--message", "-m", default="", help="Why, for the history.")
@click.option("--yes", "-y", is_flag=True, help="Do not ask.")
@click.option("--json", "as_json", is_flag=True, help="Print the version and its plan as JSON.")
def config_live(project: Path, message: str, *, yes: bool, as_json: bool) -> None:
    """Serves PROJECT's directory itself again, where edits are seen at once."""
    from taskdeck import configuring

    settings = _settings(project)
    with _readable_errors():
        sys.exit(configuring.live(settings, message=message, ask=not yes, as_json=as_json))


@config.command("status")
@project_option
@click.option("--json", "as_json", is_flag=True, help="Print all that is known, as JSON.")
def config_status(project: Path, *, as_json: bool) -> None:
    """Says which version is served, or that it is the directory itself, and whether an update is in progress."""
    from taskdeck import configuring

    configuring.status(_settings(project), as_json=as_json)


@config.command("history")
@project_option
@click.option("--limit", type=click.IntRange(1, 1000), default=20, help="So many of the last versions. Default: 20.")
@click.option("--json", "as_json", is_flag=True, help="Print them as JSON.")
def config_history(project: Path, limit: int, *, as_json: bool) -> None:
    """Lists the versions, the newest first."""
    from taskdeck import configuring

    configuring.history(_settings(project), limit=limit, as_json=as_json)


def _update_configuration(project: Path, source: dict[str, Any], *, as_json: bool, dry_run: bool) -> None:
    from taskdeck import configuring

    settings = _settings(project)
    with _readable_errors():
        chosen = configuring.Source(**source)
        sys.exit(configuring.update(settings, chosen, as_json=as_json, dry_run=dry_run))


@main.group()
def db() -> None:
    """The store."""


@db.command()
@project_option
def upgrade(project: Path) -> None:
    """Brings the store's schema up to this version; every start does this too."""
    from taskdeck import app

    settings = _settings(project)
    with _readable_errors(), app.open_application(settings) as application:
        click.echo(f"{application.database.url.render_as_string(hide_password=True)} is up to date.")


@main.command()
def openapi() -> None:
    """Prints the description of the HTTP interface (OpenAPI 3.1)."""
    from taskdeck.web import openapi as document

    click.echo(json.dumps(document.build(), indent=2))


def _settings(project: Path, **overrides: Any) -> Settings:
    import dataclasses

    from taskdeck import app

    with _readable_errors():
        settings = app.settings_of(project.absolute())
    given = {name: value for name, value in overrides.items() if value is not None}
    return dataclasses.replace(settings, **given)


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


@contextmanager
def _readable_errors(exit_code: int = EXIT_WRONG_REQUEST) -> Iterator[None]:
    """Errors that tell a person what to do are printed without a traceback; all others are bugs and keep it."""
    try:
        yield
    except Exception as error:
        # Only now: `check` needs no SQLAlchemy, and most of its time would go into importing it.
        from taskdeck import app

        if not isinstance(error, app.EXPECTED_ERRORS):
            raise
        click.echo(f"taskdeck: {error}", err=True)
        sys.exit(exit_code)


def _log_to_stderr(settings: Settings) -> None:
    """One line an event, with its ids as fields."""
    standard = set(vars(logging.makeLogRecord({})))

    class Fields(logging.Formatter):
        def format(self, record: logging.LogRecord) -> str:
            fields = {name: value for name, value in vars(record).items() if name not in standard}
            text = " ".join([record.getMessage(), *(f"{name}={value}" for name, value in fields.items())])
            line = f"{self.formatTime(record)} {record.levelname.lower()} {record.name} {text}"
            return line + (f"\n{self.formatException(record.exc_info)}" if record.exc_info else "")

    handler = logging.StreamHandler()
    handler.setFormatter(Fields())
    # Access logs would hold the token of a login link; how many files changed is nobody's news.
    for noisy in ("geventwebsocket.handler", "watchfiles.main"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    logging.basicConfig(level=settings.log_level.upper(), handlers=[handler])


if __name__ == "__main__":
    main()
