"""An update in a process of its own that kills itself, with SIGKILL, at any of the points where it can be killed."""

from __future__ import annotations

import io
import json
import os
import signal
import sys
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from types import FrameType
from typing import Any

from taskdeck.configuration import limits, staging, update
from taskdeck.configuration import request as requests
from taskdeck.configuration.failure import UpdateFailed
from taskdeck.configuration.request import Request
from taskdeck.settings import Settings


class Phase(StrEnum):
    ALL = "all"
    END = "end"
    """From the moment when everything is there and only has to become a version: links, the swap, clearing up."""
    SWAP = "swap"
    """The swap alone."""


@dataclass(frozen=True, kw_only=True)
class Kill:
    """After so many calls of functions, Python's and those of the system, in the phase."""

    phase: Phase
    calls: int


def suffer(settings: Settings, request: Request, archive: bytes | None, kill: Kill | None, answer: Path) -> None:
    """Writes what came of it, and how many calls each phase had, to ``answer``; nothing if it was killed."""
    limits.restrict(max_bytes=settings.configuration.max_bytes)
    counted = dict.fromkeys(Phase, 0)
    is_end = is_swap = False

    def count(frame: FrameType, event: str, _: Any) -> None:
        nonlocal is_end, is_swap
        if frame.f_code is staging.publish.__code__ and event in ("call", "return"):
            is_swap = event == "call"
        is_end = is_end or (event == "call" and frame.f_code is update._Update._staged.__code__)
        if event not in ("call", "c_call"):
            return
        for phase, is_on in ((Phase.ALL, True), (Phase.END, is_end), (Phase.SWAP, is_swap)):
            if not is_on:
                continue
            counted[phase] += 1
            if kill is not None and kill.phase is phase and counted[phase] == kill.calls:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.setprofile(count)
    try:
        result = update.apply(settings, request, None if archive is None else io.BytesIO(archive)).to_json()
    except UpdateFailed as failure:
        result = requests.failure_to_json(failure)
    finally:
        sys.setprofile(None)
    answer.write_text(json.dumps({"result": result, "calls": counted}))
