"""The dashboard's page and files."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from taskdeck.web import pages


@pytest.fixture
def static(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A front end as Vite builds it."""
    root = tmp_path / "static"
    (root / "assets").mkdir(parents=True)
    (root / "index.html").write_text('<meta property="csp-nonce" nonce="__CSP_NONCE__"><title>Taskdeck</title>')
    (root / "sandbox.html").write_text("<title>sandbox</title>")
    (root / "favicon.svg").write_text("<svg/>")
    (root / "assets" / "index-abc123.js").write_text("1")
    (root / "assets" / "index-abc123.js.gz").write_bytes(b"packed by gzip")
    (root / "assets" / "index-abc123.js.br").write_bytes(b"packed by brotli")
    (root / "assets" / "small-abc123.js").write_text("2")
    places = [
        {"path": "/(?:tasks/?)?", "scripts": [], "styles": [], "data": ["/api/tasks"]},
        {"path": "/runs/?", "scripts": [], "styles": [], "data": ["/api/runs?limit=50"]},
        {
            "path": r"/runs/(\d+)",
            "scripts": ["/assets/RunPage-1.js"],
            "styles": ["/assets/RunPage-1.css"],
            "data": [r"/api/runs/\1"],
        },
    ]
    (root / "places.json").write_text(json.dumps(places))
    monkeypatch.setattr(pages, "STATIC", root)
    return root


@pytest.mark.parametrize("path", ["/", "/tasks/SAMPLE?year=2025", "/runs/7", "/settings/a/b", "/index.html"])
def test_every_address_is_the_dashboards(browser: FlaskClient, static: Path, path: str) -> None:
    answer = browser.get(path)
    assert answer.status_code == 200
    nonce = re.search(r"'nonce-([\w-]+)'", answer.headers["Content-Security-Policy"])
    assert nonce is not None
    assert f'nonce="{nonce[1]}"' in answer.get_data(as_text=True)
    assert answer.headers["Cache-Control"] == "no-store"


def test_dashboard_is_for_who_is_logged_in(stranger: FlaskClient, static: Path) -> None:
    for path in ("/", "/index.html", "/tasks"):
        assert stranger.get(path).headers["Location"].startswith("/login")


def test_assets_are_kept_for_ever_and_may_be_loaded_by_the_sandbox(stranger: FlaskClient, static: Path) -> None:
    answer = stranger.get("/assets/index-abc123.js")
    assert answer.mimetype == "text/javascript"
    assert {"public", "immutable", "max-age=31536000"} <= set(answer.headers["Cache-Control"].split(", "))
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize(
    ("accepted", "encoding", "content"),
    [
        ("gzip, deflate, br", "br", b"packed by brotli"),
        ("gzip, deflate", "gzip", b"packed by gzip"),
        ("gzip;q=0, identity", None, b"1"),
        ("", None, b"1"),
    ],
)
def test_asset_is_sent_as_packed_as_the_browser_takes_it(
    stranger: FlaskClient, static: Path, accepted: str, encoding: str | None, content: bytes
) -> None:
    answer = stranger.get("/assets/index-abc123.js", headers={"Accept-Encoding": accepted})
    assert (answer.headers.get("Content-Encoding"), answer.get_data()) == (encoding, content)
    assert answer.mimetype == "text/javascript"
    assert answer.headers["Vary"] == "Accept-Encoding"
    assert "immutable" in answer.headers["Cache-Control"]


def test_asset_without_a_packed_copy_is_sent_as_it_is(stranger: FlaskClient, static: Path) -> None:
    answer = stranger.get("/assets/small-abc123.js", headers={"Accept-Encoding": "gzip, br"})
    assert ("Content-Encoding" in answer.headers, answer.get_data()) == (False, b"2")


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("/tasks", {"</api/tasks>; rel=preload; as=fetch; crossorigin"}),
        ("/tasks?tag=a", {"</api/tasks>; rel=preload; as=fetch; crossorigin"}),
        ("/runs", {"</api/runs?limit=50>; rel=preload; as=fetch; crossorigin"}),
        ("/runs?status=failed", set()),
        (
            "/runs/17",
            {
                "</assets/RunPage-1.js>; rel=modulepreload; crossorigin",
                "</assets/RunPage-1.css>; rel=preload; as=style; crossorigin",
                "</api/runs/17>; rel=preload; as=fetch; crossorigin",
            },
        ),
        ("/settings", set()),
        ("/runs/17%0a", set()),
    ],
)
def test_a_page_tells_the_browser_what_it_will_ask_for(
    browser: FlaskClient, static: Path, address: str, told: set[str]
) -> None:
    assert set(filter(None, browser.get(address).headers.get("Link", "").split(", "))) == told


def test_a_page_of_an_older_build_tells_nothing(browser: FlaskClient, static: Path) -> None:
    (static / "places.json").unlink()
    assert "Link" not in browser.get("/tasks").headers


@pytest.mark.parametrize("path", ["/assets/gone.js", "/assets/../index.html", "/assets/%2e%2e/index.html", "/assets/"])
def test_asset_that_is_not_there_is_not_the_dashboard(browser: FlaskClient, static: Path, path: str) -> None:
    answer = browser.get(path)
    assert (answer.status_code, answer.content_type) == (404, "application/problem+json")


@pytest.mark.parametrize("path", ["/../secret.txt", "/%2e%2e/secret.txt", "/..%2fsecret.txt"])
def test_no_path_leads_out_of_the_front_end(stranger: FlaskClient, static: Path, path: str) -> None:
    (static.parent / "secret.txt").write_text("canary-7391")
    assert "canary-7391" not in stranger.get(path, follow_redirects=True).get_data(as_text=True)


def test_icon_needs_no_login(stranger: FlaskClient, static: Path) -> None:
    assert stranger.get("/favicon.svg").get_data() == b"<svg/>"


def test_sandbox_has_an_origin_of_its_own_and_may_only_be_framed_by_us(stranger: FlaskClient, static: Path) -> None:
    answer = stranger.get("/sandbox.html")
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("sandbox allow-scripts; default-src 'none'; ")
    assert "script-src 'unsafe-inline' http://localhost;" in policy
    assert "frame-ancestors 'self'" in policy
    assert "allow-same-origin" not in policy
    assert "connect-src" not in policy
    assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"


def test_front_end_that_is_not_built_says_how_to_build_it(
    browser: FlaskClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "STATIC", tmp_path / "nothing")
    answer = browser.get("/")
    assert answer.status_code == 503
    assert "make serve" in answer.get_data(as_text=True)


def test_pages_take_no_other_methods(browser: FlaskClient, static: Path) -> None:
    assert browser.post("/tasks").status_code == 404
    assert browser.put("/login").status_code == 405
