"""Who may use the server: whoever knows its token, or has the cookie that knowing it once gave."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol, TypeVar
from urllib.parse import urlencode

from flask import current_app, g, redirect, request
from itsdangerous import BadSignature, URLSafeTimedSerializer
from werkzeug.wrappers import Response

from taskdeck.model.run import Trigger
from taskdeck.web import context
from taskdeck.web.origins import SAFE_METHODS, Page
from taskdeck.web.throttle import Throttle

COOKIE_DAYS = 30
_COOKIE_SECONDS = COOKIE_DAYS * 24 * 60 * 60
_SALT = "taskdeck.login"

AnyView = TypeVar("AnyView")


class LoginRequired(PermissionError):
    """Log in first: open the URL with ?token= that the server printed, or send Authorization: Bearer TOKEN."""

    def __init__(self) -> None:
        super().__init__(self.__doc__)


class WrongToken(PermissionError):
    """This is not the server's token. The server prints it when it starts."""

    def __init__(self) -> None:
        super().__init__(self.__doc__)


class TooManyAttempts(PermissionError):
    """Too many wrong tokens or passwords came from one address; the message says how long to wait."""

    def __init__(self, seconds: float, what: str = "tokens") -> None:
        self.retry_after_seconds = max(1, round(seconds + 0.5))
        super().__init__(f"Too many wrong {what}. Try again in {self.retry_after_seconds} s.")


class Proof(StrEnum):
    """How a request showed that it may."""

    COOKIE = "cookie"
    BEARER = "bearer"
    VISIT = "visit"
    """By what a browser sends without being asked, good for looking alone."""


class Guests(Protocol):
    """Users who have tokens of their own, good for the views that are marked with `open_to_guests`."""

    def owner(self, token: str) -> str | None:
        """The name of whom the token is; ``None``: it is none of theirs. Raises an error that ends the request."""

    def visitor(self) -> str | None:
        """The same for the request's cookie."""

    def mark(self, user: str) -> object:
        """Another one when the user's password is, or when the user is gone."""


@dataclass(frozen=True, kw_only=True)
class Credentials:
    """The server's token and the key that signs its cookies."""

    token: str
    cookie_secret: bytes
    throttle: Throttle = field(default_factory=Throttle)

    @property
    def cookie_name(self) -> str:
        """Cookies do not tell ports apart, so each server on a machine needs a name of its own."""
        return "taskdeck_" + hashlib.sha256(self.cookie_secret).hexdigest()[:8]

    def check_token(self, token: str, address: str) -> None:
        """Raises `WrongToken` and `TooManyAttempts`; never for the right token.

        Whoever shares an address with a program that has an old token, behind a proxy everybody, must not be locked
        out with it. So waiting only ever answers a wrong token: what keeps guesses out is a long one.
        """
        if hmac.compare_digest(token.encode("utf-8", "replace"), self.token.encode("utf-8", "replace")):
            self.throttle.succeeded(address)
            return
        if wait := self.throttle.seconds_to_wait(address):
            raise TooManyAttempts(wait)
        self.throttle.failed(address, token)
        raise WrongToken

    def new_cookie(self) -> str:
        return self._serializer.dumps({"login": 1})

    def accepts_cookie(self, cookie: str | None) -> bool:
        if not cookie:
            return False
        try:
            self._serializer.loads(cookie, max_age=_COOKIE_SECONDS)
        except BadSignature:
            return False
        return True

    @property
    def _serializer(self) -> URLSafeTimedSerializer:
        return URLSafeTimedSerializer(self.cookie_secret, salt=_SALT, signer_kwargs={"digest_method": hashlib.sha256})


def public(view: AnyView) -> AnyView:
    """Marks a view that answers without credentials."""
    view.is_public = True  # type: ignore[attr-defined]
    return view


def login(view: AnyView) -> AnyView:
    """Marks a public view that gives credentials. Those that come with the request, old ones perhaps, do not matter."""
    view.is_login = True  # type: ignore[attr-defined]
    return public(view)


def signed(view: AnyView) -> AnyView:
    """Marks a public view that looks itself at how the request is signed: no credentials of a browser count there, so
    no page can misuse them."""
    view.is_signed = True  # type: ignore[attr-defined]
    return login(view)


def open_to_guests(*, visits: bool = False) -> Callable[[AnyView], AnyView]:
    """Marks a view that takes the tokens of `Guests`, and always answers 401 instead of a login page.

    ``visits``: their cookie, too, and a token in the address: for what a browser cannot send headers for.
    """

    def mark(view: AnyView) -> AnyView:
        view.is_open_to_guests = True  # type: ignore[attr-defined]
        view.takes_visits = visits  # type: ignore[attr-defined]
        return view

    return mark


def is_public(view: object) -> bool:
    return getattr(view, "is_public", False)


def user() -> str | None:
    """The name of the guest who asks, if one does."""
    name: str | None = g.get("guest")
    return name


def may() -> bool:
    """Whether this request came with credentials; only public views need to ask."""
    return g.get("proof") is not None


def trigger() -> Trigger:
    """Who asks: a person in the dashboard has the cookie, a program has the token."""
    return Trigger.DASHBOARD if g.get("proof") is Proof.COOKIE else Trigger.API


def log_in(response: Response) -> Response:
    credentials = context.current().credentials
    response.set_cookie(
        credentials.cookie_name,
        credentials.new_cookie(),
        max_age=_COOKIE_SECONDS,
        secure=is_encrypted(),
        httponly=True,
        samesite="Strict",
        path="/",
    )
    return response


def log_out(response: Response) -> Response:
    name = context.current().credentials.cookie_name
    response.delete_cookie(name, path="/", secure=is_encrypted(), httponly=True, samesite="Strict")
    return response


def is_encrypted() -> bool:
    """Whether the browser speaks HTTPS, perhaps with a proxy. Who forges the header only harms their own cookie."""
    nearest_to_the_browser = request.headers.get("X-Forwarded-Proto", "").partition(",")[0]
    return request.is_secure or nearest_to_the_browser.strip().lower() == "https"


def is_logged_in() -> bool:
    credentials = context.current().credentials
    return credentials.accepts_cookie(request.cookies.get(credentials.cookie_name))


def address() -> str:
    return request.remote_addr or "unknown"


def check_host() -> None:
    context.current().hosts.check_host(Page.of(request.environ).host)


def check_origin() -> None:
    if request.method not in SAFE_METHODS and not getattr(_view(), "is_signed", False):
        context.current().hosts.check_origin(Page.of(request.environ), needs_origin=g.get("proof") is Proof.COOKIE)


def exchange_token() -> Response | None:
    """``?token=`` becomes a cookie, and disappears from the address bar and from what gets copied out of it."""
    token = request.args.get("token")
    if token is None or request.method not in SAFE_METHODS:
        return None
    if _takes_visits() and _is_guest(token):
        g.proof = Proof.VISIT
        return None
    rest = [(name, value) for name, value in request.args.items(multi=True) if name != "token"]
    target = request.path + (f"?{urlencode(rest)}" if rest else "")
    try:
        context.current().credentials.check_token(token, address())
    except (WrongToken, TooManyAttempts):
        if is_api(request.path) or _is_for_guests():
            raise
        return redirect("/login?" + urlencode({"next": target, "wrong": "1"}))
    return log_in(redirect(local_path(target)))


def require_login() -> Response | None:
    view = _view()
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if may() or getattr(view, "is_login", False):
        return None
    if scheme.lower() == "bearer":
        # Where there is nothing, a guest's token opens nothing: clients take 401 for a reason to log in again.
        if not ((view is None or _is_for_guests()) and _is_guest(token.strip())):
            context.current().credentials.check_token(token.strip(), address())
        g.proof = Proof.BEARER
    elif is_logged_in():
        g.proof = Proof.COOKIE
    elif _takes_visits() and request.method in SAFE_METHODS and _is_visitor():
        g.proof = Proof.VISIT
    elif is_public(view):
        g.proof = None
    elif _is_for_guests() or is_api(request.path) or request.method not in SAFE_METHODS:
        raise LoginRequired
    elif request.headers.get("Sec-Fetch-Site") == "cross-site":
        return _start_again()
    else:
        here = request.full_path.rstrip("?")
        return redirect("/login" + (f"?{urlencode({'next': here})}" if here != "/" else ""))
    return None


def _view() -> object:
    return current_app.view_functions.get(request.endpoint or "")


def _is_for_guests() -> bool:
    return getattr(_view(), "is_open_to_guests", False)


def _takes_visits() -> bool:
    return getattr(_view(), "takes_visits", False)


def _is_guest(token: str) -> bool:
    guests = context.current().guests
    g.guest = guests.owner(token) if guests else None
    return g.guest is not None


def _is_visitor() -> bool:
    guests = context.current().guests
    g.guest = guests.visitor() if guests else None
    return g.guest is not None


def _start_again() -> Response:
    """Who follows a link in a mail or a chat may well be logged in: browsers only send a strict cookie when the
    page before was ours as well. So this page is, and leads to the same address."""
    return Response(
        '<!doctype html><html lang="en"><meta charset="utf-8"><meta http-equiv="refresh" content="0">'
        "<title>Taskdeck</title></html>",
        content_type="text/html; charset=utf-8",
        headers={"Cache-Control": "no-store"},
    )


def is_api(path: str) -> bool:
    return path == "/api" or path.startswith("/api/")


def local_path(target: str) -> str:
    """Where to go after logging in: a path of this server, whatever the link said."""
    # Browsers read //host and /\host as another site's address.
    is_local = target.startswith("/") and not target.startswith(("//", "/\\"))
    return target if is_local and target.isprintable() else "/"
