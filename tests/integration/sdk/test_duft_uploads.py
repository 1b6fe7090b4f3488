"""Uploads to something that answers as a DUFT server does."""

from __future__ import annotations

import email
import email.policy
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from taskdeck.sdk.duft import post_file_to_duft_server
from taskdeck.sdk.duft_uploads import UploadFailed


class Duft:
    def __init__(self) -> None:
        self.login_answer = (200, '{"access": "a-token", "refresh": "r"}')
        self.upload_answer = (200, '{"message": "stored"}')
        self.login: dict[str, str] = {}
        self.authorization = ""
        self.form: dict[str, bytes] = {}
        self.file_name = ""
        duft = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if self.path == "/api/v2/token/":
                    duft.login = json.loads(body)
                    self.answer(*duft.login_answer)
                else:
                    duft.authorization = self.headers["Authorization"]
                    duft.read_form(self.headers["Content-Type"], body)
                    self.answer(*duft.upload_answer)

            def answer(self, status: int, text: str) -> None:
                self.send_response(status)
                self.send_header("Content-Length", str(len(text.encode())))
                self.end_headers()
                self.wfile.write(text.encode())

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the name it has upstream
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        self._thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()

    def read_form(self, content_type: str, body: bytes) -> None:
        message = email.message_from_bytes(
            b"Content-Type: " + content_type.encode() + b"\r\n\r\n" + body, policy=email.policy.HTTP
        )
        for part in message.iter_parts():  # type: ignore[attr-defined]
            name = part.get_param("name", header="content-disposition")
            self.form[name] = part.get_payload(decode=True)
            self.file_name = part.get_filename() or self.file_name

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self._thread.join()


@pytest.fixture
def duft() -> Iterator[Duft]:
    serving = Duft()
    yield serving
    serving.close()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / 'cases "2024".csv'
    path.write_bytes(b"a,b\r\n1,\xff\x00--\r\n")
    return path


def test_a_file_is_uploaded_as_form_data_after_the_login(duft: Duft, file: Path) -> None:
    answer = post_file_to_duft_server(duft.url + "/", "ana", "s3cret", str(file), "data")

    assert answer == {"message": "stored"}
    assert duft.login == {"username": "ana", "password": "s3cret"}
    assert duft.authorization == "Bearer a-token"
    assert duft.form == {"kind": b"data", "file": file.read_bytes()}
    assert duft.file_name == "cases %222024%22.csv"


def test_an_answer_that_is_plain_text(duft: Duft, file: Path) -> None:
    duft.upload_answer = (200, "ok")
    assert post_file_to_duft_server(duft.url, "ana", "x", file, "data") == {"message": "ok"}


def test_a_refused_login_is_explained_without_the_password(duft: Duft, file: Path) -> None:
    duft.login_answer = (401, '{"detail": "No active account found with the given credentials"}')

    with pytest.raises(UploadFailed) as caught:
        post_file_to_duft_server(duft.url, "ana", "s3cret", file, "data")
    assert str(caught.value) == (
        f"Login at {duft.url} as 'ana' was refused: 401 Unauthorized "
        "(No active account found with the given credentials)"
    )


def test_a_server_that_is_not_duft(duft: Duft, file: Path) -> None:
    duft.login_answer = (200, "<html>Welcome</html>")
    with pytest.raises(UploadFailed, match=r"gave no token. Is this a DUFT server?"):
        post_file_to_duft_server(duft.url, "ana", "x", file, "data")


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ((413, "<html>nginx</html>"), "was refused: 413 Request Entity Too Large"),
        ((400, '{"message": "bad   kind"}'), "was refused: 400 Bad Request (bad kind)"),
        ((500, "x" * 1000), f"500 Internal Server Error ({'x' * 300})"),
    ],
)
def test_a_refused_upload_is_explained(answer: tuple[int, str], expected: str, duft: Duft, file: Path) -> None:
    duft.upload_answer = answer
    with pytest.raises(UploadFailed) as caught:
        post_file_to_duft_server(duft.url, "ana", "x", file, "data")
    assert str(caught.value).endswith(expected)
    assert f"Upload of {file.name}" in str(caught.value)


@pytest.mark.parametrize(
    ("server", "path", "expected"),
    [
        ("ftp://x", "", "is a URL like https://"),
        ("duft.example.org", "", "is a URL like https://"),
        ("http://127.0.0.1:1", "", "failed: .*refused"),
        ("http://127.0.0.1:1", "missing.csv", "There is no file"),
    ],
)
def test_mistakes_are_explained(server: str, path: str, expected: str, file: Path) -> None:
    with pytest.raises(UploadFailed, match=expected):
        post_file_to_duft_server(server, "ana", "x", path or file, "data")
