"""Versions of the project's configuration on the wire, and what may be asked of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from pydantic import ConfigDict, Field, RootModel

from taskdeck.configuration.lock import Holder
from taskdeck.configuration.request import Outcome
from taskdeck.configuration.versions import Versions
from taskdeck.model import config_version
from taskdeck.model.config_plan import Breakage, Change
from taskdeck.model.config_version import ConfigTrigger, Origin
from taskdeck.web.config_files import Content, FileDiff
from taskdeck.web.puller import Pull
from taskdeck.web.schemas.shape import MAX_NUMBER, Answer, Request, Timestamp

MAX_MESSAGE_CHARACTERS = 500
MAX_NAME_CHARACTERS = 200
MAX_URL_CHARACTERS = 2000
MAX_PATH_CHARACTERS = 1000


class ConfigSource(Answer):
    """Where a version came from. Which members are filled in depends on ``origin``; the others are empty."""

    origin: Origin
    repository: str
    """Of ``git``: the URL, without a password."""
    ref: str
    """Of ``git``: the branch, tag or commit that was asked for."""
    commit: str
    """Of ``git``: what it stood for."""
    directory: str
    """Of ``git`` and ``archive``: where in it the project is."""
    file: str
    """Of ``archive``: what it was called."""
    sha256: str
    """Of ``archive``."""
    edited: list[str]
    """Of ``edit``, in words: ``task LOAD``."""
    version: int | None
    """Of ``rollback``: the version that is in force again. Of ``edit``: the one that was edited."""


class ConfigVersion(Answer):
    """A version of the configuration; the one with the highest number is in force."""

    number: int
    at: Timestamp
    by: str
    """Who asked for it, as far as that is known."""
    trigger: ConfigTrigger
    source: ConfigSource
    message: str
    revision: str
    """What was taken: the commit of a repository, the SHA-256 of an archive, else a hash of all files. As
    `expected_revision` of a change it makes sure that exactly this is taken. Empty of ``live``."""
    tree: int | None
    """The version whose files it has; ``null``: those of the project's directory, as they are at any moment."""
    environment: str
    """The virtual environment of its requirements; empty if it has none."""
    summary: dict[str, int]
    """How much it changed: ``tasks_added``, ``connections_removed``, ``files_changed``, ``breaks`` …"""
    active: bool
    """It is in force."""
    has_files: bool
    """Otherwise they were removed to make room, and one cannot go back to it."""

    @classmethod
    def from_model(cls, found: config_version.ConfigVersion, versions: Versions, active: int | None) -> ConfigVersion:
        return cls(**_version(found, versions, active))


class _Stored(Answer):
    """Part of a plan, which another version of the server may have written."""

    model_config = ConfigDict(frozen=True, extra="ignore", use_attribute_docstrings=True)


class KeyChange(_Stored):
    """``before`` and ``after`` are what the key holds, ``null`` where there is nothing. Secrets are masked."""

    key: str
    before: Any
    after: Any


class ItemChange(_Stored):
    """A task or connection that differs. ``changes``: of a changed one; a parameter's key is ``parameters.year``."""

    id: str
    name: str
    change: Change
    changes: list[KeyChange]


class ParameterBreak(_Stored):
    """A parameter that breaks those who give it a value: callers, schedules, saved links."""

    task: str
    parameter: str
    breakage: Breakage
    text: str
    """In a sentence."""


class DanglingReference(_Stored):
    """Something in the configuration that names a task which is removed."""

    where: str
    """``schedule`` or ``navigation``."""
    name: str
    task: str
    file: str


class ActiveRun(_Stored):
    """A queued or running run of a task that is removed: it goes on with its version."""

    run: int
    task: str
    status: str


class FileChange(_Stored):
    path: str
    change: Change
    size_before: int | None
    size_after: int | None


class ConfigPlan(_Stored):
    """What a version changes, or would change."""

    tasks: list[ItemChange]
    connections: list[ItemChange]
    parameters: list[ParameterBreak]
    dangling: list[DanglingReference]
    active_runs: list[ActiveRun]
    files: list[FileChange]
    """1000 at most."""
    file_counts: dict[str, int]
    """Of all files: ``added``, ``changed``, ``removed``."""
    requirements_changed: bool
    summary: dict[str, int]


class ConfigVersionDetail(ConfigVersion):
    """A version with what it changed of the one before."""

    plan: ConfigPlan | None
    """``null`` where nothing was compared: of a first version."""

    @classmethod
    def with_plan(
        cls,
        found: config_version.ConfigVersion,
        versions: Versions,
        active: int | None,
        plan: Mapping[str, Any] | None,
    ) -> ConfigVersionDetail:
        shown = None if plan is None else ConfigPlan.model_validate(plan)
        return cls(**_version(found, versions, active), plan=shown)


class ConfigVersionPage(Answer):
    versions: list[ConfigVersion]
    """The newest first."""
    next_before: int | None
    """``before`` of the next page; ``null`` if there is none."""


class ConfigVersionQuery(Request):
    before: int | None = Field(default=None, ge=1, le=MAX_NUMBER)
    """Only versions with a lower number."""
    limit: int = Field(default=50, ge=1, le=200)


class UpdateInProgress(Answer):
    by: str
    since: str
    """ISO 8601."""

    @classmethod
    def from_model(cls, holder: Holder | None) -> UpdateInProgress | None:
        return None if holder is None else cls(by=holder.by, since=holder.since)


class ConfigRules(Answer):
    """Where the configuration may come from: the operator's settings."""

    repositories: list[str]
    """URLs; one that ends with ``/*`` allows all below it. Empty: none."""
    commit: str
    """The only one that is taken; empty: any."""
    signed_tags: bool
    """Only signed tags are taken."""
    archives: bool
    """Whether archives are taken."""
    max_bytes: int
    max_files: int


class LastPull(Answer):
    """How the last pull ended, since the server has started."""

    at: Timestamp
    trigger: ConfigTrigger
    by: str
    outcome: Outcome | None
    """``null``: it failed."""
    version: int | None
    """What is in force since then, where it did not fail."""
    kind: str | None
    """Why it failed: ``invalid``, ``fetch_failed`` …"""
    detail: str
    """The same in a sentence; empty if it did not fail."""

    @classmethod
    def from_model(cls, pull: Pull | None) -> LastPull | None:
        return None if pull is None else cls(**{**asdict(pull), "kind": pull.kind or None})


class ConfigPull(Answer):
    """What polling and webhooks pull."""

    repository: str
    branch: str
    """Empty: the repository's own default."""
    directory: str
    poll_seconds: int
    """0: no polling."""
    webhooks: bool
    last: LastPull | None


class Configuration(Answer):
    """Which configuration is served."""

    version: ConfigVersion | None
    """``null``: there are no versions."""
    managed: bool
    """A version's own files are served. Otherwise it is the project's directory, and edits there are seen at once."""
    directory: str
    """The project's directory."""
    catalog_version: str
    """A hash of all files that declare tasks and connections."""
    update_in_progress: UpdateInProgress | None
    rules: ConfigRules
    pull: ConfigPull | None
    """``null``: the settings name no repository to pull."""


class ConfigFileDiff(Answer):
    """A file that differs."""

    path: str
    change: Change
    size_before: int | None
    size_after: int | None
    content: Content
    """What of it is shown: ``text``, or the cells of a ``notebook`` as text; nothing of a ``binary`` one, nor of one
    that is ``too_large``: ask for it alone, by ``path``."""
    before: str | None
    """Secrets are masked."""
    after: str | None

    @classmethod
    def from_model(cls, found: FileDiff) -> ConfigFileDiff:
        return cls(**asdict(found))


class ConfigFileDiffs(Answer):
    version: int
    against: int | None
    """``null``: there is no version before."""
    files: list[ConfigFileDiff]
    """By path; 200 at most."""
    count: int
    """Of all files that differ."""


class ConfigFileQuery(Request):
    against: int | None = Field(default=None, ge=1, le=MAX_NUMBER)
    """The version to compare with; left out, the last one before that has files."""
    path: str | None = Field(default=None, min_length=1, max_length=MAX_PATH_CHARACTERS)
    """Only this file, which may then be larger."""


class ConfigItem(Answer):
    """What the configuration says of one task, connection or parameter."""

    id: str
    """Of the task or connection."""
    file: str
    """Where it is declared, relative to the project."""
    version: int | None
    """The version in force."""
    content: dict[str, Any]
    """As it stands there. Secrets are masked."""


class ItemContent(RootModel[dict[str, Any]]):
    """What the entry holds in its file; of a PATCH, what is merged into it (RFC 7396)."""


class ChangeQuery(Request):
    dry_run: bool = False
    """Answer what would change, and change nothing."""
    expected_revision: str = Field(default="", pattern=r"^([0-9a-f]{40}|[0-9a-f]{64})?$")
    """The `revision` that the plan had: if something else would be taken now, the branch having moved for instance,
    nothing is changed, and the answer is 409."""


class DescribedChangeQuery(ChangeQuery):
    message: str = Field(default="", max_length=MAX_MESSAGE_CHARACTERS)
    """What it is for; kept in the history."""
    by: str = Field(default="", max_length=MAX_NAME_CHARACTERS)
    """Who asks, for the history; left out, the way in which it was asked."""


class ArchiveQuery(DescribedChangeQuery):
    file: str = Field(default="", max_length=MAX_NAME_CHARACTERS)
    """What the archive is called, for the history."""
    directory: str = Field(default="", max_length=MAX_PATH_CHARACTERS)
    """Where in it the project is."""


class ConfigChangeRequest(Request):
    message: str = Field(default="", max_length=MAX_MESSAGE_CHARACTERS)
    """What it is for; kept in the history."""
    by: str = Field(default="", max_length=MAX_NAME_CHARACTERS)
    """Who asks, for the history; left out, the way in which it was asked."""


class ConfigUpdateRequest(ConfigChangeRequest):
    """Without a ``repository``, what the settings name is pulled."""

    repository: str = Field(default="", max_length=MAX_URL_CHARACTERS)
    ref: str = Field(default="", max_length=MAX_NAME_CHARACTERS)
    """Branch, tag or whole commit; left out, the operator's, or the repository's own default."""
    directory: str = Field(default="", max_length=MAX_PATH_CHARACTERS)
    """Where in it the project is."""


class ConfigRollbackRequest(ConfigChangeRequest):
    version: int = Field(ge=1, le=MAX_NUMBER, strict=True)


class ConfigLiveRequest(ConfigChangeRequest):
    pass


class ConfigResult(Answer):
    """What came of a change."""

    outcome: Outcome
    version: ConfigVersion | None
    """What was made, or would be; where nothing has changed, the version in force, ``null`` if there is none."""
    plan: ConfigPlan | None
    """What it changes."""

    @classmethod
    def from_model(
        cls,
        outcome: Outcome,
        version: config_version.ConfigVersion | None,
        versions: Versions,
        active: int | None,
        plan: Mapping[str, Any] | None,
    ) -> ConfigResult:
        return cls(
            outcome=outcome,
            version=None if version is None else ConfigVersion.from_model(version, versions, active),
            plan=None if plan is None else ConfigPlan.model_validate(plan),
        )


class WebhookAnswer(Answer):
    pulls: bool
    """The configuration is pulled, in the background."""
    detail: str
    """Why it is not."""


def _version(found: config_version.ConfigVersion, versions: Versions, active: int | None) -> dict[str, Any]:
    return {
        "number": found.number,
        "at": found.at,
        "by": found.by,
        "trigger": found.trigger,
        "source": ConfigSource(**{**asdict(found.source), "edited": list(found.source.edited)}),
        "message": found.message,
        "revision": found.revision,
        "tree": found.tree,
        "environment": found.environment,
        "summary": found.summary,
        "active": found.number == active,
        "has_files": versions.has_files(found),
    }
