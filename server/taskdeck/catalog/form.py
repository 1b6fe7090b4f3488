"""What all forms of configuration files have in common."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel


class Form(BaseModel):
    """Strict, in camel case, and no keys but its own."""

    model_config = ConfigDict(extra="forbid", strict=True, alias_generator=to_camel)


def lower(value: object) -> object:
    """A text without regard to its case and the space around it; anything else as it is."""
    return value.strip().lower() if isinstance(value, str) else value
