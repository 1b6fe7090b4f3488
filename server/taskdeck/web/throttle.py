"""Guessing the token is slowed down: after a few wrong ones, an address has to wait, each time twice as long.

One wrong token that comes again and again is no guess, but a program that was not told of a new one. Many clients may
share an address, behind a proxy or on one machine: it must not make the others wait.
"""

from __future__ import annotations

import hashlib
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

FREE_ATTEMPTS = 5
LONGEST_WAIT_SECONDS = 60.0
FORGOTTEN_AFTER_SECONDS = 15 * 60.0
MAX_ADDRESSES = 1000
REMEMBERED_TOKENS = 8
"""Of so many wrong tokens of an address, the latest, it is known that they came before."""


@dataclass(frozen=True, kw_only=True)
class _Failures:
    count: int
    last_at: float
    digests: tuple[bytes, ...]

    @property
    def wait_seconds(self) -> float:
        return min(2.0 ** (self.count - FREE_ATTEMPTS), LONGEST_WAIT_SECONDS) if self.count >= FREE_ATTEMPTS else 0.0


class Throttle:
    """Counts distinct wrong tokens by address; addresses that failed longest ago are forgotten first."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._failures: OrderedDict[str, _Failures] = OrderedDict()

    def seconds_to_wait(self, address: str) -> float:
        failures = self._failures.get(address)
        if failures is None:
            return 0.0
        return max(0.0, failures.last_at + failures.wait_seconds - self._clock())

    def failed(self, address: str, token: str) -> None:
        now = self._clock()
        digest = hashlib.sha256(token.encode("utf-8", "replace")).digest()
        before = self._failures.get(address)
        if before is None or now - before.last_at > FORGOTTEN_AFTER_SECONDS:
            before = _Failures(count=0, last_at=now, digests=())
        if digest in before.digests:
            return
        digests = (*before.digests, digest)[-REMEMBERED_TOKENS:]
        self._failures[address] = _Failures(count=before.count + 1, last_at=now, digests=digests)
        self._failures.move_to_end(address)
        while len(self._failures) > MAX_ADDRESSES:
            self._failures.popitem(last=False)

    def succeeded(self, address: str) -> None:
        self._failures.pop(address, None)
