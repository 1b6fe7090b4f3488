"""Webhooks: a push to the configured repository has it pulled."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import cast

from flask import request
from werkzeug.exceptions import NotFound

from taskdeck.configuration import webhooks
from taskdeck.configuration.webhooks import Sender, WrongSignature
from taskdeck.web import auth, context
from taskdeck.web.api import Media, Routes
from taskdeck.web.auth import TooManyAttempts
from taskdeck.web.gate import CONNECTION
from taskdeck.web.schemas.configuration import WebhookAnswer
from taskdeck.web.upload import TooLong, Upload

MAX_BYTES = 5 * 1024 * 1024
MAX_SECONDS = 10.0
MAX_AT_ONCE = 32
"""Bodies in memory of senders who are yet to show that they may send any."""

_BODIES = tuple(
    Media(type=type_, description="What the sender sends", schema={"type": "object"})
    for type_ in ("application/json", "application/x-www-form-urlencoded")
)
_places = threading.BoundedSemaphore(MAX_AT_ONCE)

routes = Routes("Configuration")


@routes.post(
    "/api/config/webhooks/<sender>",
    "receiveWebhook",
    returns=WebhookAnswer,
    status=202,
    accepts=_BODIES,
    problems=(400, 404, 408, 429),
)
@auth.signed
def receive_webhook(sender: str) -> WebhookAnswer:
    """What `github`, `gitlab` or `gitea` send when somebody has pushed.

    Signed with the secret of the settings, in the way of the sender; no other credentials are needed. The configuration
    is pulled in the background.
    """
    rules = context.current().settings.configuration
    if sender not in list(Sender) or not (rules.webhook_secret and rules.repository):
        raise NotFound
    known = Sender(sender)
    push = webhooks.read(known, _headers(), _authentic_body(known, rules.webhook_secret))
    reason = "This is not a push." if push is None else webhooks.reason_to_ignore(push, rules)
    if push is not None and not reason:
        context.current().puller.ask(push.by)
    return WebhookAnswer(pulls=not reason, detail=reason)


def _authentic_body(sender: Sender, secret: str) -> bytes:
    """Raises `WrongSignature` and `TooManyAttempts`; neither if it is right, whoever else has the sender's address."""
    proof = webhooks.proof(sender, _headers())
    with _places:
        body = _body() if proof else b""
        if proof and webhooks.is_authentic(sender, proof, body, secret):
            return body
    throttle, address = context.current().credentials.throttle, auth.address()
    if wait := throttle.seconds_to_wait(address):
        raise TooManyAttempts(wait, "signatures")
    throttle.failed(address, proof)
    raise WrongSignature


def _headers() -> Mapping[str, str]:
    """Case does not matter in their names; but for that they are like any mapping."""
    return cast("Mapping[str, str]", request.headers)


def _body() -> bytes:
    connection = request.environ.get(CONNECTION)
    upload = Upload(max_bytes=MAX_BYTES, connection=connection, max_seconds=MAX_SECONDS)
    body = b"".join(iter(upload.read, b""))
    if len(body) > MAX_BYTES:
        raise TooLong(MAX_BYTES)
    return body
