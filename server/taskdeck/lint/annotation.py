"""What an annotation in a tagged cell says: ``int``, ``str | None``, ``Literal["north", "south"]``."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import Any

from taskdeck.lint.block import NOT_LITERAL, literal
from taskdeck.model.parameter import ParameterType, infer_type

_TYPES = {
    "str": ParameterType.STRING,
    "int": ParameterType.INTEGER,
    "float": ParameterType.FLOAT,
    "bool": ParameterType.BOOL,
    "date": ParameterType.DATE,
    "datetime": ParameterType.DATETIME,
}


@dataclass(frozen=True, kw_only=True)
class Annotation:
    type: ParameterType | None = None
    """``None``: it says nothing that a parameter could be."""
    choices: tuple[Any, ...] | None = None
    """Of a ``Literal``."""
    is_optional: bool = False

    @classmethod
    def of(cls, node: ast.expr | None) -> Annotation:
        match node:
            case ast.Constant(value=str(text)):  # a quoted annotation
                try:
                    return cls.of(ast.parse(text, mode="eval").body)
                except (SyntaxError, ValueError, RecursionError, MemoryError):
                    return cls()
            case ast.Name(id=name) | ast.Attribute(attr=name):
                return cls(type=_TYPES.get(name))
            case ast.Subscript(value=ast.Name(id=name) | ast.Attribute(attr=name), slice=inner):
                return cls._of_subscript(name, inner)
            case ast.BinOp(left=left, op=ast.BitOr(), right=right):
                return cls._of_union([left, right])
        return cls()

    @classmethod
    def _of_subscript(cls, name: str, inner: ast.expr) -> Annotation:
        parts = inner.elts if isinstance(inner, ast.Tuple) else [inner]
        match name:
            case "Optional":
                return cls._of_union([inner, ast.Constant(None)])
            case "Union":
                return cls._of_union(parts)
            case "Annotated" | "Final":
                return cls.of(parts[0]) if parts else cls()
            case "Literal":
                values = [literal(part) for part in parts]
                if not values or any(value is NOT_LITERAL for value in values):
                    return cls()
                said = tuple(value for value in values if value is not None)
                kinds = {infer_type(value) for value in said}
                return cls(
                    type=kinds.pop() if len(kinds) == 1 else None,
                    choices=said,
                    is_optional=len(said) < len(values),
                )
        return cls()

    @classmethod
    def _of_union(cls, parts: list[ast.expr]) -> Annotation:
        said = [part for part in parts if not (isinstance(part, ast.Constant) and part.value is None)]
        of = cls.of(said[0]) if len(said) == 1 else cls()
        return cls(type=of.type, choices=of.choices, is_optional=of.is_optional or len(said) < len(parts))
