"""Phrases for people: what a value looks like, and what a misspelt word may have meant."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

_MAX_QUOTED_CHARACTERS = 60
_MAX_PRINTED_BITS = 256
_MAX_COMPARED_WORDS = 50


def describe(value: object) -> str:
    """A JSON value in a few words: ``1.5``, ``true``, ``'abc'``, ``nothing``, ``a list``, ``an object``."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int) and value.bit_length() > _MAX_PRINTED_BITS:
        return "a huge number"
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, str):
        return quote(value)
    if isinstance(value, dict):
        return "an object"
    if isinstance(value, list | tuple):
        return "a list"
    return f"a {type(value).__name__}"


def kind(value: object) -> str:
    """What sort of JSON value it is, where the value itself is nobody's business: ``a text``, ``a number``."""
    if isinstance(value, str):
        return "a text"
    return "a number" if isinstance(value, int | float) and not isinstance(value, bool) else describe(value)


def quote(text: str) -> str:
    """The text in quotation marks, on one line and shortened."""
    shown = text if len(text) <= _MAX_QUOTED_CHARACTERS else text[: _MAX_QUOTED_CHARACTERS - 1] + "…"
    return ascii(shown) if any(0xD800 <= ord(character) < 0xE000 for character in shown) else repr(shown)


def closest(word: str, known: Iterable[str]) -> str | None:
    """The known word that ``word`` probably stands for, whatever its case; ``None`` if none is near."""
    folded = word.casefold()
    by_folded = {each.casefold(): each for each in known}
    candidates = list(by_folded)
    if len(candidates) > _MAX_COMPARED_WORDS:
        # Comparing is slow, and hundreds of words may be misspelt at once; the first letter is mostly right.
        candidates = [each for each in candidates if each[:1] == folded[:1]][:_MAX_COMPARED_WORDS]
    near = difflib.get_close_matches(folded, candidates, n=1, cutoff=0.6)
    return by_folded[near[0]] if near else None


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """``"; did you mean 'year'?"`` to append to a message, or nothing."""
    suggestion = closest(word[:200], known)
    return f"; did you mean {quote(suggestion)}?" if suggestion else ""


def duration(seconds: float) -> str:
    """A length of time in one or two units: ``0.5 s``, ``90 s``, ``5 min``, ``1 h 30 min``."""
    if seconds < 120:
        return f"{seconds:.3g} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 120:
        return f"{minutes} min {rest} s" if rest else f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if minutes else f"{hours} h"
