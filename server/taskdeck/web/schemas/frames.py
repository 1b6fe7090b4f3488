"""What travels over Socket.IO. Listed among the components of the OpenAPI document, though it describes only HTTP."""

from __future__ import annotations

from pydantic import Field

from taskdeck.model.config_version import ConfigTrigger, ConfigVersion
from taskdeck.web.schemas.events import Event
from taskdeck.web.schemas.shape import MAX_NUMBER, Answer, Request, Timestamp


class WatchRequest(Request):
    """Argument of ``watch``: send me the events after ``after``, and all that follow."""

    run_id: int = Field(ge=1, le=MAX_NUMBER, strict=True)
    after: int = Field(default=0, ge=0, le=MAX_NUMBER, strict=True)
    tail: int | None = Field(default=None, ge=0, le=MAX_NUMBER, strict=True)
    """Of what is stored by now, send all of the last so many events. Of those before leave out what is a line of the
    log and nothing else: messages, text of streams, progress that went on. Without it, nothing is left out."""


class UnwatchRequest(Request):
    """Argument of ``unwatch``."""

    run_id: int = Field(ge=1, le=MAX_NUMBER, strict=True)


class WatchReply(Answer):
    """Acknowledgement of ``watch`` and ``unwatch``."""

    ok: bool
    last_seq: int | None
    """The last event that was stored when the watch began."""
    detail: str | None
    """Why not, when ``ok`` is false."""


class EventsFrame(Answer):
    """``events``: the next events of a watched run, in order, without gaps but those it tells of.

    Acknowledge each frame: while a client catches up, the next one is sent when the last is acknowledged.
    """

    run_id: int
    after: int
    """The last event this client has before this frame."""
    events: list[Event]
    last_seq: int
    """The last event this client has after this frame."""
    left_out: int
    """How many in between were left out, because of ``tail``."""
    ended: bool
    """The run has ended and this was the last frame."""


class ConfigFrame(Answer):
    """``config``: another version of the configuration is in force."""

    version: int | None
    """``null``: there are no versions any more."""
    at: Timestamp | None
    by: str
    trigger: ConfigTrigger | None
    message: str
    catalog_version: str

    @classmethod
    def from_model(cls, version: ConfigVersion | None, catalog_version: str) -> ConfigFrame:
        if version is None:
            return cls(version=None, at=None, by="", trigger=None, message="", catalog_version=catalog_version)
        return cls(
            version=version.number,
            at=version.at,
            by=version.by,
            trigger=version.trigger,
            message=version.message,
            catalog_version=catalog_version,
        )


class CatalogFrame(Answer):
    """``catalog``: the project's configuration changed."""

    version: str
