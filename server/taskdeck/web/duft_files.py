"""Files of the project for DUFT's front end: what it draws with, and what is uploaded through it.

Pictures, styles, fonts, dashboards and their queries are below ``assets`` and ``dashboards`` of a part of the
configuration. Nothing else is served, whatever the address says, and of those only files of known types.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from flask import Response, request, send_file
from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import RequestEntityTooLarge

from taskdeck.catalog import layout
from taskdeck.model.project import Project
from taskdeck.web import auth, confined, context, headers, native_thread, wire
from taskdeck.web.api import InvalidRequest

FOLDERS = ("assets", "dashboards")
_TYPES = {
    ".3dl": "text/plain; charset=utf-8",
    ".avif": "image/avif",
    ".css": "text/css; charset=utf-8",
    ".csv": "text/csv; charset=utf-8",
    ".geojson": "application/geo+json",
    ".gif": "image/gif",
    ".htm": "text/html; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".ico": "image/vnd.microsoft.icon",
    ".jpeg": "image/jpeg",
    ".jpg": "image/jpeg",
    ".json": "application/json",
    ".md": "text/markdown; charset=utf-8",
    ".otf": "font/otf",
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".topojson": "application/json",
    ".ttf": "font/ttf",
    ".txt": "text/plain; charset=utf-8",
    ".webp": "image/webp",
    ".woff": "font/woff",
    ".woff2": "font/woff2",
    # Read by the front end, never run by the browser as scripts of this server.
    ".js": "text/plain; charset=utf-8",
    ".jsx": "text/plain; charset=utf-8",
    ".sql": "text/plain; charset=utf-8",
    ".tsx": "text/plain; charset=utf-8",
}
_NEVER = frozenset({layout.VALUES_FILE, layout.CONNECTIONS_FILE, layout.TASKS_FILE})
_INERT = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:"
"""A picture or text that is opened by itself does nothing and loads nothing."""
MAX_QUERY_BYTES = 256 * 1024
MAX_DASHBOARD_BYTES = 4 * 1024 * 1024
MAX_NAME_BYTES = 200
_FORM_BYTES = 64 * 1024
"""What a form may take besides the file."""


class NoSuchFile(LookupError):
    """The project has no file of that name for the front end: it looks below the folders assets and dashboards."""

    def __init__(self) -> None:
        super().__init__(self.__doc__)


class UploadsAreOff(PermissionError):
    """This server takes no uploads: its setting TASKDECK_MAX_UPLOAD_BYTES is 0."""

    def __init__(self) -> None:
        super().__init__(self.__doc__)


class UploadTooLarge(ValueError):
    """The file is larger than this server takes; the message says how much that is, and which setting decides."""

    def __init__(self, most: int) -> None:
        super().__init__(f"The file is larger than {most:,} bytes, the limit that TASKDECK_MAX_UPLOAD_BYTES sets.")


@auth.open_to_guests(visits=True)
def serve(name: str) -> Response:
    file = open_file(context.service().catalog().project, name)
    status = os.fstat(file.fileno())
    media_type = _TYPES[PurePosixPath(name).suffix.lower()]
    answer = send_file(file, mimetype=media_type, etag=f"{status.st_mtime_ns:x}-{status.st_size:x}")
    answer.headers["Content-Type"] = media_type
    answer.headers["Cache-Control"] = "private, no-cache"
    is_page = media_type.startswith("text/html")
    answer.headers["Content-Security-Policy"] = headers.NOTEBOOK_POLICY if is_page else _INERT
    if is_page:
        answer.headers["X-Frame-Options"] = "SAMEORIGIN"
    answer.content_length = status.st_size
    answer.make_conditional(request)
    return answer


def open_file(project: Project, name: str) -> BinaryIO:
    """Raises `NoSuchFile`."""
    parts = PurePosixPath(name).parts
    is_hidden = any(part.startswith(".") for part in parts)
    if (
        not parts
        or name.endswith("/")
        or is_hidden
        or parts[-1].lower() in _NEVER
        or PurePosixPath(name).suffix.lower() not in _TYPES
    ):
        raise NoSuchFile
    for directory, place in _candidates(project, name):
        with contextlib.suppress(FileNotFoundError, NotADirectoryError, confined.OutsideOfDirectory):
            return confined.open_below(directory, place)
    raise NoSuchFile


@auth.open_to_guests()
def dashboard(name: str) -> Response:
    """The text of a dashboard, as JSON; its name is that of its file, with or without ``.3dl``."""
    project = context.service().catalog().project
    try:
        file = open_file(project, f"dashboards/{name}")
    except NoSuchFile:
        file = open_file(project, f"dashboards/{name}.3dl")
    with file:
        text = file.read(MAX_DASHBOARD_BYTES).decode("utf-8-sig", "replace")
    return Response(wire.encode(text), content_type="application/json")


def query_text(project: Project, name: str) -> str:
    """Of a ``.sql`` file. Raises `NoSuchFile`."""
    if not name.lower().endswith(".sql"):
        raise NoSuchFile
    with open_file(project, name) as file:
        return file.read(MAX_QUERY_BYTES).decode("utf-8-sig", "replace")


def _candidates(project: Project, name: str) -> Iterator[tuple[Path, str]]:
    """Where the file may be: in a part that the name begins with, or in the first one that has it."""
    parts = layout.parts(project)
    for part, directory in parts.items():
        inside = name.removeprefix(f"{part}/")
        if inside != name and inside.startswith(tuple(f"{folder}/" for folder in FOLDERS)):
            yield directory, inside
    for directory in parts.values():
        if name.startswith(tuple(f"{folder}/" for folder in FOLDERS)):
            yield directory, name
        for folder in FOLDERS:
            yield directory, f"{folder}/{name}"


@auth.open_to_guests()
def upload() -> Response:
    """A file of a form, into the project's directory of uploads; one of the same name is replaced."""
    most = context.current().settings.max_upload_bytes
    if not most:
        raise UploadsAreOff
    request.max_content_length = most + _FORM_BYTES
    try:
        # Whatever its field is called, if it is the only one.
        files = request.files
        uploaded = files.get("file") or (next(iter(files.values())) if len(files) == 1 else None)
    except RequestEntityTooLarge:
        raise UploadTooLarge(most) from None
    if uploaded is None:
        raise InvalidRequest({"file": "is missing: send it as multipart/form-data"})
    name = _safe_name(uploaded)
    directory = context.service().catalog().project.uploads_directory
    size = native_thread.run(_store, uploaded, directory, name)
    content = {"message": "File uploaded successfully.", "file": name, "size": size, "kind": request.form.get("kind")}
    return Response(wire.encode(content), 201, content_type="application/json")


def _safe_name(uploaded: FileStorage) -> str:
    """One that leads nowhere, hides nothing and can be typed. Raises `InvalidRequest`."""
    # Some browsers send a whole path, of Windows perhaps.
    name = re.split(r"[/\\]", uploaded.filename or "")[-1]
    name = re.sub(r"[^\w .()+,@=-]", "_", name).strip(" .")
    if not name or len(name.encode()) > MAX_NAME_BYTES:
        raise InvalidRequest({"file": f"needs a name of at most {MAX_NAME_BYTES} bytes"})
    return name


def _store(uploaded: FileStorage, directory: Path, name: str) -> int:
    directory.mkdir(parents=True, exist_ok=True)
    descriptor, draft = tempfile.mkstemp(dir=directory, prefix=".upload-")
    try:
        with os.fdopen(descriptor, "wb") as file:
            shutil.copyfileobj(uploaded.stream, file, 1024 * 1024)
            size = file.tell()
            file.flush()
            os.fsync(file.fileno())
        # Whole before it has its name; a link of that name is replaced, not followed.
        Path(draft).replace(directory / name)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            Path(draft).unlink()
        raise
    return size
