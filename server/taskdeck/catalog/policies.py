"""The form of a task's policies: time, attempts, concurrency, resources."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from taskdeck.catalog.form import Form, lower
from taskdeck.model.concurrency import ConcurrencyPolicy
from taskdeck.model.retry import RerunPolicy

MAX_SECONDS = 366 * 86400
MAX_RETRIES = 100
MAX_PRIORITY = 1_000_000


def _seconds(value: float) -> float:
    if not 0 <= value <= MAX_SECONDS:
        raise PydanticCustomError("seconds", "a number of seconds from 0 up, at most a year")
    return value


def _timeout(value: float) -> float:
    if not 0 < value <= MAX_SECONDS:
        raise PydanticCustomError("timeout", "a number of seconds above 0, at most a year")
    return value


def _between(least: int, most: int) -> AfterValidator:
    def check(value: int) -> int:
        if not least <= value <= most:
            raise PydanticCustomError("between", f"a whole number from {least} to {most}")
        return value

    return AfterValidator(check)


def _backoff(value: float) -> float:
    if not 1 <= value <= 100:
        raise PydanticCustomError("backoff", "a number from 1 to 100")
    return value


def _disk(value: float) -> float:
    if not 0 <= value < 1e9:
        raise PydanticCustomError("disk", "a number of GB from 0 up")
    return value


def _count(value: object) -> object:
    return {"count": value} if isinstance(value, int) and not isinstance(value, bool) else value


def _policy(value: object) -> object:
    return {"policy": value} if isinstance(value, str) else value


def _concurrency_policy(value: object) -> ConcurrencyPolicy:
    try:
        return ConcurrencyPolicy(str(lower(value)))
    except ValueError:
        raise PydanticCustomError("concurrency", "one of " + ", ".join(ConcurrencyPolicy)) from None


def _rerun_policy(value: object) -> RerunPolicy:
    try:
        return RerunPolicy(str(lower(value)))
    except ValueError:
        raise PydanticCustomError("rerun_policy", "one of " + ", ".join(RerunPolicy)) from None


Seconds = Annotated[
    float, AfterValidator(_seconds), WithJsonSchema({"type": "number", "minimum": 0, "maximum": MAX_SECONDS})
]


Disk = Annotated[float, AfterValidator(_disk), WithJsonSchema({"type": "number", "minimum": 0})]
RetriesCount = Annotated[int, WithJsonSchema({"type": "integer", "minimum": 0, "maximum": MAX_RETRIES})]
PolicyName = Annotated[str, WithJsonSchema({"type": "string", "enum": list(ConcurrencyPolicy)})]


class RetriesForm(Form):
    """How often, and after how long, a run that failed is tried again."""

    count: Annotated[
        int, _between(0, MAX_RETRIES), WithJsonSchema({"type": "integer", "minimum": 0, "maximum": MAX_RETRIES})
    ] = Field(description="Attempts after the first one.", examples=[2])
    delay: Seconds = Field(default=10, description="Seconds before the second attempt.", examples=[30])
    backoff: Annotated[
        float, AfterValidator(_backoff), WithJsonSchema({"type": "number", "minimum": 1, "maximum": 100})
    ] = Field(default=2, description="Each pause is so many times as long as the one before.", examples=[2])
    max_delay: Seconds = Field(default=3600, description="No pause is longer, in seconds.", examples=[600])


class ConcurrencyForm(Form):
    """How many runs of the task there may be at a time."""

    policy: Annotated[
        ConcurrencyPolicy,
        BeforeValidator(_concurrency_policy),
        WithJsonSchema({"type": "string", "enum": list(ConcurrencyPolicy)}),
    ] = Field(
        description="`queue`: one after the other. `reject`: another is refused while one is active. "
        "`allow`: side by side.",
        examples=["allow"],
    )
    limit: (
        Annotated[int, _between(1, 10_000), WithJsonSchema({"type": "integer", "minimum": 1, "maximum": 10_000})] | None
    ) = Field(default=None, description="With `allow`: so many at a time; the others wait.", examples=[3])


class ResourcesForm(Form):
    """What a run takes of the machine. It begins when that is free, and is held to it."""

    cpu: Annotated[int, _between(0, 2**31 - 1), WithJsonSchema({"type": "integer", "minimum": 0})] = Field(
        default=0, description="Share of the processors: 1000 is one core.", examples=[1000]
    )
    memory: Annotated[int, _between(0, 2**31 - 1), WithJsonSchema({"type": "integer", "minimum": 0})] = Field(
        default=0, description="MB of memory. A run that uses more is ended.", examples=[2048]
    )
    disk_gb: Disk = Field(
        default=0, alias="diskSpace", description="GB of disk space that have to be free.", examples=[2.5]
    )
    disk_space: Disk | None = Field(
        default=None, alias="disk_space", description="Civis's spelling of `diskSpace`.", examples=[2.5]
    )


Timeout = Annotated[
    float,
    AfterValidator(_timeout),
    WithJsonSchema({"type": "number", "exclusiveMinimum": 0, "maximum": MAX_SECONDS}),
]
Retries = Annotated[RetriesForm, BeforeValidator(_count, json_schema_input_type=RetriesForm | RetriesCount)]
"""A number, or an object."""
Concurrency = Annotated[ConcurrencyForm, BeforeValidator(_policy, json_schema_input_type=ConcurrencyForm | PolicyName)]
"""A policy, or an object."""
Priority = Annotated[
    int,
    _between(-MAX_PRIORITY, MAX_PRIORITY),
    WithJsonSchema({"type": "integer", "minimum": -MAX_PRIORITY, "maximum": MAX_PRIORITY}),
]
Rerun = Annotated[
    RerunPolicy,
    BeforeValidator(_rerun_policy),
    WithJsonSchema({"type": "string", "enum": list(RerunPolicy)}),
]
