"""Uploads to a DUFT server."""

from __future__ import annotations

import json
import mimetypes
import os
import secrets
import tempfile
import urllib.error
import urllib.request
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlsplit

LOGIN_PATH = "/api/v2/token/"
UPLOAD_PATH = "/api/v2/upload/"
TIMEOUT_SECONDS = 120.0
_MAX_ANSWER_BYTES = 1024 * 1024
_CHUNK_BYTES = 1024 * 1024


class UploadFailed(RuntimeError):
    """The file did not reach the DUFT server; the message says at which step and why."""


def post_file(server: str, username: str, password: str, path: str | os.PathLike[str], kind: str) -> dict[str, Any]:
    """Logs in at a DUFT server and uploads a file as form data (``file`` and ``kind``). Returns the server's answer.

    ``server`` is a URL (``https://duft.example.org``). Raises `UploadFailed`.
    """
    base = server.rstrip("/")
    if urlsplit(base).scheme not in ("http", "https") or not urlsplit(base).hostname:
        raise UploadFailed(f"The server of an upload is a URL like https://duft.example.org, not {server!r}.")
    file = Path(path)
    if not file.is_file():
        raise UploadFailed(f"There is no file {file} to upload (the working directory is {Path.cwd()}).")
    login = urllib.request.Request(
        base + LOGIN_PATH,
        data=json.dumps({"username": username, "password": password}).encode(),
        headers={"Content-Type": "application/json"},
    )
    token = _answer(login, f"Login at {base} as {username!r}").get("access")
    if not isinstance(token, str):
        raise UploadFailed(f"Login at {base} as {username!r} gave no token. Is this a DUFT server?")
    # In a file, not in memory: uploads may be large, and the server must be told the length beforehand.
    with tempfile.TemporaryFile() as body:
        content_type = _write_form(body, file, kind)
        upload = urllib.request.Request(
            base + UPLOAD_PATH,
            data=body,
            headers={
                "Authorization": f"Bearer {token}",
                "Content-Type": content_type,
                "Content-Length": str(body.tell()),
            },
        )
        body.seek(0)
        return _answer(upload, f"Upload of {file.name} to {base}")


def _write_form(body: IO[bytes], file: Path, kind: str) -> str:
    """Writes ``multipart/form-data`` (RFC 7578) and returns its content type."""
    boundary = f"taskdeck-{secrets.token_hex(16)}"
    file_type = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    file_name = file.name.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")  # as browsers do
    body.write(
        f"--{boundary}\r\n"
        'Content-Disposition: form-data; name="kind"\r\n\r\n'
        f"{kind}\r\n"
        f"--{boundary}\r\n"
        f'Content-Disposition: form-data; name="file"; filename="{file_name}"\r\n'
        f"Content-Type: {file_type}\r\n\r\n".encode()
    )
    with file.open("rb") as source:
        while chunk := source.read(_CHUNK_BYTES):
            body.write(chunk)
    body.write(f"\r\n--{boundary}--\r\n".encode())
    return f"multipart/form-data; boundary={boundary}"


def _answer(request: urllib.request.Request, what: str) -> dict[str, Any]:
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as response:
            text = response.read(_MAX_ANSWER_BYTES).decode("utf-8", "replace")
    except urllib.error.HTTPError as error:
        with error:
            detail = _detail(error.read(_MAX_ANSWER_BYTES).decode("utf-8", "replace"))
        raise UploadFailed(f"{what} was refused: {error.code} {error.reason}{detail}") from error
    except OSError as error:
        raise UploadFailed(f"{what} failed: {getattr(error, 'reason', error)}") from error
    try:
        answer = json.loads(text) if text.strip() else {}
    except ValueError:
        return {"message": text}
    return answer if isinstance(answer, dict) else {"message": answer}


def _detail(text: str) -> str:
    """What the server says about its refusal, in one short line."""
    try:
        answer = json.loads(text)
    except ValueError:
        answer = None
    if isinstance(answer, dict):
        said = answer.get("detail") or answer.get("message") or answer.get("error") or ""
    else:
        said = "" if "<html" in text.lower() else text
    line = " ".join(str(said).split())[:300]
    return f" ({line})" if line else ""
