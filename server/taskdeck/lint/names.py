"""What the names of a module stand for: where they were imported from, and which function a call calls."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass, field

from taskdeck.lint.block import Block

CONNECTION = "taskdeck.sdk.connection"
PARAMS = "taskdeck.sdk.params"
DUFT_CONNECTION = "get_resolved_parameters_for_connection"
DUFT_ARGUMENTS = "find_json_arg"


@dataclass(kw_only=True)
class Names:
    """``origins``: by name in the file, the dotted name it was imported as. ``texts``: by name, its constant text."""

    origins: dict[str, str] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, blocks: Iterable[Block]) -> Names:
        names = cls()
        for block in blocks:
            for node, _ in block.steps:
                if isinstance(node, ast.Import):
                    names.origins.update((alias.asname, alias.name) for alias in node.names if alias.asname)
                elif isinstance(node, ast.ImportFrom) and not node.level:
                    for alias in node.names:
                        names.origins[alias.asname or alias.name] = f"{node.module}.{alias.name}"
            for statement in block.tree.body if block.tree else ():
                match statement:
                    case (
                        ast.Assign(targets=[ast.Name(id=name)], value=ast.Constant(value=str(text)))
                        | ast.AnnAssign(target=ast.Name(id=name), value=ast.Constant(value=str(text)))
                    ):
                        names.texts[name] = text
        return names

    def dotted(self, node: ast.AST) -> str:
        """``taskdeck.sdk.params`` for ``sdk.params`` after ``from taskdeck import sdk``; empty for what has no name."""
        parts: list[str] = []
        while isinstance(node, ast.Attribute):
            parts.append(node.attr)
            node = node.value
        if not isinstance(node, ast.Name):
            return ""
        return ".".join([self.origins.get(node.id, node.id), *reversed(parts)])

    def function(self, node: ast.AST) -> str:
        """The last part of a name as it was imported: ``find_json_arg``, whatever module it came from."""
        return self.dotted(node).rpartition(".")[2]

    def text(self, node: ast.AST | None) -> str | None:
        """The text of an expression, where it is a constant or the name of one."""
        match node:
            case ast.Constant(value=str(text)):
                return text
            case ast.Name(id=name):
                return self.texts.get(name)
        return None
