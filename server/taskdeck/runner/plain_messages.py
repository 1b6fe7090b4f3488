"""Messages as the SDK sends most of them: without anything that JSON has to write in another way.

What stands between the quotation marks is the text itself then. Such messages go from the socket into the journal as
they are, many at a time; decoding, masking and encoding each alone takes ten times as long.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

# Neither escapes nor control characters: a message of one line, without colours.
_LINE = re.compile(rb'\{"kind":"message","level":"(debug|info|warning|error)","text":"([^"\\\x00-\x1f]*)"\}')


class PlainMessage(NamedTuple):
    level: bytes
    text: bytes
    """In UTF-8, as JSON writes it."""


def parse(line: bytes) -> PlainMessage | None:
    """``None``: the line is something else, or has to be decoded. Whether the text is UTF-8 is another question."""
    match = _LINE.fullmatch(line)
    return None if match is None else PlainMessage(*match.groups())


def are_utf8(messages: Sequence[PlainMessage]) -> bool:
    try:
        b"\n".join([message.text for message in messages]).decode()
    except UnicodeDecodeError:
        return False
    return True
