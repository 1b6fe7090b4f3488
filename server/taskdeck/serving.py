"""``taskdeck serve``: web and worker as two children, kept up, and the dashboard opened."""

from __future__ import annotations

import dataclasses
import json
import os
import secrets
import signal
import socket
import threading
import time
import urllib.error
import urllib.request
import webbrowser

import click

from taskdeck import app
from taskdeck.execution.supervisor import EXIT_CANNOT_START, Supervisor
from taskdeck.model.run import Run, RunStatus
from taskdeck.runner import processes
from taskdeck.settings import Settings

START_SECONDS = 60.0
TOKEN_VARIABLE = "TASKDECK_TOKEN"  # noqa: S105 - the name of a setting, no token
EXIT_FAILED = 1


def serve(settings: Settings, *, open_browser: bool) -> int:
    """Serves until Ctrl-C or SIGTERM; returns the exit code. Raises `app.EXPECTED_ERRORS`."""
    # Before any child starts: what is wrong with the state directory, the store or the key is said once, here,
    # and only one process migrates.
    with app.open_application(settings) as application:
        problems = application.service.project_problems()
    try:
        port = _usable_port(settings.host, settings.port)
    except PortInUse as error:
        click.echo(f"taskdeck: {error}", err=True)
        return EXIT_FAILED
    settings = dataclasses.replace(settings, port=port, token=settings.token or secrets.token_urlsafe(24))
    supervisor = Supervisor()
    project = str(settings.project)
    # Only web needs the token; what a worker's environment holds, a task could read.
    inherited = {name: value for name, value in os.environ.items() if name != TOKEN_VARIABLE}
    web_environment = {**inherited, TOKEN_VARIABLE: settings.token or ""}
    supervisor.add("web", project, "--host", settings.host, "--port", str(port), environment=web_environment)
    supervisor.add("worker", project, environment=inherited)
    stop = threading.Event()
    for name in ("SIGTERM", "SIGINT"):
        signal.signal(getattr(signal, name), lambda *_: stop.set())
    supervisor.start()
    announcer = threading.Thread(
        target=_announce, args=(settings, len(problems), stop), kwargs={"open_browser": open_browser}, daemon=True
    )
    announcer.start()
    try:
        return EXIT_FAILED if supervisor.watch(stop) == EXIT_CANNOT_START else 0
    finally:
        supervisor.stop()
        _tell_what_goes_on(settings)


class PortInUse(Exception):
    """Something else listens on the port already; the message names it and how to choose another one."""


def _usable_port(host: str, port: int) -> int:
    """``port`` if it is free; for 0 a free one. Raises `PortInUse`."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise PortInUse(
                f"Port {port} of {host} cannot be used: {error.strerror}. Choose another one with --port, or 0 for any."
            ) from error
        number: int = probe.getsockname()[1]
        return number


def _address(host: str, port: int) -> str:
    """Where a browser on this machine reaches the server."""
    name = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104
    return f"http://{name}:{port}"


def _announce(settings: Settings, problem_count: int, stop: threading.Event, *, open_browser: bool) -> None:
    """Prints the address once the server answers there."""
    address = _address(settings.host, settings.port)
    if not _wait_until_healthy(address, stop):
        return
    url = f"{address}/?token={settings.token}"
    click.echo(f"Taskdeck serves {settings.project}")
    if problem_count:
        click.echo(f"{problem_count} problems in its configuration: see the dashboard, or run `taskdeck check`")
    click.echo(f"\n    {url}\n\nCtrl-C stops the server; running tasks go on.")
    if open_browser:
        webbrowser.open(url)


def _wait_until_healthy(address: str, stop: threading.Event) -> bool:
    deadline = time.monotonic() + START_SECONDS
    while not stop.wait(0.05) and time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"{address}/api/health", timeout=2) as answer:
                json.load(answer)
                return True
        except urllib.error.HTTPError:
            return True
        except (OSError, ValueError):
            continue
    return False


def _tell_what_goes_on(settings: Settings) -> None:
    try:
        with app.open_application(settings) as application:
            running = [run for run in application.service.runs(status=RunStatus.RUNNING) if _lives(run)]
    except app.EXPECTED_ERRORS as error:
        click.echo(f"Running tasks go on; which, cannot be told: {error}", err=True)
        return
    if not running:
        return
    click.echo("\nThe server has stopped. These runs go on, and the next start of the server shows what they do:")
    for run in reversed(running):
        click.echo(f"  run {run.id} of {run.task_name}")
    click.echo(f"To stop them:\n  {app.cancel_command(settings, *sorted(run.id for run in running))}")


def _lives(run: Run) -> bool:
    """Whether there is still something to stop: the end of a run may not be in the store yet."""
    return run.runner_pid is None or processes.is_alive(run.runner_pid, run.runner_created_at or 0.0)
