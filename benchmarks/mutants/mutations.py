"""Small faults that can be planted in a module, each as the text of the module with one place changed."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from itertools import accumulate
from typing import NamedTuple

FLIPPED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
EXCHANGED: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult,
    ast.Pow: ast.Mult,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
    ast.LShift: ast.RShift,
    ast.RShift: ast.LShift,
}
OPPOSITES = {"min": "max", "max": "min", "any": "all", "all": "any"}
NO_CODE = {"annotation", "returns", "decorator_list", "type_params", "bases"}  # parts of a node that are left alone

Node = ast.expr | ast.stmt | ast.excepthandler
Change = tuple[Node, int, int | None, str]


class Mutant(NamedTuple):
    """One fault.

    Attributes:
        line: where it is.
        column: likewise.
        statement: the line in which the statement around it begins.
        function: the line in which the outermost function around it begins; None if an import of the module runs it.
        before: what is replaced.
        after: what replaces it.
        code: the line without the fault.
        text: of the module with the fault.
    """

    line: int
    column: int
    statement: int
    function: int | None
    before: str
    after: str
    code: str
    text: str

    @property
    def change(self) -> str:
        """The fault in words."""
        return f"{_short(self.before)} → {_short(self.after)}"


def mutants(text: str) -> list[Mutant]:
    """Return all faults that can be planted in a module, in the order of its lines."""
    whole = text.encode()
    lines = whole.splitlines(keepends=True)
    starts = [0, *accumulate(map(len, lines))]
    found: dict[tuple[int, str], Mutant] = {}
    for node, statement, function, after in _changes(ast.parse(text), 1, None):
        begin = starts[node.lineno - 1] + node.col_offset
        end = starts[(node.end_lineno or node.lineno) - 1] + (node.end_col_offset or 0)
        changed = (whole[:begin] + after.encode() + whole[end:]).decode()
        if _compiles(changed):
            before, code = whole[begin:end].decode(), lines[node.lineno - 1].decode().strip()
            mutant = Mutant(node.lineno, node.col_offset, statement, function, before, after, code, changed)
            found.setdefault((begin, mutant.change), mutant)
    return [found[key] for key in sorted(found)]


def _changes(node: ast.AST, statement: int, function: int | None) -> Iterator[Change]:
    """Yield each node that can be changed, where its statement and its function begin, and what is put in its place."""
    if isinstance(node, (ast.stmt, ast.excepthandler)):
        statement = node.lineno
    for changed, after in _changes_of(node, inside=function is not None):
        yield changed, statement, function, after
    for name, value in ast.iter_fields(node):
        if name in NO_CODE or isinstance(node, (ast.JoinedStr, ast.Raise)):
            continue  # a text that a person reads is no fault of this kind
        inner = function
        if name == "body" and function is None and isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            inner = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST):
                yield from _changes(child, statement, inner)


def _changes_of(node: ast.AST, *, inside: bool) -> Iterator[tuple[Node, str]]:
    """Yield what is put in the place of a node, or of its condition.

    Args:
        node: any.
        inside: whether it is inside a function: other statements are needed to import the module.
    """
    if isinstance(node, ast.expr):
        brackets = isinstance(node, (ast.BoolOp, ast.Compare, ast.BinOp, ast.UnaryOp, ast.IfExp))
        for after in (*_operators(node), *_constants(node)):
            yield node, f"({after})" if brackets else after
    elif isinstance(node, ast.ExceptHandler):
        for after in _handlers(node):
            yield node, after
    elif isinstance(node, ast.stmt) and inside:
        for after in _statements(node):
            yield node, after
    if isinstance(node, (ast.If, ast.While)) and not isinstance(node.test, (ast.Compare, ast.UnaryOp)):
        yield node.test, f"not ({ast.unparse(node.test)})"


def _operators(node: ast.expr) -> Iterator[str]:
    match node:
        case ast.Compare(left=left, ops=[operator], comparators=comparators) if type(operator) in FLIPPED:
            yield ast.unparse(ast.Compare(left, [FLIPPED[type(operator)]()], comparators))
        case ast.BoolOp(op=operator, values=values):
            other: ast.boolop = ast.Or() if isinstance(operator, ast.And) else ast.And()
            yield ast.unparse(ast.BoolOp(other, values))
        case ast.UnaryOp(op=ast.Not() | ast.USub(), operand=operand):
            yield ast.unparse(operand)
        case ast.BinOp(left=left, op=operator, right=right) if type(operator) in EXCHANGED:
            if not (_is_text(left) or _is_text(right)):
                yield ast.unparse(ast.BinOp(left, EXCHANGED[type(operator)](), right))
        case ast.IfExp(test=test, body=body, orelse=orelse) if not isinstance(test, (ast.Compare, ast.UnaryOp)):
            yield ast.unparse(ast.IfExp(test, orelse, body))


def _constants(node: ast.expr) -> Iterator[str]:
    match node:
        case ast.Constant(value=bool(value)):
            yield str(not value)
        case ast.Constant(value=int(value)):
            yield str(value + 1)
            if value > 1:
                yield str(value * 10)
        case ast.Constant(value=float(value)):
            yield str(value * 10 if value else 1.0)
        case ast.Name(id=name, ctx=ast.Load()) if name in OPPOSITES:
            yield OPPOSITES[name]


def _statements(node: ast.stmt) -> Iterator[str]:
    match node:
        case ast.Expr(value=ast.Constant()):
            return
        case ast.Expr() | ast.Raise() | ast.AugAssign() | ast.Delete():
            yield "pass"
        case ast.Assign(targets=[ast.Attribute() | ast.Subscript()]):
            yield "pass"
        case ast.Return(value=ast.expr() as value) if not (isinstance(value, ast.Constant)):
            yield "return None"
        case ast.Continue():
            yield "break"
        case ast.Break():
            yield "continue"


def _handlers(node: ast.ExceptHandler) -> Iterator[str]:
    """Yield a handler that swallows what it handled, and one that handles nothing."""
    kind = f" {ast.unparse(node.type)}" if node.type else ""
    name = f" as {node.name}" if node.name else ""
    if not isinstance(node.body[0], ast.Pass):
        yield f"except{kind}{name}: pass"
    if not isinstance(node.body[0], ast.Raise):
        yield f"except{kind}{name}: raise"


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))


def _compiles(text: str) -> bool:
    try:
        compile(text, "mutant", "exec", dont_inherit=True)
    except (SyntaxError, ValueError):
        return False
    return True


def _short(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= 70 else f"{words[:45]} … {words[-20:]}"  # noqa: PLR2004 - of a line on a terminal
