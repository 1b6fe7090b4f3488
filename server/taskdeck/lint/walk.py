"""A walk through a syntax tree that knows where it is: in which function, behind which ``try``. Does not recurse."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

_SURROUNDINGS = frozenset({"version_info", "platform", "find_spec", "system", "implementation", "hexversion"})
"""What code asks before it imports something that is not everywhere; beside them ``os.name``."""
_EVERYTHING = frozenset({"Exception", "BaseException"})


@dataclass(eq=False)
class Scope:
    """A function, or the module, whose ``parent`` is ``None``."""

    parent: Scope | None = None
    arguments: set[str] = field(default_factory=set)
    stored: set[str] = field(default_factory=set)
    defined: set[str] = field(default_factory=set)
    """Of those, the names of functions, classes, modules, caught exceptions and parts of a pattern."""
    module_names: set[str] = field(default_factory=set)
    """Declared ``global`` or ``nonlocal``."""

    def define(self, name: str | None) -> None:
        if name:
            self.stored.add(name)
            self.defined.add(name)


@dataclass(frozen=True)
class Context:
    scope: Scope
    caught: frozenset[str] = frozenset()
    """The names of exceptions that are caught around here."""
    is_conditional: bool = False
    """Not executed each time that the module is."""
    for_types: bool = False
    """Below ``if TYPE_CHECKING``, or a look at the platform, the version or the installed modules."""
    instead_of: frozenset[str] = frozenset()
    """In the handler of an ``ImportError``: the modules whose import it may have been."""

    def catches(self, *names: str) -> bool:
        return not self.caught.isdisjoint(_EVERYTHING.union(names))


Step = tuple[ast.AST, Context]


class TooLarge(Exception):
    """The tree is deeper, or has more nodes, than is safe to look at."""


def walk(tree: ast.Module, module: Scope, *, max_depth: int, max_nodes: int) -> list[Step]:
    """Every node before its children, in the order of the source; names that are stored are noted in their scopes.

    Operators and the like, which tell nothing, are left out. Raises `TooLarge`.
    """
    steps: list[Step] = []
    stack: list[tuple[ast.AST, Context, int]] = [(tree, Context(module), 0)]
    while stack:
        node, context, depth = stack.pop()
        steps.append((node, context))
        if depth > max_depth or len(steps) > max_nodes:
            raise TooLarge
        kind = type(node)
        if kind is ast.Name:
            if type(node.ctx) is not ast.Load:  # type: ignore[attr-defined]
                context.scope.stored.add(node.id)  # type: ignore[attr-defined]
            continue
        if kind is ast.Constant:
            continue
        depth += 1
        if (children := _SPECIAL.get(kind)) is not None:
            stack.extend([(child, within, depth) for child, within in reversed(list(children(node, context)))])
            continue
        # Most nodes come here: `ast.iter_child_nodes` would take twice as long.
        for name in reversed(node._fields):
            value = getattr(node, name, None)
            if isinstance(value, list):
                stack.extend([(each, context, depth) for each in reversed(value) if isinstance(each, ast.AST)])
            elif isinstance(value, ast.AST) and value._fields:
                stack.append((value, context, depth))
    return steps


def _of_function(node: Any, context: Context) -> Iterator[Step]:
    if not isinstance(node, ast.Lambda):
        context.scope.define(node.name)
    inner = replace(context, scope=Scope(context.scope, _arguments(node.args)), is_conditional=True)
    for name in node._fields:
        within = inner if name == "body" else context
        yield from ((child, within) for child in _children(getattr(node, name, None)))


def _of_class(node: Any, context: Context) -> Iterator[Step]:
    context.scope.define(node.name)
    return ((child, context) for child in ast.iter_child_nodes(node))


def _of_import(node: Any, context: Context) -> Iterator[Step]:
    for alias in node.names:
        context.scope.define(alias.asname or alias.name.partition(".")[0])
    return iter(())


def _of_capture(node: Any, context: Context) -> Iterator[Step]:
    """``except … as name``, ``case … as name``, ``case [*name]``, ``case {**name}``."""
    context.scope.define(getattr(node, "name", None) or getattr(node, "rest", None))
    return ((child, context) for child in ast.iter_child_nodes(node))


def _of_try(node: Any, context: Context) -> Iterator[Step]:
    guarded = replace(context, caught=context.caught.union(*map(_caught, node.handlers)))
    tried = frozenset(name for statement in node.body for name in _imported(statement))
    conditional = replace(context, is_conditional=True, instead_of=context.instead_of | tried)
    yield from ((child, guarded) for child in node.body)
    yield from ((child, conditional) for child in node.handlers)
    yield from ((child, context) for child in (*node.orelse, *node.finalbody))


def _of_with(node: Any, context: Context) -> Iterator[Step]:
    caught = context.caught.union(*(_suppressed(item.context_expr) for item in node.items))
    yield from ((child, context) for child in node.items)
    yield from ((child, replace(context, caught=caught)) for child in node.body)


def _of_branch(node: Any, context: Context) -> Iterator[Step]:
    inner = replace(context, is_conditional=True)
    asks = {_name(each) for each in ast.walk(node.test)} if isinstance(node, ast.If) else set()
    for name in node._fields:
        within = inner
        asks_surroundings = not asks.isdisjoint(_SURROUNDINGS) or {"os", "name"} <= asks
        if ("TYPE_CHECKING" in asks and name == "body") or asks_surroundings:
            within = replace(inner, for_types=True)
        yield from ((child, within) for child in _children(getattr(node, name, None)))


def _of_names(node: Any, context: Context) -> Iterator[Step]:
    context.scope.module_names.update(node.names)
    return iter(())


_SPECIAL: dict[type[ast.AST], Callable[[Any, Context], Iterator[Step]]] = {
    **dict.fromkeys((ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda), _of_function),
    **dict.fromkeys((ast.Try, ast.TryStar), _of_try),
    **dict.fromkeys((ast.With, ast.AsyncWith), _of_with),
    **dict.fromkeys((ast.If, ast.While, ast.For, ast.AsyncFor, ast.Match), _of_branch),
    **dict.fromkeys((ast.Global, ast.Nonlocal), _of_names),
    ast.ClassDef: _of_class,
    **dict.fromkeys((ast.Import, ast.ImportFrom), _of_import),
    **dict.fromkeys((ast.ExceptHandler, ast.MatchAs, ast.MatchStar, ast.MatchMapping), _of_capture),
}


def _children(value: Any) -> Iterator[ast.AST]:
    if isinstance(value, ast.AST):
        yield value
    elif isinstance(value, list):
        yield from (each for each in value if isinstance(each, ast.AST))


def _arguments(arguments: ast.arguments) -> set[str]:
    every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg]
    return {each.arg for each in every if each is not None}


def _imported(statement: ast.stmt) -> list[str]:
    match statement:
        case ast.Import(names=aliases):
            return [alias.name.partition(".")[0] for alias in aliases]
        case ast.ImportFrom(module=str(module), level=0):
            return [module.partition(".")[0]]
    return []


def _caught(handler: ast.ExceptHandler) -> frozenset[str]:
    if isinstance(handler.body[-1], ast.Raise):
        return frozenset()  # it is told in other words, and ends the run all the same
    if handler.type is None:
        return _EVERYTHING
    kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return frozenset(map(_name, kinds))


def _suppressed(expression: ast.expr) -> frozenset[str]:
    if isinstance(expression, ast.Call) and _name(expression.func) == "suppress":
        return frozenset(map(_name, expression.args))
    return frozenset()


def _name(node: ast.AST) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""
