"""The API's description of itself."""

from __future__ import annotations

import functools

from flask import Response

from taskdeck.web import wire
from taskdeck.web.api import Media, Routes

routes = Routes("Server")


@routes.get(
    "/api/openapi.json",
    "getOpenApi",
    returns=Media(type="application/json", description="An OpenAPI 3.1 document", schema={"type": "object"}),
)
def get_openapi() -> Response:
    """This document."""
    return Response(_encoded(), content_type="application/json")


@functools.cache
def _encoded() -> bytes:
    # The document describes all resources, this one included, so it can only be imported once they all are.
    from taskdeck.web import openapi

    return wire.encode(openapi.build())
