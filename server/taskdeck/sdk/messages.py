"""What the author tells the analyst: one event a message, or a printed line where there is no server."""

from __future__ import annotations

import sys

from taskdeck.sdk import channel

# Six bytes a character at worst in JSON: below the runner's bound of 1 MiB a line.
MAX_CHARACTERS = 160_000


def say(level: str, text: object) -> None:
    """Sends a message; prints it where it cannot be sent, warnings and errors to stderr."""
    words = str(text)
    if not send(level, words):
        show(words, aside=level in ("warning", "error"))


def send(level: str, text: str) -> bool:
    """Whether the message could be sent. ``level`` is ``debug``, ``info``, ``warning`` or ``error``."""
    return channel.send({"kind": "message", "level": level, "text": _bounded(text)})


def show(text: str, *, aside: bool = False) -> None:
    """Prints a line at once, to stderr if ``aside``, whatever the encoding of the terminal."""
    stream = sys.stderr if aside else sys.stdout
    line = text + "\n"  # in one piece: several processes may write at the same time
    try:
        print(line, end="", file=stream, flush=True)
    except UnicodeEncodeError:
        encoding = stream.encoding or "ascii"
        print(line.encode(encoding, "backslashreplace").decode(encoding), end="", file=stream, flush=True)
    except BrokenPipeError:
        pass  # Whoever read the output is gone. The author's work goes on, as it does when the server is.


def _bounded(text: str) -> str:
    if len(text) <= MAX_CHARACTERS:
        return text
    return f"{text[:MAX_CHARACTERS]}… (the first {MAX_CHARACTERS:,} of {len(text):,} characters)"
