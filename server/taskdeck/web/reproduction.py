"""An archive with all that it takes to reproduce a run."""

from __future__ import annotations

import json
import shlex
import sys
import tempfile
import time
import zipfile
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, BinaryIO, cast

from taskdeck.model import event
from taskdeck.model.environment import Environment, normalized
from taskdeck.model.run import Run
from taskdeck.model.task import TaskKind
from taskdeck.runner import installed
from taskdeck.runner.masking import MASK
from taskdeck.web import confined

_PIECE_BYTES = 512 * 1024

_README = """\
# {title}

This archive holds all that Taskdeck knows of run {id} of the task `{task}` to do the same again.

- Started: {started}
- Ended: {finished}
- Outcome: {outcome}

| file | content |
| --- | --- |
{files}

## Do it again

With Taskdeck and the task's project at hand, `taskdeck reproduce` and the name of this archive prepare all of this for
VS Code or Jupyter. By hand:

1. Use the same Python ({python}){packages}.
2. In the task's project, put `{source}` in place of the task's file if that has changed since.
3. Run it with the same values, with no server needed:

   ```sh
   taskdeck run {task_argument} --parameters parameters.json
   ```
{notebook}{secrets}
The data that the task reads are not part of this archive: they may have changed since.
"""

_NOTEBOOK = """
Or open `notebook.ipynb` in Jupyter or VS Code and run all cells: the values of the parameters are in place.
"""

_SECRETS = """
Secrets are masked with `{mask}`: replace them before you run it. Connections get their values from the project.
"""

_RECORDED = "# What was installed in {path} (Python {version}) when the run was executed.\n"
_NOW = "# Installed in {python} when this archive was made, which may not be what was there when the run began.\n"


NAMES = (
    "notebook.ipynb",
    "source.ipynb",
    "source.py",
    "parameters.json",
    "facts.json",
    "environment.json",
    "requirements.txt",
    "README.md",
)
"""All that may be in an archive."""


def make(run: Run, environment: Environment | None, directory: Path, connections: Sequence[str]) -> BinaryIO:
    """A temporary file, at its beginning. ``directory`` is the run's; what is not there is left out.

    ``connections``: the ids of those that the task declared.
    """
    archive = cast("BinaryIO", tempfile.TemporaryFile())  # noqa: SIM115 - the answer closes it
    source = "source.ipynb" if run.kind is TaskKind.NOTEBOOK else "source.py"
    there: dict[str, str] = {}
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as packed:
        if _copy(packed, "notebook.ipynb", directory, "output.ipynb"):
            there["notebook.ipynb"] = "the notebook as it was executed, with its outputs"
        if _copy(packed, source, directory, source):
            there[source] = "the code as the run found it"
        packed.writestr("parameters.json", _json(run.parameters))
        there["parameters.json"] = "the values of the parameters"
        packed.writestr("facts.json", _json({**_facts(run), "connections": list(connections)}))
        there["facts.json"] = "the run, and with what it was executed"
        if environment is not None:
            packed.writestr("environment.json", _json(asdict(environment)))
            there["environment.json"] = "the Python and all packages that were there"
        if requirements := _requirements(run, environment):
            packed.writestr("requirements.txt", requirements)
            there["requirements.txt"] = "packages, for `pip install -r requirements.txt`"
        packed.writestr("README.md", _readme(run, environment, source, there))
    archive.seek(0)
    return archive


def _copy(packed: zipfile.ZipFile, name: str, directory: Path, kept_as: str) -> bool:
    try:
        file = confined.open_below(directory, kept_as)
    except (FileNotFoundError, confined.OutsideOfDirectory):
        return False
    with file, packed.open(name, "w", force_zip64=True) as target:
        while piece := file.read(_PIECE_BYTES):
            target.write(piece)
            _let_others_have_a_turn()
    return True


def _facts(run: Run) -> dict[str, Any]:
    return {
        "run": run.id,
        "task": run.task_id,
        "status": run.status,
        "reason": run.reason,
        "created_at": event.timestamp(run.created_at),
        "started_at": run.started_at and event.timestamp(run.started_at),
        "finished_at": run.finished_at and event.timestamp(run.finished_at),
        "attempt": run.attempt,
        "source_sha256": run.source_sha256,
        "catalog_version": run.catalog_version,
        "facts": run.facts,
    }


def _requirements(run: Run, environment: Environment | None) -> str:
    """As it was when the run was executed; of a run of an older version what there is now, if it is the same Python."""
    if environment is not None:
        head = _RECORDED.format(path=environment.path, version=environment.python_version)
        return head + "".join(_pin(each.name, each.version) for each in environment.packages)
    if run.facts.get("python") != sys.executable:
        return ""
    packages = installed.of_this_python()["packages"]
    return _NOW.format(python=sys.executable) + "".join(_pin(name, version) for name, version in packages)


def _pin(name: str, version: str) -> str:
    # Taskdeck itself is on no index.
    return "" if normalized(name) == "taskdeck" else f"{name}=={version}\n"


def _readme(run: Run, environment: Environment | None, source: str, there: dict[str, str]) -> str:
    version = environment.python_version if environment else run.facts.get("python_version")
    return _README.format(
        title=f"{run.task_name}, run {run.id}",
        id=run.id,
        task=run.task_id,
        task_argument=shlex.quote(run.task_id),
        started=event.timestamp(run.started_at) if run.started_at else "not yet",
        finished=event.timestamp(run.finished_at) if run.finished_at else "not yet",
        outcome=f"{run.status}. {run.reason}".strip(),
        files="\n".join(f"| `{name}` | {what} |" for name, what in there.items()),
        python=version or "its version is not known",
        packages=", with the packages of `requirements.txt`" if "requirements.txt" in there else "",
        source=source,
        notebook=_NOTEBOOK if "notebook.ipynb" in there else "",
        secrets=_SECRETS.format(mask=MASK) if run.masked_parameters else "",
    )


def _json(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def _let_others_have_a_turn() -> None:
    """Packing is work without waiting, and all requests of the process share one thread."""
    time.sleep(0)
