"""Updates as transactions: fetch, check, plan, swap. Whatever fails, and wherever it is killed, all is as it was."""

from __future__ import annotations

import errno
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property
from typing import IO, Any

from taskdeck.catalog import layout, loader
from taskdeck.configuration import active_runs, drafts, environments, lock, pruning, references, staging, tree
from taskdeck.configuration.active_runs import ActiveRuns
from taskdeck.configuration.archive import Bounds
from taskdeck.configuration.command import Deadline
from taskdeck.configuration.drafts import Draft, Drafting, Upload
from taskdeck.configuration.failure import Kind, UpdateFailed
from taskdeck.configuration.request import Action, Outcome, Request, Result
from taskdeck.configuration.staging import Staged, Staging
from taskdeck.configuration.versions import Versions
from taskdeck.model import config_plan
from taskdeck.model.config_plan import Plan
from taskdeck.model.config_version import ConfigSource, ConfigVersion, FileEntry, Origin
from taskdeck.model.problem import Problem, Severity
from taskdeck.model.project import Catalog, Layout
from taskdeck.settings import Settings

MAX_REMEMBERED_KEYS = 1000
"""An idempotency key is known until so many versions have come after it."""

MAX_SHOWN_PROBLEMS = 100


def apply(
    settings: Settings, request: Request, archive: IO[bytes] | None = None, active: ActiveRuns | None = None
) -> Result:
    """Makes a version, or only plans it. Needs no server, and disturbs none. Raises `UpdateFailed`.

    ``active``: the runs that have not ended, as of just now; left out, the store is asked.
    """
    now = datetime.now(UTC)
    try:
        (settings.configuration_directory / "versions").mkdir(mode=0o700, parents=True, exist_ok=True)
        with lock.held(settings.configuration_directory / "lock", by=request.by, since=now.isoformat()):
            return _Update(settings, request, now, active).apply(archive)
    except lock.Busy as error:
        raise UpdateFailed(Kind.BUSY, str(error)) from error
    except OSError as error:
        kind = Kind.TOO_LARGE if error.errno == errno.EFBIG else Kind.UNWRITABLE
        raise UpdateFailed(kind, f"The update could not be written: {error.strerror or error}.") from error


@dataclass(frozen=True, kw_only=True)
class _Candidate:
    """A draft that has been looked at. ``first``: what is served now, where no version has it yet."""

    draft: Draft
    first: Draft | None
    version: ConfigVersion
    before: Catalog
    after: Catalog
    environment: environments.Wanted | None


class _Update:
    """One update, under the lock."""

    def __init__(self, settings: Settings, request: Request, now: datetime, active: ActiveRuns | None) -> None:
        self._settings = settings
        self._given_active_runs = active
        self._request = request
        self._now = now
        self._rules = settings.configuration
        self._deadline = Deadline.after(self._rules.timeout_seconds)
        self._bounds = Bounds(max_bytes=self._rules.max_bytes, max_files=self._rules.max_files)
        self._project = layout.find_project(settings.project)
        self._versions = Versions.of(settings)
        self._staging = Staging(directory=settings.configuration_directory / "staging")
        self._active = self._versions.active()

    def apply(self, archive: IO[bytes] | None) -> Result:
        self._staging.clear()
        with self._staging.area() as area:
            upload = drafts.receive(archive, area.path("archive"), self._bounds) if archive is not None else None
            request_sha256 = self._request.sha256(upload.sha256 if upload else "")
            if (known := self._earlier(request_sha256)) is not None:
                return Result(outcome=Outcome.REPEATED, version=known, plan=self._versions.plan(known.number))
            self._check_expected()
            if self._request.action is Action.LIVE and self._active is None:
                return Result(outcome=Outcome.NOTHING_CHANGED, version=None, plan=Plan().to_json())
            drafting = Drafting(
                project=self._project, versions=self._versions, rules=self._rules, area=area, deadline=self._deadline
            )
            candidate = self._candidate(drafting, upload, request_sha256)
            if self._is_nothing_new(candidate):
                return Result(outcome=Outcome.NOTHING_CHANGED, version=self._active, plan=Plan().to_json())
            return self._finished(candidate, self._plan(drafting, candidate))

    def _candidate(self, drafting: Drafting, upload: Upload | None, request_sha256: str) -> _Candidate:
        draft = drafting.draft(self._request, self._active, upload)
        self._check_revision(draft)
        first = drafting.of_directory() if self._is_first else None
        number = max(self._versions.numbers(), default=0) + 1 + (first is not None)
        before = loader.load(self._versions.served(self._project))
        after = loader.load(draft.project(self._project, number))
        if draft.target is None:
            self._check_problems(draft, before, after)
        environment = self._environment(draft, after)
        version = ConfigVersion(
            number=number,
            at=self._now,
            by=self._request.by,
            trigger=self._request.trigger,
            source=draft.source,
            message=self._request.message,
            tree=draft.shares or (None if draft.tree is None else number),
            digest=draft.digest,
            environment=environment.existing() if environment else "",
            idempotency_key=self._request.idempotency_key,
            request_sha256=request_sha256 if self._request.idempotency_key else "",
        )
        return _Candidate(
            draft=draft, first=first, version=version, before=before, after=after, environment=environment
        )

    def _finished(self, candidate: _Candidate, plan: Plan) -> Result:
        version = replace(candidate.version, summary=plan.summary)
        shown = plan.to_json()
        if self._request.dry_run:
            return Result(outcome=Outcome.PLANNED, version=version, plan=shown)
        if candidate.environment is not None:
            name = environments.ready(candidate.environment, self._rules, self._deadline)
            version = replace(version, environment=name)
        self._deadline.check()
        made = self._staged(candidate.draft, version, shown)
        # Together: whoever follows what is served would else meet, and tell of, a version that nobody asked for.
        first = [self._staged_first(candidate.first)] if candidate.first is not None else []
        staging.publish([*first, made], self._versions.directory)
        if (active := self._active_runs) is not None:
            pruning.prune(self._versions, self._staging, kept=self._rules.versions_kept, active=active)
        return Result(outcome=Outcome.MADE, version=version, plan=shown)

    @property
    def _is_first(self) -> bool:
        """Something is served that one may want to roll back to, and no version has it."""
        is_other = self._request.action is not Action.DIRECTORY
        return self._active is None and is_other and tree.is_configured(self._project)

    @cached_property
    def _active_runs(self) -> ActiveRuns | None:
        return self._given_active_runs or active_runs.read(self._settings)

    def _earlier(self, request_sha256: str) -> ConfigVersion | None:
        """The version that a request with the same key made. Raises `UpdateFailed`."""
        if not self._request.idempotency_key:
            return None
        for version in self._versions.page(limit=MAX_REMEMBERED_KEYS):
            if version.idempotency_key == self._request.idempotency_key:
                if version.request_sha256 != request_sha256:
                    message = "This Idempotency-Key was used for another request; use a new one."
                    raise UpdateFailed(Kind.KEY_REUSED, message)
                return version
        return None

    def _check_expected(self) -> None:
        active = 0 if self._active is None else self._active.number
        if self._request.expected is not None and self._request.expected != active:
            raise UpdateFailed(
                Kind.STALE, f"The configuration is version {active}, not {self._request.expected}: look at it first."
            )

    def _check_revision(self, draft: Draft) -> None:
        """Raises `UpdateFailed` if it is not what the caller has seen: he has seen another plan."""
        seen, found = self._request.expected_revision, draft.revision
        if seen and seen != found:
            source = draft.source
            if source.origin is Origin.GIT:
                what = f"{source.ref or 'The branch'} of {source.repository} has moved: it is commit"
            elif source.origin is Origin.ARCHIVE:
                what = "This is another archive: its SHA-256 is"
            else:
                what = "These are other files: their hash is"
            raise UpdateFailed(Kind.MOVED, f"{what} {found} now, and was {seen} when it was looked at. Look again.")

    def _check_problems(self, draft: Draft, before: Catalog, after: Catalog) -> None:
        """Raises `UpdateFailed` if there are errors that this is to blame for.

        What is wrong with the operator's own files is none of them. An edit answers for what it makes worse; that an
        action of the sidebar names a task which it removes, the plan tells.
        """
        errors = [
            problem
            for problem in after.problems
            if problem.severity is Severity.ERROR and not self._is_operators(problem)
        ]
        if draft.source.origin is Origin.EDIT:
            known = set(map(_without_position, before.problems))
            errors = [
                problem
                for problem in errors
                if _without_position(problem) not in known and not problem.file.endswith(layout.NAVIGATION_FILE)
            ]
        if errors:
            more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
            message = f"The configuration has errors. {errors[0]}{more}"
            raise UpdateFailed(Kind.INVALID, message, tuple(errors[:MAX_SHOWN_PROBLEMS]))

    def _is_operators(self, problem: Problem) -> bool:
        config = self._project.config_directory.name
        part = layout.VALUES_FILE if self._project.layout is Layout.NATIVE else "user/"
        return problem.file.startswith(f"{config}/{part}")

    def _environment(self, draft: Draft, after: Catalog) -> environments.Wanted | None:
        if draft.tree is None or (draft.target is not None and not draft.target.environment):
            return None
        label = tree.requirements_path(self._project)
        return environments.wanted(draft.tree / label, label, after, self._versions.environments)

    def _is_nothing_new(self, candidate: _Candidate) -> bool:
        active, version, environment = self._active, candidate.version, candidate.environment
        if active is None or active.digest != version.digest or (active.tree is None) != (version.tree is None):
            return False
        return environment.is_same(active.environment) if environment else not active.environment

    def _plan(self, drafting: Drafting, candidate: _Candidate) -> Plan:
        before, after = candidate.before, candidate.after
        return config_plan.compare(
            before,
            after,
            files_before=self._files_before(drafting, candidate),
            files_after=candidate.draft.files if candidate.draft.tree else drafting.of_directory().files,
            references=references.of(after.project),
            active_runs=self._active_runs.runs if self._active_runs else (),
            requirements=tree.requirements_path(self._project),
        )

    def _files_before(self, drafting: Drafting, candidate: _Candidate) -> tuple[FileEntry, ...]:
        if self._active is not None and self._active.tree is not None:
            return self._versions.files(self._active)
        return (candidate.first or drafting.of_directory()).files

    def _staged_first(self, draft: Draft) -> Staged:
        """The directory as it was served until now, so that one can come back to it."""
        version = ConfigVersion(
            number=1,
            at=self._now,
            by=self._request.by,
            trigger=self._request.trigger,
            source=ConfigSource(origin=Origin.DIRECTORY),
            message="As it was before the first update",
            tree=1,
            digest=draft.digest,
        )
        return self._staged(draft, version, None)

    def _staged(self, draft: Draft, version: ConfigVersion, plan: dict[str, Any] | None) -> Staged:
        files = None
        if draft.tree is not None and draft.shares is None:
            tree.link_the_rest(self._project, draft.tree, self._settings.state_directory)
            files = draft.files
        return staging.stage(draft.directory, version, files, plan)


def _without_position(problem: Problem) -> Problem:
    """An edit may move what was wrong before to another line."""
    return replace(problem, line=1, column=1)
