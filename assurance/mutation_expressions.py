"""The operators of mutation for expressions: what an expression may be changed into."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace

from assurance.mutation_shapes import called, is_negation, is_type
from assurance.mutation_splicing import Mutant, Splicer

COMPARISONS: dict[type[ast.cmpop], tuple[str, ...]] = {
    ast.Is: ("is not",),
    ast.IsNot: ("is",),
    ast.Eq: ("!=",),
    ast.NotEq: ("==",),
    ast.In: ("not in",),
    ast.NotIn: ("in",),
    ast.Lt: ("<=", ">="),
    ast.LtE: ("<", ">"),
    ast.Gt: (">=", "<="),
    ast.GtE: (">", "<"),
}

ARITHMETIC: dict[type[ast.operator], str] = {
    ast.Add: "-",
    ast.Sub: "+",
    ast.Mult: "//",
    ast.Div: "*",
    ast.FloorDiv: "*",
    ast.Mod: "//",
    ast.Pow: "*",
    ast.BitAnd: "|",
    ast.BitOr: "&",
    ast.LShift: ">>",
    ast.RShift: "<<",
}

FOR_TYPES_ONLY = {"TypeVar", "NewType", "ParamSpec", "cast"}


class Expressions(Splicer):
    """Every mutant of an expression, from the outside in."""

    def condition(self, node: ast.expr) -> Iterator[Mutant]:
        """What decides: it may also be negated, always true or never."""
        if not isinstance(node, ast.Compare) and not is_negation(node):
            yield self.instead("condition negated", node, f"(not ({self.source_of(node)}))")
        yield self.instead("condition true", node, "True")
        yield self.instead("condition false", node, "False")
        yield from self.expression(node)

    def expression(self, node: ast.expr) -> Iterator[Mutant]:
        match node:
            case ast.JoinedStr() | ast.Lambda(body=ast.Constant()):
                return
            case ast.Constant():
                yield from self.constant(node)
                return
            case ast.Compare():
                yield from self.comparison(node)
            case ast.BoolOp():
                yield from self.connective(node)
            case ast.UnaryOp(op=ast.Not()):
                yield self.instead("not removed", node, f"({self.source_of(node.operand)})")
            case ast.UnaryOp(op=ast.USub() | ast.Invert()):
                yield self.instead("sign removed", node, f"({self.source_of(node.operand)})")
            case ast.BinOp():
                if type(node.op) in ARITHMETIC:
                    yield from self.arithmetic(node)
            case ast.IfExp():
                yield from self.condition(node.test)
                yield from self.expression(node.body)
                yield from self.expression(node.orelse)
                return
            case ast.Call():
                if called(node) in FOR_TYPES_ONLY:
                    for argument in node.args[1:]:
                        yield from self.expression(argument)
                    return
                yield from self.arguments(node)
            case ast.Subscript() if is_type(node):
                return
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.comprehension):
                yield from self.expression(child.iter)
                for test in child.ifs:
                    yield from self.condition(test)
            elif isinstance(child, ast.keyword):
                yield from self.expression(child.value)
            elif isinstance(child, ast.expr):
                yield from self.expression(child)

    def constant(self, node: ast.Constant) -> Iterator[Mutant]:
        value = node.value
        if isinstance(value, bool):
            yield self.instead("constant", node, str(not value))
        elif isinstance(value, int | float):
            # One more or less of a large number is seldom seen.
            others = (value * 2, type(value)(value / 2)) if value > 9 else (value + 1, value - 1)
            for other in others:
                yield self.instead("constant", node, f"({other})" if other < 0 else str(other))

    def comparison(self, node: ast.Compare) -> Iterator[Mutant]:
        left = node.left
        for operation, right in zip(node.ops, node.comparators, strict=True):
            for after in COMPARISONS[type(operation)]:
                start, end = self.between(left, right)
                yield self.splice("comparison", node, start, end, after)
            left = right

    def connective(self, node: ast.BoolOp) -> Iterator[Mutant]:
        after = "or" if isinstance(node.op, ast.And) else "and"
        values = [f"({self.source_of(value)})" for value in node.values]
        yield self.instead("connective", node, f"({f' {after} '.join(values)})")
        joined = " and " if after == "or" else " or "
        for dropped, value in enumerate(node.values):
            rest = [text for number, text in enumerate(values) if number != dropped]
            mutant = self.instead("operand dropped", node, f"({joined.join(rest)})")
            change = f"without {' '.join(self.source_of(value).split())}"
            yield replace(mutant, change=change)

    def arithmetic(self, node: ast.BinOp) -> Iterator[Mutant]:
        start, end = self.between(node.left, node.right)
        yield self.splice("arithmetic", node, start, end, ARITHMETIC[type(node.op)])

    def arguments(self, node: ast.Call) -> Iterator[Mutant]:
        """Without one keyword, or without the last argument where there are several."""
        if called(node).endswith("Error"):
            return
        arguments = [*node.args, *(keyword.value for keyword in node.keywords)]
        end_of_call = self.span(node)[1] - 1
        for keyword in node.keywords:
            start, end = self.span(keyword)
            text = self.text[end:end_of_call].lstrip(" ")
            end += len(self.text[end:end_of_call]) - len(text) + text.startswith(",")
            yield self.splice("argument dropped", keyword, start, end, "")
        if not node.keywords and len(arguments) > 1:
            start = self.span(arguments[-2])[1]
            before = self.text[start : self.span(arguments[-1])[0]]
            start += before.index(",")
            yield self.splice("argument dropped", node, start, self.span(arguments[-1])[1], "")
