from __future__ import annotations

import hashlib
import hmac
import json
from typing import Any
from urllib.parse import urlencode

import pytest

from taskdeck.configuration import webhooks
from taskdeck.configuration.webhooks import Malformed, Push, Sender
from taskdeck.settings import ConfigurationRules

SECRET = "the secret"
COMMIT = "3f2a" * 10
RULES = ConfigurationRules(repository="https://git.example.org/team/deck", branch="main")

ELSEWHERE = "The push was to another repository."

# The members that count, as the senders' documentation shows them.
GITHUB = {
    "ref": "refs/heads/main",
    "after": COMMIT,
    "deleted": False,
    "pusher": {"name": "ada", "email": "ada@example.org"},
    "repository": {
        "clone_url": "https://git.example.org/team/deck.git",
        "ssh_url": "git@git.example.org:team/deck.git",
        "html_url": "https://git.example.org/team/deck",
        "default_branch": "main",
    },
}
GITLAB = {
    "object_kind": "push",
    "ref": "refs/heads/main",
    "after": COMMIT,
    "user_name": "Ada Lovelace",
    "user_username": "ada",
    "project": {
        "git_ssh_url": "git@git.example.org:team/deck.git",
        "git_http_url": "https://git.example.org/team/deck.git",
        "default_branch": "main",
    },
    "repository": {"name": "deck", "url": "git@git.example.org:team/deck.git"},
}
GITEA = {
    "ref": "refs/heads/main",
    "after": COMMIT,
    "pusher": {"id": 1, "login": "ada", "username": "ada"},
    "repository": {
        "clone_url": "https://git.example.org/team/deck.git",
        "ssh_url": "ssh://git@git.example.org:2222/team/deck.git",
        "default_branch": "main",
    },
}
PUSHES = {
    Sender.GITHUB: ({"X-GitHub-Event": "push"}, GITHUB),
    Sender.GITLAB: ({"X-Gitlab-Event": "Push Hook"}, GITLAB),
    Sender.GITEA: ({"X-Gitea-Event": "push"}, GITEA),
}


def read(sender: Sender, **changes: Any) -> Push | None:
    headers, content = PUSHES[sender]
    return webhooks.read(sender, headers, json.dumps({**content, **changes}).encode())


def test_a_signature_is_that_of_github() -> None:
    """The example of GitHub's documentation, "Validating webhook deliveries"."""
    signature = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"

    assert webhooks.is_authentic(Sender.GITHUB, signature, b"Hello, World!", "It's a Secret to Everybody")
    assert not webhooks.is_authentic(Sender.GITHUB, signature, b"Hello, World?", "It's a Secret to Everybody")


def test_each_sender_has_its_own_proof() -> None:
    body = b"{}"
    digest = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
    right = {Sender.GITHUB: f"sha256={digest}", Sender.GITEA: digest, Sender.GITLAB: SECRET}

    for sender in Sender:
        for given in (*right.values(), "", "sha256=", "é", digest.upper()):
            assert webhooks.is_authentic(sender, given, body, SECRET) is (given == right[sender])


@pytest.mark.parametrize("sender", Sender)
def test_a_push_to_the_branch_is_pulled(sender: Sender) -> None:
    push = read(sender)

    assert push is not None
    assert (push.ref, push.by, push.is_deletion) == ("refs/heads/main", "ada", False)
    assert webhooks.reason_to_ignore(push, RULES) == ""


@pytest.mark.parametrize(
    "repository",
    ["https://git.example.org/team/deck.git", "git@git.example.org:team/deck", "ssh://git@git.example.org/team/deck"],
)
def test_the_repository_may_be_configured_by_any_of_its_addresses(repository: str) -> None:
    push = read(Sender.GITHUB)

    assert push is not None
    assert webhooks.reason_to_ignore(push, ConfigurationRules(repository=repository, branch="main")) == ""


@pytest.mark.parametrize("sender", Sender)
@pytest.mark.parametrize(
    ("rules", "ref", "reason"),
    [
        ({"branch": "main"}, "refs/heads/other", "The push was to another branch."),
        ({"branch": "main"}, "refs/heads/other/main", "The push was to another branch."),
        ({"branch": ""}, "refs/heads/other", "The push was to another branch."),
        ({"branch": ""}, "refs/heads/main", ""),
        ({"branch": "v1"}, "refs/tags/v1", ""),
        ({"branch": "refs/heads/main"}, "refs/heads/main", ""),
        (
            {"repository": "https://git.example.org/team/other"},
            "refs/heads/main",
            "The push was to another repository.",
        ),
        ({"repository": "https://git.example.org/team/dec"}, "refs/heads/main", "The push was to another repository."),
        ({"repository": ""}, "refs/heads/main", "The push was to another repository."),
    ],
)
def test_other_pushes_are_not(sender: Sender, rules: dict[str, str], ref: str, reason: str) -> None:
    push = read(sender, ref=ref)

    assert push is not None
    given = ConfigurationRules(**{"repository": RULES.repository, **rules})  # type: ignore[arg-type]
    assert webhooks.reason_to_ignore(push, given) == reason


@pytest.mark.parametrize("sender", Sender)
def test_the_deletion_of_the_branch_is_not(sender: Sender) -> None:
    push = read(sender, after="0" * 40)

    assert push is not None
    assert webhooks.reason_to_ignore(push, RULES) == "The branch was deleted."


@pytest.mark.parametrize(
    ("sender", "headers"),
    [
        (Sender.GITHUB, {"X-GitHub-Event": "ping"}),
        (Sender.GITLAB, {"X-Gitlab-Event": "Issue Hook"}),
        (Sender.GITEA, {"X-Gitea-Event": "issues"}),
        (Sender.GITEA, {}),
    ],
)
def test_other_events_are_no_pushes(sender: Sender, headers: dict[str, str]) -> None:
    assert webhooks.read(sender, headers, b"not even JSON") is None


def test_a_form_holds_the_same() -> None:
    body = urlencode({"payload": json.dumps(GITHUB)}).encode()
    headers = {"X-GitHub-Event": "push", "Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}

    assert webhooks.read(Sender.GITHUB, headers, body) == read(Sender.GITHUB)


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"null", b"{}", b'{"ref": 1}', b"\xff", b"[" * 100_000, b'{"ref": null, "project": []}']
)
def test_what_is_no_push_is_malformed(body: bytes) -> None:
    for sender, (headers, _) in PUSHES.items():
        with pytest.raises(Malformed):
            webhooks.read(sender, headers, body)


@pytest.mark.parametrize("repository", [None, [], "x", {}, {"clone_url": 1, "default_branch": {}}])
def test_members_of_other_types_are_ignored(repository: object) -> None:
    push = read(Sender.GITHUB, repository=repository, pusher=repository, deleted=repository)

    assert push is not None
    assert webhooks.reason_to_ignore(push, RULES) == ELSEWHERE
