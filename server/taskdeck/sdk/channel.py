"""The way from a task's process to its runner, for messages, progress and outputs: which one, if any, is ours.

Each process has a connection of its own. A process that was forked begins a new one.
"""

from __future__ import annotations

import atexit
import os

from taskdeck.sdk import environment

TYPE_CHECKING = False  # see environment.py
if TYPE_CHECKING:
    from typing import Any

    from taskdeck.sdk.wire import Channel

# By process id, so that a fork never speaks on its parent's connection, whichever way it came about.
_channels: dict[int, Channel] = {}


def current() -> Channel | None:
    """The channel of this process, ``None`` where no runner started it."""
    return _channels.get(os.getpid()) or _open()


def send(event: dict[str, Any]) -> bool:
    """Whether the event is on its way; where it is not, the caller prints instead."""
    channel = current()
    return channel is not None and channel.send(event)


def _open() -> Channel | None:
    address = environment.text(environment.CHANNEL)
    if address is None:
        return None
    from taskdeck.sdk import wire

    _leave_inherited()
    channel = wire.Channel(address, environment.text(environment.CHANNEL_TOKEN) or "")
    # Of two threads that come here at once, both get the one that was first.
    return _channels.setdefault(os.getpid(), channel)


@atexit.register
def _close() -> None:
    for channel in list(_channels.values()):
        channel.close()


def _leave_inherited() -> None:
    """A fork that kept its parent's connection open would keep the runner waiting for its end."""
    for pid in [pid for pid in _channels if pid != os.getpid()]:
        _channels.pop(pid).close()


def _load() -> None:
    """Loads what a run needs at a quiet moment.

    With the first message it could be too late: a signal handler that logs would find the module half imported, and
    a fork beside the thread that imports it would find it locked for ever.
    """
    if environment.text(environment.CHANNEL):
        from taskdeck.sdk import wire  # noqa: F401


_load()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_load, after_in_child=_leave_inherited)
