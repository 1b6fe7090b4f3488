"""DUFT's login: a name and a password for two tokens, and one of them for another."""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass, field

from flask import Response, request
from pydantic import BaseModel

from taskdeck.settings import Settings
from taskdeck.web import auth, context, wire
from taskdeck.web.api import read_body_or_form
from taskdeck.web.auth import Credentials, TooManyAttempts, WrongToken
from taskdeck.web.duft_tokens import SERVER_USER, Kind, TokenExpired, Tokens
from taskdeck.web.duft_users import InvalidUser, UnusableUsersFile, Users
from taskdeck.web.throttle import Throttle

log = logging.getLogger(__name__)

VISITED = ("/sse/", "/config/")
"""Where a browser is known by a cookie: it asks for pictures and streams by itself."""
MAX_WAITING = 8


class WrongPassword(PermissionError):
    """No active account found with the given credentials"""

    def __init__(self) -> None:
        super().__init__(self.__doc__)


class LoginUnavailable(RuntimeError):
    """Nobody can log in just now: too many try at once, or the users cannot be read. The server's log says which."""

    def __init__(self) -> None:
        super().__init__(self.__doc__)


class Login(BaseModel):
    username: str
    password: str


class Refresh(BaseModel):
    refresh: str


@dataclass(frozen=True, kw_only=True)
class Guests:
    """`auth.Guests` by DUFT's tokens."""

    tokens: Tokens
    users: Users
    credentials: Credentials
    cookie_name: str
    throttle: Throttle = field(default_factory=Throttle)
    _turn: threading.Lock = field(default_factory=threading.Lock)
    _places: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(MAX_WAITING))

    @classmethod
    def of(cls, settings: Settings, credentials: Credentials) -> Guests:
        """Raises `InvalidUser` and `UnusableUsersFile`."""
        users = Users(settings.duft_users, settings.duft_users_file)
        tokens = Tokens(secret=credentials.cookie_secret, users=users, server_token=credentials.token)
        return cls(tokens=tokens, users=users, credentials=credentials, cookie_name=f"{credentials.cookie_name}_duft")

    def owner(self, token: str) -> str | None:
        return self.owner_of(token, Kind.ACCESS)

    def visitor(self) -> str | None:
        cookie = request.cookies.get(self.cookie_name)
        try:
            return self.owner_of(cookie, Kind.VISIT) if cookie else None
        except TokenExpired:
            return None

    def mark(self, user: str) -> object:
        try:
            return self.tokens.fingerprint(user)
        except (InvalidUser, UnusableUsersFile):
            return None

    def owner_of(self, token: str, kind: Kind) -> str | None:
        """Raises `TokenExpired` and `LoginUnavailable`."""
        try:
            return self.tokens.owner(token, kind)
        except (InvalidUser, UnusableUsersFile) as error:
            log.error("duft_users_unusable", extra={"reason": str(error)})  # noqa: TRY400
            raise LoginUnavailable from error

    def log_in(self, name: str, password: str, address: str) -> None:
        """Raises `WrongPassword`, `TooManyAttempts` and `LoginUnavailable`.

        One at a time: checking a password takes memory and time on purpose, and who guesses must not get more guesses
        by asking at once.
        """
        if not self._places.acquire(blocking=False):
            log.warning("duft_login_refused reason=too_many_at_once")
            raise LoginUnavailable
        try:
            with self._turn:
                self._check(name, password, address)
        except (InvalidUser, UnusableUsersFile) as error:
            log.error("duft_users_unusable", extra={"reason": str(error)})  # noqa: TRY400 - it says it all
            raise LoginUnavailable from error
        finally:
            self._places.release()

    def _check(self, name: str, password: str, address: str) -> None:
        if name == SERVER_USER and self.users.hash_of(name) is None:
            try:
                self.credentials.check_token(password, address)
            except WrongToken:
                raise WrongPassword from None
            return
        # By name as well: many people may share an address, and one of them must not lock the others out. Unlike the
        # server's token, a password may be short: here, waiting answers the right one, too.
        key = f"{address} {name}"
        if wait := self.throttle.seconds_to_wait(key):
            raise TooManyAttempts(wait, "passwords")
        if not self.users.knows(name, password):
            self.throttle.failed(key, password)
            raise WrongPassword
        self.throttle.succeeded(key)


@auth.login
def obtain() -> Response:
    body = read_body_or_form(Login)
    guests = _guests()
    try:
        guests.log_in(body.username, body.password, auth.address())
    except WrongPassword as error:
        return _refusal(str(error))
    tokens = {kind.value: guests.tokens.issue(kind, body.username) for kind in (Kind.REFRESH, Kind.ACCESS)}
    return _with_visit(_json(tokens), body.username)


@auth.login
def refresh() -> Response:
    body = read_body_or_form(Refresh)
    guests = _guests()
    try:
        user = guests.owner_of(body.refresh, Kind.REFRESH)
    except TokenExpired:
        user = None
    if user is None:
        return _refusal("Token is invalid or expired", code="token_not_valid")
    return _with_visit(_json({Kind.ACCESS.value: guests.tokens.issue(Kind.ACCESS, user)}), user)


def _guests() -> Guests:
    guests = context.current().guests
    assert isinstance(guests, Guests), "these views exist only where there are guests"
    return guests


def _with_visit(answer: Response, user: str) -> Response:
    guests = _guests()
    for path in VISITED:
        answer.set_cookie(
            guests.cookie_name,
            guests.tokens.issue(Kind.VISIT, user),
            secure=auth.is_encrypted(),
            httponly=True,
            samesite="Strict",
            path=path,
        )
    return answer


def _json(content: dict[str, str]) -> Response:
    return Response(wire.encode(content), content_type="application/json")


def _refusal(detail: str, **more: str) -> Response:
    """As DUFT's clients know it, to the letter."""
    answer = _json({"detail": detail, **more})
    answer.status_code = 401
    answer.headers["WWW-Authenticate"] = "Bearer"
    return answer
