"""Named results of a run: ``sdk.output("cases", frame)``."""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
import zlib
from pathlib import Path

from taskdeck.sdk import channel, environment, messages, values

TYPE_CHECKING = False  # see environment.py
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

MAX_VALUE_BYTES = 1_000_000
MAX_NAME_CHARACTERS = 200
# File systems allow 255; the name of an unfinished file is longer.
_MAX_FILE_NAME_BYTES = 200
_PREVIEW_ROWS = 10

# Names of devices on Windows, with or without an extension.
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)


class NotPublishable(ValueError):
    """The result cannot be published; the message says what is wrong with it and what to do instead."""


def publish(name: str, result: Any) -> None:
    """Publishes a value, a table or a file under a name. Raises `NotPublishable`."""
    if not isinstance(name, str) or not name.strip() or len(name) > MAX_NAME_CHARACTERS:
        raise NotPublishable(f"The name of an output is a text of 1 to {MAX_NAME_CHARACTERS} characters, not {name!r}.")
    table = _Table.of(result)
    if table is not None:
        _publish_table(name, table)
    elif _names_file(result):
        _publish_file(name, Path(result))
    else:
        _publish_value(name, result)


def safe_file_name(name: str, suffix: str = "") -> str:
    """A file name for an output: no path, valid on every system, different for different names.

    ``suffix`` (``".csv"``) is added where the name does not have it.
    """
    if not name.lower().endswith(suffix.lower()):
        name += suffix
    plain = re.sub(r"[^\w .()+=@-]", "_", name)
    safe = plain.lstrip(" .").rstrip(" .")
    if _RESERVED.match(safe) or not safe:
        safe = "_" + safe
    if safe == name and len(safe.encode()) <= _MAX_FILE_NAME_BYTES:
        return safe
    mark = f"-{zlib.crc32(name.encode('utf-8', 'replace')):08x}"
    extension = Path(safe).suffix[:20]
    stem = safe.removesuffix(extension).encode()[: _MAX_FILE_NAME_BYTES - len((mark + extension).encode())]
    return stem.decode("utf-8", "ignore") + mark + extension


class _Table:
    """A data frame of pandas, or of a library that writes CSV as polars does, ready to be written."""

    def __init__(self, frame: Any, write: Callable[[Path], None], columns: list[str]) -> None:
        self.frame = frame
        self.write = write
        self.rows = len(frame)
        self.columns = columns

    @classmethod
    def of(cls, result: Any) -> _Table | None:
        """``None`` where ``result`` is no table. No library is imported to find out."""
        pandas = sys.modules.get("pandas")
        if pandas is not None and isinstance(result, pandas.DataFrame | pandas.Series):
            return cls._of_pandas(pandas, result)
        if hasattr(result, "write_csv") and hasattr(result, "columns") and hasattr(result, "__len__"):
            return cls(result, result.write_csv, [str(column) for column in result.columns])
        return None

    @classmethod
    def _of_pandas(cls, pandas: Any, result: Any) -> _Table:
        frame = result if isinstance(result, pandas.DataFrame) else result.to_frame(result.name or "value")
        # Row numbers, also those that filtering has left gaps in, say nothing; names and labels do.
        has_index = any(name is not None for name in frame.index.names) or not (
            pandas.api.types.is_integer_dtype(frame.index.dtype)
        )
        if has_index:
            frame = frame.reset_index(allow_duplicates=True)
        columns = [
            " ".join(filter(None, map(str, column))) if isinstance(column, tuple) else str(column)
            for column in frame.columns
        ]

        def write(target: Path) -> None:
            frame.to_csv(target, index=False, header=columns, encoding="utf-8")

        return cls(frame, write, columns)


def _publish_table(name: str, table: _Table) -> None:
    directory = _directory()
    if directory is None:
        messages.show(f"{name}: {table.rows:,} rows of {', '.join(table.columns)}")
        messages.show(str(table.frame.head(_PREVIEW_ROWS)))
        return
    file = _put(directory, safe_file_name(name, ".csv"), table.write)
    _announce(name, "table", file=file, rows=table.rows, columns=table.columns)


def _publish_file(name: str, source: Path) -> None:
    if source.is_dir():
        raise NotPublishable(
            f"Output {name!r}: {source} is a directory. Publish its files one by one, or an archive of it."
        )
    if not source.is_file():
        raise NotPublishable(f"Output {name!r}: there is no file {source} (the working directory is {Path.cwd()}).")
    directory = _directory()
    if directory is None:
        messages.show(f"{name}: file {source.absolute()}")
        return

    def copy(target: Path) -> None:
        shutil.copyfile(source, target)

    _announce(name, "file", file=_put(directory, safe_file_name(name, source.suffix), copy))


def _publish_value(name: str, result: object) -> None:
    value = values.jsonable(result)
    size = len(json.dumps(value, ensure_ascii=False).encode("utf-8", "replace"))
    if size > MAX_VALUE_BYTES:
        raise NotPublishable(
            f"Output {name!r} has {size:,} bytes as JSON; a value may have {MAX_VALUE_BYTES:,}. "
            "Write it to a file and publish its path, or publish a data frame."
        )
    _announce(name, "value", value=value)


def _announce(name: str, kind: str, *, file: Path | None = None, value: Any = None, **facts: Any) -> None:
    event = {"kind": "output", "name": name, "output_kind": kind, "value": value, **facts}
    if file is not None:
        event |= {"file": file.name, "size": file.stat().st_size}
    if not channel.send(event):
        shown = json.dumps(value, ensure_ascii=False, indent=2) if file is None else f"file {file}"
        messages.show(f"{name}: {shown}")


def _names_file(result: object) -> bool:
    """A path object always does; a text only if it looks like a path and there is such a file."""
    if isinstance(result, os.PathLike):
        return True
    if not isinstance(result, str) or len(result) > 4096 or "\n" in result or "\0" in result:
        return False
    return re.search(r"[/\\.]", result) is not None and Path(result).is_file()


def _directory() -> Path | None:
    """Where the run keeps its outputs; ``None`` outside of a run, where nothing is written."""
    run_directory = environment.text(environment.RUN_DIRECTORY)
    if run_directory is None:
        return None
    directory = Path(run_directory) / "outputs"
    directory.mkdir(exist_ok=True)
    return directory


def _put(directory: Path, file_name: str, write: Callable[[Path], None]) -> Path:
    """Writes a file so that whoever looks sees the old one or the new one, never half of it."""
    target = directory / file_name
    unfinished = directory / f".{file_name}.{os.getpid()}-{id(write):x}"
    try:
        write(unfinished)
        unfinished.replace(target)
    finally:
        unfinished.unlink(missing_ok=True)
    return target
