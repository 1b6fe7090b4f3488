"""The web app on a service in memory, and clients whose every answer is held against the OpenAPI document."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from fake_service import FakeService
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from taskdeck.settings import Settings
from taskdeck.web import openapi
from taskdeck.web.app import create_app

TOKEN = "the token"
COOKIE_SECRET = b"k" * 32
ORIGIN = "http://localhost"

DOCUMENT = openapi.build()
PATHS = {re.compile(re.sub(r"{\w+}", "[^/]+", path) + "$"): path for path in DOCUMENT["paths"]}


class CheckedClient(FlaskClient):
    """Every JSON answer of the API must have the shape that the OpenAPI document gives for its status."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        answer = super().open(*args, **{"buffered": True, **kwargs})
        if answer.request.path.startswith("/api/"):
            check(answer)
        return answer


def check(answer: TestResponse) -> None:
    path = next((path for pattern, path in PATHS.items() if pattern.match(answer.request.path)), None)
    operation = DOCUMENT["paths"].get(path, {}).get(answer.request.method.lower())
    if answer.status_code >= 400:
        assert answer.content_type == "application/problem+json"
        schema = {"$ref": "#/components/schemas/ProblemDocument"}
        assert operation is None or str(answer.status_code) in operation["responses"] or answer.status_code == 429
    elif operation is None or answer.mimetype != "application/json" or answer.status_code == 302:
        return
    else:
        schema = operation["responses"][str(answer.status_code)]["content"]["application/json"]["schema"]
    jsonschema.validate(answer.json, {**schema, "components": DOCUMENT["components"]})


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(
        project=tmp_path,
        state_directory=tmp_path / ".taskdeck",
        database_url="sqlite://",
        max_body_bytes=64 * 1024,
        allowed_hosts=("deck.example",),
    )


@pytest.fixture
def service(tmp_path: Path) -> FakeService:
    return FakeService(root=tmp_path)


@pytest.fixture
def app(service: FakeService, settings: Settings) -> Flask:
    made = create_app(service, settings, token=TOKEN, cookie_secret=COOKIE_SECRET, async_mode="threading")  # type: ignore[arg-type]
    made.test_client_class = CheckedClient
    return made


@pytest.fixture
def stranger(app: Flask) -> FlaskClient:
    """Somebody without credentials."""
    return app.test_client()


@pytest.fixture
def program(app: Flask) -> FlaskClient:
    """A script with the token."""
    client = app.test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {TOKEN}"
    return client


@pytest.fixture
def browser(app: Flask) -> FlaskClient:
    """A person's browser that is logged in, and says where its requests come from."""
    client = app.test_client()
    assert client.get("/", query_string={"token": TOKEN}).status_code == 302
    client.environ_base["HTTP_ORIGIN"] = ORIGIN
    return client
