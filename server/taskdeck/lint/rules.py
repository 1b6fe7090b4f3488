"""What the linter looks for. The ids are stable: authors write them into their files, and pipelines filter by them."""

from __future__ import annotations

from enum import StrEnum


class Rule(StrEnum):
    CONFIGURATION = "configuration"
    NOTEBOOK_FORMAT = "notebook-format"
    SYNTAX = "syntax"
    PARAMS_LOST = "params-lost"
    UNDECLARED_PARAMETER = "undeclared-parameter"
    UNUSED_PARAMETER = "unused-parameter"
    TYPE_MISMATCH = "type-mismatch"
    DEFAULT_MISMATCH = "default-mismatch"
    CHOICES_MISMATCH = "choices-mismatch"
    UNDECLARED_CONNECTION = "undeclared-connection"
    UNKNOWN_CONNECTION = "unknown-connection"
    MISSING_IMPORT = "missing-import"
    ENVIRONMENT = "environment"
    SECRET = "secret"  # noqa: S105 - the name of a rule
    PERSONAL_DATA = "personal-data"
    NOT_CHECKED = "not-checked"


SUMMARIES = {
    Rule.CONFIGURATION: "A configuration file has a problem.",
    Rule.NOTEBOOK_FORMAT: "The file is no notebook that can be run.",
    Rule.SYNTAX: "A cell or script is not valid Python.",
    Rule.PARAMS_LOST: "The values of a run would be overwritten or never arrive.",
    Rule.UNDECLARED_PARAMETER: "The code reads a parameter that the task does not declare.",
    Rule.UNUSED_PARAMETER: "The task declares a parameter that its code never reads.",
    Rule.TYPE_MISMATCH: "The code and the declaration of a parameter disagree about its type.",
    Rule.DEFAULT_MISMATCH: "The tagged cell and the declaration of a parameter have different defaults.",
    Rule.CHOICES_MISMATCH: "The tagged cell and the declaration of a parameter allow different values.",
    Rule.UNDECLARED_CONNECTION: "The code uses a connection that the task does not declare.",
    Rule.UNKNOWN_CONNECTION: "The code uses a connection that the project does not have.",
    Rule.MISSING_IMPORT: "The Python that runs the task lacks a module.",
    Rule.ENVIRONMENT: "The Python that the task asks for cannot be found.",
    Rule.SECRET: "A password, key or token stands in the file.",
    Rule.PERSONAL_DATA: "Saved outputs of the notebook show rows about persons.",
    Rule.NOT_CHECKED: "The file, or a part of it, could not be checked.",
}
