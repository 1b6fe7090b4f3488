"""Progress: how far a loop is, as often as a person can follow it."""

from __future__ import annotations

import atexit
import itertools
import math
import os
import sys
import threading
import time

from taskdeck.sdk import channel, messages

TYPE_CHECKING = False  # see environment.py
if TYPE_CHECKING:
    from collections.abc import AsyncIterable, AsyncIterator, Iterable, Iterator
    from typing import Any, SupportsFloat, TypeVar, overload

    Item = TypeVar("Item")
else:

    def overload(function):
        return function


SENT_EVERY_SECONDS = 0.1
PRINTED_EVERY_SECONDS = 1.0
_MAX_IDLE_BARS = 100


class Bar:
    """One line of progress. What is reported too soon after the last time waits: the next report replaces it, or a
    timer sends it. Its end does not wait, unless one loop after the other ends within the interval.
    """

    def __init__(self, bar_id: str) -> None:
        self.id = bar_id
        # Reentrant, for a signal handler that reports in the middle of a report.
        self._lock = threading.RLock()
        self._next_at = -math.inf
        self._next_end_at = -math.inf
        self._held_back: tuple[float, float | None, str] | None = None
        self._timer: threading.Timer | None = None

    def report(self, current: float, total: float | None, text: str, *, is_end: bool = False) -> None:
        with self._lock:
            now = time.monotonic()
            if is_end and now >= self._next_end_at:
                self._send(current, total, text, now)
                self._next_end_at = self._next_at
            elif now >= self._next_at and self._timer is None:
                self._send(current, total, text, now)
            else:
                self._held_back = (current, total, text)
                if self._timer is None:
                    self._start_timer(self._next_at - now)

    def flush(self) -> None:
        """Sends what is held back and ends the timer."""
        with self._lock:
            timer, self._timer = self._timer, None
            if self._held_back is not None:
                self._send(*self._held_back, time.monotonic())
        if timer is not None and timer is not threading.current_thread():
            timer.cancel()
            timer.join(timeout=1.0)

    def _send(self, current: float, total: float | None, text: str, now: float) -> None:
        self._held_back = None
        event = {"kind": "progress", "id": self.id, "current": current, "total": total, "text": text}
        if channel.send(event):
            self._next_at = now + SENT_EVERY_SECONDS
        else:
            self._next_at = now + PRINTED_EVERY_SECONDS
            messages.show(_as_line(current, total, text))

    def _start_timer(self, seconds: float) -> None:
        timer = threading.Timer(max(seconds, 0), self.flush)
        timer.daemon = True
        try:
            timer.start()
        except RuntimeError:
            return  # The interpreter is ending, or out of threads: the flush at exit has to do.
        self._timer = timer


class Bars:
    """The bars of this process, by id. An id is free for the next loop when its own is over."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._all: dict[str, Bar] = {}
        self._in_use: set[str] = set()
        self._of_calls: str | None = None

    def open(self, bar_id: str | None = None) -> Bar:
        with self._lock:
            chosen = bar_id or self._free_id()
            self._in_use.add(chosen)
            if len(self._all) - len(self._in_use) > _MAX_IDLE_BARS:
                self._forget_idle()
            return self._all.setdefault(chosen, Bar(chosen))

    def of_calls(self, bar_id: str | None) -> Bar:
        """The bar that ``sdk.progress(current, total)`` moves: the same from call to call, until it is full."""
        with self._lock:
            if bar_id is not None:
                return self.open(bar_id)
            if self._of_calls is None:
                self._of_calls = self.open().id
            return self._all[self._of_calls]

    def close(self, bar: Bar) -> None:
        with self._lock:
            self._in_use.discard(bar.id)
            if self._of_calls == bar.id:
                self._of_calls = None

    def flush(self) -> None:
        for bar in list(self._all.values()):
            bar.flush()

    def _free_id(self) -> str:
        prefix = _process_name()
        candidates = itertools.chain(["main"], (f"main-{number}" for number in itertools.count(2)))
        return next(each for each in (prefix + candidate for candidate in candidates) if each not in self._in_use)

    def _forget_idle(self) -> None:
        for bar_id in self._all.keys() - self._in_use:
            self._all.pop(bar_id).flush()


_bars = Bars()


@overload
def progress(
    iterable_or_current: Iterable[Item], total: SupportsFloat | None = None, text: str = "", *, bar: str | None = None
) -> Iterable[Item]: ...
@overload
def progress(  # noqa: F811  # ruff knows only typing's own overload
    iterable_or_current: AsyncIterable[Item],
    total: SupportsFloat | None = None,
    text: str = "",
    *,
    bar: str | None = None,
) -> AsyncIterable[Item]: ...
@overload
def progress(  # noqa: F811
    iterable_or_current: SupportsFloat, total: SupportsFloat | None = None, text: str = "", *, bar: str | None = None
) -> None: ...
def progress(  # noqa: F811
    iterable_or_current: Any, total: SupportsFloat | None = None, text: str = "", *, bar: str | None = None
) -> Any:
    """Shows how far the task is: ``for row in sdk.progress(rows):``, also ``async for``, or ``sdk.progress(3, 10)``.

    ``total`` is that of the iterable where it has a length, unknown otherwise. Loops may be nested, and run in
    several threads: each has a bar of its own, which ``bar`` may name. Tight loops send at most ten reports a second;
    the first and the last always arrive.
    """
    words = str(text)
    if hasattr(iterable_or_current, "__aiter__"):
        return _over_async(iterable_or_current, _total_of(iterable_or_current, total), words, bar)
    if hasattr(iterable_or_current, "__iter__"):
        return Loop(iterable_or_current, _total_of(iterable_or_current, total), words, bar)
    current, whole = _finite(iterable_or_current) or 0, _finite(total)
    moved = _bars.of_calls(bar)
    is_full = whole is not None and current >= whole
    moved.report(current, whole, words, is_end=is_full)
    if is_full:
        _bars.close(moved)
    return None


class Loop:
    """The items of an iterable; walking through them moves a bar."""

    def __init__(self, iterable: Iterable[Any], total: float | None, text: str, bar_id: str | None) -> None:
        self._iterable = iterable
        self._total = total
        self._text = text
        self._id = bar_id

    def __len__(self) -> int:
        return len(self._iterable)  # type: ignore[arg-type]  # an iterable without a length says so itself

    def __iter__(self) -> Iterator[Any]:
        bar = _bars.open(self._id)
        done = 0
        bar.report(0, self._total, self._text)
        try:
            for item in self._iterable:
                yield item
                done += 1
                bar.report(done, self._total, self._text)
        finally:
            _end(bar, done, self._total, self._text)


async def _over_async(
    iterable: AsyncIterable[Any], total: float | None, text: str, bar_id: str | None
) -> AsyncIterator[Any]:
    bar = _bars.open(bar_id)
    done = 0
    bar.report(0, total, text)
    try:
        async for item in iterable:
            yield item
            done += 1
            bar.report(done, total, text)
    finally:
        _end(bar, done, total, text)


def _end(bar: Bar, done: int, total: float | None, text: str) -> None:
    """The last report: also after a ``break`` or an exception, then short of the total."""
    bar.report(done, total if total is not None else done, text, is_end=True)
    _bars.close(bar)


def _total_of(iterable: Any, total: SupportsFloat | None) -> float | None:
    if total is not None:
        return _finite(total)
    try:
        return len(iterable)
    except TypeError:
        return None


def _finite(number: SupportsFloat | None) -> float | None:
    """The number as JSON can hold it, whole where it is whole; ``None`` for not-a-number and infinities."""
    value = math.nan if number is None else float(number)
    if not math.isfinite(value):
        return None
    return int(value) if value.is_integer() else value


def _as_line(current: float, total: float | None, text: str) -> str:
    """``Reading 30/120 (25%)``"""
    amount = f"{current:,}" if total is None else f"{current:,}/{total:,}"
    share = f" ({current / total:.0%})" if total else ""
    return f"{text} {amount}{share}".lstrip()


def _process_name() -> str:
    """Tells the bars of parallel processes apart; empty in the task's own process."""
    process = sys.modules.get("multiprocessing.process")
    name: str = process.current_process().name if process is not None else "MainProcess"
    return "" if name == "MainProcess" else f"{name} "


def _begin_anew() -> None:
    """A fork has none of its parent's bars, whose locks another thread may have held."""
    global _bars
    _bars = Bars()


atexit.register(lambda: _bars.flush())
if hasattr(os, "register_at_fork"):
    # The timers end before a fork: to fork beside a thread is what Python warns of.
    os.register_at_fork(before=lambda: _bars.flush(), after_in_child=_begin_anew)
