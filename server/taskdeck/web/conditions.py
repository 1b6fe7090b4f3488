"""Headers that make a request safe to repeat, and to make beside others'."""

from __future__ import annotations

import re

from flask import request

from taskdeck.web.api import InvalidRequest, RequestHeader

MAX_KEY_LENGTH = 255
_MAX_TAGS_LENGTH = 200
_TAG = re.compile(r'"(\d{1,15})"')

IF_MATCH = RequestHeader(
    name="If-Match",
    description="The ETag of the configuration that the caller has seen; if another one is in force: 412.",
    max_length=_MAX_TAGS_LENGTH,
)


def idempotency_key_header(description: str) -> RequestHeader:
    return RequestHeader(name="Idempotency-Key", description=description, max_length=MAX_KEY_LENGTH)


def idempotency_key() -> str | None:
    """Raises `InvalidRequest`."""
    key = request.headers.get("Idempotency-Key")
    if key is not None and not 0 < len(key) <= MAX_KEY_LENGTH:
        raise InvalidRequest({"Idempotency-Key": f"must have 1 to {MAX_KEY_LENGTH} characters"})
    return key


def etag(version: int | None) -> dict[str, str]:
    """The header of an answer that shows a version of the configuration; ``None``: there are none."""
    return {"ETag": f'"{version or 0}"'}


def expected_version() -> int | None:
    """The version that ``If-Match`` names; ``None``: any will do. Raises `InvalidRequest`."""
    given = request.headers.get("If-Match")
    if given is None or given.strip() == "*":
        return None
    # A proxy that compresses answers makes a weak tag of ours; here it means the same version.
    found = _TAG.fullmatch(given.strip().removeprefix("W/"))
    if found is None:
        raise InvalidRequest({"If-Match": 'must be the ETag of one version, like "41"'})
    return int(found[1])
