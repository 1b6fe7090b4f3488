"""What may be asked of the configuration, and what comes of it; as JSON between processes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from taskdeck.configuration import versions
from taskdeck.configuration.edits import Edit, Item, Operation
from taskdeck.configuration.failure import Kind, UpdateFailed
from taskdeck.model.config_version import ConfigTrigger, ConfigVersion


class Action(StrEnum):
    UPDATE = "update"
    """From a git repository: ``repository``, ``ref``, ``directory``."""
    ARCHIVE = "archive"
    """From an archive, whose bytes come beside the request: ``file`` is what it is called, ``directory``."""
    EDIT = "edit"
    """``edits``"""
    DIRECTORY = "directory"
    """From the project's directory as it is now."""
    ROLLBACK = "rollback"
    """To ``version``."""
    LIVE = "live"
    """Back to serving the project's directory itself."""


class Outcome(StrEnum):
    MADE = "made"
    PLANNED = "planned"
    """It was a dry run; ``version`` is what would have been made."""
    NOTHING_CHANGED = "nothing_changed"
    """What was fetched is what is served; ``version`` is that one, ``None`` if there is none."""
    REPEATED = "repeated"
    """An earlier request with the same idempotency key made ``version``."""


@dataclass(frozen=True, kw_only=True)
class Request:
    """Which fields count besides the common ones depends on ``action``."""

    action: Action
    by: str = ""
    trigger: ConfigTrigger = ConfigTrigger.API
    message: str = ""
    dry_run: bool = False
    expected: int | None = None
    """The version that the caller has seen, 0 for none: another one makes the request stale."""
    expected_revision: str = ""
    """The `ConfigVersion.revision` that the caller has seen, of a plan; empty: any."""
    idempotency_key: str = ""
    repository: str = ""
    ref: str = ""
    directory: str = ""
    file: str = ""
    version: int = 0
    edits: tuple[Edit, ...] = ()

    def sha256(self, archive_sha256: str) -> str:
        """Of what is asked for, not of who asks."""
        asked = asdict(self)
        for name in ("by", "trigger", "dry_run", "idempotency_key", "expected", "expected_revision"):
            del asked[name]
        return hashlib.sha256(json.dumps([asked, archive_sha256], sort_keys=True).encode()).hexdigest()

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Request:
        """Raises KeyError, TypeError and ValueError."""
        edits = tuple(
            Edit(**{**edit, "item": Item(edit["item"]), "operation": Operation(edit["operation"])})
            for edit in values.get("edits", ())
        )
        trigger = ConfigTrigger(values.get("trigger", ConfigTrigger.API))
        return cls(**{**values, "action": Action(values["action"]), "trigger": trigger, "edits": edits})


@dataclass(frozen=True, kw_only=True)
class Result:
    """``plan``: as `Plan.to_json` gives it; ``None`` where none is kept."""

    outcome: Outcome
    version: ConfigVersion | None
    plan: dict[str, Any] | None

    def to_json(self) -> dict[str, Any]:
        version = None if self.version is None else json.loads(versions.to_json(self.version))
        return {"outcome": self.outcome, "version": version, "plan": self.plan}

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Result:
        """Raises KeyError, TypeError and ValueError."""
        version = values["version"]
        return cls(
            outcome=Outcome(values["outcome"]),
            version=None if version is None else versions.from_json(json.dumps(version).encode()),
            plan=values["plan"],
        )


def failure_to_json(failure: UpdateFailed) -> dict[str, Any]:
    problems = [asdict(problem) for problem in failure.problems]
    return {"error": {"kind": failure.kind, "message": failure.message, "problems": problems}}


def failure_from_json(values: Mapping[str, Any]) -> UpdateFailed:
    """Raises KeyError, TypeError and ValueError."""
    from taskdeck.model.problem import Problem, Severity

    problems = tuple(Problem(**{**each, "severity": Severity(each["severity"])}) for each in values["problems"])
    return UpdateFailed(Kind(values["kind"]), values["message"], problems)
