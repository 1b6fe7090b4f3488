"""The dashboard: one page for every address that is not the API's, and the files it is built of."""

from __future__ import annotations

from hashlib import sha256
from mimetypes import guess_type
from pathlib import Path

from flask import Flask, Response, render_template, request, send_from_directory
from werkzeug.exceptions import NotFound
from werkzeug.security import safe_join

from taskdeck.web import auth, headers, places

STATIC = Path(__file__).parent / "static"
_NONCE_PLACEHOLDER = "__CSP_NONCE__"
_NOT_PAGES = ("/api/", "/assets/", "/socket.io/")
_PACKINGS = {"br": ".br", "gzip": ".gz"}


def init_app(app: Flask) -> None:
    app.add_url_rule("/assets/<path:name>", "assets", assets)
    app.add_url_rule("/sandbox.html", "sandbox", sandbox)


@auth.public
def assets(name: str) -> Response:
    """A file with a hash in its name, which never changes; packed as the build left it, for who can unpack it."""
    encoding, ending = _packing(name)
    answer = send_from_directory(
        STATIC / "assets", name + ending, mimetype=guess_type(name)[0], max_age=365 * 24 * 60 * 60, etag=False
    )
    if encoding:
        answer.content_encoding = encoding
    answer.vary.add("Accept-Encoding")
    answer.cache_control.public = True
    answer.cache_control.immutable = True
    # The sandbox has an origin of its own, from which scripts load only if they may be loaded from everywhere.
    answer.headers["Access-Control-Allow-Origin"] = "*"
    answer.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return answer


def _packing(name: str) -> tuple[str, str]:
    """The encoding of the smallest copy that the browser takes, and what its file's name ends in."""
    for encoding, ending in _PACKINGS.items():
        path = safe_join(str(STATIC / "assets"), name + ending)
        if request.accept_encodings[encoding] > 0 and path is not None and Path(path).is_file():
            return encoding, ending
    return "", ""


@auth.public
def sandbox() -> Response:
    """The frame in which the dashboard shows HTML and charts that a notebook made."""
    answer = send_from_directory(STATIC, "sandbox.html", max_age=0)
    answer.headers["Content-Security-Policy"] = headers.sandbox_policy()
    answer.headers["X-Frame-Options"] = "SAMEORIGIN"
    answer.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return answer


def loose_file() -> Response | None:
    """A file at the top of the built front end, ``favicon.svg`` for one, which is nobody's secret."""
    if not _is_page() or request.path.endswith(".html"):
        return None
    path = safe_join(str(STATIC), request.path.lstrip("/"))
    if path is None or not Path(path).is_file():
        return None
    return send_from_directory(STATIC, request.path.lstrip("/"), max_age=60 * 60)


def dashboard() -> Response | None:
    """The one page, whatever the address."""
    return index() if _is_page() else None


def _is_page() -> bool:
    """No route has this address: the dashboard's own router will know it."""
    is_unrouted = isinstance(request.routing_exception, NotFound)
    return is_unrouted and request.method in ("GET", "HEAD") and not f"{request.path}/".startswith(_NOT_PAGES)


def build() -> str | None:
    """Which build of the dashboard this is; ``None`` where there is none. Its page names its files by their hashes."""
    try:
        return sha256((STATIC / "index.html").read_bytes()).hexdigest()[:12]
    except FileNotFoundError:
        return None


def index() -> Response:
    try:
        page = (STATIC / "index.html").read_text(encoding="utf-8")
    except FileNotFoundError:
        return Response(render_template("not_built.html", nonce=headers.nonce()), 503)
    answer = Response(page.replace(_NONCE_PLACEHOLDER, headers.nonce()), content_type="text/html; charset=utf-8")
    # Its nonce is good for once.
    answer.headers["Cache-Control"] = "no-store"
    if links := places.links(STATIC, request.path, is_filtered=bool(request.query_string)):
        answer.headers["Link"] = links
    return answer
