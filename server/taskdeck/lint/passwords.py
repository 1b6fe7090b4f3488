"""Which names are those of secrets, and which values are some: a password is more than a word where one could stand."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator

MIN_ENTROPY_BITS = 3.0
"""For each character: ``xxxxxxxx`` has 0, a word about 2.5, a random token more than 3.5."""

_NAME = re.compile(
    r"(?:^|[_.-]|[a-z](?=[A-Z]))(?:passwd|password|passphrase|pwd|mdp|secret|token"
    r"|(?:api|private|access|account|signing|encryption|secret)[_-]?key)$"
    r"|(?:passwd|password|mot_?de_?passe)$"
    r"|(?:^|_)(?:db|sql|pg|user|ftp|sftp|smtp|mail|admin|root)_?pass$",
    re.IGNORECASE,
)
_IS_PASSWORD = re.compile(r"pass|pwd|mdp", re.IGNORECASE)
_PLACEHOLDER_PARTS = ("example", "changeme", "change_me", "placeholder", "redacted", "your", "dummy", "xxx", "...", "…")
_PLACEHOLDER_WORDS = """
    password passwd pass pwd secret token user username test none null true false empty hidden masked admin root
    postgres mysql mypassword my_password password123 1234 12345 123456 abc123 foobar default todo tbd unknown
    str string text type varchar optional required missing invalid wrong unset given ok yes no
"""
_PLACEHOLDERS = frozenset(_PLACEHOLDER_WORDS.split())
_VARIABLE = re.compile(r"[A-Z][A-Z0-9]*(_[A-Z0-9]+)+")
_TEMPLATE = re.compile(r"[${}<>]|%\(|^%|\*\*\*|•|^\w+\(\d*\)$")
_PROSE = re.compile(r"[^\W\d_]+([ ,.:;'-]+[^\W\d_]+)+[.:!?]?")
_NAME_OF_A_PASSWORD = re.compile(r"(passw|mot de passe)[^\W\d_]*", re.IGNORECASE)
_WORDS = re.compile(r"[A-Za-z]+\d{0,4}([_./ -]+[A-Za-z]+\d{0,4})+")
_PATH = re.compile(r"[\w.~-]*(/[\w.-]+)+\.?\w*|\S+\.(pem|key|json|txt|ya?ml|csv|env|pub)")

_WRITTEN = re.compile(
    r"""(?<![\w.$-])(?P<quote>["']?)(?P<name>[A-Za-z_][\w.-]{0,60})(?P=quote)[ \t]*(?:=>|[:=])[ \t]*"""
    r"""(?:[rbu]?(?P<mark>["'])(?P<quoted>[^"'\n]{1,200})(?P=mark)|(?P<bare>[^\s"',;(){}\[\]]{1,200})(?=[\s,;]|$))"""
)
_SQL = re.compile(r"\b(?:PASSWORD|IDENTIFIED\s+BY)\s+'([^'\n]{1,200})'", re.IGNORECASE)
_CURL = re.compile(r"\bcurl\b[^\n|;]{0,100}?\s(?:-u|--user)[ =]?[\"']?[^\s:\"']{1,100}:([^\s\"']{1,200})")
_MAY_BE_WRITTEN = re.compile(r"pass|pwd|mdp|secret|token|key|identified|curl", re.IGNORECASE)


def is_name(name: str) -> bool:
    """Whether a variable, key or column of that name would hold a secret."""
    return _NAME.search(name[-100:]) is not None


def is_password(name: str) -> bool:
    """Of a name of a secret: whether that is one that a person chose."""
    return _IS_PASSWORD.search(name) is not None


def is_secret(name: str, value: object) -> bool:
    """Whether something of that name, with that value, is a secret and no place for one."""
    text = value.decode("utf-8", "replace") if isinstance(value, bytes) else value
    if not isinstance(text, str) or not is_name(name) or is_placeholder(text) or "://" in text:
        return False
    if text.lower() == name.lower() or len(text.split()) > 3 or _PROSE.fullmatch(text):
        return False
    if is_password(name):
        return not _NAME_OF_A_PASSWORD.fullmatch(text)
    # A "token" or "key" is often just a word or a path: what opens something is long and looks random.
    looks_random = len(text) >= 16 and entropy(text) >= MIN_ENTROPY_BITS and any(map(str.isdigit, text))
    return looks_random and not _WORDS.fullmatch(text) and not _PATH.fullmatch(text)


def is_placeholder(text: str) -> bool:
    """Whether it stands for a secret that is put in later, or for none at all."""
    folded = text.strip().lower()
    return (
        len(folded) < 4
        or folded in _PLACEHOLDERS
        or any(part in folded for part in _PLACEHOLDER_PARTS)
        or _TEMPLATE.search(text) is not None
        or _VARIABLE.fullmatch(text) is not None
        or len(set(folded)) < 3
    )


def written(text: str) -> Iterator[tuple[int, str]]:
    """Secrets in a text that is no Python, or prints some: ``'password': '…'``, ``export DB_PASSWORD=…``.

    Where each begins, and what it is.
    """
    if not _MAY_BE_WRITTEN.search(text):
        return
    for match in _WRITTEN.finditer(text):
        name, quoted, bare = match["name"], match["quoted"], match["bare"]
        if is_secret(name, quoted or bare) and (quoted or _is_mixed(bare)):
            yield match.start(), "a password" if is_password(name) else "a secret"
    for pattern in (_SQL, _CURL):
        for match in pattern.finditer(text):
            if not is_placeholder(match[1]) and not match[1].isalpha():
                yield match.start(), "a password"


def entropy(text: str) -> float:
    """Shannon's, in bits for each character."""
    counts = Counter(text)
    return -sum(count / len(text) * math.log2(count / len(text)) for count in counts.values()) if text else 0.0


def _is_mixed(text: str) -> bool:
    """Without quotation marks, ``password: forgotten`` is a sentence."""
    return len(text) >= 6 and any(map(str.isdigit, text)) and any(map(str.isalpha, text)) and "(" not in text
