"""Archives of a repository on GitHub, given out by a real HTTP server."""

from __future__ import annotations

import io
import threading
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Archives:
    """Gives out archives by path; anything else is a 404."""

    def __init__(self) -> None:
        self.by_path: dict[str, bytes] = {}
        archives = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                content = archives.by_path.get(self.path)
                self.send_response(200 if content is not None else 404)
                self.send_header("Content-Length", str(len(content or b"")))
                self.end_headers()
                self.wfile.write(content or b"")

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the name it has upstream
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.base = f"http://127.0.0.1:{self._server.server_address[1]}"

    def offer(self, files: Mapping[str, str | bytes], branch: str = "main", top: str = "duft-config-main") -> None:
        content = io.BytesIO()
        with zipfile.ZipFile(content, "w") as archive:
            for name, text in files.items():
                archive.writestr(f"{top}/{name}" if top else name, text)
        self.offer_bytes(content.getvalue(), branch)

    def offer_bytes(self, content: bytes, branch: str = "main") -> None:
        self.by_path[f"/UCSF/duft-config/archive/refs/heads/{branch}.zip"] = content

    @contextmanager
    def serving(self) -> Iterator[Archives]:
        thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield self
        finally:
            self._server.shutdown()
            self._server.server_close()
            thread.join()
