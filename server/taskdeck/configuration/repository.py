"""Git repositories: one commit of one that is allowed, without running anything that is in it.

The commit is fetched into a bare repository, whose objects git checks, and read as an archive: nothing is checked out,
so there are no hooks, filters, submodules or links, and what it holds is treated like any uploaded archive.
"""

from __future__ import annotations

import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from taskdeck.configuration import allowance, archive, command, github, names
from taskdeck.configuration.allowance import Address
from taskdeck.configuration.archive import Bounds
from taskdeck.configuration.command import CommandFailed, Deadline, Room
from taskdeck.configuration.failure import Kind, UpdateFailed
from taskdeck.model.wording import quote
from taskdeck.settings import ConfigurationRules

_COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_REF = re.compile(r"[\w][\w./+@-]{0,199}", re.ASCII)
_FETCHED = "refs/taskdeck/fetched"
_TAG = "refs/tags/"
_BRANCH = "refs/heads/"

_ROOM_BESIDE_FILES = 64 * 1024 * 1024
"""Objects are packed, but git also writes what it needs itself."""

_CONFIGURATION = {
    "protocol.allow": "never",
    "core.hooksPath": os.devnull,
    "core.symlinks": "false",
    "core.fsmonitor": "false",
    "core.protectHFS": "true",
    "core.protectNTFS": "true",
    "core.askPass": "",
    "credential.helper": "",
    "fetch.fsckObjects": "true",
    "transfer.fsckObjects": "true",
    "fetch.unpackLimit": "1",
    "submodule.recurse": "false",
    "gc.auto": "0",
    "maintenance.auto": "false",
    # To be sent to another address is to fetch from a repository that nobody has allowed.
    "http.followRedirects": "false",
    "http.lowSpeedLimit": "1000",
    "http.lowSpeedTime": "30",
    # A local repository may be somebody else's.
    "safe.directory": "*",
}


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """``ref``: branch, tag or whole commit; empty: the operator's, or the repository's own default."""

    repository: str
    ref: str = ""
    directory: str = ""


@dataclass(frozen=True, kw_only=True)
class Fetched:
    """``directory``: where in ``files`` the wanted one still has to be looked for."""

    files: Path
    commit: str
    directory: str = ""


def fetch(wanted: Wanted, rules: ConfigurationRules, place: Path, bounds: Bounds, deadline: Deadline) -> Fetched:
    """Writes the files of the commit below ``place``, a directory for this alone.

    Raises `UpdateFailed` and `OSError`.
    """
    address = allowance.allowed(wanted.repository, rules.repositories)
    if address is None:
        known = "none" if not rules.repositories else "others"
        message = (
            f"The repository {quote(shown(wanted.repository))} is not allowed here: "
            f"TASKDECK_CONFIG_REPOSITORIES allows {known}."
        )
        raise UpdateFailed(Kind.REFUSED, message)
    if wanted.directory:
        names.checked(wanted.directory)
    ref = wanted.ref or rules.commit or rules.branch
    _check_ref(ref)
    files = place / "files"
    if shutil.which("git") is not None:
        commit = _Fetch(address, rules, place / "git", bounds, deadline).fetch(ref, wanted.directory, files)
        return Fetched(files=files, commit=commit)
    if not github.serves(address) or rules.signed_tags:
        raise UpdateFailed(Kind.FETCH_FAILED, "The program git is not installed on the server, and it takes that.")
    download = github.Download(address=address, file=place / "archive.zip", bounds=bounds, deadline=deadline)
    commit = download.fetch(ref, rules.commit, files)
    return Fetched(files=files, commit=commit, directory=wanted.directory)


def shown(repository: str) -> str:
    """The URL as it may be seen by everybody."""
    address = allowance.address(repository)
    return command.without_credentials(repository) if address is None else address.shown


class _Fetch:
    """One fetch into a bare repository of its own."""

    def __init__(
        self, address: Address, rules: ConfigurationRules, git: Path, bounds: Bounds, deadline: Deadline
    ) -> None:
        self._address = address
        self._rules = rules
        self._git = git
        self._bounds = bounds
        self._deadline = deadline
        self._room = Room(directory=git, max_bytes=bounds.max_bytes + _ROOM_BESIDE_FILES)

    def fetch(self, ref: str, directory: str, target: Path) -> str:
        self._git.mkdir()
        self._run("init", "--quiet", "--bare", "--template=", ".")
        full_ref = self._full_ref(ref)
        if self._rules.signed_tags:
            self._check_is_tag(full_ref)
        self._fetch(full_ref)
        commit = self._run("rev-parse", "--verify", f"{_FETCHED}^{{commit}}").strip()
        if self._rules.commit and commit != self._rules.commit:
            message = f"{quote(ref)} is commit {commit}, and only {self._rules.commit} is allowed here."
            raise UpdateFailed(Kind.REFUSED, f"{message} (TASKDECK_CONFIG_COMMIT)")
        if self._rules.signed_tags:
            self._check_signature(full_ref.removeprefix(_TAG))
        self._unpack(commit, directory, target)
        return commit

    def _full_ref(self, ref: str) -> str:
        """The name of the ref on the other side, or the commit itself."""
        if _COMMIT.fullmatch(ref):
            return ref
        if not ref:
            return "HEAD"
        listed = self._run_online("ls-remote", "--refs", "origin", ref, f"{_BRANCH}{ref}", f"{_TAG}{ref}")
        known = {line.partition("\t")[2] for line in listed.splitlines()}
        order = (_TAG, _BRANCH) if self._rules.signed_tags else (_BRANCH, _TAG)
        # Nothing else: whoever may propose a change to a repository has a ref of his own in it (refs/pull/7/head).
        for candidate in (ref if ref.startswith(order) else "", *(f"{prefix}{ref}" for prefix in order)):
            if candidate in known:
                return candidate
        raise self._unknown(ref)

    def _fetch(self, full_ref: str) -> None:
        if not _COMMIT.fullmatch(full_ref):
            self._fetch_refs(f"+{full_ref}:{_FETCHED}", options=("--depth", "1"))
            return
        # Asked for a commit by its name, a server gives those of forks, too, which anybody can make: only what a branch
        # or tag of this repository leads to is of it.
        self._fetch_refs("+refs/heads/*:refs/remote/heads/*", "+refs/tags/*:refs/remote/tags/*")
        try:
            leading = self._run("for-each-ref", "--count=1", f"--contains={full_ref}", "refs/remote/")
        except UpdateFailed as error:
            raise self._unknown(full_ref) from error
        if not leading:
            raise self._unknown(full_ref)
        self._run("update-ref", _FETCHED, full_ref)

    def _unknown(self, ref: str) -> UpdateFailed:
        message = f"There is no branch, tag or commit {quote(ref)} in {self._address.shown}."
        return UpdateFailed(Kind.FETCH_FAILED, message)

    def _fetch_refs(self, *refs: str, options: tuple[str, ...] = ()) -> None:
        quietly = ("--quiet", "--no-tags", "--no-recurse-submodules", "--no-write-fetch-head")
        self._run_online("fetch", *quietly, *options, "origin", *refs)

    def _check_is_tag(self, full_ref: str) -> None:
        if not full_ref.startswith(_TAG):
            message = "Only signed tags are allowed here (TASKDECK_CONFIG_SIGNED_TAGS): name a tag."
            raise UpdateFailed(Kind.REFUSED, message)

    def _check_signature(self, tag: str) -> None:
        signers = self._rules.signers
        if not signers or not Path(signers).is_file():
            message = "TASKDECK_CONFIG_SIGNERS names no file of the keys that may sign tags."
            raise UpdateFailed(Kind.REFUSED, message)
        options = ("-c", "gpg.format=ssh", "-c", f"gpg.ssh.allowedSignersFile={Path(signers).absolute()}")
        try:
            content = self._run("cat-file", "tag", _FETCHED)
            self._run(*options, "verify-tag", _FETCHED)
        except UpdateFailed as error:
            message = f"The tag {quote(tag)} has no signature of a signer that is allowed here: {error.message}"
            raise UpdateFailed(Kind.REFUSED, message) from error
        # A signed tag of an old version may be offered again under the name of a new one.
        named = next((line[4:] for line in content.splitlines() if line.startswith("tag ")), "")
        if named != tag:
            raise UpdateFailed(Kind.REFUSED, f"The tag {quote(tag)} was signed as {quote(named)}.")

    def _unpack(self, commit: str, directory: str, target: Path) -> None:
        file = self._git / "taskdeck.tar"
        tree = f"{commit}:{names.checked(directory)}" if directory else commit
        try:
            self._run("archive", "--format=tar", f"--output={file.name}", tree)
        except UpdateFailed as error:
            if directory and error.kind is Kind.FETCH_FAILED:
                message = f"There is no directory {quote(directory)} in commit {commit[:12]}."
                raise UpdateFailed(Kind.INVALID, message) from error
            raise
        with file.open("rb") as content:
            archive.unpack(content, target, self._bounds)

    def _run_online(self, *arguments: str) -> str:
        return self._run("-c", f"protocol.{self._address.scheme}.allow=always", *arguments)

    def _run(self, *arguments: str) -> str:
        options = [part for name, value in _CONFIGURATION.items() for part in ("-c", f"{name}={value}")]
        try:
            return command.run(
                ["git", *options, *arguments],
                cwd=self._git,
                environment=self._environment(),
                deadline=self._deadline,
                room=self._room,
            )
        except CommandFailed as error:
            message = f"git could not fetch {self._address.shown}: {error.output}"
            raise UpdateFailed(Kind.FETCH_FAILED, message) from error

    def _environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if name in ("GIT_SSH_COMMAND", "GIT_SSL_CAINFO")}
        return {
            **command.inherited(without=("GIT_", "SSH_ASKPASS")),
            "GIT_SSH_COMMAND": "ssh -o BatchMode=yes -o ConnectTimeout=20",
            **kept,
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_TERMINAL_PROMPT": "0",
            "GIT_NO_REPLACE_OBJECTS": "1",
            "GIT_DIR": str(self._git),
            "LC_ALL": "C",
            # Not an argument, which other users of the machine could see with the password in it.
            "GIT_CONFIG_COUNT": "1",
            "GIT_CONFIG_KEY_0": "remote.origin.url",
            "GIT_CONFIG_VALUE_0": self._address.url,
        }


def _check_ref(ref: str) -> None:
    if ref and (not _REF.fullmatch(ref) or ".." in ref or "@{" in ref or ref.endswith((".lock", "/", "."))):
        raise UpdateFailed(Kind.INVALID, f"{quote(ref)} is no name of a branch, tag or commit.")
