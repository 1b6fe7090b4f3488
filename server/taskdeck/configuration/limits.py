"""What the process of an update may take (POSIX): input from outside must not fill the memory or the disk."""

from __future__ import annotations

import sys
from collections.abc import Callable

_MEMORY_BYTES = 2 * 1024**3
_FILE_ROOM_BYTES = 64 * 1024**2


def restrict(*, max_bytes: int) -> None:
    """Bounds this process and what it starts; only softly, so that `lifted` can take it back."""
    if sys.platform == "win32":
        return
    import resource

    for limit, value in (
        (resource.RLIMIT_DATA, _MEMORY_BYTES),
        (resource.RLIMIT_FSIZE, max_bytes + _FILE_ROOM_BYTES),
        (resource.RLIMIT_CORE, 0),
    ):
        _, hard = resource.getrlimit(limit)
        resource.setrlimit(limit, (value if hard == resource.RLIM_INFINITY else min(value, hard), hard))


def lifted() -> Callable[[], None] | None:
    """What takes the limits back in a process that installs packages, whose size nobody knows."""
    if sys.platform == "win32":
        return None
    import resource

    def lift() -> None:
        for limit in (resource.RLIMIT_DATA, resource.RLIMIT_FSIZE):
            _, hard = resource.getrlimit(limit)
            resource.setrlimit(limit, (hard, hard))

    return lift
