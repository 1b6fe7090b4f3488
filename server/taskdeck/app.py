"""Builds the objects of a server, once per process, from its settings."""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import shlex
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

import taskdeck
from taskdeck import settings as settings_module
from taskdeck.catalog import layout, schema, watcher
from taskdeck.catalog.layout import ProjectNotFound
from taskdeck.catalog.starter import NotEmpty
from taskdeck.catalog.watcher import LiveCatalog
from taskdeck.configuration.versions import Versions
from taskdeck.execution import secret_file
from taskdeck.execution.checking import BrokenTask, UnknownTask
from taskdeck.execution.connections import UnknownConnection
from taskdeck.execution.declaring import CannotDeclare
from taskdeck.execution.keystore import Keystore, UnusableKey, WrongKey, open_keystore
from taskdeck.execution.service import Service, UnknownRun
from taskdeck.execution.worker import Worker
from taskdeck.model.project import Project
from taskdeck.model.run import Run
from taskdeck.runner import processes
from taskdeck.runner.trace import Trace
from taskdeck.sdk.authoring import CannotChangeEnvironment
from taskdeck.settings import InvalidSetting, Settings
from taskdeck.store.database import Database, StoreUnavailable
from taskdeck.web.duft_users import InvalidUser, UnusableUsersFile


class StateUnwritable(Exception):
    """The state directory cannot be used; the message says which and why."""


EXPECTED_ERRORS = (
    InvalidSetting,
    ProjectNotFound,
    NotEmpty,
    StateUnwritable,
    StoreUnavailable,
    UnusableKey,
    WrongKey,
    UnknownTask,
    UnknownRun,
    BrokenTask,
    UnknownConnection,
    CannotChangeEnvironment,
    CannotDeclare,
    InvalidUser,
    UnusableUsersFile,
)
"""What an operator or author can mend: their messages say how, so that nobody needs a traceback."""


@dataclass(frozen=True, kw_only=True)
class Application:
    """The objects that web, worker and command line share."""

    settings: Settings
    project: Project
    database: Database
    keystore: Keystore
    live_catalog: LiveCatalog
    service: Service

    def worker(self, *, dedicated_to: Run | None = None) -> Worker:
        return Worker(
            settings=self.settings,
            database=self.database,
            catalog=self.live_catalog,
            keystore=self.keystore,
            dedicated_to=dedicated_to,
        )


def settings_of(project_path: Path) -> Settings:
    """The settings of the project at a path. Raises `InvalidSetting` and what `layout.find_project` raises."""
    return settings_module.from_environment(layout.find_project(project_path).root)


@contextmanager
def open_application(
    settings: Settings, *, thread_starter: Callable[[Callable[[], None]], object] = watcher.start_thread
) -> Iterator[Application]:
    """Prepares the state directory, the store and the keystore, and watches the project while open.

    ``thread_starter`` gives the watching its native thread where `threading` is patched.
    Raises `StateUnwritable`, `StoreUnavailable`, `UnusableKey` and `WrongKey`.
    """
    project = layout.find_project(settings.project)
    prepare_state_directory(settings)
    database = Database(settings.database_url)
    database.prepare()
    keystore = open_keystore(settings.key_file, database)
    versions = Versions.of(settings)
    live_catalog = LiveCatalog(
        project, thread_starter=thread_starter, served=versions.served, versions_directory=versions.directory
    )
    service = Service(settings=settings, database=database, live_catalog=live_catalog, keystore=keystore)
    live_catalog.start()
    try:
        yield Application(
            settings=settings,
            project=project,
            database=database,
            keystore=keystore,
            live_catalog=live_catalog,
            service=service,
        )
    finally:
        live_catalog.stop()
        database.close()


def cancel_command(settings: Settings, *run_ids: int) -> str:
    """What a person types into the shell to stop these runs, with the program by the name it was called now."""
    called = Path(sys.argv[0])
    program = shlex.quote(str(called)) if called.name == "taskdeck" else f"{shlex.quote(sys.executable)} -m taskdeck"
    return f"{program} cancel {' '.join(map(str, run_ids))} --project {shlex.quote(str(settings.project))}"


def cookie_secret(settings: Settings) -> bytes:
    """Signs the cookies of those who logged in; kept, so that a restart logs nobody out. Raises `StateUnwritable`."""
    file = settings.state_directory / "cookie_secret"
    try:
        return secret_file.read_or_create(file, lambda: secrets.token_bytes(32))
    except OSError as error:
        raise StateUnwritable(f"{file} cannot be read or written: {error.strerror}.") from error


def prepare_state_directory(settings: Settings) -> None:
    """Makes it, private to the server's user and out of version control. Raises `StateUnwritable`."""
    state = settings.state_directory
    try:
        state.mkdir(mode=0o700, parents=True, exist_ok=True)
        for directory in (
            settings.runs_directory,
            settings.workers_wakeup_directory,
            settings.observers_wakeup_directory,
            # There before there is any version, so that it can be watched without watching the store beside it.
            settings.configuration_directory / "versions",
        ):
            directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        Trace(settings.traces_directory).prepare()
        _forget_the_dead(settings.workers_wakeup_directory, settings.observers_wakeup_directory)
        ignore = state / ".gitignore"
        if not ignore.exists():
            ignore.write_text("*\n")
        schema.write_schemas(settings.schemas_directory)
        _offer_package(settings.package_directory)
        # All of the above may be there already, on a disk that takes no more.
        with tempfile.TemporaryFile(dir=state):
            pass
    except OSError as error:
        raise StateUnwritable(f"The state directory {state} cannot be written: {error.strerror}.") from error


def _offer_package(directory: Path) -> None:
    """Puts the package where another Python can import it without the server's other packages. Raises `OSError`."""
    package, offered = Path(taskdeck.__file__).parent, directory / "taskdeck"
    directory.mkdir(mode=0o700, exist_ok=True)
    if offered.is_symlink() and offered.readlink() == package:
        return
    # Whole under a name of its own first: tasks may be importing what is there, and others may be doing the same.
    draft = directory / f".taskdeck.{os.getpid()}"
    draft.unlink(missing_ok=True)
    try:
        draft.symlink_to(package, target_is_directory=True)
    except OSError:
        # Windows lets few users make links.
        _offer_copy(package, draft, offered)
        return
    if offered.is_dir() and not offered.is_symlink():
        shutil.rmtree(offered)
    draft.replace(offered)


def _offer_copy(package: Path, draft: Path, offered: Path) -> None:
    """A copy, unless there is one of this version. Raises `OSError`."""
    mark = f".version-{metadata.version('taskdeck')}"
    if (offered / mark).is_file():
        return
    shutil.copytree(package, draft, ignore=shutil.ignore_patterns("static", "__pycache__"))
    (draft / mark).touch()
    shutil.rmtree(offered, ignore_errors=True)
    with contextlib.suppress(OSError):
        draft.rename(offered)
    shutil.rmtree(draft, ignore_errors=True)


def _forget_the_dead(*directories: Path) -> None:
    """Removes the port files of processes that were killed; each file's name holds its process's pid."""
    for directory in directories:
        for file in directory.iterdir():
            pid = re.search(r"\d+", file.name)
            if pid is not None and processes.created_at(int(pid[0])) == 0.0:
                file.unlink(missing_ok=True)
