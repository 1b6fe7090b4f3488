"""Which parameters a file reads, in all the ways there are to read one."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from taskdeck.lint import assignments
from taskdeck.lint import names as naming
from taskdeck.lint.block import NOT_LITERAL, Block, literal
from taskdeck.lint.inflow import Inflow, Way
from taskdeck.lint.names import Names
from taskdeck.lint.walk import Context, Scope

_GETTERS = ("get", "pop", "setdefault")
_TAKERS = ("initialise_data_task", "DataTaskEnvironment")
"""These are given all parameters, and read `interactive`."""
_LOOKS_AT_ALL = frozenset({"globals", "locals", "vars", "exec", "eval"})
_SEES_ALL = frozenset({"argparse", "click", "fire", "os.popen", "os.system", "subprocess", "typer"})
"""What reads the arguments of the process, or starts others that get its variables."""
_WORD = re.compile(r"\w+")
_ESCAPED_SUFFIX = "_shell_escaped"
_MAX_NAME_CHARACTERS = 200
_ASSIGNING = frozenset({ast.Assign, ast.AnnAssign, ast.AugAssign, ast.NamedExpr})
_LOOKED_AT = frozenset(
    {
        ast.AnnAssign,
        ast.Assign,
        ast.Attribute,
        ast.AugAssign,
        ast.Call,
        ast.Compare,
        ast.Constant,
        ast.Import,
        ast.ImportFrom,
        ast.Name,
        ast.NamedExpr,
        ast.Subscript,
        ast.keyword,
    }
)


class Form(Enum):
    SUBSCRIPT = "subscript"
    """``params["x"]``"""
    GET = "get"
    """``params.get("x", 5)``"""
    SDK = "sdk"
    """``sdk.params({"x": 5})``"""
    TAGGED = "tagged"
    """``x: int = 5`` in the tagged cell"""


@dataclass(frozen=True, kw_only=True, eq=False)
class Read:
    name: str
    form: Form
    block: Block
    node: ast.AST
    may_lack: bool
    """The code goes on without a value."""
    default: Any = NOT_LITERAL
    annotation: ast.expr | None = None


@dataclass(kw_only=True)
class Reads:
    reads: list[Read] = field(default_factory=list)
    mentioned: set[str] = field(default_factory=set)
    """Names and whole texts of the code, in lower case: what may be a parameter, read in a way nobody foresaw."""
    own: set[str] = field(default_factory=set)
    """Keys that the file itself puts among the parameters."""
    tested: set[str] = field(default_factory=set)
    """The file asks whether it has these."""
    takes_all: bool = False
    """All parameters are passed on or looked at, so that nobody knows which are read."""
    adds_any: bool = False
    """The file puts other things among the parameters."""
    sources: set[int] = field(default_factory=set)
    """Ids of the expressions by which the file asks for its parameters itself: ``sdk.params()``."""

    def names(self) -> set[str]:
        return {read.name for read in self.reads}


def of_blocks(blocks: Sequence[Block], inflow: Inflow, names: Names) -> Reads:
    return _Reading(blocks, inflow, names).result()


class _Reading:
    def __init__(self, blocks: Sequence[Block], inflow: Inflow, names: Names) -> None:
        self._names = names
        self._inflow = inflow
        self._found = Reads()
        self._used: set[int] = set()
        """Ids of nodes whose use of the parameters is understood."""
        self._sourced: dict[Scope, set[str]] = {}
        self._dicts: dict[str, ast.Dict] = {}
        self._assigned: set[int] = set()
        """Ids of the variables that are the targets of an assignment."""
        self._blocks = blocks

    def result(self) -> Reads:
        for block in self._blocks:
            for node, context in block.steps:
                if type(node) in _ASSIGNING:
                    self._note_source(node, context.scope)
        for block in self._blocks:
            for node, context in block.steps:
                if type(node) in _LOOKED_AT:
                    self._look_at(block, node, context)
        for block in self._blocks:
            if block.tree is None:
                self._found.mentioned.update(map(_folded, _WORD.findall(block.cell.source)))
        if self._inflow.way is Way.TAGGED:
            self._found.reads += self._tagged()
        self._found.adds_any |= any(map(self._is_also_defined, self._blocks))
        return self._found

    def _is_also_defined(self, block: Block) -> bool:
        """Whether a function, a module or the like has the name of a variable with the parameters."""
        _, context = block.steps[0] if block.steps else (None, None)
        if context is None:
            return False
        held = self._sourced.get(context.scope, set()) | ({"params"} if self._inflow.gives_params else set())
        return not held.isdisjoint(context.scope.defined)

    def _note_source(self, node: ast.AST, scope: Scope) -> None:
        if isinstance(node, ast.AugAssign):
            self._assigned.add(id(node.target))
        for target, value in assignments.pairs(node):
            if not isinstance(target, ast.Name):
                continue
            self._assigned.add(id(target))
            if isinstance(value, ast.Dict) and scope.parent is None:
                self._dicts.setdefault(target.id, value)
            if self._is_source(value):
                self._found.sources.add(id(value))
                self._used.add(id(value))
                self._sourced.setdefault(scope, set()).add(target.id)
            elif target.id not in scope.module_names and (carried := list(self._carried(value, scope))):
                self._used.update(map(id, carried))
                self._sourced.setdefault(scope, set()).add(target.id)

    def _carried(self, value: ast.expr, scope: Scope) -> Iterator[ast.Name]:
        """The variables whose parameters the value holds as well: of ``params``, ``{**defaults, **params}``."""
        match value:
            case ast.Name() if self._holds_parameters(value, scope):
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

    def _is_source(self, node: ast.expr) -> bool:
        match node:
            case ast.Call(func=func):
                if self._names.dotted(func) == naming.PARAMS or self._names.function(func) == naming.DUFT_ARGUMENTS:
                    return True
                if self._names.function(func) == "loads":
                    return any(self._tells_arguments(inner) for each in node.args for inner in ast.walk(each))
                return self._names.function(func) == "dict" and any(map(self._is_source, node.args))
            case ast.BoolOp(values=values):
                return any(map(self._is_source, values))
            case ast.IfExp(body=body, orelse=orelse):
                return self._is_source(body) or self._is_source(orelse)
            case ast.Dict(keys=keys, values=values):
                return any(key is None and self._is_source(value) for key, value in zip(keys, values, strict=True))
        return False

    def _tells_arguments(self, node: ast.AST) -> bool:
        if isinstance(node, ast.Constant):
            return bool(node.value == "TASKDECK_PARAMETERS")
        if self._names.dotted(node) not in ("sys.argv", "argv"):
            return False
        self._used.add(id(node))
        return True

    def _holds_parameters(self, node: ast.AST, scope: Scope) -> bool:
        """Whether it is a variable with all parameters, or a call that gives them."""
        if not isinstance(node, ast.Name):
            return isinstance(node, ast.expr) and self._is_source(node)
        looked: Scope | None = scope
        while looked is not None:
            if node.id in looked.arguments:
                return False
            if node.id in self._sourced.get(looked, ()):
                return True
            if looked.parent is None:
                return node.id == "params" and self._inflow.gives_params
            if node.id in looked.stored and node.id not in looked.module_names:
                return False
            looked = looked.parent
        return False

    def _look_at(self, block: Block, node: ast.AST, context: Context) -> None:
        scope = context.scope
        match node:
            case ast.Name(id=name):
                self._found.mentioned.add(_folded(name))
                is_load = isinstance(node.ctx, ast.Load)
                is_understood = id(node) in (self._used if is_load else self._assigned)
                if not is_understood and self._holds_parameters(node, scope):
                    # It is passed on, or a loop or a function gives other things that name.
                    self._found.takes_all |= is_load
                    self._found.adds_any |= not is_load
            case ast.Constant(value=str(text)) if len(text) <= _MAX_NAME_CHARACTERS:
                self._found.mentioned.add(_folded(text))
            case ast.Subscript(value=value, slice=key) if self._holds_parameters(value, scope):
                self._used.add(id(value))
                self._subscript(block, node, key, context)
            case ast.Call(func=ast.Attribute(value=value, attr=attr)) if self._holds_parameters(value, scope):
                self._used.add(id(value))
                self._method(block, node, attr)
            case ast.Call(func=func) if self._names.function(func) in _TAKERS:
                self._found.mentioned.add("interactive")
                self._used.update(id(each) for each in (*node.args, *(keyword.value for keyword in node.keywords)))
            case ast.Call(func=func) if self._names.dotted(func) == naming.PARAMS:
                self._sdk_defaults(block, node, scope)
                self._found.takes_all |= id(node) not in self._used
            case ast.Call() if self._is_source(node):
                self._used.update(id(each) for each in node.args if self._tells_arguments(each))
                self._found.takes_all |= id(node) not in self._used
            case ast.Call(func=ast.Attribute(value=ast.Call(func=ast.Name(id="get_ipython")))):
                # A magic: what it is given may name variables.
                texts = [each.value for each in node.args if isinstance(each, ast.Constant)]
                self._found.mentioned.update(_folded(word) for text in texts for word in _WORD.findall(str(text)))
            case ast.Call(func=ast.Name(id=name)) if name in _LOOKS_AT_ALL:
                self._found.takes_all = True
            case ast.Compare(left=left, ops=[ast.In() | ast.NotIn()], comparators=[container]) if (
                self._holds_parameters(container, scope) and (tested := self._names.text(left)) is not None
            ):
                self._used.add(id(container))
                self._found.tested.add(tested)
            case ast.AugAssign(target=ast.Name() as target, value=value) if self._holds_parameters(target, scope):
                self._own_keys(value, scope)
            case ast.Assign() | ast.AnnAssign() | ast.NamedExpr():
                for assigned, value in assignments.pairs(node):
                    if isinstance(assigned, ast.Name) and self._holds_parameters(assigned, scope):
                        self._own_keys(value, scope)
            case ast.Attribute(attr=attr):
                self._found.mentioned.add(_folded(attr))
                self._environment(node)
            case ast.Import(names=aliases):
                self._found.takes_all |= any(alias.name in _SEES_ALL for alias in aliases)
            case ast.ImportFrom(module=str(module)):
                self._found.takes_all |= module in _SEES_ALL
            case ast.keyword(arg=str(name)):
                self._found.mentioned.add(_folded(name))

    def _environment(self, node: ast.Attribute) -> None:
        dotted = self._names.dotted(node)
        if dotted in _SEES_ALL or (dotted == "sys.argv" and id(node) not in self._used):
            self._found.takes_all = True

    def _subscript(self, block: Block, node: ast.Subscript, key: ast.expr, context: Context) -> None:
        name = self._names.text(key)
        if name is None:
            self._found.takes_all = True
            self._found.adds_any |= not isinstance(node.ctx, ast.Load)
        elif isinstance(node.ctx, ast.Load):
            may_lack = context.catches("KeyError", "LookupError")
            self._found.reads.append(Read(name=name, form=Form.SUBSCRIPT, block=block, node=node, may_lack=may_lack))
        else:
            self._found.own.add(name)

    def _method(self, block: Block, node: ast.Call, attr: str) -> None:
        name = self._names.text(node.args[0]) if node.args else None
        if attr in _GETTERS and name is not None:
            default = literal(node.args[1]) if len(node.args) > 1 else NOT_LITERAL
            may_lack = attr != "pop" or len(node.args) > 1
            self._found.reads.append(
                Read(name=name, form=Form.GET, block=block, node=node, may_lack=may_lack, default=default)
            )
            if attr == "setdefault":
                self._found.tested.add(name)
        else:
            self._found.takes_all = True
            self._found.adds_any |= attr in ("update", "setdefault")

    def _sdk_defaults(self, block: Block, node: ast.Call, scope: Scope) -> None:
        given = node.args[0] if node.args else next((each.value for each in node.keywords), None)
        if isinstance(given, ast.Name):
            given = self._dicts.get(given.id)
        if not isinstance(given, ast.Dict):
            return
        for key, value in zip(given.keys, given.values, strict=True):
            if key is None and self._holds_parameters(value, scope):
                self._used.add(id(value))
            elif (name := self._names.text(key)) is not None:
                assert key is not None, "only a key has a text"
                self._found.tested.add(name)
                self._found.reads.append(
                    Read(name=name, form=Form.SDK, block=block, node=key, may_lack=True, default=literal(value))
                )

    def _own_keys(self, value: ast.expr, scope: Scope) -> None:
        """What the file itself puts among the parameters, by assigning ``value`` to a variable that holds them."""
        waiting, seen = [value], set[int]()
        while waiting:
            part = waiting.pop()
            if id(part) in seen or self._is_source(part):
                continue
            seen.add(id(part))
            match part:
                case ast.Dict(keys=keys, values=values):
                    waiting += [each for key, each in zip(keys, values, strict=True) if key is None]
                    names = [self._names.text(key) for key in keys if key is not None]
                    self._found.own.update(name for name in names if name is not None)
                    self._found.adds_any |= None in names
                case ast.Call(func=ast.Name(id="dict"), args=given, keywords=keywords):
                    self._found.own.update(keyword.arg for keyword in keywords if keyword.arg)
                    waiting += [*given, *(keyword.value for keyword in keywords if not keyword.arg)]
                case ast.BinOp(left=left, op=ast.BitOr(), right=right):
                    waiting += [left, right]
                case ast.BoolOp(values=values):
                    waiting += values
                case ast.IfExp(body=body, orelse=orelse):
                    waiting += [body, orelse]
                case ast.Name(id=name) if name in self._dicts:
                    waiting.append(self._dicts[name])
                case ast.Name() if self._holds_parameters(part, scope):
                    pass
                case ast.Constant():
                    pass
                case _:
                    self._found.adds_any = True

    def _tagged(self) -> Iterator[Read]:
        for block in self._blocks:
            if block.cell is not self._inflow.cell or block.tree is None:
                continue
            for statement in block.tree.body:
                if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
                    yield self._variable(block, statement, statement.target.id, statement.value, statement.annotation)
                    continue
                for name, value in assignments.named(statement):
                    if name != "params" or not isinstance(value, ast.Dict):
                        yield self._variable(block, statement, name, value, None)

    def _variable(
        self, block: Block, node: ast.stmt, name: str, value: ast.expr | None, annotation: ast.expr | None
    ) -> Read:
        return Read(
            name=name,
            form=Form.TAGGED,
            block=block,
            node=node,
            may_lack=value is not None,
            default=literal(value),
            annotation=annotation,
        )


def _folded(text: str) -> str:
    return text.lower().removesuffix(_ESCAPED_SUFFIX)
