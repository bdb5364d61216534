"""Expressions of rules: Python syntax, a white-list of nodes, types checked; nothing is ever evaluated as Python.

``parse`` gives a tree of ``Node``; ``columns`` turns it into a Polars expression. Logic is Kleene's: null is
unknown, ``unknown and no`` is no, ``unknown or yes`` is yes; any comparison or sum with an unknown part is unknown.
Numbers are decimals with ten places: sums and comparisons are exact, products and quotients are rounded half to even at
the tenth place, a quotient by nought and a product beyond 10**17 are unknown.

Source
------
S. C. Kleene, Introduction to Metamathematics (1952), §64: strong tables of three-valued logic.
"""

from __future__ import annotations

import ast
import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final

from zhizao.kernel.result import mark

_MAX_LENGTH: Final = 2_000
_MAX_DEPTH: Final = 40
_COMPARISONS: Final[dict[type[ast.cmpop], str]] = {
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.In: "in",
    ast.NotIn: "not in",
}
_ARITHMETIC: Final[dict[type[ast.operator], str]] = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}
_FUNCTIONS: Final = frozenset(("min", "max", "abs"))

Constant = Decimal | str | bool | dt.date | frozenset[str]


class Type(StrEnum):
    """What an expression gives."""

    NUMBER = "number"
    TEXT = "text"
    BOOLEAN = "boolean"
    DATE = "date"
    TEXTS = "set of texts"


@dataclass(frozen=True, slots=True)
class Node:
    """One step of an expression; ``op`` is an operator, ``constant``, ``fact``, ``parameter`` or ``condition``."""

    op: str
    type: Type
    source: str
    args: tuple[Node, ...] = ()
    value: Constant | None = None

    def walk(self) -> Iterator[Node]:
        """This node and all below it."""
        yield self
        for arg in self.args:
            yield from arg.walk()

    def facts(self) -> frozenset[str]:
        """The names of the facts that it needs."""
        return frozenset(str(node.value) for node in self.walk() if node.op == "fact")


class BadExpression(ValueError):  # noqa: N818 -- becomes a Problem with file and line
    """An expression that is refused; ``code``, ``message``, ``remedy`` and ``params`` go into a Problem."""

    def __init__(self, code: str, message: str, remedy: str, **params: object) -> None:
        self.code, self.message, self.remedy, self.params = code, message, remedy, params
        super().__init__(message % params)


def parse(expression: str, names: Mapping[str, Node], *, expected: Type) -> Node:
    """Parse an expression over the names given.

    Parameters
    ----------
    expression : str
        ``and or not``, comparisons (also chained, ``in``, ``not in``), ``+ - * /``, ``a if b else c``, ``min max abs``.
    names : mapping of str to Node
        What each name stands for.
    expected : Type
        What the whole must give.

    Raises
    ------
    BadExpression
        ``rules.syntax``, ``rules.node``, ``rules.unknown_name``, ``rules.type``.

    Examples
    --------
    >>> x = Node("fact", Type.NUMBER, "x", value="x")
    >>> parse("x >= 3 and x < 5", {"x": x}, expected=Type.BOOLEAN).op
    'and'
    >>> parse("__import__('os')", {"x": x}, expected=Type.BOOLEAN)
    Traceback (most recent call last):
    zhizao.kernel.rules.expression.BadExpression: “__import__('os')” is not allowed in an expression.
    """
    if len(expression) > _MAX_LENGTH:
        raise BadExpression("rules.syntax", mark("The expression is too long."), mark("Split it into conditions."))
    try:
        tree = ast.parse(expression.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise BadExpression(
            "rules.syntax",
            mark("The expression cannot be read: %(reason)s."),
            mark("Write it like “rd_ratio_pct >= threshold and industry in industries”."),
            reason=getattr(error, "msg", None) or type(error).__name__,
        ) from None
    node = _Parser(names).node(tree, depth=0)
    _expect(node, expected)
    return node


def constant(value: Constant, *, source: str | None = None) -> Node:
    """A constant as a node.

    >>> constant(Decimal(3)).type
    <Type.NUMBER: 'number'>
    """
    kinds = ((bool, Type.BOOLEAN), (Decimal, Type.NUMBER), (str, Type.TEXT), (dt.date, Type.DATE))
    kind = next((kind for python, kind in kinds if isinstance(value, python)), Type.TEXTS)
    return Node("constant", kind, source if source is not None else str(value), value=value)


class _Parser:
    def __init__(self, names: Mapping[str, Node]) -> None:
        self._names = names

    def node(self, tree: ast.expr, *, depth: int) -> Node:
        if depth > _MAX_DEPTH:
            raise BadExpression("rules.syntax", mark("The expression is too deep."), mark("Split it into conditions."))
        source = ast.unparse(tree)

        def sub(child: ast.expr) -> Node:
            return self.node(child, depth=depth + 1)

        match tree:
            case ast.Constant(value=bool() | str() as value):
                return constant(value, source=source)
            case ast.Constant(value=int() | float() as value):
                return constant(exact(Decimal(str(value))), source=source)
            case ast.Name(id=name):
                if name not in self._names:
                    message = mark("The name “%(name)s” is not known.")
                    remedy = mark("Known are: %(known)s.")
                    known = ", ".join(sorted(self._names))
                    raise BadExpression("rules.unknown_name", message, remedy, name=name, known=known)
                return self._names[name]
            case ast.BoolOp(op=op, values=values):
                word = "and" if isinstance(op, ast.And) else "or"
                return Node(word, Type.BOOLEAN, source, tuple(_expect(sub(v), Type.BOOLEAN) for v in values))
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                return Node("not", Type.BOOLEAN, source, (_expect(sub(operand), Type.BOOLEAN),))
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                zero = constant(Decimal(0))
                return Node("-", Type.NUMBER, source, (zero, _expect(sub(operand), Type.NUMBER)))
            case ast.BinOp(left=left, op=op, right=right) if type(op) in _ARITHMETIC:
                args = (_expect(sub(left), Type.NUMBER), _expect(sub(right), Type.NUMBER))
                return Node(_ARITHMETIC[type(op)], Type.NUMBER, source, args)
            case ast.Compare(left=left, ops=ops, comparators=comparators):
                operands = [sub(operand) for operand in (left, *comparators)]
                pairs = [
                    _comparison(_COMPARISONS[type(op)], a, b)
                    for op, a, b in zip(ops, operands, operands[1:], strict=False)
                    if type(op) in _COMPARISONS
                ]
                if len(pairs) == len(ops):
                    return pairs[0] if len(pairs) == 1 else Node("and", Type.BOOLEAN, source, tuple(pairs))
            case ast.Tuple(elts=elements) | ast.List(elts=elements) | ast.Set(elts=elements) if elements:
                texts = [e.value for e in elements if isinstance(e, ast.Constant) and isinstance(e.value, str)]
                if len(texts) == len(elements):
                    return constant(frozenset(texts), source=source)
            case ast.IfExp(test=test, body=body, orelse=orelse):
                then, other = sub(body), sub(orelse)
                return Node(
                    "if", then.type, source, (_expect(sub(test), Type.BOOLEAN), then, _expect(other, then.type))
                )
            case ast.Call(func=ast.Name(id=name), args=args, keywords=[]) if name in _FUNCTIONS and args:
                if not any(isinstance(arg, ast.Starred) for arg in args) and (name != "abs" or len(args) == 1):
                    return Node(name, Type.NUMBER, source, tuple(_expect(sub(arg), Type.NUMBER) for arg in args))
        raise BadExpression(
            "rules.node",
            mark("“%(source)s” is not allowed in an expression."),
            mark("Use and, or, not, comparisons, in, + - * /, if else, min, max and abs."),
            source=source,
        )


def _comparison(op: str, left: Node, right: Node) -> Node:
    source = f"{left.source} {op} {right.source}"
    if op in ("in", "not in"):
        _expect(left, Type.TEXT)
        _expect(right, Type.TEXTS)
    else:
        _expect(right, left.type)
        if left.type is Type.TEXTS or (op not in ("==", "!=") and left.type in (Type.TEXT, Type.BOOLEAN)):
            _expect(left, Type.NUMBER)
    return Node(op, Type.BOOLEAN, source, (left, right))


def _expect(node: Node, expected: Type) -> Node:
    if node.type is not expected:
        message = mark("“%(source)s” is a %(found)s; a %(expected)s is needed.")
        remedy = mark("Compare like with like.")
        raise BadExpression(
            "rules.type", message, remedy, source=node.source, found=node.type.value, expected=expected.value
        )
    return node


def exact(value: Decimal) -> Decimal:
    """The number, if it fits ten places and 10**15; else ``BadExpression``."""
    rounded = value.quantize(Decimal("1e-10")) if abs(value) < Decimal(10) ** 15 else None
    if rounded is None or rounded != value:
        message = mark("The number %(value)s has too many digits.")
        raise BadExpression("rules.number", message, mark("Ten decimal places and 10**15 are the most."), value=value)
    return value
