"""The environment a task ran in: a Python and what is installed in it."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

MAX_PACKAGES = 2000
MAX_CHARACTERS = 300
"""Of each name, version and path."""
MAX_BYTES = 2_000_000
"""Of the whole as JSON."""


@dataclass(frozen=True, kw_only=True)
class Package:
    """An installed distribution, as its metadata call it."""

    name: str
    version: str


@dataclass(frozen=True, kw_only=True)
class Environment:
    """Equal for all runs in the same environment: nothing of a run or of a moment is in it."""

    name: str = ""
    """As tasks ask for it; empty for one that has no name."""
    path: str
    """The directory it is in (``sys.prefix``)."""
    python_version: str
    implementation: str
    """``cpython``, ``pypy``."""
    platform: str
    packages: tuple[Package, ...]
    """Sorted by name, each name once."""
    packages_left_out: int = 0
    """Beyond `MAX_PACKAGES`."""

    @classmethod
    def bounded(cls, packages: Sequence[tuple[str, str]], **facts: str) -> Environment:
        """With no more than may be kept of each thing."""
        shown = [Package(name=_short(name), version=_short(version)) for name, version in packages[:MAX_PACKAGES]]
        return cls(
            packages=tuple(shown),
            packages_left_out=max(0, len(packages) - MAX_PACKAGES),
            **{name: _short(text) for name, text in facts.items()},
        )

    def to_json(self) -> str:
        """The same text for equal environments."""
        return json.dumps(asdict(self), separators=(",", ":"), sort_keys=True)

    @classmethod
    def from_json(cls, text: str | bytes) -> Environment:
        """Raises `ValueError` for anything but what `to_json` makes."""
        try:
            values: dict[str, Any] = json.loads(text)
            packages = [(_text(each["name"]), _text(each["version"])) for each in values.pop("packages")]
            left_out = int(values.pop("packages_left_out"))
            facts = {name: _text(values[name]) for name in _FACTS}
            found = cls.bounded(packages, **facts)
        except (KeyError, TypeError, AttributeError, RecursionError) as error:
            raise ValueError("This is no environment.") from error
        return cls(**facts, packages=found.packages, packages_left_out=found.packages_left_out + left_out)


_FACTS = ("name", "path", "python_version", "implementation", "platform")


def normalized(name: str) -> str:
    """The same for all spellings of a package's name (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _short(text: str) -> str:
    return text[:MAX_CHARACTERS]


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value
