"""The mutation operators: what may be written wrongly in a guard, an effect or a claim.

Each takes a piece of syntax and yields what it may become, with a text that names the change. They
guarantee the same mutants in the same order in every run, no two of one function alike. They
deliberately make no nonsense (unknown names, text in place of numbers): a mutant is a
specification that somebody may have meant.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from copy import deepcopy
from itertools import pairwise

from zokio.model.mutation_targets import Role

Alternatives = Iterator[tuple[str, ast.AST]]

COMPARISONS: dict[type[ast.cmpop], ast.cmpop] = {
    ast.Eq: ast.NotEq(),
    ast.NotEq: ast.Eq(),
    ast.Lt: ast.LtE(),
    ast.LtE: ast.Lt(),
    ast.Gt: ast.GtE(),
    ast.GtE: ast.Gt(),
    ast.In: ast.NotIn(),
    ast.NotIn: ast.In(),
    ast.Is: ast.IsNot(),
    ast.IsNot: ast.Is(),
}
OPPOSITES: dict[type[ast.cmpop], ast.cmpop] = {
    ast.Lt: ast.GtE(),
    ast.GtE: ast.Lt(),
    ast.Gt: ast.LtE(),
    ast.LtE: ast.Gt(),
}
TWINS = {"all": "any", "any": "all", "min": "max", "max": "min"}


def variants(function: ast.FunctionDef, role: Role) -> Iterator[tuple[str, ast.FunctionDef]]:
    """Yield every mutant of a function: what was changed, and the changed function."""
    seen = {_shape(function)}
    texts: dict[str, int] = {}
    for text, mutant in _all_variants(function, role):
        shape = _shape(mutant)
        if shape in seen:
            continue
        seen.add(shape)
        texts[text] = texts.get(text, 0) + 1
        yield text if texts[text] == 1 else f"{text} ({texts[text]})", mutant


def _all_variants(function: ast.FunctionDef, role: Role) -> Iterator[tuple[str, ast.FunctionDef]]:
    yield from _whole(function, role)
    assigned = {argument.arg for argument in function.args.args}
    strict = {
        n.value for n in ast.walk(function) if isinstance(n, ast.keyword) and n.arg == "strict"
    }
    for place, node in enumerate(ast.walk(function)):
        if node in strict:
            continue
        for text, changed in _changes(node, assigned):
            yield text, _replaced(function, place, changed)
        yield from _reordered(function, place, node)
        if isinstance(node, ast.Assign):
            assigned |= {each.id for each in node.targets if isinstance(each, ast.Name)}


class _Plain(ast.NodeTransformer):
    """Writes `not a == b` as `a != b` and `not not a` as `a`: the same thing has one form."""

    def visit_UnaryOp(self, node: ast.UnaryOp) -> ast.AST:
        self.generic_visit(node)
        match node:
            case ast.UnaryOp(op=ast.Not(), operand=ast.UnaryOp(op=ast.Not(), operand=inner)):
                return inner
            case ast.UnaryOp(op=ast.Not(), operand=ast.Compare(ops=[operator]) as compared):
                opposite = OPPOSITES.get(type(operator), COMPARISONS[type(operator)])
                return ast.Compare(compared.left, [opposite], compared.comparators)
        return node


def _shape(function: ast.FunctionDef) -> str:
    return ast.dump(_Plain().visit(deepcopy(function)))


def _whole(function: ast.FunctionDef, role: Role) -> Iterator[tuple[str, ast.FunctionDef]]:
    """What may happen to a guard, an effect, a claim as a whole."""
    if role == "guard":
        yield "guard dropped", _with_body(function, "return True")
        yield "guard negated", _negated(function)
    elif role == "effect":
        state = function.args.args[1].arg
        yield "effect skipped", _with_body(function, f"return {state}")
    elif role == "claim":
        yield "always true", _with_body(function, "return True")


def _with_body(function: ast.FunctionDef, text: str) -> ast.FunctionDef:
    changed = deepcopy(function)
    changed.body = ast.parse(text).body
    return changed


def _negated(function: ast.FunctionDef) -> ast.FunctionDef:
    changed = deepcopy(function)
    for node in ast.walk(changed):
        if isinstance(node, ast.Return) and node.value is not None:
            node.value = ast.UnaryOp(ast.Not(), node.value)
    return changed


def _replaced(function: ast.FunctionDef, place: int, changed: ast.AST) -> ast.FunctionDef:
    """Return a copy in which the node that `ast.walk` meets at `place` is another one."""
    copy = deepcopy(function)
    old = _nth(copy, place)

    class Replacer(ast.NodeTransformer):
        def visit(self, node: ast.AST) -> ast.AST:
            return deepcopy(changed) if node is old else self.generic_visit(node)

    Replacer().visit(copy)
    return copy


def _nth(function: ast.FunctionDef, place: int) -> ast.AST:
    return next(node for number, node in enumerate(ast.walk(function)) if number == place)


def _reordered(
    function: ast.FunctionDef, place: int, node: ast.AST
) -> Iterator[tuple[str, ast.FunctionDef]]:
    """Two steps of an effect, one after the other on the same variable, in the other order."""
    for index, (first, second) in enumerate(pairwise(_steps(node))):
        if _assigned(first) is None or _assigned(first) != _assigned(second):
            continue
        changed = deepcopy(function)
        inside = _steps(_nth(changed, place))
        inside[index : index + 2] = [inside[index + 1], inside[index]]
        yield f"reordered: {_short(second)}, then {_short(first)}", changed


def _steps(node: ast.AST) -> list[ast.stmt]:
    """Return the statements inside a node, themselves and not a copy; of an expression, none."""
    body = getattr(node, "body", None)
    return body if isinstance(body, list) else []


def _assigned(node: ast.stmt) -> str | None:
    """The one variable that a statement gives a new value."""
    match node:
        case ast.Assign(targets=[ast.Name(id=name)]):
            return name
    return None


def _changes(node: ast.AST, assigned: set[str]) -> Alternatives:
    for operator in OPERATORS:
        yield from operator(node)
    if isinstance(node, ast.Assign) and _assigned(node) in assigned:
        yield f"skipped: {_short(node)}", ast.Pass()


def _conjuncts(node: ast.AST) -> Alternatives:
    """Of `a and b` or `a or b`: one operand dropped, one negated, the other operator."""
    if not isinstance(node, ast.BoolOp):
        return
    for index, operand in enumerate(node.values):
        rest = node.values[:index] + node.values[index + 1 :]
        left = rest[0] if len(rest) == 1 else ast.BoolOp(node.op, rest)
        yield f"dropped: {_short(operand)}", left
        negated = ast.UnaryOp(ast.Not(), operand)
        values = [*node.values[:index], negated, *node.values[index + 1 :]]
        yield f"negated: {_short(operand)}", ast.BoolOp(node.op, values)
    other: ast.boolop = ast.Or() if isinstance(node.op, ast.And) else ast.And()
    yield _becomes(node, ast.BoolOp(other, node.values))


def _comparisons(node: ast.AST) -> Alternatives:
    match node:
        case ast.Compare(left=left, ops=[operator], comparators=right):
            other = COMPARISONS[type(operator)]
            yield _becomes(node, ast.Compare(left, [other], right))


def _negations(node: ast.AST) -> Alternatives:
    match node:
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            yield _becomes(node, operand)


def _branches(node: ast.AST) -> Alternatives:
    match node:
        case ast.If(test=test, body=body, orelse=orelse):
            yield (
                f"negated: if {_short(test)}",
                ast.If(ast.UnaryOp(ast.Not(), test), body, orelse),
            )
            yield f"never: if {_short(test)}", ast.If(ast.Constant(value=False), body, orelse)
        case ast.IfExp(test=test, body=body, orelse=orelse):
            yield _becomes(node, ast.IfExp(test, orelse, body))
        case ast.comprehension(ifs=[_, *_]):
            for index, test in enumerate(node.ifs):
                ifs = node.ifs[:index] + node.ifs[index + 1 :]
                yield (
                    f"dropped: if {_short(test)}",
                    ast.comprehension(node.target, node.iter, ifs, node.is_async),
                )


def _constants(node: ast.AST) -> Alternatives:
    match node:
        case ast.Constant(value=bool() as value):
            yield _becomes(node, ast.Constant(value=not value))
        case ast.BinOp(left=left, op=ast.Add(), right=ast.Constant(value=int())):
            yield _becomes(node, ast.BinOp(left, ast.Sub(), node.right))
            yield f"{_short(node)} becomes {_short(left)}", left
        case ast.BinOp(left=left, op=ast.Sub(), right=ast.Constant(value=int())):
            yield _becomes(node, ast.BinOp(left, ast.Add(), node.right))
            yield f"{_short(node)} becomes {_short(left)}", left
        case ast.Compare(
            left=left,
            ops=[ast.Lt() | ast.LtE() | ast.Gt() | ast.GtE() | ast.Eq()],
            comparators=[ast.Constant(value=int() as value)],
        ) if not isinstance(value, bool):
            yield _becomes(node, ast.Compare(left, node.ops, [ast.Constant(value=value + 1)]))


def _sequences(node: ast.AST) -> Alternatives:
    """The other end of a queue; the other quantifier."""
    match node:
        case ast.Tuple(elts=[_, *_, _] as items) if any(
            isinstance(item, ast.Starred) for item in items
        ):
            yield _becomes(node, ast.Tuple(items[::-1], ast.Load()))
        case ast.Subscript(slice=ast.Constant(value=0)):
            last = ast.UnaryOp(ast.USub(), ast.Constant(value=1))
            yield _becomes(node, ast.Subscript(node.value, last, ast.Load()))
        case ast.Subscript(slice=ast.Slice(lower=ast.Constant(value=1), upper=None, step=None)):
            most = ast.Slice(None, ast.UnaryOp(ast.USub(), ast.Constant(value=1)), None)
            yield _becomes(node, ast.Subscript(node.value, most, ast.Load()))
        case ast.Call(func=ast.Name(id=name)) if name in TWINS:
            twin = ast.Name(TWINS[name], ast.Load())
            yield _becomes(node, ast.Call(twin, node.args, node.keywords))


def _written(node: ast.AST) -> Alternatives:
    """Of `state._replace(...)`: a variable is not written."""
    match node:
        case ast.Call(func=ast.Attribute(attr="_replace"), args=[], keywords=keywords):
            for index, keyword in enumerate(keywords):
                rest = keywords[:index] + keywords[index + 1 :]
                yield f"{keyword.arg} not written", ast.Call(node.func, [], rest)


OPERATORS: tuple[Callable[[ast.AST], Alternatives], ...] = (
    _conjuncts,
    _comparisons,
    _negations,
    _branches,
    _constants,
    _sequences,
    _written,
)


def _becomes(before: ast.AST, after: ast.AST) -> tuple[str, ast.AST]:
    return f"{_short(before)} becomes {_short(after)}", after


def _short(node: ast.AST) -> str:
    """The text of a piece of syntax, in one line that is not too long."""
    text = " ".join(ast.unparse(ast.fix_missing_locations(deepcopy(node))).split())
    return text if len(text) <= 60 else f"{text[:57]}..."
