"""Which pages may talk to the server: by the Host a request names, and by the Origin it comes from.

The host check is against DNS rebinding, where a foreign name is made to point at this machine; the origin check
is against pages elsewhere that make a logged-in browser send requests.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
"""Methods that change nothing."""


class ForeignHost(PermissionError):
    """The request names a host that this server does not answer for; the message says which setting allows it."""

    def __init__(self, host: str) -> None:
        super().__init__(
            f"This server does not answer for the host {host!r}. If it is one of its names, add it to "
            f"TASKDECK_ALLOWED_HOSTS (names separated by commas) and start it again."
        )


class ForeignOrigin(PermissionError):
    """The request was made by a page of another site."""

    def __init__(self, origin: str) -> None:
        super().__init__(
            f"The request came from a page of {origin}, which may not act on this server. Behind a proxy, let it "
            f"pass the Host header on, or add the name that browsers use to TASKDECK_ALLOWED_HOSTS."
        )


class OriginMissing(PermissionError):
    """A request with a cookie must say which page it comes from. Scripts: use Authorization: Bearer instead."""

    def __init__(self) -> None:
        super().__init__(self.__doc__)


@dataclass(frozen=True, kw_only=True)
class Page:
    """Where a request says that it comes from, and for whom it is: three headers, ``None`` where missing."""

    host: str
    """Host"""
    origin: str | None
    """Origin"""
    site: str | None
    """Sec-Fetch-Site"""

    @classmethod
    def of(cls, environ: Mapping[str, Any]) -> Page:
        return cls(
            host=environ.get("HTTP_HOST", ""),
            origin=environ.get("HTTP_ORIGIN"),
            site=environ.get("HTTP_SEC_FETCH_SITE"),
        )


@dataclass(frozen=True, kw_only=True)
class Hosts:
    """The names the server answers for: the loopback ones, the one it is bound to, those an operator allowed."""

    bound: str
    allowed: tuple[str, ...] = ()
    """``name``, good for every port, or ``name:port``."""

    def check_host(self, host: str) -> None:
        """Raises `ForeignHost`."""
        name = _name(host)
        names = {_name(each) for each in self.allowed} | {self.bound.lower()} | LOOPBACK
        # Bound to all addresses: whoever uses a number instead of a name cannot have been rebound.
        if name not in names and not (self._is_bound_to_all and _is_address(name)):
            raise ForeignHost(host)

    def check_origin(self, page: Page, *, needs_origin: bool) -> None:
        """For requests that change something, and for the socket. Raises `ForeignOrigin` and `OriginMissing`."""
        if page.origin is not None:
            if not self._is_ours(page.origin, page.host):
                raise ForeignOrigin(page.origin)
        elif page.site in ("cross-site", "same-site"):
            raise ForeignOrigin("another site")
        elif needs_origin and page.site != "same-origin":
            raise OriginMissing

    def _is_ours(self, origin: str, host: str) -> bool:
        """The scheme is left out: behind a proxy that ends TLS, the server sees another one than the browser."""
        netloc = urlsplit(origin).netloc.lower()
        return bool(netloc) and (netloc == host.lower() or netloc in {each.lower() for each in self.allowed})

    @property
    def _is_bound_to_all(self) -> bool:
        return self.bound in ("", "0.0.0.0", "::")  # noqa: S104 - compared, not bound


def _name(host: str) -> str:
    """``name`` of ``name:port``, without the brackets of an IPv6 address; empty if it is no host at all."""
    try:
        return (urlsplit(f"//{host}").hostname or "").rstrip(".")
    except ValueError:
        return ""


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
