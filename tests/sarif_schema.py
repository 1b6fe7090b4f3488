"""The parts of SARIF 2.1.0 that Taskdeck writes, as a JSON Schema: members, types and constraints of the standard.

After https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/sarif-v2.1.0-os.html; the number is the section.
"""

from typing import Any


def _object(required: list[str], **properties: Any) -> dict[str, Any]:
    return {"type": "object", "required": required, "properties": properties, "additionalProperties": False}


_TEXT = {"type": "string", "minLength": 1}
_MESSAGE = _object(["text"], text=_TEXT)  # 3.11
_POSITIVE = {"type": "integer", "minimum": 1}
_URI = {"type": "string", "pattern": r"^[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=%-]+$"}
_LOCATION = _object(  # 3.28
    ["physicalLocation"],
    physicalLocation=_object(  # 3.29
        ["artifactLocation"],
        artifactLocation=_object(["uri"], uri=_URI, uriBaseId=_TEXT),  # 3.4
        region=_object(["startLine"], startLine=_POSITIVE, startColumn=_POSITIVE),  # 3.30
    ),
    logicalLocations={"type": "array", "minItems": 1, "items": _object([], name=_TEXT)},  # 3.33
)
_RESULT = _object(  # 3.27
    ["message", "ruleId"],
    ruleId=_TEXT,
    ruleIndex={"type": "integer", "minimum": 0},
    level={"enum": ["none", "note", "warning", "error"]},
    message=_MESSAGE,
    locations={"type": "array", "items": _LOCATION},
    partialFingerprints={"type": "object", "additionalProperties": {"type": "string"}},
    properties={"type": "object"},
)
_DRIVER = _object(  # 3.19
    ["name"],
    name=_TEXT,
    semanticVersion={"type": "string", "pattern": r"^\d+\.\d+\.\d+"},
    rules={
        "type": "array",
        "uniqueItems": True,
        "items": _object(["id"], id=_TEXT, shortDescription=_MESSAGE),  # 3.49
    },
)
_RUN = _object(  # 3.14
    ["tool"],
    tool=_object(["driver"], driver=_DRIVER),
    originalUriBaseIds={"type": "object", "additionalProperties": _object([], description=_MESSAGE)},
    columnKind={"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
    results={"type": "array", "items": _RESULT},
)
SARIF = {  # 3.13
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "required": ["version", "runs"],
    "properties": {
        "$schema": {"type": "string", "format": "uri"},
        "version": {"const": "2.1.0"},
        "runs": {"type": "array", "items": _RUN},
    },
    "additionalProperties": False,
}
