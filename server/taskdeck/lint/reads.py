"""Which parameters a file reads, in all the ways there are to read one."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from taskdeck.lint import assignments
from taskdeck.lint import names as naming
from taskdeck.lint.block import NOT_LITERAL, Block, literal
from taskdeck.lint.holders import Holders
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
        self._blocks = blocks
        self._inflow = inflow
        self._names = names
        self._holders = Holders(blocks, inflow, names)
        self._found = Reads(sources=self._holders.sources)

    def result(self) -> Reads:
        # By kind: most nodes are of one that tells nothing, and to try all patterns would take the most time of all.
        look_at: dict[type[ast.AST], Callable[[Block, Any, Context], None]] = {
            ast.AnnAssign: self._assignment,
            ast.Assign: self._assignment,
            ast.Attribute: self._attribute,
            ast.AugAssign: self._assignment,
            ast.Call: self._call,
            ast.Compare: self._comparison,
            ast.Constant: self._constant,
            ast.Import: self._import,
            ast.ImportFrom: self._import,
            ast.Name: self._name,
            ast.NamedExpr: self._assignment,
            ast.Subscript: self._subscript,
            ast.keyword: self._keyword,
        }
        for block in self._blocks:
            for node, context in block.steps:
                if (look := look_at.get(type(node))) is not None:
                    look(block, node, context)
            if block.tree is None:
                self._found.mentioned.update(map(_folded, _WORD.findall(block.cell.source)))
            else:
                self._found.adds_any |= self._holders.is_also_defined(block.steps[0][1].scope)
        if self._inflow.way is Way.TAGGED:
            self._found.reads += self._tagged()
        return self._found

    def _name(self, block: Block, node: ast.Name, context: Context) -> None:
        self._found.mentioned.add(_folded(node.id))
        is_load = type(node.ctx) is ast.Load
        is_understood = id(node) in (self._holders.used if is_load else self._holders.assigned)
        if not is_understood and self._holders.holds(node, context.scope):
            # It is passed on, or a loop or a function gives other things that name.
            self._found.takes_all |= is_load
            self._found.adds_any |= not is_load

    def _constant(self, block: Block, node: ast.Constant, context: Context) -> None:
        if isinstance(node.value, str) and len(node.value) <= _MAX_NAME_CHARACTERS:
            self._found.mentioned.add(_folded(node.value))

    def _keyword(self, block: Block, node: ast.keyword, context: Context) -> None:
        if node.arg:
            self._found.mentioned.add(_folded(node.arg))

    def _import(self, block: Block, node: ast.Import | ast.ImportFrom, context: Context) -> None:
        names = [node.module] if isinstance(node, ast.ImportFrom) else [alias.name for alias in node.names]
        self._found.takes_all |= any(name in _SEES_ALL for name in names)

    def _attribute(self, block: Block, node: ast.Attribute, context: Context) -> None:
        self._found.mentioned.add(_folded(node.attr))
        dotted = self._names.dotted(node)
        if dotted in _SEES_ALL or (dotted == "sys.argv" and id(node) not in self._holders.used):
            self._found.takes_all = True

    def _assignment(
        self, block: Block, node: ast.Assign | ast.AnnAssign | ast.AugAssign | ast.NamedExpr, context: Context
    ) -> None:
        of_target = [(node.target, node.value)] if isinstance(node, ast.AugAssign) else assignments.pairs(node)
        for target, value in of_target:
            if isinstance(target, ast.Name) and self._holders.holds(target, context.scope):
                for key in self._holders.added(value, context.scope):
                    self._found.adds_any |= key is None
                    self._found.own |= {key} if key is not None else set()

    def _comparison(self, block: Block, node: ast.Compare, context: Context) -> None:
        match node:
            case ast.Compare(left=left, ops=[ast.In() | ast.NotIn()], comparators=[container]):
                tested = self._names.text(left)
                if tested is not None and self._holders.holds(container, context.scope):
                    self._holders.used.add(id(container))
                    self._found.tested.add(tested)

    def _call(self, block: Block, node: ast.Call, context: Context) -> None:
        scope, used, func = context.scope, self._holders.used, node.func
        if isinstance(func, ast.Attribute) and self._holders.holds(func.value, scope):
            used.add(id(func.value))
            self._method(block, node, func.attr)
            return
        dotted = self._names.dotted(func)
        if dotted.rpartition(".")[2] in _TAKERS:
            self._found.mentioned.add("interactive")
            used.update(id(each) for each in (*node.args, *(keyword.value for keyword in node.keywords)))
        elif dotted == naming.PARAMS:
            self._sdk_defaults(block, node, scope)
            self._found.takes_all |= id(node) not in used
        elif self._holders.is_source(node):
            used.update(id(each) for each in node.args if self._holders.tells_arguments(each))
            self._found.takes_all |= id(node) not in used
        elif dotted in _LOOKS_AT_ALL:
            self._found.takes_all = True
        elif _is_magic(func):
            # What it is given may name variables.
            texts = [each.value for each in node.args if isinstance(each, ast.Constant)]
            self._found.mentioned.update(_folded(word) for text in texts for word in _WORD.findall(str(text)))

    def _subscript(self, block: Block, node: ast.Subscript, context: Context) -> None:
        if not self._holders.holds(node.value, context.scope):
            return
        self._holders.used.add(id(node.value))
        name = self._names.text(node.slice)
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
            given = self._holders.dicts.get(given.id)
        if not isinstance(given, ast.Dict):
            return
        for key, value in zip(given.keys, given.values, strict=True):
            if key is None and self._holders.holds(value, scope):
                self._holders.used.add(id(value))
            elif (name := self._names.text(key)) is not None:
                assert key is not None, "only a key has a text"
                self._found.tested.add(name)
                self._found.reads.append(
                    Read(name=name, form=Form.SDK, block=block, node=key, may_lack=True, default=literal(value))
                )

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


def _is_magic(func: ast.expr) -> bool:
    match func:
        case ast.Attribute(value=ast.Call(func=ast.Name(id="get_ipython"))):
            return True
    return False


def _folded(text: str) -> str:
    return text.lower().removesuffix(_ESCAPED_SUFFIX)
