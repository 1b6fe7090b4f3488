"""Why an update was not made."""

from __future__ import annotations

from enum import StrEnum

from taskdeck.model.problem import Problem


class Kind(StrEnum):
    """Stable codes; HTTP has a status for each."""

    BUSY = "busy"
    """Another update is in progress."""
    STALE = "stale"
    """The configuration is not the version that the caller has seen."""
    MOVED = "moved"
    """What would be taken is not what the caller has seen: the branch has moved, or the archive is another one."""
    INVALID = "invalid"
    """The configuration has errors, or the request has; ``problems`` lists those of the configuration."""
    UNSAFE = "unsafe"
    """An archive or repository holds what could do harm: names that lead outside, links, devices."""
    REFUSED = "refused"
    """The operator's settings do not allow it."""
    FETCH_FAILED = "fetch_failed"
    TOO_LARGE = "too_large"
    NO_SUCH_VERSION = "no_such_version"
    NO_SUCH_ITEM = "no_such_item"
    """There is no task, connection or parameter of that name to edit."""
    KEY_REUSED = "key_reused"
    """The idempotency key was used for another request."""
    ENVIRONMENT_FAILED = "environment_failed"
    """The requirements cannot be installed."""
    TIMED_OUT = "timed_out"
    UNWRITABLE = "unwritable"
    """The disk is full, or the state directory cannot be written."""


class UpdateFailed(Exception):
    """The configuration is as it was before; the message says why."""

    def __init__(self, kind: Kind, message: str, problems: tuple[Problem, ...] = ()) -> None:
        self.kind = kind
        self.message = message
        self.problems = problems
        super().__init__(message)
