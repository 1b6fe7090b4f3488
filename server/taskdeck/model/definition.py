"""From a parameter as an author declared it to the parameter that is bound, with everything that is wrong with it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import Enum

from taskdeck.model.binding import one_of
from taskdeck.model.conversion import Unconvertible, convert
from taskdeck.model.parameter import AllowedValue, Parameter, ParameterType, ParameterValue, infer_type
from taskdeck.model.problem import Severity
from taskdeck.model.wording import describe


class Absent(Enum):
    """Tells a key that is not there from one that is ``null``."""

    ABSENT = "absent"


ABSENT = Absent.ABSENT


@dataclass(frozen=True, kw_only=True)
class Declaration:
    """The keys of one parameter as written, before anything is inferred from them."""

    name: str
    type: ParameterType | None = None
    title: str = ""
    description: str = ""
    default: ParameterValue | Absent = ABSENT
    value: ParameterValue | Absent = ABSENT
    """Fixes the parameter."""
    allowed_values: tuple[AllowedValue, ...] | None = None
    """With an empty label where the author gave none."""
    required: bool = False
    allow_override: bool | None = None
    """``None``: not said, which protects the parameter unless it is required."""
    prompt: bool = False


@dataclass(frozen=True, kw_only=True)
class Finding:
    """Something wrong with a declaration. ``key`` is the path below the parameter: ``("allowedValues", 2)``."""

    key: tuple[str | int, ...] = ()
    message: str
    severity: Severity = Severity.ERROR
    expected: str = ""
    found: str = ""


@dataclass(frozen=True, kw_only=True)
class Definition:
    """A parameter and what was found wrong with its declaration; with an error it must not be bound."""

    parameter: Parameter
    findings: tuple[Finding, ...] = ()


def define(declaration: Declaration) -> Definition:
    """Infers what was not said, converts defaults and allowed values to the type, and checks the whole."""
    return _Checking(declaration).definition()


@dataclass
class _Checking:
    declaration: Declaration
    findings: list[Finding] = field(default_factory=list)

    def definition(self) -> Definition:
        declared = self.declaration
        type_ = declared.type or infer_type(next(self._values_as_written(), None))
        allowed = self._allowed(type_)
        fixed = declared.value is not ABSENT
        key = "value" if fixed else "defaultValue"
        default = self._default(key, type_, allowed)
        protected = fixed or not (declared.required if declared.allow_override is None else declared.allow_override)
        self._check_combination(protected=protected)
        parameter = Parameter(
            name=declared.name,
            type=type_,
            title=declared.title,
            description=declared.description,
            default=None if isinstance(default, Absent) else default,
            has_default=default is not ABSENT,
            required=declared.required and not fixed,
            protected=protected,
            prompt=declared.prompt,
            allowed_values=allowed,
        )
        return Definition(parameter=parameter, findings=tuple(self.findings))

    def _values_as_written(self) -> Iterator[ParameterValue]:
        for value in (self.declaration.value, self.declaration.default):
            if not isinstance(value, Absent) and value is not None:
                yield value
        yield from (each.value for each in self.declaration.allowed_values or ())

    def _default(self, key: str, type_: ParameterType, allowed: tuple[AllowedValue, ...]) -> ParameterValue | Absent:
        written = self.declaration.value if key == "value" else self.declaration.default
        if isinstance(written, Absent) or written is None:
            return written
        try:
            default = convert(type_, written)
        except Unconvertible as unconvertible:
            self._find(
                key, message=f"{key} is not of type {type_}", expected=unconvertible.expected, found=unconvertible.found
            )
            return ABSENT
        values = [each.value for each in allowed]
        if values and default not in values:
            message = f"{key} is none of the allowed values"
            self._find(key, message=message, expected=one_of(values), found=describe(default))
        return default

    def _allowed(self, type_: ParameterType) -> tuple[AllowedValue, ...]:
        written = self.declaration.allowed_values
        if written is None:
            return ()
        if not written:
            self._find("allowedValues", message="allowedValues is empty: no value could ever be chosen")
        allowed: dict[ParameterValue, AllowedValue] = {}
        for index, each in enumerate(written):
            try:
                value = convert(type_, each.value)
            except Unconvertible as unconvertible:
                message = f"This allowed value is not of type {type_}"
                self._find(
                    "allowedValues", index, message=message, expected=unconvertible.expected, found=unconvertible.found
                )
                continue
            if value in allowed:
                message = f"The allowed value {describe(value)} is listed twice"
                self._find("allowedValues", index, message=message, severity=Severity.WARNING)
            else:
                allowed[value] = AllowedValue(label=each.label or label(value), value=value)
        return tuple(allowed.values())

    def _check_combination(self, *, protected: bool) -> None:
        declared = self.declaration
        has_default = declared.default is not ABSENT
        fixed = declared.value is not ABSENT
        if declared.required and has_default:
            message = "A required parameter cannot have a default: every run has to be given its value"
            self._find("defaultValue", message=message)
        if declared.required and not fixed and declared.allow_override is False:
            message = "A required parameter that no caller may set can never have a value"
            self._find("allowOverride", message=message, expected="true", found="false")
        if fixed and declared.allow_override:
            message = "value fixes the parameter, so allowOverride has no effect"
            self._find("allowOverride", message=message, severity=Severity.WARNING)
        if fixed and has_default:
            message = "value fixes the parameter, so defaultValue has no effect"
            self._find("defaultValue", message=message, severity=Severity.WARNING)
        if protected and declared.prompt:
            message = 'promptUser asks for a value that no caller may set; add "allowOverride": true'
            self._find("promptUser", message=message, severity=Severity.WARNING)
        if protected and not (has_default or fixed or declared.required):
            message = 'This parameter can never have a value: add a defaultValue, or "allowOverride": true'
            self._find(message=message, severity=Severity.WARNING)

    def _find(
        self,
        *key: str | int,
        message: str,
        severity: Severity = Severity.ERROR,
        expected: str = "",
        found: str = "",
    ) -> None:
        self.findings.append(Finding(key=key, message=message, severity=severity, expected=expected, found=found))


def label(value: ParameterValue) -> str:
    """How a choice without a label is shown."""
    return value if isinstance(value, str) else describe(value)


def duplicate_names(names: Iterable[str]) -> dict[str, str]:
    """Names that differ from an earlier one only in case, with that one: in upper case, as variables, they collide."""
    first_by_upper: dict[str, str] = {}
    duplicates = {}
    for name in names:
        first = first_by_upper.setdefault(name.upper(), name)
        if first != name:
            duplicates[name] = first
    return duplicates
