"""The catalog of a project that is being edited: always the current one, without anybody asking the disk."""

from __future__ import annotations

import itertools
import logging
import stat
import threading
import time
from collections.abc import Callable, Generator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import watchfiles

from taskdeck.catalog import layout, loader, snapshot
from taskdeck.catalog.snapshot import Snapshot
from taskdeck.model.project import Catalog, Project

_log = logging.getLogger(__name__)

_SETTLE_MILLISECONDS = 25
"""Editors write a file in several steps: a change is read when nothing followed it for this long …"""
_SETTLE_AT_MOST_MILLISECONDS = 100
"""… or after this long, however much follows."""
_TICK_MILLISECONDS = 100
_STOP_TIMEOUT_SECONDS = 5.0
_RETRY_SECONDS = 1.0


_Identity = tuple[Path, int, int]
"""A directory with what tells it from one that replaced it."""


def start_thread(target: Callable[[], None]) -> None:
    """Starts a daemon thread of the `threading` module."""
    threading.Thread(target=target, name="taskdeck-catalog-watcher", daemon=True).start()


@dataclass(frozen=True, kw_only=True)
class _Loaded:
    ticket: int
    """Counts the moments at which reading began: a later one knows more."""
    taken: Snapshot
    catalog: Catalog


class LiveCatalog:
    """Reads the project at once and, once started, again whenever one of its files changes.

    `current` is a plain attribute access and may be called from anywhere. The watching thread waits in native code
    that knows nothing of Python's threads, so it may be a native one in a process that gevent has patched: give a
    ``thread_starter`` there. ``on_change`` is called in that thread, with each catalog of a new version.

    ``served`` says, at each reading, in which version of its configuration the project is served; that may change
    whenever something happens in ``versions_directory``.
    """

    def __init__(
        self,
        project: Project,
        *,
        on_change: Callable[[Catalog], None] | None = None,
        thread_starter: Callable[[Callable[[], None]], object] = start_thread,
        served: Callable[[Project], Project] = lambda project: project,
        versions_directory: Path | None = None,
    ) -> None:
        self._project = project
        self._served = served
        self._versions_directory = versions_directory
        self._on_change = on_change
        self._thread_starter = thread_starter
        self._tickets = itertools.count(1)
        # Held for a comparison and an assignment only, so it is good enough for greenlets and native threads alike.
        self._lock = threading.Lock()
        self._watch: _Watch | None = None
        taken = snapshot.take(served(project))
        self._loaded = _Loaded(ticket=0, taken=taken, catalog=loader.interpret(taken))

    def current(self) -> Catalog:
        return self._loaded.catalog

    def reload(self) -> Catalog:
        """Reads the project now, whether it is watched or not, and returns its catalog."""
        ticket = next(self._tickets)
        taken = snapshot.take(self._served(self._project))
        before = self._loaded
        same = taken == before.taken
        fresh = _Loaded(ticket=ticket, taken=taken, catalog=before.catalog if same else loader.interpret(taken))
        with self._lock:
            before = self._loaded
            if fresh.ticket > before.ticket:
                self._loaded = fresh
        if self._on_change and self._loaded is fresh and fresh.catalog.version != before.catalog.version:
            self._on_change(fresh.catalog)
        return self._loaded.catalog

    def start(self) -> None:
        """Begins to watch; does nothing if it watches already."""
        if self._watch is None:
            self._watch = _Watch(self._identities, self.reload)
            self._thread_starter(self._watch.run)

    def stop(self) -> None:
        """Ends watching and waits for the thread; `current` and `reload` go on working."""
        if self._watch is not None:
            self._watch.stop()
            self._watch = None

    def _identities(self) -> list[_Identity]:
        """The existing directories to watch; where there is none of the project, the nearest one above it."""
        project = self._loaded.catalog.project
        found = [identity for path in layout.directories(project) if (identity := _identity(path))]
        if not found:
            found = [_nearest(project.root)]
        of_versions = self._versions_directory and _nearest(self._versions_directory)
        return [*found, of_versions] if of_versions and of_versions not in found else found


class _Watch:
    """The life of one watching thread. Uses no lock, event or sleep that a library might have patched."""

    def __init__(self, identities: Callable[[], list[_Identity]], changed: Callable[[], object]) -> None:
        self._identities = identities
        self._changed = changed
        self._is_stopping = False
        self._is_over = False

    def is_set(self) -> bool:
        """What watchfiles asks of its ``stop_event``."""
        return self._is_stopping

    def stop(self) -> None:
        self._is_stopping = True
        deadline = time.monotonic() + _STOP_TIMEOUT_SECONDS
        while not self._is_over and time.monotonic() < deadline:
            time.sleep(0.005)

    def run(self) -> None:
        try:
            polling = False
            while not self._is_stopping:
                try:
                    self._until_directories_change(polling=polling)
                except FileNotFoundError:
                    continue  # A directory vanished just before it was to be watched.
                except (OSError, RuntimeError) as error:
                    # Mostly the system's limit of watches: look at the directories ourselves, then.
                    _log.warning("catalog.watch_failed polling=%s error=%s", polling, error)
                    if polling:
                        time.sleep(_RETRY_SECONDS)
                    polling = True
        finally:
            self._is_over = True

    def _until_directories_change(self, *, polling: bool) -> None:
        """Returns when a directory has come, gone or been replaced, so that others have to be watched."""
        watched = self._identities()
        paths = [path for path, _, _ in watched]
        is_first = True
        with closing(self._changes(paths, polling=polling)) as changes:
            for is_change in changes:
                # The first time in any case, for what changed before the watch was up.
                if is_first or is_change:
                    self._read()
                    is_first = False
                    if self._identities() != watched:
                        return

    def _changes(self, paths: list[Path], *, polling: bool) -> Generator[bool, None, None]:
        for changes in watchfiles.watch(
            *paths,
            watch_filter=None,
            debounce=_SETTLE_AT_MOST_MILLISECONDS,
            step=_SETTLE_MILLISECONDS,
            rust_timeout=_TICK_MILLISECONDS,
            yield_on_timeout=True,
            stop_event=self,
            raise_interrupt=False,
            recursive=False,
            force_polling=polling or None,
            ignore_permission_denied=True,
        ):
            yield bool(changes)

    def _read(self) -> None:
        try:
            self._changed()
        except Exception:  # noqa: BLE001 - the loop must survive
            # Loading raises nothing, but a listener may; the next edit must be seen all the same.
            _log.exception("catalog.reload_failed")


def _nearest(path: Path) -> _Identity:
    """Of ``path``, or else of the nearest directory above it that exists."""
    return next(identity for each in (path, *path.parents) if (identity := _identity(each)))


def _identity(path: Path) -> _Identity | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return (path, status.st_dev, status.st_ino) if stat.S_ISDIR(status.st_mode) else None
