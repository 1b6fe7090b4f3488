"""Named data sources: their declared fields, and the values an operator gave them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

MASKED = "••••••"

_SECRET_NAME = re.compile(r"passw|pwd|secret|token|api_?key|private_?key|access_?key$", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class ConnectionField:
    name: str
    type: str = "text"
    """``text``, ``password``, ``integer`` or ``url``, in lower case; anything else is shown as text."""
    label: str = ""

    @property
    def is_secret(self) -> bool:
        return self.type == "password" or is_secret_name(self.name)


@dataclass(frozen=True, kw_only=True)
class Connection:
    """A declared data source. ``file_values`` are those of the project's user file, unconverted."""

    id: str
    name: str = ""
    description: str = ""
    fields: tuple[ConnectionField, ...] = ()
    test_query: str | None = None
    allow_query_engine: bool = False
    file_values: Mapping[str, object] = field(default_factory=dict)

    def is_secret(self, field_name: str) -> bool:
        """Whether the field's value is kept encrypted, never shown and masked wherever a run leaves a trace."""
        declared = next((each for each in self.fields if each.name == field_name), None)
        return declared.is_secret if declared else is_secret_name(field_name)

    def holds_secret(self, field_name: str, value: object) -> bool:
        """Whether this value is kept encrypted: a secret field's, or a URL with a password in it."""
        return self.is_secret(field_name) or (isinstance(value, str) and _password_in_url(value) is not None)

    def resolve(self, stored_values: Mapping[str, object]) -> dict[str, object]:
        """The values a task sees: the file's, overlaid by those an operator saved."""
        return {**self.file_values, **stored_values}

    def secrets(self, values: Mapping[str, object]) -> Iterator[str]:
        """The texts among ``values`` that must never be seen, passwords inside of URLs included."""
        for name, value in values.items():
            if value is None or value == "":
                continue
            if self.is_secret(name):
                yield str(value)
            elif isinstance(value, str) and (password := _password_in_url(value)):
                yield password


def is_secret_name(name: str) -> bool:
    """Whether a field is a secret by its name alone, for fields that nobody declared as ``password``."""
    return _SECRET_NAME.search(name) is not None


def without_password(value: object) -> object:
    """The value as it may be shown: of a URL with a password in it, the password is masked."""
    if not isinstance(value, str) or _password_in_url(value) is None:
        return value
    scheme, _, rest = value.partition("://")
    user_info, _, address = rest.rpartition("@")
    return f"{scheme}://{user_info.partition(':')[0]}:{MASKED}@{address}"


def _password_in_url(value: str) -> str | None:
    if "://" not in value:
        return None
    try:
        password = urlsplit(value).password
    except ValueError:
        return None
    return unquote(password) if password else None
