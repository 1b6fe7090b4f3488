"""Work that neither waits for a socket nor ends soon: all requests of the web process share one thread."""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


def run(work: Callable[P, T], *arguments: P.args, **options: P.kwargs) -> T:
    """What ``work`` returns or raises; done on a thread of the system where gevent has replaced the others."""
    # Here, because not all who use this module are in the web process.
    from gevent import get_hub, monkey

    if not monkey.is_module_patched("threading"):
        return work(*arguments, **options)
    result: T = get_hub().threadpool.apply(work, arguments, options)
    return result
