"""What holds the parameters of a run in a file: the variable ``params``, ``sdk.params()``, copies of them."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from taskdeck.lint import assignments
from taskdeck.lint import names as naming
from taskdeck.lint.block import Block
from taskdeck.lint.inflow import Inflow
from taskdeck.lint.names import Names
from taskdeck.lint.walk import Scope

_PARAMS = "params"
_ASSIGNING = frozenset({ast.Assign, ast.AnnAssign, ast.AugAssign, ast.NamedExpr})


class Holders:
    def __init__(self, blocks: Sequence[Block], inflow: Inflow, names: Names) -> None:
        self.used: set[int] = set()
        """Ids of nodes whose use of the parameters is understood."""
        self.assigned: set[int] = set()
        """Ids of the variables that are the targets of an assignment."""
        self.sources: set[int] = set()
        """Ids of the expressions by which the file asks for its parameters itself."""
        self.dicts: dict[str, ast.Dict] = {}
        """By variable of the module, the dictionary that it is."""
        self._names = names
        self._inflow = inflow
        self._variables: dict[Scope, set[str]] = {}
        for block in blocks:
            for node, context in block.steps:
                if type(node) in _ASSIGNING:
                    self._note(node, context.scope)

    def holds(self, node: ast.AST, scope: Scope) -> bool:
        """Whether it is a variable with all parameters, or a call that gives them."""
        if not isinstance(node, ast.Name):
            return self.is_source(node)
        looked: Scope | None = scope
        while looked is not None:
            if node.id in looked.arguments:
                return False
            if node.id in self._variables.get(looked, ()):
                return True
            if looked.parent is None:
                return node.id == _PARAMS and self._inflow.gives_params
            if node.id in looked.stored and node.id not in looked.module_names:
                return False
            looked = looked.parent
        return False

    def is_source(self, node: ast.AST) -> bool:
        """Whether the file asks for its parameters by it: ``sdk.params()``, ``json.loads(sys.argv[1])``."""
        match node:
            case ast.Call(func=func):
                dotted = self._names.dotted(func)
                function = dotted.rpartition(".")[2]
                if dotted == naming.PARAMS or function == naming.DUFT_ARGUMENTS:
                    return True
                if function == "loads":
                    return any(self.tells_arguments(inner) for each in node.args for inner in ast.walk(each))
                return function == "dict" and any(map(self.is_source, node.args))
            case ast.BoolOp(values=values):
                return any(map(self.is_source, values))
            case ast.IfExp(body=body, orelse=orelse):
                return self.is_source(body) or self.is_source(orelse)
            case ast.Dict(keys=keys, values=values):
                return any(key is None and self.is_source(value) for key, value in zip(keys, values, strict=True))
        return False

    def tells_arguments(self, node: ast.AST) -> bool:
        if isinstance(node, ast.Constant):
            return bool(node.value == "TASKDECK_PARAMETERS")
        if self._names.dotted(node) not in ("sys.argv", "argv"):
            return False
        self.used.add(id(node))
        return True

    def is_also_defined(self, module: Scope) -> bool:
        """Whether a function, a module or the like has the name of a variable with the parameters."""
        held = self._variables.get(module, set()) | ({_PARAMS} if self._inflow.gives_params else set())
        return not held.isdisjoint(module.defined)

    def added(self, value: ast.expr, scope: Scope) -> Iterator[str | None]:
        """The keys that are put among the parameters where ``value`` is assigned to a variable with them.

        ``None``: some that nobody knows.
        """
        waiting, seen = [value], set[int]()
        while waiting:
            part = waiting.pop()
            if id(part) in seen or self.is_source(part):
                continue
            seen.add(id(part))
            match part:
                case ast.Dict(keys=keys, values=values):
                    waiting += [each for key, each in zip(keys, values, strict=True) if key is None]
                    yield from (self._names.text(key) for key in keys if key is not None)
                case ast.Call(func=ast.Name(id="dict"), args=given, keywords=keywords):
                    waiting += [*given, *(keyword.value for keyword in keywords if not keyword.arg)]
                    yield from (keyword.arg for keyword in keywords if keyword.arg)
                case ast.BinOp(left=left, op=ast.BitOr(), right=right):
                    waiting += [left, right]
                case ast.BoolOp(values=values):
                    waiting += values
                case ast.IfExp(body=body, orelse=orelse):
                    waiting += [body, orelse]
                case ast.Name(id=name) if name in self.dicts:
                    waiting.append(self.dicts[name])
                case _ if not isinstance(part, ast.Constant) and not self.holds(part, scope):
                    yield None

    def _note(self, node: ast.AST, scope: Scope) -> None:
        if isinstance(node, ast.AugAssign):
            self.assigned.add(id(node.target))
        for target, value in assignments.pairs(node):
            if not isinstance(target, ast.Name):
                continue
            self.assigned.add(id(target))
            if isinstance(value, ast.Dict) and scope.parent is None:
                self.dicts.setdefault(target.id, value)
            if self.is_source(value):
                self.sources.add(id(value))
                self.used.add(id(value))
                self._variables.setdefault(scope, set()).add(target.id)
            elif target.id not in scope.module_names and (carried := list(self._carried(value, scope))):
                self.used.update(map(id, carried))
                self._variables.setdefault(scope, set()).add(target.id)

    def _carried(self, value: ast.expr, scope: Scope) -> Iterator[ast.Name]:
        """The variables whose parameters the value holds as well: of ``params``, ``{**defaults, **params}``."""
        match value:
            case ast.Name() if self.holds(value, scope):
                yield value
            case ast.Dict(keys=keys, values=values):
                for key, each in zip(keys, values, strict=True):
                    if key is None:
                        yield from self._carried(each, scope)
            case ast.BinOp(left=left, op=ast.BitOr(), right=right):
                yield from self._carried(left, scope)
                yield from self._carried(right, scope)
            case ast.Call(func=ast.Name(id="dict"), args=given):
                for each in given:
                    yield from self._carried(each, scope)
