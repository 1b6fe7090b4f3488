"""Parameters that the code reads against those that the task declares."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from taskdeck.lint.annotation import Annotation
from taskdeck.lint.block import NOT_LITERAL
from taskdeck.lint.finding import Remark
from taskdeck.lint.inflow import Inflow, Way
from taskdeck.lint.reads import Form, Read, Reads
from taskdeck.lint.rules import Rule
from taskdeck.model.conversion import Unconvertible, convert
from taskdeck.model.parameter import Parameter, ParameterType, infer_type, name_problem
from taskdeck.model.problem import Severity
from taskdeck.model.wording import describe, did_you_mean, quote

_OF_THE_SERVER = frozenset({"REQUIRED_CPU", "REQUIRED_MEMORY", "REQUIRED_DISK_SPACE"})
"""These are read by Taskdeck itself."""

_FITS: Mapping[ParameterType, frozenset[ParameterType]] = {
    ParameterType.STRING: frozenset(
        {ParameterType.STRING, ParameterType.MULTI_LINE_STRING, ParameterType.DATE, ParameterType.DATETIME}
    ),
    ParameterType.FLOAT: frozenset({ParameterType.FLOAT, ParameterType.INTEGER}),
    ParameterType.INTEGER: frozenset({ParameterType.INTEGER}),
    ParameterType.BOOL: frozenset({ParameterType.BOOL}),
    ParameterType.DATE: frozenset({ParameterType.DATE}),
    ParameterType.DATETIME: frozenset({ParameterType.DATETIME, ParameterType.DATE}),
}
"""By the type that the code expects, those that a declaration may have."""


def undeclared(reads: Reads, declared: Mapping[str, Parameter], inflow: Inflow) -> Iterator[Remark]:
    """What is read and cannot have a value; each name once."""
    if reads.adds_any:
        return
    seen: set[str] = set()
    unread = declared.keys() - reads.names()
    for read in sorted(reads.reads, key=lambda each: each.may_lack):
        if read.name in declared or read.name in reads.own or read.name in seen:
            continue
        if read.form is Form.TAGGED and (name_problem(read.name) or not could_be_given(read)):
            continue  # it could not be declared: a variable of the author's own
        seen.add(read.name)
        may_lack = read.may_lack or read.name in reads.tested
        consequence = "always has the value that stands here" if may_lack else "a run fails here with a KeyError"
        if read.form is Form.TAGGED and inflow.way is Way.TAGGED:
            consequence = "nobody can set it"
        yield read.block.remark(
            read.node,
            Rule.UNDECLARED_PARAMETER,
            f"The task does not declare the parameter {quote(read.name)}{did_you_mean(read.name, unread)}"
            f": {consequence}.",
            "Declare it in supportedParameters, or mend its name.",
            Severity.WARNING if may_lack else Severity.ERROR,
        )


def could_be_given(read: Read) -> bool:
    """Whether a caller could give a value for it: for a variable that is a list or a dictionary, nobody can."""
    return read.form is not Form.TAGGED or not isinstance(read.default, list | tuple | set | dict)


def unused(all_reads: Iterable[Reads], declared: Mapping[str, Parameter]) -> list[str]:
    """The names of declared parameters that neither the file nor a module beside it seems to read."""
    read: set[str] = set()
    for reads in all_reads:
        if reads.takes_all:
            return []
        read |= {name.lower() for name in reads.names() | reads.tested} | reads.mentioned
    return [name for name in declared if name.lower() not in read and name.upper() not in _OF_THE_SERVER]


def mismatches(reads: Reads, declared: Mapping[str, Parameter]) -> Iterator[Remark]:
    """Where the code thinks of another type, default or choice than the declaration says."""
    for read in reads.reads:
        parameter = declared.get(read.name)
        if parameter is None or read.form is Form.SUBSCRIPT:
            continue
        annotation = Annotation.of(read.annotation)
        expected = annotation.type or _type_of_default(read)
        choices = _converted(annotation.choices, parameter)
        if expected is not None and parameter.type not in _FITS[expected] and choices is None:
            yield read.block.remark(
                read.node,
                Rule.TYPE_MISMATCH,
                f"The parameter {quote(read.name)} is of type {parameter.type} in its declaration, and {expected} "
                "here.",
                "Make both the same.",
            )
            continue
        yield from _default(read, parameter)
        yield from _choices(read, parameter, choices or annotation.choices)


def _type_of_default(read: Read) -> ParameterType | None:
    default = read.default
    if isinstance(default, str) and read.form is Form.SDK:
        return None  # any value becomes the text that it reads as
    if isinstance(default, str):
        return ParameterType.STRING
    return infer_type(default) if isinstance(default, bool | int | float) else None


def _default(read: Read, parameter: Parameter) -> Iterator[Remark]:
    is_told = read.default is not NOT_LITERAL and parameter.has_default and parameter.default is not None
    if read.form is not Form.TAGGED or not is_told or _same(read.default, parameter):
        return
    yield read.block.remark(
        read.node,
        Rule.DEFAULT_MISMATCH,
        f"The parameter {quote(read.name)} is {describe(read.default)} here, and {describe(parameter.default)} in its "
        "declaration: by hand the notebook gives other results than as a task.",
        "Make both the same.",
    )


def _same(written: Any, parameter: Parameter) -> bool:
    try:
        return convert(parameter.type, written) == parameter.default
    except Unconvertible:
        return False


def _converted(choices: tuple[Any, ...] | None, parameter: Parameter) -> tuple[Any, ...] | None:
    """The values of a ``Literal`` as those of the parameter; `None` where one of them is none."""
    if choices is None or (not _takes_text(parameter) and any(isinstance(value, str) for value in choices)):
        return None
    try:
        return tuple(convert(parameter.type, value) for value in choices)
    except Unconvertible:
        return None


def _takes_text(parameter: Parameter) -> bool:
    return parameter.type in _FITS[ParameterType.STRING]


def _choices(read: Read, parameter: Parameter, choices: tuple[Any, ...] | None) -> Iterator[Remark]:
    if choices is None:
        return
    allowed = [each.value for each in parameter.allowed_values]
    if not allowed and parameter.type is ParameterType.BOOL:
        allowed = [True, False]
    if sorted(map(repr, allowed)) == sorted(map(repr, choices)):
        return
    message = f"The parameter {quote(read.name)} has other allowedValues in its declaration than its Literal here"
    lacking = [describe(value) for value in choices if value not in allowed]
    further = [describe(value) for value in allowed if value not in choices]
    details = [f"only here: {', '.join(lacking)}"] if lacking else []
    details += [f"only there: {', '.join(further)}"] if further else []
    yield read.block.remark(
        read.node, Rule.CHOICES_MISMATCH, f"{message} ({'; '.join(details)}).", "Make both the same."
    )
