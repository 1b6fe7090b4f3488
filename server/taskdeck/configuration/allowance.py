"""Which repositories the operator allows. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

SCHEMES = ("https", "ssh", "http", "file")
"""Of a URL that is allowed by name; anything else is of no use to us, or dangerous (``ext::``)."""

_ALL_BELOW = "/*"
_ANY = "any"
_LIKE_SCP = re.compile(r"(?P<user>[\w.-]+@)?(?P<host>[\w.-]+):(?P<path>(?!/)[^:]+)")


@dataclass(frozen=True, kw_only=True)
class Address:
    """A repository's URL in its parts."""

    scheme: str
    user: str
    """With the password, if there is one."""
    host: str
    """With the port."""
    path: str

    @property
    def url(self) -> str:
        return f"{self.scheme}://{self.user and self.user + '@'}{self.host}{self.path}"

    @property
    def shown(self) -> str:
        """Without a password, nor what may be one."""
        user = self.user.partition(":")[0] if self.scheme == "ssh" else ""
        return f"{self.scheme}://{user and user + '@'}{self.host}{self.path}"

    @property
    def key(self) -> tuple[str, str, str]:
        """Equal for spellings of the same repository."""
        return self.scheme, self.host, self.path.rstrip("/").removesuffix(".git")


def address(url: str) -> Address | None:
    """``None``: it is no address of a repository that could be fetched."""
    if like_scp := _LIKE_SCP.fullmatch(url):
        url = f"ssh://{like_scp['user'] or ''}{like_scp['host']}/{like_scp['path']}"
    if any(character.isspace() or ord(character) < 32 or character == "\\" for character in url):
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    user, _, host = parts.netloc.rpartition("@")
    is_plain = not parts.query and not parts.fragment and not host.startswith("-") and not user.startswith("-")
    if parts.scheme not in SCHEMES or not is_plain or not parts.path.startswith("/"):
        return None
    if bool(host) == (parts.scheme == "file"):
        return None
    steps = unquote(parts.path).strip("/").split("/")
    if any(step in ("", ".", "..") or step.startswith("-") or "\\" in step for step in steps):
        return None
    return Address(scheme=parts.scheme, user=user, host=host.lower(), path=parts.path)


def allowed(url: str, repositories: Iterable[str]) -> Address | None:
    """The address to fetch from, with the operator's user and password if he has set one; ``None``: not allowed."""
    wanted = address(url)
    if wanted is None:
        return None
    for each in repositories:
        is_prefix = each.endswith(_ALL_BELOW)
        permitted = address(f"{each[:-1]}{_ANY}" if is_prefix else each)
        if permitted is None or (wanted.user and wanted.user != permitted.user):
            continue
        (*place, path), (*wanted_place, wanted_path) = permitted.key, wanted.key
        if place == wanted_place and (
            wanted_path.startswith(path.removesuffix(_ANY)) if is_prefix else wanted_path == path
        ):
            return Address(scheme=wanted.scheme, user=permitted.user, host=wanted.host, path=wanted.path)
    return None
