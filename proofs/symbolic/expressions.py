"""Expressions of the specifications, evaluated on symbolic values.

The subset of Python is what the specifications use. What is not known raises `TypeError` or
`KeyError`: nothing is guessed. `and`, `or` and `not` give truth values; a bag is true if it holds
something. Inside of a quantifier branches are merged; outside, `path.py` decides them.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import z3

from proofs.symbolic.comprehension import (
    Case,
    Comprehension,
    are_distinct,
    as_counted,
    bound_like,
    is_any,
    is_filtered,
    length_of,
    new_name,
    substituted,
)
from proofs.symbolic.path import Path
from proofs.symbolic.values import (
    Bag,
    Option,
    Prefix,
    Tail,
    Term,
    Value,
    Vector,
    appended,
    as_bag,
    conjunction,
    disjunction,
    equal,
    is_term,
    joined,
    lift,
    merged,
    negation,
    number,
    without,
)

Environment = dict[str, Value]
Text = str | ast.expr
"""What messages say: a text, or an expression as it is written."""

ARITHMETIC: dict[type, Callable[[Value, Value], Value]] = {
    ast.Add: lambda a, b: a + b,
    ast.Sub: lambda a, b: a - b,
}
ORDER: dict[type, Callable[[Value, Value], Value]] = {
    ast.Lt: lambda a, b: a < b,
    ast.LtE: lambda a, b: a <= b,
    ast.Gt: lambda a, b: a > b,
    ast.GtE: lambda a, b: a >= b,
}


class Expressions:
    """Evaluates expressions; statements and calls of methods are `interpreter.py`'s."""

    def __init__(self) -> None:
        self.path = Path([])
        self.merging = 0
        self.guards: list[Term] = []

    # What the subclass adds.

    def call(self, node: ast.Call, env: Environment) -> Value:
        raise TypeError(ast.unparse(node))

    def total(self, case: Case, term: Term) -> Term:
        raise TypeError("a sum")

    def look_up(self, name: str, env: Environment) -> Value:
        raise KeyError(name)

    # Modes.

    @contextmanager
    def quantified(self) -> Iterator[None]:
        """Inside, branches are merged, and nothing new is defined."""
        self.merging += 1
        try:
            yield
        finally:
            self.merging -= 1

    @contextmanager
    def where(self, conditions: list[Term]) -> Iterator[None]:
        """Inside, these hold: what follows an `and` is evaluated only then."""
        self.guards.extend(conditions)
        try:
            yield
        finally:
            del self.guards[len(self.guards) - len(conditions) :]

    def must(self, what: Text, goal: Term, fact: str = "") -> None:
        """Python would raise otherwise. Inside of a quantifier this is not looked at."""
        if not self.merging:
            name = what if isinstance(what, str) else ast.unparse(what)
            self.path.claim(f"never raises: {name}{fact}", goal, list(self.guards))

    def choice(
        self, condition: Term, one: Callable[[], Value], other: Callable[[], Value]
    ) -> Value:
        """What the branches give."""
        term = lift(condition)
        if z3.is_true(term) or z3.is_false(term):
            return one() if z3.is_true(term) else other()
        if self.merging:
            return merged(term, one(), other())
        return one() if self.path.decide(term) else other()

    # Values.

    def truth(self, value: Value) -> Term:
        """As `bool` has it."""
        if isinstance(value, Bag):
            return value.size > 0
        if isinstance(value, Vector):
            return value.length > 0
        if isinstance(value, Comprehension):
            return is_any(value, lambda _: z3.BoolVal(True))
        if isinstance(value, Option):
            raise TypeError("the truth of a value that may be None")
        if is_term(value) and not z3.is_bool(value):
            return value != 0
        return value if is_term(value) else z3.BoolVal(bool(value))

    def present(self, value: Value, text: Text) -> Value:
        """The value of an option that is used as if it were there."""
        if not isinstance(value, Option):
            return value
        self.must(text, value.some, " is not None")
        return value.value

    # Expressions, by the class of the node.

    def evaluate(self, node: ast.expr, env: Environment) -> Value:
        """The value of an expression."""
        method = getattr(self, f"on_{type(node).__name__}", None)
        if method is None:
            raise TypeError(f"not in the subset: {ast.unparse(node)}")
        return method(node, env)

    def on_Constant(self, node: ast.Constant, env: Environment) -> Value:
        return node.value

    def on_Name(self, node: ast.Name, env: Environment) -> Value:
        return self.look_up(node.id, env)

    def on_NamedExpr(self, node: ast.NamedExpr, env: Environment) -> Value:
        env[node.target.id] = self.evaluate(node.value, env)
        return env[node.target.id]

    def on_Attribute(self, node: ast.Attribute, env: Environment) -> Value:
        owner = self.evaluate(node.value, env)
        return getattr(self.present(owner, node.value), node.attr)

    def on_Tuple(self, node: ast.Tuple | ast.List, env: Environment) -> Value:
        values: list[Value] = []
        spread = any(isinstance(each, ast.Starred) for each in node.elts)
        if not spread:
            values = [self.evaluate(each, env) for each in node.elts]
            return tuple(values) if isinstance(node, ast.Tuple) else as_bag(values)
        result: Value = ()
        for each in node.elts:
            if isinstance(each, ast.Starred):
                result = self.extended(result, self.evaluate(each.value, env))
            else:
                result = self.with_last(result, self.evaluate(each, env))
        return result

    on_List = on_Tuple

    def extended(self, values: Value, more: Value) -> Value:
        """`(*values, *more)`."""
        more = as_counted(more) if isinstance(more, Comprehension) else more
        if isinstance(values, tuple) and not values:
            return more
        bag = as_counted(values) if isinstance(values, Comprehension) else as_bag(values)
        return joined(bag, as_bag(more))

    def with_last(self, values: Value, item: Value) -> Value:
        """`(*values, item)`."""
        if isinstance(values, Vector):
            length = values.length
            return Vector(length + 1, lambda i: merged(i == length, item, values.at(i)))
        return appended(as_bag(values), item)

    def on_BoolOp(self, node: ast.BoolOp, env: Environment) -> Term:
        is_and = isinstance(node.op, ast.And)
        terms: list[Term] = []
        for each in node.values:
            with self.where([term if is_and else negation(term) for term in terms]):
                term = lift(self.truth(self.evaluate(each, env)))
            if z3.is_false(term) if is_and else z3.is_true(term):
                return (
                    term if not terms else (conjunction if is_and else disjunction)([*terms, term])
                )
            terms.append(term)
        return (conjunction if is_and else disjunction)(terms)

    def on_UnaryOp(self, node: ast.UnaryOp, env: Environment) -> Value:
        value = self.evaluate(node.operand, env)
        return negation(self.truth(value)) if isinstance(node.op, ast.Not) else -value

    def on_BinOp(self, node: ast.BinOp, env: Environment) -> Value:
        left, right = self.evaluate(node.left, env), self.evaluate(node.right, env)
        if isinstance(node.op, ast.Mult):
            return self.repeated(left, right)
        if isinstance(left, tuple) and isinstance(right, Vector):
            return self.prefixed(left, right)
        if isinstance(left, Bag) or isinstance(right, (Bag, Comprehension)):
            return self.extended(left, right)
        return ARITHMETIC[type(node.op)](number(left), number(right))

    def repeated(self, values: Value, times: Value) -> Vector:
        """`(value,) * times`."""
        (value,) = values
        return Vector(times, lambda _: value)

    def prefixed(self, values: Value, rest: Vector) -> Vector:
        """`(value,) + rest`."""
        (value,) = values
        return Vector(rest.length + 1, lambda i: merged(lift(equal(i, 0)), value, rest.at(i - 1)))

    def on_IfExp(self, node: ast.IfExp, env: Environment) -> Value:
        test = lift(self.truth(self.evaluate(node.test, env)))

        def branch(part: ast.expr, condition: Term) -> Value:
            with self.where([condition] if self.merging else []):
                return self.evaluate(part, env)

        return self.choice(
            test, lambda: branch(node.body, test), lambda: branch(node.orelse, negation(test))
        )

    def on_Compare(self, node: ast.Compare, env: Environment) -> Term:
        distinct = asks_for_doubles(node)
        if distinct is not None:
            return are_distinct(self.gathered(self.evaluate(distinct, env)))
        terms, left = [], self.evaluate(node.left, env)
        for operator, right_node in zip(node.ops, node.comparators, strict=True):
            right = self.evaluate(right_node, env)
            terms.append(lift(self.compared(operator, left, right, node)))
            left = right
        return conjunction(terms)

    def compared(self, operator: ast.cmpop, left: Value, right: Value, text: Text) -> Value:
        """One comparison."""
        if isinstance(operator, (ast.Eq, ast.Is)):
            return equal(left, right)
        if isinstance(operator, (ast.NotEq, ast.IsNot)):
            return negation(equal(left, right))
        if isinstance(operator, ast.In):
            return self.contains(right, left)
        if isinstance(operator, ast.NotIn):
            return negation(self.contains(right, left))
        one, other = self.present(left, text), self.present(right, text)
        if isinstance(one, tuple):
            return self.lexicographic(operator, one, other)
        return ORDER[type(operator)](number(one), number(other))

    def lexicographic(self, operator: ast.cmpop, one: Value, other: Value) -> Term:
        """Tuples, by their first difference."""
        last = len(one) == 1
        strict = ast.Lt() if isinstance(operator, (ast.Lt, ast.LtE)) else ast.Gt()
        first = lift(self.compared(operator if last else strict, one[0], other[0], "a tuple"))
        if last:
            return first
        rest = self.lexicographic(operator, one[1:], other[1:])
        return disjunction([first, conjunction([equal(one[0], other[0]), rest])])

    def contains(self, values: Value, item: Value) -> Term:
        """`item in values`."""
        if isinstance(values, Bag):
            return z3.BoolVal(False) if values.sample is None else values.count(item) >= 1
        if isinstance(values, Vector):
            values = Comprehension((self.case_of_vector(values, lambda _, each: each),))
        if isinstance(values, Comprehension):
            return is_any(values, lambda each: equal(each, item))
        return disjunction([equal(each, item) for each in values])

    def case_of_vector(self, vector: Vector, value: Callable[[Term, Value], Value]) -> Case:
        """All entries of a vector."""
        index = z3.Int(new_name("i"))
        inside = z3.And(index >= 0, index < vector.length)
        return Case((index,), inside, value(index, vector.at(index)))

    def on_Subscript(self, node: ast.Subscript, env: Environment) -> Value:
        values = self.present(self.evaluate(node.value, env), node.value)
        if isinstance(node.slice, ast.Slice):
            return self.sliced(values, node.slice, env)
        index = self.evaluate(node.slice, env)
        if isinstance(values, Vector):
            inside = conjunction([index >= 0, index < values.length])
            self.must(node, inside, " is there")
            return values.at(index)
        if isinstance(values, Bag):
            if index != 0 or values.first is None:
                raise TypeError(f"only the first of a queue is known: {ast.unparse(node)}")
            self.must(node, values.size >= 1, " is there")
            return values.first
        return values[index]

    def gathered(self, values: Value) -> Value:
        """A comprehension as a bag, or as a vector if it goes through a whole one."""
        if not isinstance(values, Comprehension):
            return values
        if not values.cases or values.cases[0].source is not None:
            return as_counted(values)
        (case,) = values.cases
        (index,) = case.variables
        if is_filtered(case) and case.value is index:
            return self.bag_of_indices(case, index)
        length = length_of(index, case.condition)
        return Vector(length, lambda at: substituted(case.value, index, lift(at)))

    def bag_of_indices(self, case: Case, index: Term) -> Bag:
        """The indices of a vector that fit, each once."""
        size = None if self.merging else self.total(case, z3.IntVal(1))

        def count(value: Value) -> Term:
            return z3.If(z3.substitute(case.condition, (index, lift(value))), 1, 0)

        return Bag(count, size, index)

    def sliced(self, values: Value, node: ast.Slice, env: Environment) -> Value:
        """`queue[1:]`, `queue[:1]`."""
        text = ast.unparse(node)
        if isinstance(values, Bag) and text == "1:":
            rest = without(values, values.first)
            none = values.size == 0
            return merged(none, values, rest)
        if isinstance(values, Bag) and text == ":1":
            return Prefix(values)
        vector = self.gathered(values)
        if isinstance(vector, Vector) and node.lower is not None and node.upper is None:
            return Tail(vector, self.evaluate(node.lower, env))
        raise TypeError(f"not in the subset: [{text}]")

    # Comprehensions.

    def on_GeneratorExp(self, node: Any, env: Environment) -> Value:  # Any: three kinds of nodes
        with self.quantified():
            alternatives = self.bindings(node.generators, dict(env))
            cases = []
            for case, inner in alternatives:
                value = self.evaluate(node.elt, inner)
                cases.append(
                    Case(case.variables, case.condition, value, case.source, case.inside, case.kept)
                )
        return Comprehension(tuple(cases))

    on_ListComp = on_GeneratorExp
    on_SetComp = on_GeneratorExp

    def bindings(
        self, generators: list[ast.comprehension], env: Environment
    ) -> list[tuple[Case, Environment]]:
        """Every case of the generators, with what the names stand for in it."""
        found = [(Case((), z3.BoolVal(True), None, kept=z3.BoolVal(True)), env)]
        for generator in generators:
            found = [
                extended
                for case, inner in found
                for extended in self.bound(generator, case, inner, len(generators) == 1)
            ]
        return found

    def bound(
        self, generator: ast.comprehension, outer: Case, env: Environment, alone: bool
    ) -> Iterator[tuple[Case, Environment]]:
        """The cases of one generator inside of those around it."""
        for case in self.cases(self.evaluate(generator.iter, env)):
            inner = dict(env)
            self.assign(generator.target, case.value, inner)
            conditions = [lift(self.truth(self.evaluate(each, inner))) for each in generator.ifs]
            kept = conjunction([case.kept if case.kept is not None else True, *conditions])
            yield (
                Case(
                    (*outer.variables, *case.variables),
                    conjunction([outer.condition, case.condition, *conditions]),
                    None,
                    case.source if alone else None,
                    case.inside,
                    kept,
                ),
                inner,
            )

    def cases(self, values: Value) -> tuple[Case, ...]:
        """What an iteration runs through."""
        if isinstance(values, Comprehension):
            return values.cases
        if isinstance(values, Vector):
            return (self.case_of_vector(values, lambda _, each: each),)
        if isinstance(values, Tail):
            case = self.case_of_vector(values.vector, lambda _, each: each)
            later = z3.And(case.condition, case.variables[0] >= values.first)
            return (Case(case.variables, later, case.value),)
        if isinstance(values, Bag):
            if values.sample is None:
                return ()
            value, terms = bound_like(values.sample)
            return (Case(tuple(terms), values.count(value) >= 1, value, values, value),)
        return tuple(Case((), z3.BoolVal(True), each) for each in values)

    def assign(self, target: ast.expr, value: Value, env: Environment) -> None:
        """Bind a name, or several."""
        if isinstance(target, ast.Name):
            env[target.id] = value
            return
        if not isinstance(target, ast.Tuple):
            raise TypeError(f"not in the subset: {ast.unparse(target)} = ...")
        for part, item in zip(target.elts, self.present(value, "it"), strict=True):
            self.assign(part, item, env)


def asks_for_doubles(node: ast.Compare) -> ast.expr | None:
    """`len(set(values)) == len(values)`: the values, or None if it is something else."""
    match node.left:
        case ast.Call(func=ast.Name("len"), args=[ast.Call(func=ast.Name("set"), args=[values])]):
            text, inner = ast.unparse(node), ast.unparse(values)
            return values if text == f"len(set({inner})) == len({inner})" else None
    return None
