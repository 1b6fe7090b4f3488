"""JSON as browsers can read it: compact, in the order it was made, and without ``NaN``."""

from __future__ import annotations

import json
import math
from typing import Any

from flask import Flask
from flask.json.provider import JSONProvider

loads = json.loads


def dumps(value: Any, **_: Any) -> str:
    """Compact JSON. ``NaN`` and the infinities, which tasks do publish, become ``null``: they are not JSON."""
    try:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    except ValueError:
        return json.dumps(_finite(value), ensure_ascii=False, separators=(",", ":"))


def encode(value: Any) -> bytes:
    """The same as bytes; a lone surrogate, which has no UTF-8, becomes ``?``."""
    return dumps(value).encode("utf-8", "replace")


class Provider(JSONProvider):
    """What Flask's own answers are encoded with."""

    def __init__(self, app: Flask) -> None:
        super().__init__(app)

    def dumps(self, obj: Any, **kwargs: Any) -> str:
        return dumps(obj)

    def loads(self, s: str | bytes, **kwargs: Any) -> Any:
        return json.loads(s)


def _finite(value: Any) -> Any:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {key: _finite(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(each) for each in value]
    return value
