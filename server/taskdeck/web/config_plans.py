"""Plans as they may be shown: with secrets masked, and without holding up other requests however long they are."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from typing import Any

from taskdeck.runner.masking import Masker

_TURN_SECONDS = 0.01


def masked(plan: Mapping[str, Any] | None, masker: Masker) -> dict[str, Any] | None:
    """The plan, as `Plan.to_json` gives it, without secrets."""
    if plan is None:
        return None
    turn = _Turn()
    return {key: _masked(value, masker, turn) for key, value in plan.items()}


def _masked(value: Any, masker: Masker, turn: _Turn) -> Any:
    if not isinstance(value, list):
        return masker.value(value)
    shown = []
    for item in value:
        # Most have none, and to look at one text is many times faster than to look at each that it is made of.
        is_clean = masker.is_clean(json.dumps(item, ensure_ascii=False))
        shown.append(item if is_clean else masker.value(item))
        turn.give()
    return shown


class _Turn:
    """Lets other requests go on when this one has had its turn."""

    def __init__(self) -> None:
        self._began = time.perf_counter()

    def give(self) -> None:
        if time.perf_counter() - self._began > _TURN_SECONDS:
            time.sleep(0)
            self._began = time.perf_counter()
