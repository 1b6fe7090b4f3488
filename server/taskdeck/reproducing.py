"""``taskdeck reproduce``: a run of this project, or the archive of one of another server, as a directory to work in."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import parse_qs, urlsplit

import click

import taskdeck
from taskdeck.app import Application
from taskdeck.model.project import Catalog
from taskdeck.model.run import Run
from taskdeck.model.task import Task
from taskdeck.runner import processes
from taskdeck.runner.masking import MASK
from taskdeck.web import reproduction

TIMEOUT_SECONDS = 60.0
MAX_UNPACKED_BYTES = 1024**3
MAX_SHOWN_PACKAGES = 10
EDITORS = {"code": ("code", "."), "jupyter": ("jupyter", "lab")}
"""What opens the directory, by the name of the choice; run in it, with the file that is to be run."""

_SETUP = """\
# As in the run: its values are environment variables, and the task's folder is the working directory and importable.
def _as_in_the_run(here):
    import json
    import os
    import shlex
    import sys
    from pathlib import Path

    os.environ.update({variables!r})
    os.environ["TASKDECK_PARAMETERS"] = written = Path(here, "parameters.json").read_text(encoding="utf-8")
    for name, value in json.loads(written).items():
        for spelling in (name.upper(), name):
            if value is not None:
                os.environ[spelling] = value if isinstance(value, str) else json.dumps(value)
            if isinstance(value, str):
                os.environ[spelling + "_SHELL_ESCAPED"] = shlex.quote(value)
    os.chdir({folder!r})
    sys.path[:0] = {first!r}
    sys.path += {last!r}
    return written


"""

_SCRIPT = '''\
"""Runs source.py as {title} did: with its values, in the task's folder."""

import runpy
import sys
from pathlib import Path

{setup}here = Path(__file__).parent.absolute()
sys.argv = ["source.py", _as_in_the_run(here)]
runpy.run_path(str(here / "source.py"), run_name="__main__")
'''


class CannotReproduce(ValueError):
    """There is nothing to reproduce, or nowhere to put it; the message says why and what to do."""


@dataclass(frozen=True, kw_only=True)
class Reproduction:
    """A directory that was made of a run."""

    directory: Path
    title: str
    masked: tuple[str, ...]
    """Parameters whose values are secret, and so have to be filled in."""
    connections: tuple[str, ...]
    """Ids of those the task used."""
    differing: Mapping[str, tuple[str, str]]
    """Packages whose version here is another: that of the run, and that of this Python (empty: not installed)."""
    entry: str
    """The file to run."""


def from_history(application: Application, run: Run, target: Path | None) -> Reproduction:
    """``target`` defaults to ``run-N`` in the working directory. Raises `CannotReproduce`."""
    service = application.service
    archive = reproduction.make(
        run, service.environment(run.id), service.run_directory(run.id), service.declared_connections(run.id)
    )
    with archive:
        return _unpack(archive, service.catalog(), target)


def from_archive(catalog: Catalog, archive: Path, target: Path | None) -> Reproduction:
    """Of a file that a run's page offers for download. Raises `CannotReproduce`."""
    try:
        with archive.open("rb") as file:
            return _unpack(file, catalog, target)
    except OSError as error:
        raise CannotReproduce(f"{archive} cannot be read: {error.strerror}.") from error


def from_server(catalog: Catalog, address: str, token: str | None, target: Path | None) -> Reproduction:
    """``address``: that of a run's page, ``https://host/runs/12``. Raises `CannotReproduce`."""
    parts = urlsplit(address)
    pieces = parts.path.rstrip("/").rsplit("/runs/", 1)
    if parts.scheme not in ("http", "https") or not parts.netloc or len(pieces) != 2 or not pieces[1].isdigit():
        raise CannotReproduce(f"{address} is not the address of a run's page, such as https://host/runs/12.")
    token = token or next(iter(parse_qs(parts.query).get("token", [])), None)
    url = f"{parts.scheme}://{parts.netloc}{pieces[0]}/api/runs/{pieces[1]}/reproduce"
    request = urllib.request.Request(url, headers={"Authorization": f"Bearer {token}"} if token else {})
    try:
        with (
            # Without redirects, which would take the token along to whoever is named.
            urllib.request.build_opener(_NoRedirects).open(request, timeout=TIMEOUT_SECONDS) as answer,
            _spooled(answer) as file,
        ):
            return _unpack(file, catalog, target)
    except urllib.error.HTTPError as error:
        error.close()
        hint = " Give its token with --token or TASKDECK_TOKEN." if error.code in (401, 403) else ""
        raise CannotReproduce(f"{url} answered {error.code} {error.reason}.{hint}") from error
    except OSError as error:
        raise CannotReproduce(f"{url} cannot be reached: {getattr(error, 'reason', None) or error}.") from error


def tell(made: Reproduction) -> None:
    """What was made, and what to do next."""
    click.echo(f"{made.title} is in {made.directory}")
    if made.masked:
        click.echo(f"Fill in what is secret in parameters.json: {', '.join(made.masked)}")
    if made.connections:
        click.echo(f"Connections it used, with the values of this project: {', '.join(made.connections)}")
    if made.differing:
        click.echo("Packages of another version than in the run:")
        for name, (then, here) in list(made.differing.items())[:MAX_SHOWN_PACKAGES]:
            click.echo(f"  {name} {then}, here {here or 'not installed'}")
        if (more := len(made.differing) - MAX_SHOWN_PACKAGES) > 0:
            click.echo(f"  and {more} more; requirements.txt has them all")
    click.echo(f"Next: code {made.directory}, and run {made.entry}")


def open_in(editor: str, made: Reproduction) -> None:
    """Raises `CannotReproduce`."""
    program, *arguments = EDITORS[editor]
    found = shutil.which(program)
    if found is None:
        raise CannotReproduce(f"{program} is not on the search path; open {made.directory} by hand.")
    subprocess.Popen([found, *arguments, made.entry], cwd=made.directory, **processes.new_session())


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        return None


def _spooled(answer: Any) -> BinaryIO:
    """A zip file's directory is at its end: it has to be there whole. Raises `CannotReproduce`."""
    file = tempfile.SpooledTemporaryFile(max_size=8 * 1024**2)  # noqa: SIM115 - the caller closes it
    while piece := answer.read(512 * 1024):
        file.write(piece)
        if file.tell() > MAX_UNPACKED_BYTES:
            file.close()
            raise CannotReproduce(f"The archive has more than {MAX_UNPACKED_BYTES:,} bytes.")
    file.seek(0)
    return file  # type: ignore[return-value]


def _unpack(archive: BinaryIO, catalog: Catalog, target: Path | None) -> Reproduction:
    try:
        with zipfile.ZipFile(archive) as packed:
            entries = [entry for entry in packed.infolist() if entry.filename in reproduction.NAMES]
            contents = {entry.filename: _read(packed, entry) for entry in entries}
            facts = json.loads(contents["facts.json"])
            parameters = json.loads(contents["parameters.json"])
            number, task_id = int(facts["run"]), str(facts["task"])
    except (zipfile.BadZipFile, KeyError, ValueError, TypeError, EOFError, NotImplementedError) as error:
        raise CannotReproduce(f"This is not an archive of a run as Taskdeck makes them: {error}.") from error
    directory = (target or Path(f"run-{number}")).absolute()
    if directory.exists() and (not directory.is_dir() or any(directory.iterdir())):
        raise CannotReproduce(f"{directory} is there already. Remove it, or choose another one with --into.")
    title = f"Run {number} of {task_id}"
    task = catalog.tasks.get(task_id)
    setup = _setup(catalog, task, directory)
    is_notebook = "source.ipynb" in contents
    try:
        directory.mkdir(parents=True, exist_ok=True)
        for name, content in contents.items():
            (directory / name).write_bytes(content)
        if is_notebook:
            _prepare_notebook(directory, contents, setup)
        else:
            (directory / "reproduce.py").write_text(_SCRIPT.format(title=title, setup=setup), encoding="utf-8")
        folder = str(Path(task.file).parent if task else directory)
        _prepare_editor(directory, folder, None if is_notebook else title)
    except OSError as error:
        raise CannotReproduce(f"{directory} cannot be written: {error.strerror}.") from error
    return Reproduction(
        directory=directory,
        title=title,
        masked=tuple(name for name, value in parameters.items() if MASK in json.dumps(value)),
        connections=tuple(facts.get("connections") or ()),
        differing=_differing(contents.get("requirements.txt", b"").decode("utf-8", "replace")),
        entry="notebook.ipynb" if is_notebook else "reproduce.py",
    )


def _read(packed: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    # What the archive says about sizes is not believed.
    with packed.open(entry) as file:
        content = file.read(MAX_UNPACKED_BYTES + 1)
    if len(content) > MAX_UNPACKED_BYTES:
        raise CannotReproduce(f"{entry.filename} unpacks to more than {MAX_UNPACKED_BYTES:,} bytes.")
    return content


def _setup(catalog: Catalog, task: Task | None, directory: Path) -> str:
    """Code that makes a process what the run's was, as far as that is of this project and not of the server."""
    project = catalog.project
    variables = {
        "TASKDECK_PROJECT": project.root,
        "TASKDECK_CONFIG_DIR": project.config_directory,
        "TASKDECK_DATA_DIR": project.data_directory,
        "TASKDECK_TEMP_DIR": project.temporary_directory,
        "TASKDECK_UPLOADS_DIR": project.uploads_directory,
    }
    folder = Path(task.file).parent if task else directory
    from_root = task is not None and task.execute_from_root
    return _SETUP.format(
        variables={name: str(path) for name, path in variables.items()},
        folder=str(project.root if from_root else folder),
        first=[str(project.root), str(folder)] if from_root else [str(folder)],
        last=[str(Path(taskdeck.__file__).parent / "sdk" / "aliases")],
    )


def _prepare_notebook(directory: Path, contents: Mapping[str, bytes], setup: str) -> None:
    """Gives the notebook, as it was executed if it was, a first cell that puts it where the task ran."""
    import nbformat

    name = "notebook.ipynb" if "notebook.ipynb" in contents else "source.ipynb"
    try:
        notebook = nbformat.reads(contents[name].decode("utf-8"), as_version=4)
    except (ValueError, KeyError, AttributeError):
        # It fails for this very reason, perhaps; then it is looked at as it is.
        (directory / "notebook.ipynb").write_bytes(contents[name])
        return
    cell = nbformat.v4.new_code_cell(f"{setup}_as_in_the_run({str(directory)!r});")
    if (notebook.nbformat, notebook.nbformat_minor) < (4, 5):
        del cell["id"]
    notebook.cells.insert(0, cell)
    nbformat.write(notebook, directory / "notebook.ipynb")


def _prepare_editor(directory: Path, folder: str, script_title: str | None) -> None:
    """What VS Code needs to run and to debug it: F5 does, of a script; a notebook has its own buttons."""
    settings = {
        "python.defaultInterpreterPath": sys.executable,
        "python.analysis.extraPaths": [folder],
        "jupyter.notebookFileRoot": folder,
    }
    files: dict[str, dict[str, Any]] = {"settings.json": settings}
    if script_title is not None:
        debugged = {
            "name": script_title,
            "type": "debugpy",
            "request": "launch",
            "program": "${workspaceFolder}/reproduce.py",
            "justMyCode": True,
        }
        files["launch.json"] = {"version": "0.2.0", "configurations": [debugged]}
    editor = directory / ".vscode"
    editor.mkdir(exist_ok=True)
    for name, content in files.items():
        (editor / name).write_text(json.dumps(content, indent=2, ensure_ascii=False) + os.linesep, encoding="utf-8")


def _differing(requirements: str) -> dict[str, tuple[str, str]]:
    """Of pins ``name==version``, those that this Python has not; others are nobody's business here."""
    pins = (line.split("==", 1) for line in requirements.splitlines() if "==" in line and not line.startswith("#"))
    found = {}
    for name, then in pins:
        try:
            here = metadata.version(name)
        except metadata.PackageNotFoundError:
            here = ""
        if here != then.strip():
            found[name] = (then.strip(), here)
    return found
