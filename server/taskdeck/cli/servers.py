"""``serve``, ``web``, ``worker`` and what else the operator of a project needs."""

from __future__ import annotations

import json
import secrets
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import click

from taskdeck.cli.group import log_to_stderr, main, project_argument, project_option, readable_errors, settings_of


@main.command()
@project_argument
@click.option("--host", help="Address to listen on. Default: 127.0.0.1, this machine only.")
@click.option("--port", type=click.IntRange(0, 65535), help="Port to listen on. Default: 8000.")
@click.option("--token", help="Token for logging in. Default: a new one at each start.")
@click.option("--no-browser", is_flag=True, help="Do not open the dashboard in a browser.")
def serve(project: Path, host: str | None, port: int | None, token: str | None, *, no_browser: bool) -> None:
    """Starts the server for PROJECT (default: the current directory) and opens its dashboard."""
    from taskdeck import serving

    settings = settings_of(project, host=host, port=port, token=token)
    log_to_stderr(settings)
    with readable_errors():
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

    settings = settings_of(project, host=host, port=port, token=token)
    log_to_stderr(settings)
    token = settings.token or secrets.token_urlsafe(24)
    if settings.token is None:
        click.echo(f"Log in with the token {token}")

    def start_native_thread(target: Callable[[], None]) -> None:
        monkey.get_original("_thread", "start_new_thread")(target, ())

    with (
        readable_errors(exit_code=supervisor.EXIT_CANNOT_START),
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
    settings = settings_of(project)
    log_to_stderr(settings)
    stop = threading.Event()
    for name in ("SIGTERM", "SIGINT"):
        signal.signal(getattr(signal, name), lambda *_: stop.set())
    with readable_errors(exit_code=supervisor.EXIT_CANNOT_START), app.open_application(settings) as application:
        application.worker().run_until(stop)


@main.command()
@project_option
@click.option("--json", "as_json", is_flag=True, help="Print all that is known, as JSON.")
def workers(project: Path, *, as_json: bool) -> None:
    """Shows the workers that run PROJECT's tasks, and what they keep warm."""
    from taskdeck import app
    from taskdeck.web.schemas.workers import WorkerList

    with readable_errors(), app.open_application(settings_of(project)) as application:
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

    settings = settings_of(project)
    with readable_errors():
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
def db() -> None:
    """The store."""


@db.command()
@project_option
def upgrade(project: Path) -> None:
    """Brings the store's schema up to this version; every start does this too."""
    from taskdeck import app

    settings = settings_of(project)
    with readable_errors(), app.open_application(settings) as application:
        click.echo(f"{application.database.url.render_as_string(hide_password=True)} is up to date.")


@main.command()
def openapi() -> None:
    """Prints the description of the HTTP interface (OpenAPI 3.1)."""
    from taskdeck.web import openapi as document

    click.echo(json.dumps(document.build(), indent=2))
