"""Tokens of DUFT's login: JSON Web Tokens (RFC 7519) of one kind, signed with a key that outlives the process.

What a token says is read only when its signature fits, by the one method that there is: nothing in a token decides
how it is checked.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from itsdangerous import BadSignature, Signer
from itsdangerous.encoding import base64_decode, base64_encode
from itsdangerous.exc import BadData

from taskdeck.web.duft_users import Users

ACCESS_SECONDS = 30 * 60
REFRESH_SECONDS = 24 * 60 * 60
SERVER_USER = "taskdeck"
"""Whose password is the server's token, unless somebody else has the name."""
_HEADER = base64_encode(b'{"alg":"HS256","typ":"JWT"}')
_MAX_CHARACTERS = 2048


class Kind(StrEnum):
    ACCESS = "access"
    REFRESH = "refresh"
    VISIT = "visit"
    """In the cookie of those who cannot send a header: pictures, and the stream of events."""


class TokenExpired(PermissionError):
    """Given token not valid for any token type: it has expired, or its user is gone. Log in again, or refresh it."""

    def __init__(self) -> None:
        super().__init__(self.__doc__)


@dataclass(frozen=True, kw_only=True)
class Tokens:
    """Issues and checks them."""

    secret: bytes
    users: Users
    server_token: str
    clock: Callable[[], float] = time.time

    def issue(self, kind: Kind, user: str) -> str:
        lasts = ACCESS_SECONDS if kind is Kind.ACCESS else REFRESH_SECONDS
        now = int(self.clock())
        claims = {
            "token_type": kind.value,
            "iat": now,
            "exp": now + lasts,
            "user_id": user,
            "key": self.fingerprint(user),
        }
        payload = base64_encode(json.dumps(claims, separators=(",", ":")).encode())
        return self._signer.sign(_HEADER + b"." + payload).decode()

    def owner(self, token: str, kind: Kind) -> str | None:
        """The user it was issued to; ``None`` when it is not of ours, or of another kind.

        Raises `TokenExpired` when it was good once.
        """
        if len(token) > _MAX_CHARACTERS:
            return None
        try:
            header, _, payload = self._signer.unsign(token).partition(b".")
            claims = json.loads(base64_decode(payload))
        except (BadSignature, BadData, ValueError):
            return None
        if header != _HEADER or claims["token_type"] != kind:
            return None
        user: str = claims["user_id"]
        if claims["exp"] <= self.clock() or claims["key"] != self.fingerprint(user):
            raise TokenExpired
        return user

    def fingerprint(self, user: str) -> str:
        """Of the user's password: another one ends the tokens that the old one gave."""
        hashed = self.users.hash_of(user)
        if hashed is None and user == SERVER_USER:
            hashed = self.server_token
        return hmac.digest(self.secret, f"{user}:{hashed}".encode("utf-8", "replace"), "sha256").hex()[:16]

    @property
    def _signer(self) -> Signer:
        return Signer(self.secret, salt=b"taskdeck.duft", sep=b".", digest_method=hashlib.sha256)
