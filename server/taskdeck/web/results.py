"""What a run leaves behind: its log, notebook, source and published outputs."""

from __future__ import annotations

import mimetypes
import os
import time
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import BinaryIO

from flask import Response, request, send_file, stream_with_context
from werkzeug.utils import secure_filename

from taskdeck.model.run import Run
from taskdeck.model.task import TaskKind
from taskdeck.web import chromium, confined, context, headers, notebook_html, notebook_pdf, reproduction
from taskdeck.web.api import Media, Routes
from taskdeck.web.notebook_html import Options
from taskdeck.web.notebook_pdf import NoBrowser
from taskdeck.web.schemas.outputs import PageQuery, PublishedOutput, PublishedOutputs

NOTEBOOK_TYPE = "application/x-ipynb+json"
_BINARY = "application/octet-stream"
_LOG_CHUNK_CHARACTERS = 64 * 1024
_SHOWN_AS_THEY_ARE = frozenset(
    {
        "application/json",
        "application/pdf",
        "image/gif",
        "image/jpeg",
        "image/png",
        "image/svg+xml",
        "image/webp",
        "text/csv",
        "text/plain",
    }
)
"""Types that a page of ours can embed. Scripts and style sheets are not among them: a task must not supply ours."""

_FILE = {"type": "string", "format": "binary"}

routes = Routes("Results")


class NotThere(LookupError):
    """The run has no such file, or not yet; the message says which."""


class UnknownOutput(LookupError):
    """The run published no file under that name; the message names those it did."""

    def __init__(self, run_id: int, name: str, known: list[str]) -> None:
        names = ", ".join(known) or "none"
        super().__init__(f"Run {run_id} published no file under the name {name!r}. Files it published: {names}.")


@routes.get(
    "/api/runs/<int:run_id>/log",
    "getLog",
    returns=Media(type="text/plain", description="The whole log, a line of text for each thing that happened"),
    problems=(404,),
)
def get_log(run_id: int) -> Response:
    """The log of a run as text."""
    run = context.service().run(run_id)
    body = stream_with_context(_chunks(context.service().log_lines(run_id)))
    answer = Response(body, content_type="text/plain; charset=utf-8")
    answer.headers.set("Content-Disposition", "inline", filename=_file_name(run, ".log"))
    return answer


@routes.get(
    "/api/runs/<int:run_id>/notebook",
    "getNotebook",
    returns=Media(type=NOTEBOOK_TYPE, description="The executed notebook"),
    problems=(404,),
)
def get_notebook(run_id: int) -> Response:
    """The executed notebook; while the run goes on, as far as it is saved."""
    run = context.service().run(run_id)
    return _download(_open_notebook(run), _file_name(run, ".ipynb"), NOTEBOOK_TYPE)


@routes.get(
    "/api/runs/<int:run_id>/html",
    "getNotebookHtml",
    returns=Media(type="text/html", description="A page that stands on its own"),
    problems=(404,),
)
def get_notebook_html(run_id: int, query: PageQuery) -> Response:
    """The executed notebook as a page, with its code or as a report without it."""
    run = context.service().run(run_id)
    with _open_notebook(run) as file:
        status = os.fstat(file.fileno())
        answer = Response(content_type="text/html; charset=utf-8")
        answer.set_etag(f"{status.st_mtime_ns:x}-{status.st_size:x}-{query.code}")
        answer.headers["Cache-Control"] = "private, no-cache"
        answer.headers["Content-Security-Policy"] = headers.NOTEBOOK_POLICY
        answer.headers["X-Frame-Options"] = "SAMEORIGIN"
        answer.make_conditional(request)
        if answer.status_code != 304:
            options = Options(title=_title(run), shows_code=query.shows_code)
            answer.data = notebook_html.convert(file, options)
    return answer


@routes.get(
    "/api/runs/<int:run_id>/pdf",
    "getNotebookPdf",
    returns=Media(type="application/pdf", description="The page, printed on A4", schema=_FILE),
    problems=(404, 501),
)
def get_notebook_pdf(run_id: int, query: PageQuery) -> Response:
    """The executed notebook as PDF, where the server has a browser to print it with.

    Interactive charts are shown by their picture, or by a note.
    """
    run = context.service().run(run_id)
    setting = context.current().settings.chromium
    with _open_notebook(run) as file:
        if chromium.find(setting) is None:
            raise NoBrowser
        options = Options(title=_title(run), shows_code=query.shows_code, runs_scripts=False)
        page = notebook_html.convert(file, options)
    answer = Response(notebook_pdf.convert(page, setting), content_type="application/pdf")
    answer.headers.set("Content-Disposition", "attachment", filename=_file_name(run, ".pdf"))
    return answer


@routes.get(
    "/api/runs/<int:run_id>/reproduce",
    "getReproduction",
    returns=Media(type="application/zip", description="An archive with a README.md", schema=_FILE),
    problems=(404,),
)
def get_reproduction(run_id: int) -> Response:
    """All that it takes to reproduce a run: its code, notebook, values and versions. Secrets are masked."""
    service = context.service()
    run = service.run(run_id)
    archive = reproduction.make(
        run, service.environment(run_id), service.run_directory(run_id), service.declared_connections(run_id)
    )
    return _download(archive, _file_name(run, ".zip"), "application/zip")


@routes.get(
    "/api/runs/<int:run_id>/source",
    "getSource",
    returns=Media(type="text/plain", description="The script, or the notebook as JSON, without outputs"),
    problems=(404,),
)
def get_source(run_id: int) -> Response:
    """The task's code as this run found it."""
    run = context.service().run(run_id)
    name = "source.ipynb" if run.kind is TaskKind.NOTEBOOK else "source.py"
    file = _open(run, name, f"Run {run_id} has no copy of its code yet: it is made when the run starts.")
    return _sized(send_file(file, mimetype="text/plain"), file)


@routes.get("/api/runs/<int:run_id>/outputs", "listOutputs", returns=PublishedOutputs, problems=(404,))
def list_outputs(run_id: int) -> PublishedOutputs:
    """The named results of a run."""
    context.service().run(run_id)
    return PublishedOutputs(outputs=list(_published(run_id).values()))


@routes.get(
    "/api/runs/<int:run_id>/outputs/<path:name>",
    "downloadOutput",
    returns=Media(type=_BINARY, description="The file"),
    problems=(404,),
)
def download_output(run_id: int, name: str) -> Response:
    """The file of a published result."""
    run = context.service().run(run_id)
    published = _published(run_id)
    output = published.get(name)
    if output is None or output.file is None:
        raise UnknownOutput(run_id, name, [each.name for each in published.values() if each.file])
    file = _open(run, f"outputs/{output.file}", f"The file of {name!r} is not there any more.")
    guessed, _ = mimetypes.guess_type(output.file)
    media_type = guessed if guessed in _SHOWN_AS_THEY_ARE else _BINARY
    return _download(file, PurePosixPath(output.file).name, media_type)


def _published(run_id: int) -> dict[str, PublishedOutput]:
    """By name; what was published later replaces what came before."""
    found: dict[str, PublishedOutput] = {}
    for event in context.service().outline(run_id):
        if event["type"] == "output":
            members = {name: event[name] for name in PublishedOutput.model_fields}
            found[event["name"]] = PublishedOutput(**members)
    return found


def _chunks(lines: Iterator[str]) -> Iterator[bytes]:
    """Lines in larger pieces: a write for each of a million lines takes longer than reading them."""
    pending: list[str] = []
    length = 0
    for line in lines:
        pending.append(line)
        length += len(line) + 1
        if length >= _LOG_CHUNK_CHARACTERS:
            yield _encoded(pending)
            _let_others_have_a_turn()
            pending, length = [], 0
    if pending:
        yield _encoded(pending)


def _encoded(lines: list[str]) -> bytes:
    return ("\n".join(lines) + "\n").encode("utf-8", "replace")


def _let_others_have_a_turn() -> None:
    """Reading a long run is work without waiting, and all requests of the process share one thread."""
    time.sleep(0)


def _open_notebook(run: Run) -> BinaryIO:
    if run.kind is not TaskKind.NOTEBOOK:
        raise NotThere(f"Run {run.id} has no notebook: {run.task_name!r} is a script.")
    return _open(run, "output.ipynb", f"Run {run.id} has no notebook yet: it is saved when the run starts.")


def _open(run: Run, name: str, missing: str) -> BinaryIO:
    try:
        return confined.open_below(context.service().run_directory(run.id), name)
    except (FileNotFoundError, confined.OutsideOfDirectory) as error:
        raise NotThere(missing) from error


def _download(file: BinaryIO, name: str, media_type: str) -> Response:
    return _sized(send_file(file, mimetype=media_type, as_attachment=True, download_name=name), file)


def _sized(answer: Response, file: BinaryIO) -> Response:
    answer.content_length = os.fstat(file.fileno()).st_size
    return answer


def _title(run: Run) -> str:
    return f"{run.task_name}, run {run.id}"


def _file_name(run: Run, suffix: str) -> str:
    return f"{secure_filename(run.task_id) or 'task'}-run-{run.id}{suffix}"
