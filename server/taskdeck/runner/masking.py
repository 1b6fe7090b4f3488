"""Replaces secrets by dots, in every form in which they usually get into texts.

A secret is looked for as it is, escaped as in Python, JSON and HTML, quoted as in URLs, and in base64, there at
each of the three positions that it can have within a longer encoded text, also where lines are broken within it.
"""

from __future__ import annotations

import base64
import functools
import html
import json
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import quote, quote_plus

MASK = "••••••"

MIN_SECRET_CHARACTERS = 4
"""Shorter ones would blot out ordinary text, and protect nothing."""

MIN_LINE_CHARACTERS = 8
"""The lines of a secret of several lines (a private key) are secrets by themselves from this length on."""

# A line break within base64, as it is and as repr() and JSON write it. It follows so many characters of base64 that
# the end of an ordinary line is none: a stream would hold it back.
_LINE = r"[\w+/=-]{8}"
_BREAK = re.compile(
    "|".join(
        rf"{line_break}(?<={_LINE}{line_break})(?=[\w+/=-])" for line_break in (r"\r\n", r"\n", r"\\r\\n", r"\\n")
    ),
    re.ASCII,
)
_BREAK_AT_END = re.compile(rf"(?<={_LINE})(?:\r\n?|\n|\\(?:r(?:\\n?)?|n)?)\Z", re.ASCII)
_LONGEST_BREAK = len(r"\r\n")

_HEAD_CHARACTERS = MIN_SECRET_CHARACTERS

_ANSI = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


class Masker:
    """Masks a fixed set of secrets."""

    def __init__(self, secrets: Iterable[str]) -> None:
        texts = {text for secret in secrets for text in _with_lines(secret)}
        self._forms = _Forms(form for text in texts for form in (*_forms(text), *_base64_forms(text)))
        self._wrapped_forms = _Forms(form for text in texts for form in _base64_forms(text))

    def text(self, text: str) -> str:
        if self.is_clean(text):
            return text
        masked = self._mask(text)
        if "\x1b" in masked and self._mask(plain := _ANSI.sub("", masked)) != plain:
            # Colours within the secret, as in a traceback's source lines: better none than a secret.
            return self._mask(plain)
        return masked

    def value(self, value: Any) -> Any:
        """A JSON-like value with all its texts masked, those of keys too. What cannot hold a secret is shared."""
        if not self._forms.longest:
            return value
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, dict):
            return {self.value(key): self.value(item) for key, item in value.items()}
        if isinstance(value, list | tuple):
            return [self.value(item) for item in value]
        if isinstance(value, int | float) and not isinstance(value, bool):
            # A PIN or a numeric password arrives as a number as easily as as a text.
            return MASK if self.text(repr(value)) != repr(value) else value
        return value

    def stream(self) -> StreamMasker:
        """For a text that arrives in pieces, where a secret may lie across two of them."""
        return StreamMasker(self)

    def split(self, text: str) -> tuple[str, str]:
        """``text`` masked as far as it is decided, and the rest, which may be the beginning of a secret."""
        if not self._forms.longest:
            return text, ""
        masked: list[str] = []
        position, undecided = 0, self._undecided(text, 0)
        for start, end in self._found(text):
            if start >= undecided:
                break
            masked += text[position:start], MASK
            position = end
            if position > undecided:
                undecided = self._undecided(text, position)
        masked.append(text[position:undecided])
        return "".join(masked), text[undecided:]

    def is_clean(self, text: str) -> bool:
        """Whether there is certainly no secret in it. Most texts have none, and patterns take long to compile."""
        if not self._forms.longest:
            return True
        if "\x1b" in text or self._forms.may_be_in(text):
            return False
        unwrapped = _Unwrapped(text)
        return not unwrapped.has_breaks or not self._wrapped_forms.may_be_in(unwrapped.text)

    def _mask(self, text: str) -> str:
        assert self._forms.pattern is not None
        unwrapped = _Unwrapped(text)
        if not unwrapped.has_breaks or not self._wrapped_forms.are_in(unwrapped.text):
            return self._forms.pattern.sub(MASK, text)
        masked: list[str] = []
        position = 0
        for start, end in self._found(text):
            masked += text[position:start], MASK
            position = end
        masked.append(text[position:])
        return "".join(masked)

    def _found(self, text: str) -> Iterator[tuple[int, int]]:
        """Where secrets are, from left to right; of two that begin at the same place, the longer one."""
        unwrapped = _Unwrapped(text)
        is_wrapped = unwrapped.has_breaks and self._wrapped_forms.are_in(unwrapped.text)
        plain = self._forms.next_in(text, 0)
        wrapped = unwrapped.span(self._wrapped_forms.next_in(unwrapped.text, 0)) if is_wrapped else None
        while plain is not None or wrapped is not None:
            start, end = min((each for each in (plain, wrapped) if each), key=lambda span: (span[0], -span[1]))
            yield start, end
            if plain is not None and plain[0] < end:
                plain = self._forms.next_in(text, end)
            if wrapped is not None and wrapped[0] < end:
                wrapped = unwrapped.span(self._wrapped_forms.next_in(unwrapped.text, unwrapped.position(end)))

    def _undecided(self, text: str, position: int) -> int:
        """The first place from ``position`` on where more text could still make a (longer) secret."""
        plain = self._forms.beginning_at_end(text, position)
        window = max(position, len(text) - self._wrapped_forms.longest * (1 + _LONGEST_BREAK))
        rest = text[window:]
        rest = rest[: len(rest) if (at_end := _BREAK_AT_END.search(rest)) is None else at_end.start()]
        unwrapped = _Unwrapped(rest)
        if len(rest) == len(text) - window and not unwrapped.has_breaks:
            return plain
        wrapped = self._wrapped_forms.beginning_at_end(unwrapped.text, 0)
        return plain if wrapped == len(unwrapped.text) else min(plain, window + unwrapped.original(wrapped))


class _Forms:
    """Texts to look for."""

    def __init__(self, forms: Iterable[str]) -> None:
        self._sorted = sorted({form for form in forms if len(form) >= MIN_SECRET_CHARACTERS})
        self._heads = {form[:_HEAD_CHARACTERS] for form in self._sorted}
        self.longest = max(map(len, self._sorted), default=0)

    @functools.cached_property
    def pattern(self) -> re.Pattern[str] | None:
        # Compiled when it is needed: for a private key that takes a while, and few texts have wrapped base64.
        return _any_of(self._sorted)

    def may_be_in(self, text: str) -> bool:
        heads = {head for head in self._heads if head in text}
        return bool(heads) and any(form in text for form in self._sorted if form[:_HEAD_CHARACTERS] in heads)

    def are_in(self, text: str) -> bool:
        return self.may_be_in(text) and self.pattern is not None and self.pattern.search(text) is not None

    def next_in(self, text: str, position: int) -> tuple[int, int] | None:
        if not self.may_be_in(text):
            return None
        match = self.pattern.search(text, position) if self.pattern is not None else None
        return None if match is None else match.span()

    def beginning_at_end(self, text: str, position: int) -> int:
        """The first place from ``position`` on from which ``text`` is the beginning of a form, and not all of it."""
        for start in range(max(position, len(text) - self.longest + 1), len(text)):
            head = text[start : start + _HEAD_CHARACTERS]
            if len(head) == _HEAD_CHARACTERS and head not in self._heads:
                continue
            tail = text[start:]
            # In a sorted list, the texts that begin with `tail` follow the place where it would be inserted.
            candidate = bisect_left(self._sorted, tail)
            if candidate < len(self._sorted) and self._sorted[candidate] == tail:
                candidate += 1
            if candidate < len(self._sorted) and self._sorted[candidate].startswith(tail):
                return start
        return len(text)


class _Unwrapped:
    """A text without the line breaks within base64, and which place in it is which of the original."""

    def __init__(self, text: str) -> None:
        self._original = text
        self.text = _BREAK.sub("", text)
        self.has_breaks = len(self.text) != len(text)

    def span(self, found: tuple[int, int] | None) -> tuple[int, int] | None:
        return None if found is None else (self.original(found[0]), self.original(found[1] - 1) + 1)

    def original(self, position: int) -> int:
        """The place in the original text of a character of this one."""
        breaks, removed = self._breaks
        return position + removed[bisect_right(breaks, position)]

    def position(self, original: int) -> int:
        """The place in this text of a character of the original; of a line break, the character after it."""
        breaks, removed = self._breaks
        starts = self._starts
        index = bisect_right(starts, original)
        if index and original < starts[index - 1] + removed[index] - removed[index - 1]:
            return breaks[index - 1]
        return original - removed[index]

    @functools.cached_property
    def _breaks(self) -> tuple[list[int], list[int]]:
        """Where breaks were in this text, and how many characters the first 0, 1, 2 … of them had."""
        breaks, removed = [], [0]
        for match in _BREAK.finditer(self._original):
            breaks.append(match.start() - removed[-1])
            removed.append(removed[-1] + len(match[0]))
        return breaks, removed

    @functools.cached_property
    def _starts(self) -> list[int]:
        return [match.start() for match in _BREAK.finditer(self._original)]


class StreamMasker:
    """Gives the same text as masking the whole at once, only as early as possible."""

    def __init__(self, masker: Masker) -> None:
        self._masker = masker
        self._held = ""

    def feed(self, text: str) -> str:
        """What can be shown now, possibly nothing."""
        shown, self._held = self._masker.split(self._held + text)
        return shown

    def end(self) -> str:
        """What was held back, when nothing more comes."""
        held, self._held = self._held, ""
        return self._masker.text(held)


def _any_of(forms: list[str]) -> re.Pattern[str] | None:
    if not forms:
        return None
    # Longest first: of two secrets with the same beginning, the longer one must win.
    return re.compile("|".join(re.escape(form) for form in sorted(forms, key=len, reverse=True)))


def _with_lines(secret: str) -> Iterator[str]:
    if len(secret) >= MIN_SECRET_CHARACTERS:
        yield secret
        yield from (line for line in secret.splitlines() if len(line) >= MIN_LINE_CHARACTERS)


def _forms(secret: str) -> Iterator[str]:
    encoded = secret.encode("utf-8", "surrogatepass")
    yield secret
    for escaped in (repr(secret), ascii(secret), json.dumps(secret), json.dumps(secret, ensure_ascii=False)):
        yield escaped[1:-1]
    # repr() chooses its quotes by the content, so within a longer text they may be the others.
    yield repr(secret + '"')[1:-2]
    yield repr(encoded)[2:-1]
    yield html.escape(secret)
    yield html.escape(secret, quote=False)
    yield html.escape(secret).replace("&#x27;", "&#39;").replace("&quot;", "&#34;")
    for quoted in (quote(encoded), quote(encoded, safe=""), quote(encoded, safe=" +"), quote_plus(encoded)):
        yield quoted
        yield re.sub("%..", lambda match: match[0].lower(), quoted)


def _base64_forms(secret: str) -> Iterator[str]:
    """The characters that depend on the secret alone, whatever stands before and after it."""
    encoded = secret.encode("utf-8", "surrogatepass")
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        for before in range(3):
            text = encode(b"\0" * before + encoded).decode()
            yield text[-(-8 * before // 6) : 8 * (before + len(encoded)) // 6]
