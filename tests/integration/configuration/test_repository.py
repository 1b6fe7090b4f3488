"""Versions from git repositories: of those that are allowed, and without running anything that is in them."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from factories import write_json

from taskdeck.configuration.failure import Kind
from taskdeck.configuration.request import Outcome

from .conftest import Configured

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="needs git")

NOBODY = {
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_AUTHOR_NAME": "Ada",
    "GIT_AUTHOR_EMAIL": "ada@example.org",
    "GIT_COMMITTER_NAME": "Ada",
    "GIT_COMMITTER_EMAIL": "ada@example.org",
}


class Repository:
    """A repository with a project, as somebody else keeps it."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.url = f"file://{directory}"
        directory.mkdir(parents=True)
        self.git("init", "--quiet", "--initial-branch=main")

    def git(self, *arguments: str) -> str:
        command = ["git", *arguments]
        environment = {**os.environ, **NOBODY}
        done = subprocess.run(command, cwd=self.directory, env=environment, capture_output=True, text=True, check=True)
        return done.stdout.strip()

    def commit(self, *tasks: str, at: str = ".") -> str:
        """A commit with these tasks; returns its name."""
        entries = [{"id": task, "pythonFile": f"{task.lower()}.py"} for task in tasks]
        write_json(self.directory / at / "config" / "data_tasks.json", {"dataTasks": entries})
        for task in tasks:
            file = self.directory / at / "data_tasks" / f"{task.lower()}.py"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(f"print('{task}')")
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", " ".join(tasks))
        return self.git("rev-parse", "HEAD")


@pytest.fixture
def repository(tmp_path: Path, configured: Configured) -> Repository:
    made = Repository(tmp_path / "git" / "project")
    configured.set(repositories=(f"file://{tmp_path}/git/*",))
    return made


def test_a_branch_a_tag_and_a_commit_are_fetched(configured: Configured, repository: Repository) -> None:
    first = repository.commit("ONE")
    repository.git("tag", "v1")
    second = repository.commit("TWO")

    made = configured.apply("update", repository=repository.url)
    assert made.version is not None
    assert (made.version.source.commit, list(configured.catalog().tasks)) == (second, ["TWO"])
    for ref in ("v1", "main", first, "refs/tags/v1"):
        made = configured.apply("update", repository=repository.url, ref=ref)
        assert made.version is not None
        assert made.version.source.commit == (second if ref == "main" else first)
    assert configured.apply("update", repository=repository.url, ref="v1").outcome is Outcome.NOTHING_CHANGED


def test_a_branch_that_has_moved_since_the_plan_is_not_taken(configured: Configured, repository: Repository) -> None:
    first = repository.commit("ONE")
    planned = configured.apply("update", repository=repository.url, ref="main", dry_run=True).version
    assert planned is not None
    assert planned.revision == first
    second = repository.commit("TWO")

    failed = configured.fails("update", repository=repository.url, ref="main", expected_revision=first)

    assert failed.kind is Kind.MOVED
    assert failed.message == (
        f"main of {repository.url} has moved: it is commit {second} now, and was {first} when it was looked at. "
        "Look again."
    )
    configured.apply("update", repository=repository.url, ref="main", expected_revision=second)
    assert list(configured.catalog().tasks) == ["TWO"]


def test_a_sub_directory_is_the_project(configured: Configured, repository: Repository) -> None:
    repository.commit("TOP")
    repository.commit("DEEP", at="deep/er")

    configured.apply("update", repository=repository.url, directory="deep/er")

    assert list(configured.catalog().tasks) == ["DEEP"]
    for directory in ("../deep", "/deep", "no", ":(top)", "deep/../.."):
        failed = configured.fails("update", repository=repository.url, directory=directory)
        assert failed.kind in (Kind.INVALID, Kind.UNSAFE)


def test_a_repository_that_is_not_on_the_list_is_not_even_asked(configured: Configured, repository: Repository) -> None:
    repository.commit("ONE")
    configured.set(repositories=("https://git.example.org/team/*",))

    failed = configured.fails("update", repository=repository.url)

    assert failed.kind is Kind.REFUSED
    assert "TASKDECK_CONFIG_REPOSITORIES" in failed.message


@pytest.mark.parametrize(
    "ref", ["no-such", "--upload-pack=touch /tmp/evil", "main^{tree}", "a..b", "-x", "@{u}", "HEAD:x"]
)
def test_what_is_no_ref_of_it_is_told(configured: Configured, repository: Repository, ref: str) -> None:
    repository.commit("ONE")

    assert configured.fails("update", repository=repository.url, ref=ref).kind in (Kind.INVALID, Kind.FETCH_FAILED)


def test_what_is_only_proposed_to_a_repository_is_not_of_it(configured: Configured, repository: Repository) -> None:
    repository.commit("ONE")
    repository.git("checkout", "--quiet", "-b", "proposal")
    proposed = repository.commit("EVIL")
    repository.git("update-ref", "refs/pull/7/head", proposed)
    repository.git("checkout", "--quiet", "main")
    repository.git("branch", "--quiet", "-D", "proposal")
    repository.git("config", "uploadpack.allowAnySHA1InWant", "true")

    for ref in (proposed, "refs/pull/7/head", "pull/7/head"):
        assert configured.fails("update", repository=repository.url, ref=ref).kind is Kind.FETCH_FAILED


def test_a_pinned_commit_is_the_only_one(configured: Configured, repository: Repository) -> None:
    pinned = repository.commit("ONE")
    repository.commit("TWO")
    configured.set(commit=pinned)

    assert configured.fails("update", repository=repository.url, ref="main").kind is Kind.REFUSED
    made = configured.apply("update", repository=repository.url)
    assert made.version is not None
    assert made.version.source.commit == pinned


def test_hooks_filters_links_and_submodules_do_nothing(
    configured: Configured, repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    evil = tmp_path / "evil"
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / ".gitconfig").write_text(
        f'[filter "x"]\n smudge = touch {evil}\n[core]\n hooksPath = {tmp_path}\n'
    )
    (tmp_path / "post-checkout").write_text(f"#!/bin/sh\ntouch {evil}\n")
    (tmp_path / "post-checkout").chmod(0o755)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    (repository.directory / ".gitattributes").write_text("*.py filter=x\n")
    (repository.directory / ".gitmodules").write_text(
        f'[submodule "s"]\n path = s\n url = file://{tmp_path}/git/other\n'
    )
    repository.commit("ONE")

    configured.apply("update", repository=repository.url)
    assert not evil.exists()

    (repository.directory / "data_tasks" / "link.py").symlink_to("/etc/passwd")
    repository.commit("ONE")
    assert configured.fails("update", repository=repository.url).kind is Kind.UNSAFE


def test_a_huge_repository_is_given_up(configured: Configured, repository: Repository) -> None:
    (repository.directory / "huge.bin").write_bytes(os.urandom(3_000_000))
    repository.commit("ONE")
    configured.set(max_bytes=1_000_000)

    assert configured.fails("update", repository=repository.url).kind is Kind.TOO_LARGE


def test_one_that_cannot_be_reached_is_told_without_its_password(configured: Configured) -> None:
    configured.set(repositories=("https://bot:s3cret@127.0.0.1:1/team/*",))

    failed = configured.fails("update", repository="https://127.0.0.1:1/team/a")

    assert failed.kind is Kind.FETCH_FAILED
    assert "s3cret" not in failed.message
    assert "127.0.0.1" in failed.message


def test_one_that_does_not_answer_is_given_up(configured: Configured) -> None:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        configured.set(repositories=(f"http://127.0.0.1:{port}/*",), timeout_seconds=1)

        failed = configured.fails("update", repository=f"http://127.0.0.1:{port}/a")

    assert failed.kind is Kind.TIMED_OUT


@pytest.fixture
def signing(tmp_path: Path, configured: Configured, repository: Repository) -> Repository:
    """The repository's owner signs tags, and the operator asks for that."""
    if shutil.which("ssh-keygen") is None:
        pytest.skip("needs ssh-keygen")
    for name in ("ada", "eve"):
        key = tmp_path / name
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)], check=True)
    public = " ".join((tmp_path / "ada.pub").read_text().split()[:2])
    (tmp_path / "signers").write_text(f"ada@example.org {public}\n")
    configured.set(signed_tags=True, signers=str(tmp_path / "signers"))
    repository.git("config", "gpg.format", "ssh")
    return repository


def test_only_tags_that_are_signed_by_an_allowed_key_are_taken(
    configured: Configured, signing: Repository, tmp_path: Path
) -> None:
    signing.commit("ONE")
    signing.git("tag", "light")
    signing.git("tag", "--annotate", "unsigned", "--message", "unsigned")
    signing.git("-c", f"user.signingkey={tmp_path}/eve", "tag", "--sign", "eves", "--message", "evil")
    signing.git("-c", f"user.signingkey={tmp_path}/ada", "tag", "--sign", "v1", "--message", "good")
    signing.git("update-ref", "refs/tags/v2", "refs/tags/v1")

    for ref in ("main", "", "light", "unsigned", "eves", "v2", signing.git("rev-parse", "HEAD")):
        failed = configured.fails("update", repository=signing.url, ref=ref)
        assert failed.kind is Kind.REFUSED, ref
    assert configured.apply("update", repository=signing.url, ref="v1").outcome is Outcome.MADE

    configured.set(signers="")
    assert configured.fails("update", repository=signing.url, ref="v1").kind is Kind.REFUSED


def test_the_program_leaves_nothing_behind(configured: Configured, repository: Repository) -> None:
    repository.commit("ONE")

    configured.apply("update", repository=repository.url)

    assert list((configured.settings.configuration_directory / "staging").iterdir()) == []
    written = json.dumps([str(path) for path in (configured.versions.directory / "2").rglob("*")])
    assert ".git" not in written
