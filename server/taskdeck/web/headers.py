"""Headers that keep what we serve from being misused."""

from __future__ import annotations

import re
import secrets

from flask import Flask, Response, g, request

from taskdeck.web import auth

_DEVICES = ("accelerometer", "camera", "display-capture", "geolocation", "gyroscope", "microphone", "payment", "usb")
_NO_DEVICES = ", ".join(f"{device}=()" for device in _DEVICES)


def init_app(app: Flask) -> None:
    app.after_request(_harden)


def nonce() -> str:
    """The one of this request, for inline styles and scripts of our own."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    value: str = g.csp_nonce
    return value


def page_policy() -> str:
    """Content-Security-Policy of our own pages. ``'self'`` does not mean the WebSocket in every browser."""
    socket = f"{'wss' if request.is_secure else 'ws'}://{_host()}"
    return (
        "default-src 'none'; script-src 'self'; "
        f"style-src 'self' 'nonce-{nonce()}'; img-src 'self' data: blob:; font-src 'self'; manifest-src 'self'; "
        f"connect-src 'self' {socket}; frame-src 'self'; "
        "frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
    )


def sandbox_policy() -> str:
    """For the frame that shows a notebook's own HTML. Its origin is opaque, so ours has to be named, not ``'self'``."""
    origin = f"{request.scheme}://{_host()}"
    return (
        f"sandbox allow-scripts; default-src 'none'; script-src 'unsafe-inline' {origin}; "
        f"style-src 'unsafe-inline' {origin}; img-src data: blob:; font-src data:; "
        "frame-ancestors 'self'; base-uri 'none'; form-action 'none'"
    )


NOTEBOOK_POLICY = (
    "sandbox allow-scripts; default-src 'none'; script-src 'unsafe-inline' 'unsafe-eval'; "
    "style-src 'unsafe-inline'; img-src data: blob:; font-src data:; frame-ancestors 'self'; "
    "base-uri 'none'; form-action 'none'"
)
"""For a whole notebook as HTML. Its scripts run, or its charts would be missing; but in an origin of their own,
where they can reach neither the API nor the network."""


def _host() -> str:
    """The request's host, but nothing that would be more than a host in a policy."""
    return request.host if re.fullmatch(r"[\w.:\[\]-]+", request.host) else "invalid"


def _harden(response: Response) -> Response:
    headers = response.headers
    headers.setdefault("Content-Security-Policy", page_policy())
    headers.setdefault("X-Frame-Options", "DENY")
    headers["X-Content-Type-Options"] = "nosniff"
    # Not no-referrer: with that, a browser sends forms of our own with the origin "null".
    headers["Referrer-Policy"] = "same-origin"
    headers["Permissions-Policy"] = _NO_DEVICES
    headers["Cross-Origin-Opener-Policy"] = "same-origin"
    headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
    if auth.is_api(request.path):
        headers.setdefault("Cache-Control", "no-store")
    return response
