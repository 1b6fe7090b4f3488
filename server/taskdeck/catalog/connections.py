"""From the entries of ``data_connections.json`` and the values of ``config.json`` to connections.

The values may be passwords, even where they should not be: problems name connections, but quote no value.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from taskdeck.catalog import merge, validation
from taskdeck.catalog.schema import FIELD_TYPES, ConnectionForm, ConnectionsFileForm, ValuesFileForm, keys
from taskdeck.catalog.validation import Entry, Source
from taskdeck.model.connection import Connection, ConnectionField
from taskdeck.model.database_url import DIALECTS, SYNONYMS
from taskdeck.model.problem import Problem, Severity
from taskdeck.model.wording import closest, did_you_mean, kind, quote

_VALUES = "dataConnectionParameters"


def read(declarations: Iterable[Source], values: Iterable[Source]) -> tuple[dict[str, Connection], list[Problem]]:
    """The connections by id, in the order of their declaration; the first declaration of an id wins.

    Values of a connection that nobody declared make one of no fields: tasks may read it, its secrets are masked.
    """
    declared, problems = _declared(declarations)
    given, of_values = _values(values, set(declared))
    connections = {
        id_: _connection(form, given.pop(id_, {})) if form else Connection(id=id_, name=id_)
        for id_, form in declared.items()
    }
    undeclared = {id_: Connection(id=id_, name=id_, file_values=fields) for id_, fields in given.items()}
    return connections | undeclared, problems + of_values


def _declared(sources: Iterable[Source]) -> tuple[dict[str, ConnectionForm | None], list[Problem]]:
    problems: list[Problem] = []
    entries: list[Entry] = []
    for source in sources:
        found, of_file = validation.entries(source, "dataConnections", keys(ConnectionsFileForm))
        problems += of_file + validation.loose_flaws(source, [entry.path for entry in found])
        entries += found
    merged = merge.by_id((entry for entry in entries if entry.id), lambda entry: entry.id)
    problems += [validation.shadowed(entry, winner) for entry, winner in merged.shadowed]
    forms: dict[str, ConnectionForm | None] = {}
    for entry in (*(entry for entry in entries if not entry.id), *merged.entries.values()):
        form, of_entry = validation.validate(ConnectionForm, entry)
        if damage := entry.damage():
            problems += damage
        else:
            problems += [*of_entry, *(_field_problems(entry, form) if form else ())]
        if entry.id:
            forms[entry.id] = form
    return forms, problems


def _field_problems(entry: Entry, form: ConnectionForm) -> Iterator[Problem]:
    names: set[str] = set()
    for index, field in enumerate(form.params):
        if field.name in names:
            message = f"The field {quote(field.name)} is declared twice"
            yield entry.problem(("params", index, "name"), message, severity=Severity.WARNING)
        names.add(field.name)
        if field.type not in FIELD_TYPES:
            message = f"Unknown type of field {quote(field.type)}{did_you_mean(field.type, FIELD_TYPES)}"
            expected = f"one of {', '.join(FIELD_TYPES)}"
            path = ("params", index, "type")
            yield entry.problem(path, message, severity=Severity.WARNING, expected=expected)


def _connection(form: ConnectionForm, values: Mapping[str, object]) -> Connection:
    fields = {
        field.name: ConnectionField(name=field.name, type=field.type, label=field.label or field.name)
        for field in form.params
    }
    return Connection(
        id=form.id,
        name=form.name or form.id,
        description=form.description,
        fields=tuple(fields.values()),
        test_query=form.testquery,
        allow_query_engine=form.allow_query_engine,
        file_values=values,
    )


def _values(sources: Iterable[Source], declared: set[str]) -> tuple[dict[str, dict[str, object]], list[Problem]]:
    values: dict[str, dict[str, object]] = {}
    problems: list[Problem] = []
    for source in sources:
        root = source.document.value
        by_id = root.get(_VALUES, {}) if isinstance(root, dict) else None
        if not isinstance(root, dict) or not isinstance(by_id, dict):
            path = (_VALUES,) if isinstance(root, dict) else ()
            problems += validation.loose_flaws(source, []) or [
                _not_an_object(source, path, root if by_id is None else by_id)
            ]
            continue
        entries = [Entry(source, (_VALUES, id_), fields) for id_, fields in by_id.items()]
        problems += validation.loose_flaws(source, [entry.path for entry in entries])
        problems += validation.unknown_keys(source, (), root, keys(ValuesFileForm), only_close=True)
        for entry in entries:
            id_ = str(entry.path[-1])
            if damage := entry.damage():
                problems += damage
            elif not isinstance(entry.value, dict):
                problems.append(_not_an_object(source, entry.path, entry.value))
            else:
                values.setdefault(id_, entry.value)
                problems += _value_problems(entry, id_, declared)
    return values, problems


def _value_problems(entry: Entry, id_: str, declared: set[str]) -> Iterator[Problem]:
    if id_ not in declared:
        message = f"Values for a connection {quote(id_)} that is not declared{did_you_mean(id_, declared)}"
        yield entry.problem((), message, severity=Severity.WARNING, of_key=True)
    type_ = entry.value.get("type")
    if isinstance(type_, str) and (suggestion := _misspelt_type(type_)):
        message = f"Unknown type of database; did you mean {quote(suggestion)}?"
        yield entry.problem(("type",), message, severity=Severity.WARNING)


def _misspelt_type(written: str) -> str | None:
    """The type that is meant, if it is none but looks like one. Other types are the business of the tasks."""
    known = {*DIALECTS, *SYNONYMS}
    return None if written.strip().lower() in known | {""} else closest(written, known)


def _not_an_object(source: Source, path: tuple[Any, ...], value: object) -> Problem:
    what = str(path[-1]) if path else "The file"
    return source.problem(path, f"{what} must hold an object", expected="an object", found=kind(value))
