"""What GitHub, GitLab and Gitea send when somebody has pushed: whether it is from them, and what it says. Pure."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from urllib.parse import parse_qs

from taskdeck.configuration import allowance
from taskdeck.settings import ConfigurationRules

_SIGNATURE_PREFIX = "sha256="
_REFS = ("refs/heads/", "refs/tags/")


class Sender(StrEnum):
    GITHUB = "github"
    GITLAB = "gitlab"
    GITEA = "gitea"


_PROOF = {
    Sender.GITHUB: "X-Hub-Signature-256",
    Sender.GITLAB: "X-Gitlab-Token",
    Sender.GITEA: "X-Gitea-Signature",
}
_EVENT = {Sender.GITHUB: "X-GitHub-Event", Sender.GITLAB: "X-Gitlab-Event", Sender.GITEA: "X-Gitea-Event"}
_PUSHES = {
    Sender.GITHUB: ("push",),
    Sender.GITLAB: ("Push Hook", "Tag Push Hook"),
    Sender.GITEA: ("push",),
}
_URLS = ("clone_url", "ssh_url", "html_url", "git_http_url", "git_ssh_url", "web_url")
"""Where the three say what their repository is called."""


class WrongSignature(PermissionError):
    """The webhook is not signed with the secret of this server (TASKDECK_CONFIG_WEBHOOK_SECRET)."""

    def __init__(self) -> None:
        super().__init__(self.__doc__)


class Malformed(ValueError):
    """The content of the webhook is not what its sender usually sends; the message says why."""


@dataclass(frozen=True, kw_only=True)
class Push:
    ref: str
    """``refs/heads/main``"""
    default_branch: str
    urls: tuple[str, ...]
    """Under which the repository can be reached."""
    by: str
    is_deletion: bool


def proof(sender: Sender, headers: Mapping[str, str]) -> str:
    """What shows that the sender knows the secret: a signature, or with GitLab the secret itself; empty: nothing."""
    return headers.get(_PROOF[sender], "")


def is_authentic(sender: Sender, given: str, body: bytes, secret: str) -> bool:
    """Takes as long for a wrong proof as for an almost right one."""
    if sender is Sender.GITLAB:
        return _equal(given, secret)
    signature = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return _equal(given, f"{_SIGNATURE_PREFIX if sender is Sender.GITHUB else ''}{signature}")


def read(sender: Sender, headers: Mapping[str, str], body: bytes) -> Push | None:
    """``None``: it tells of something else than a push. Raises `Malformed`."""
    if headers.get(_EVENT[sender], "") not in _PUSHES[sender]:
        return None
    try:
        if headers.get("Content-Type", "").partition(";")[0].strip() == "application/x-www-form-urlencoded":
            body = parse_qs(body.decode(), strict_parsing=True)["payload"][0].encode()
        content = json.loads(body)
    except (ValueError, KeyError, RecursionError) as error:
        raise Malformed(f"The webhook holds no JSON: {error}.") from None
    content = _mapping(content)
    repository = {**_mapping(content.get("repository")), **_mapping(content.get("project"))}
    ref = _text(content.get("ref"))
    if not ref:
        raise Malformed("The webhook tells of a push, but not of which branch.")
    return Push(
        ref=ref,
        default_branch=_text(repository.get("default_branch")),
        urls=tuple(url for name in _URLS if (url := _text(repository.get(name)))),
        by=_pusher(content),
        # Instead of a commit there are only zeros then.
        is_deletion=set(_text(content.get("after"))) == {"0"},
    )


def reason_to_ignore(push: Push, rules: ConfigurationRules) -> str:
    """Why the push changes nothing of what is pulled; empty: it does."""
    wanted = allowance.address(rules.repository)
    addresses = [address for url in push.urls if (address := allowance.address(url))]
    if wanted is None or wanted.key not in [address.key for address in addresses]:
        return "The push was to another repository."
    branch = rules.branch or push.default_branch
    if push.ref not in (branch, *(f"{prefix}{branch}" for prefix in _REFS)):
        return "The push was to another branch."
    return "The branch was deleted." if push.is_deletion else ""


def _pusher(content: Mapping[str, Any]) -> str:
    pusher = _mapping(content.get("pusher"))
    candidates = (pusher.get("name"), pusher.get("login"), pusher.get("username"), content.get("user_username"))
    return next((name for each in candidates if (name := _text(each))), _text(content.get("user_name")))


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _equal(given: str, expected: str) -> bool:
    return hmac.compare_digest(given.encode("utf-8", "replace"), expected.encode("utf-8", "replace"))
