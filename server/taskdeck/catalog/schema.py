"""The form of the configuration files: what they are validated against, and the JSON Schemas for editors."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any, get_args

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema
from pydantic.alias_generators import to_camel
from pydantic.fields import FieldInfo
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import PydanticCustomError, core_schema

from taskdeck.catalog import policies
from taskdeck.catalog.form import Form, lower
from taskdeck.model.parameter import ParameterType
from taskdeck.model.retry import RerunPolicy

DIALECT = "https://json-schema.org/draft/2020-12/schema"
MAX_ID_CHARACTERS = 200
MAX_CANCEL_TIMEOUT_SECONDS = 60
FIELD_TYPES = ("text", "password", "integer", "url")

_FLAGS = {"true": True, "false": False}
_FORBIDDEN_IN_ID = set("/\\") | {chr(code) for code in range(32)}


def _flag(value: object) -> bool:
    if isinstance(value, str):
        value = _FLAGS.get(value.strip().lower())
    if not isinstance(value, bool):
        raise PydanticCustomError("flag", "true or false")
    return value


def _scalar(value: object) -> object:
    if isinstance(value, list | dict):
        raise PydanticCustomError("scalar", "a text, a number, true or false")
    return value


def _filled(value: str) -> str:
    if not value.strip():
        raise PydanticCustomError("filled", "a text that is not empty")
    return value


def _grace(value: float) -> float:
    if not 0 <= value <= MAX_CANCEL_TIMEOUT_SECONDS:
        raise PydanticCustomError("grace", f"a number from 0 to {MAX_CANCEL_TIMEOUT_SECONDS}")
    return value


def _parameter_type(value: object) -> ParameterType:
    try:
        return ParameterType(str(lower(value)))
    except ValueError:
        raise PydanticCustomError("parameter_type", "one of " + ", ".join(ParameterType)) from None


def _choice(value: object) -> object:
    return value if isinstance(value, dict) else {"value": value}


def _id(value: str) -> str:
    if (
        value != value.strip()
        or value in ("", ".", "..")
        or _FORBIDDEN_IN_ID & set(value)
        or len(value) > MAX_ID_CHARACTERS
    ):
        raise PydanticCustomError("id", "a short text without slashes, control characters or space around it")
    return value


Flag = Annotated[
    bool,
    BeforeValidator(_flag),
    WithJsonSchema({"anyOf": [{"type": "boolean"}, {"enum": ["True", "False", "true", "false"]}]}),
]
"""DUFT's files hold booleans as texts, too."""

Scalar = Annotated[
    Any,
    BeforeValidator(_scalar),
    WithJsonSchema({"type": ["string", "number", "boolean", "null"]}),
]

Id = Annotated[
    str, AfterValidator(_id), WithJsonSchema({"type": "string", "minLength": 1, "maxLength": MAX_ID_CHARACTERS})
]


class AllowedValueForm(Form):
    """A choice of a drop-down."""

    value: Scalar = Field(description="The value the task receives.", examples=["south"])
    label: str = Field(
        default="", description="What the analyst reads; the value itself if left out.", examples=["South"]
    )


class ParameterForm(Form):
    """An input of the task."""

    title: str = Field(default="", description="The label of the form field.", examples=["Year"])
    description: str = Field(default="", description="A hint below the form field.")
    type: (
        Annotated[
            ParameterType,
            BeforeValidator(_parameter_type),
            WithJsonSchema({"type": "string", "enum": list(ParameterType)}),
        ]
        | None
    ) = Field(
        default=None,
        description="The type of the values; inferred from `defaultValue` if left out.",
        examples=["integer"],
    )
    default_value: Scalar = Field(
        default=None,
        description="The value where the caller gives none. Must not stand beside `required`.",
        examples=[2024],
    )
    value: Scalar = Field(default=None, description="Fixes the parameter: nobody may change it.")
    allowed_values: (
        list[
            Annotated[
                AllowedValueForm,
                BeforeValidator(_choice, json_schema_input_type=AllowedValueForm | str | float | bool),
            ]
        ]
        | None
    ) = Field(
        default=None,
        description="The only legal values, drawn as a drop-down.",
        examples=[["north", "south"], [{"label": "North", "value": 1}, {"label": "South", "value": 2}]],
    )
    required: Flag = Field(default=False, description="Every run has to be given a value.")
    allow_override: Flag | None = Field(
        default=None,
        description="Whether callers may set the value. If left out: only if the parameter is `required`.",
    )
    prompt_user: Flag = Field(default=False, description="The form asks for the value before every run.")


class TaskForm(Form):
    """A task: a notebook or script with its inputs."""

    id: Id = Field(
        description="The stable name of the task in URLs, the history and the API.", examples=["MONTHLY-REPORT"]
    )
    name: str = Field(
        default="", description="What the analyst reads; the id if left out.", examples=["Monthly report"]
    )
    description: str = Field(default="", description="What the task does, in a sentence or two.")
    python_file: str = Field(
        description="The notebook or script: the bare name of a file in the `data_tasks` folder.",
        examples=["monthly_report.ipynb", "load_data.py"],
    )
    tags: list[str] = Field(
        default=[], description="Words to filter the list of tasks by.", examples=[["malaria", "monthly"]]
    )
    hide_in_ui: Flag = Field(
        alias="hideInUI", default=False, description="Leaves the task out of the list of tasks; it can still be run."
    )
    execute_from_root: Flag = Field(
        default=False, description="Copies the file to the root of the project and runs it there."
    )
    data_connections: list[str] = Field(
        default=[], description="Ids of the connections the task uses.", examples=[["ANA"]]
    )
    supported_parameters: dict[str, ParameterForm] = Field(
        default={},
        description="The inputs of the task by name, in the order of the form.",
        examples=[{"year": {"title": "Year", "defaultValue": 2024, "allowOverride": True}}],
    )
    params: dict[str, Scalar] = Field(
        default={},
        description="Fixed values by name: the old form of `supportedParameters`, not to be used beside it.",
    )
    cancel_timeout: (
        Annotated[
            float,
            AfterValidator(_grace),
            WithJsonSchema({"type": "number", "minimum": 0, "maximum": MAX_CANCEL_TIMEOUT_SECONDS}),
        ]
        | None
    ) = Field(
        default=None,
        description="Seconds a cancelled run has to end by itself before it is killed.",
        examples=[10],
    )
    timeout: policies.Timeout | None = Field(
        default=None, description="Seconds an attempt may take; then it is ended as `timed_out`.", examples=[3600]
    )
    timeout_warning: policies.Seconds | None = Field(
        default=None,
        description="Seconds before the time-out at which the run is warned; a tenth of the time-out, at most "
        "five minutes, if left out. 0: no warning.",
        examples=[60],
    )
    retries: policies.Retries | None = Field(
        default=None,
        description="How often a run that failed or timed out is tried again: a number, or an object.",
        examples=[2, {"count": 3, "delay": 30, "backoff": 2, "maxDelay": 600}],
    )
    concurrency: policies.Concurrency | None = Field(
        default=None,
        description="Runs of the task at a time: `queue` (one after the other, if left out), `reject` (another is "
        "refused), `allow` (side by side).",
        examples=["reject", {"policy": "allow", "limit": 3}],
    )
    priority: policies.Priority = Field(default=0, description="Runs of a higher priority begin first.", examples=[10])
    required_resources: policies.ResourcesForm | None = Field(
        default=None,
        description="What a run takes of the machine. The parameters REQUIRED_CPU, REQUIRED_MEMORY and "
        "REQUIRED_DISK_SPACE go before it.",
        examples=[{"cpu": 1000, "memory": 2048, "diskSpace": 2.5}],
    )
    rerun_policy: policies.Rerun = Field(
        default=RerunPolicy.NEVER,
        description="`rerun`: a run whose process was killed from outside is tried again; it must do no harm to begin "
        "anew wherever it was cut off.",
        examples=["rerun"],
    )
    environment: Annotated[str, AfterValidator(_filled)] | None = Field(
        default=None,
        description="The Python that runs the task: the path of an interpreter, absolute or relative to the project, "
        "or the name of a kernelspec. The server's own if left out.",
        examples=["envs/geo/bin/python", "python3"],
    )


class TasksFileForm(Form):
    """The tasks of a project."""

    schema_: str = Field(default="", alias="$schema", description="The JSON Schema of this file, for editors.")
    data_tasks: list[TaskForm] = Field(default=[], description="The tasks.")


class FieldForm(Form):
    """A field of a connection."""

    name: Annotated[str, AfterValidator(_filled)] = Field(
        description="The key under which the task finds the value.", examples=["server"]
    )
    type: Annotated[str, BeforeValidator(lower), WithJsonSchema({"type": "string", "enum": list(FIELD_TYPES)})] = Field(
        default="text", description="How the field is drawn. A `password` is kept encrypted and never shown."
    )
    label: str = Field(
        default="", description="What the operator reads; the name if left out.", examples=["Server name"]
    )


class ConnectionForm(Form):
    """A data source that tasks use by its id."""

    id: Id = Field(description="The name by which tasks ask for the connection.", examples=["ANA"])
    name: str = Field(default="", description="What the operator reads.", examples=["Analysis Database"])
    description: str = Field(default="", description="What the data source is.")
    allow_query_engine: Flag = Field(default=False, description="Whether dashboards may query it.")
    testquery: str | None = Field(
        default=None, description="The SQL that *Test connection* runs.", examples=["SELECT 1"]
    )
    params: list[FieldForm] = Field(
        default=[],
        description="The fields that have to be filled in.",
        examples=[
            [
                {"name": "type", "type": "text", "label": "Type"},
                {"name": "password", "type": "password", "label": "Password"},
            ]
        ],
    )


class ConnectionsFileForm(Form):
    """The connections of a project."""

    schema_: str = Field(default="", alias="$schema", description="The JSON Schema of this file, for editors.")
    data_connections: list[ConnectionForm] = Field(default=[], description="The connections.")


class NavigationItemForm(Form):
    """An action of the sidebar, or a group of actions."""

    title: str | None = Field(
        default=None, description="What the analyst reads; the task's name if left out.", examples=["Update the data"]
    )
    icon: str | None = Field(default=None, description="The name of an icon.")
    task: str | None = Field(default=None, description="The id of the task that is run.", examples=["LOAD"])
    dashboard: str | None = Field(default=None, description="The id of a dashboard of DUFT's.")
    prompt: str | None = Field(
        default=None,
        description="What is asked before the task is run; if left out, nothing is asked.",
        examples=["Replace the data by those of today?"],
    )
    execute_button_text: str | None = Field(default=None, description="The button that runs the task.")
    cancel_button_text: str | None = Field(default=None, description="The button that does not.")
    tasks: list[NavigationItemForm | str] | None = Field(
        default=None, description="The actions of a group, or ids of the tasks that they run."
    )


class NavigationForm(Form):
    """The actions of the sidebar under a header."""

    header: str | None = Field(default=None, description="What stands above the actions.", examples=["Data"])
    items: list[NavigationItemForm | str] = Field(
        default=[], description="The actions, or ids of the tasks that they run."
    )


class NavigationFileForm(BaseModel):
    """The sidebar. What DUFT keeps here beside its actions is left alone."""

    model_config = ConfigDict(extra="allow", strict=True, alias_generator=to_camel)

    schema_: str = Field(default="", alias="$schema", description="The JSON Schema of this file, for editors.")
    data_tasks: NavigationForm | list[NavigationItemForm | str] = Field(
        default=[],
        description="The actions of the sidebar, with or without a header.",
        examples=[{"header": "Data", "items": [{"title": "Update the data", "task": "LOAD"}]}],
    )


class ValuesFileForm(BaseModel):
    """What belongs to this installation of the project, not to the project."""

    model_config = ConfigDict(extra="allow", strict=True, alias_generator=to_camel)

    schema_: str = Field(default="", alias="$schema", description="The JSON Schema of this file, for editors.")
    data_connection_parameters: dict[str, dict[str, Any]] = Field(
        default={},
        description="The values of the connections' fields, by connection id. Passwords are better saved in the "
        "dashboard, which keeps them encrypted.",
        examples=[{"ANA": {"type": "sqlite3", "sqlite3file": "analysis.sqlite"}}],
    )
    scheduled_data_tasks: dict[str, Any] | list[Any] = Field(default={}, description="DUFT's schedules.")
    settings: dict[str, Any] = Field(default={}, description="DUFT's settings.")


_FORMS: dict[str, type[BaseModel]] = {
    "data_tasks": TasksFileForm,
    "data_connections": ConnectionsFileForm,
    "config": ValuesFileForm,
    "navigation": NavigationFileForm,
}


def keys(form: type[BaseModel], path: Sequence[str | int] = ()) -> set[str]:
    """The keys that are known at ``path`` below a value of the form."""
    steps = iter(path)
    for step in steps:
        nested = next((_form_in(field.annotation) for name, field in _fields(form) if name == step), None)
        if nested:
            form = nested
            next(steps, None)  # the name or number of an item
    return {name for name, _ in _fields(form)}


def _fields(form: type[BaseModel]) -> Iterator[tuple[str, FieldInfo]]:
    return ((field.alias or name, field) for name, field in form.model_fields.items())


def _form_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((form for part in get_args(annotation) if (form := _form_in(part))), None)


class _ForEditors(GenerateJsonSchema):
    """Without what only disturbs completion: generated titles, and ``null`` for a key that is better left out."""

    def nullable_schema(self, schema: core_schema.NullableSchema) -> JsonSchemaValue:
        return self.generate_inner(schema["schema"])

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        generated = super().default_schema(schema)
        if generated.get("default") in (None, "", [], {}):
            generated.pop("default", None)
        return generated

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False


def json_schemas() -> dict[str, dict[str, Any]]:
    """The JSON Schema (2020-12) of each configuration file, by the file's name without its suffix."""
    return {
        name: {"$schema": DIALECT, **form.model_json_schema(schema_generator=_ForEditors)}
        for name, form in _FORMS.items()
    }


def write_schemas(directory: Path) -> list[Path]:
    """Writes ``<name>.schema.json`` for each configuration file, where it is not there already, and returns the paths.

    Raises `OSError`.
    """
    directory.mkdir(parents=True, exist_ok=True)
    paths = []
    for name, schema in json_schemas().items():
        path = directory / f"{name}.schema.json"
        content = (json.dumps(schema, indent=2, ensure_ascii=False) + "\n").encode()
        if not path.is_file() or path.read_bytes() != content:
            unfinished = path.with_name(f"{path.name}.{os.getpid()}")
            unfinished.write_bytes(content)
            unfinished.replace(path)
        paths.append(path)
    return paths
