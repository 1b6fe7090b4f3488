"""Which packages a Python has, and whether that has changed."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any


@dataclass(kw_only=True)
class Directory:
    """A directory that packages are installed in."""

    path: str
    changed_at: int
    """In nanoseconds since the epoch; 0 if it is not there."""
    packages: dict[str, int]
    """The time of the last change of each ``.dist-info``, by its name."""

    @classmethod
    def read(cls, path: str) -> Directory:
        changed_at = _changed_at(path)
        found = {each.name: _changed_at(str(each)) for each in Path(path).glob("*.dist-info")}
        return cls(path=path, changed_at=changed_at, packages=found)

    def to_wire(self) -> dict[str, Any]:
        return asdict(self)

    def has_changed(self) -> bool:
        """Whether a package was installed, changed or removed since it was read.

        Installers leave a ``.dist-info`` for each package, and replace it when the package changes. Other things in
        the directory come and go: Python itself makes a ``__pycache__`` there.
        """
        if _changed_at(self.path) == self.changed_at:
            return False
        now = Directory.read(self.path)
        if now.packages != self.packages:
            return True
        self.changed_at = now.changed_at
        return False


def directories(search_path: Iterable[str]) -> list[Directory]:
    """Those of a search path that packages are installed in. In the others anybody may write what he likes."""
    found = [Directory.read(entry) for entry in search_path]
    return [directory for directory in found if directory.packages]


def _changed_at(path: str) -> int:
    try:
        return os.stat(path).st_mtime_ns  # noqa: PTH116 - asked at every lease, and three times as quick
    except OSError:
        return 0
