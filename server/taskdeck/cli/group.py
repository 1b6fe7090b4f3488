"""The command that all others are part of, and what they share: options, exit codes, how errors are told."""

from __future__ import annotations

import dataclasses
import logging
import sys
from collections.abc import Iterator
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


def settings_of(project: Path, **overrides: Any) -> Settings:
    from taskdeck import app

    with readable_errors():
        settings = app.settings_of(project.absolute())
    given = {name: value for name, value in overrides.items() if value is not None}
    return dataclasses.replace(settings, **given)


@contextmanager
def readable_errors(exit_code: int = EXIT_WRONG_REQUEST) -> Iterator[None]:
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


def log_to_stderr(settings: Settings) -> None:
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
