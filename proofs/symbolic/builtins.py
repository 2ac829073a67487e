"""The functions that the specifications call and that are not theirs, on symbolic values."""

from __future__ import annotations

import ast
from typing import Any

import z3

from proofs.symbolic.comprehension import (
    Case,
    Comprehension,
    are_all,
    is_any,
    new_name,
)
from proofs.symbolic.expressions import Environment, Expressions
from proofs.symbolic.path import Chosen, Summed
from proofs.symbolic.values import (
    FALSE,
    Bag,
    Option,
    Term,
    Value,
    Vector,
    as_bag,
    conjunction,
    disjunction,
    equal,
    lift,
    merged,
    number,
    without,
)
from zokio.model import drop, put

Counted = Bag | Vector | Comprehension


class Builtins(Expressions):
    """Calls by name; what is not here is a method, a NamedTuple, or an error."""

    def special_call(self, node: ast.Call, env: Environment) -> tuple[Value] | None:
        """The result in a tuple, or None: it is no call of these."""
        if isinstance(node.func, ast.Attribute) and node.func.attr in ("count", "index"):
            values = self.evaluate(node.func.value, env)
            if isinstance(values, (Bag, Vector)):
                item = self.evaluate(node.args[0], env)
                return (
                    self.counted(values, item)
                    if node.func.attr == "count"
                    else self.place(values, item),
                )
            return None
        if not isinstance(node.func, ast.Name) or node.func.id in env:
            return None
        method = getattr(self, f"call_{node.func.id}", None)
        if method is None:
            return None
        args = [self.evaluate(each, env) for each in node.args]
        keywords = {
            str(each.arg): self.evaluate(each.value, env)
            for each in node.keywords
            if each.arg != "strict"
        }
        return (method(*args, **keywords),)

    def on_Lambda(self, node: ast.Lambda, env: Environment) -> Value:
        (name,) = (each.arg for each in node.args.args)
        return lambda value: self.evaluate(node.body, {**env, name: value})

    # Vectors and bags.

    def call_put(self, values: Vector, index: Value, value: Value) -> Vector:
        place = self.present(index, "the index")
        self.must("put is inside", conjunction([place >= 0, place < values.length]))
        return Vector(
            values.length, lambda each: merged(lift(equal(each, place)), value, values.at(each))
        )

    def call_drop(self, values: Value, item: Value) -> Bag:
        bag = as_bag(values)
        self.must("drop finds it", self.contains(bag, item))
        return without(bag, item)

    def counted(self, values: Bag | Vector, item: Value) -> Term:
        """`values.count(item)`."""
        if isinstance(values, Bag):
            return values.count(item)
        case = self.case_of_vector(values, lambda _, each: each)
        return self.total(case, z3.If(lift(equal(case.value, item)), 1, 0))

    def place(self, values: Bag | Vector, item: Value) -> Term:
        """`values.index(item)`."""
        if isinstance(values, Bag):
            raise TypeError("where something stands in a queue is not known")
        self.must("index finds it", self.contains(values, item))
        found = z3.Int(new_name("index"))
        with self.quantified():
            case = self.case_of_vector(values, lambda _, each: each)
            (index,) = case.variables
            before = z3.And(found >= 0, found <= index, lift(equal(values.at(found), item)))
            is_item = conjunction([case.condition, equal(case.value, item)])
            fact = z3.ForAll([index], z3.Implies(is_item, before))
        return self.chosen(found, fact)

    # New constants.

    def chosen(self, constant: Term, fact: Term) -> Term:
        """A constant of which the fact holds."""
        if self.merging:
            raise TypeError(f"{constant} cannot be defined inside of a quantifier")
        self.path.defined.append(Chosen(constant, fact))
        self.path.assume(fact)
        return constant

    def total(self, case: Case, term: Term) -> Term:
        """The sum over a case: nothing is known of it but what it is made of."""
        if self.merging:
            raise TypeError("a sum inside of a quantifier")
        constant = z3.Int(new_name("sum"))
        self.path.defined.append(Summed(constant, case.variables, case.condition, term))
        return constant

    # Builtins.

    def call_len(self, values: Value) -> Value:
        if isinstance(values, Vector):
            return values.length
        if isinstance(values, Bag):
            if values.size is None:
                raise TypeError("how many there are is not known")
            return values.size
        return len(values)

    def call_all(self, values: Counted) -> Term:
        return are_all(self.comprehended(values), lambda each: lift(self.truth(each)))

    def call_any(self, values: Counted) -> Term:
        return is_any(self.comprehended(values), lambda each: lift(self.truth(each)))

    def call_bool(self, value: Value) -> Term:
        return lift(self.truth(value))

    def comprehended(self, values: Counted) -> Comprehension:
        """Whatever can be iterated, as a comprehension."""
        return values if isinstance(values, Comprehension) else Comprehension(self.cases(values))

    def call_sum(self, values: Counted) -> Term:
        total: Value = 0
        for case in self.comprehended(values).cases:
            total = total + self.total(case, number(lift(case.value)))
        return total

    def call_range(self, *bounds: Value) -> Value:
        first, end = bounds if len(bounds) == 2 else (0, *bounds)
        index = z3.Int(new_name("i"))
        return Comprehension((Case((index,), z3.And(index >= first, index < end), index),))

    def call_enumerate(self, iterated: Counted) -> Vector:
        values = self.gathered(iterated)
        return Vector(values.length, lambda index: (index, values.at(index)))

    def call_zip(self, *vectors: Vector) -> Vector:
        return Vector(vectors[0].length, lambda index: tuple(v.at(index) for v in vectors))

    def call_tuple(self, values: Value) -> Value:
        """Of a comprehension over a whole vector: a vector. Of a bag: a bag."""
        return self.gathered(values)

    call_list = call_tuple

    def call_sorted(self, values: Value) -> Bag:
        return as_bag(values)

    def call_max(self, one: Value, other: Value) -> Term:
        return z3.If(one >= other, one, other)

    def call_min(self, *values: Value, key: Value = None, **default: Value) -> Value:
        if len(values) == 2:
            return z3.If(values[0] <= values[1], *map(lift, values))
        return self.least(values[0], key or (lambda value: value), "default" in default)

    def least(self, values: Comprehension, key: Value, may_be_none: bool) -> Value:
        """The value of the least key: it is one of them, and none is less."""
        found = z3.Int(new_name("least"))
        if not may_be_none:
            self.must("min has something", self.truth(values))
        with self.quantified():
            there = lift(self.truth(values))
            is_one = is_any(values, lambda each: equal(self.present(each, "it"), found))
            is_least = are_all(values, lambda each: self.at_most(key(found), key(each)))
        self.chosen(found, z3.Implies(there, z3.And(is_one, is_least)))
        return Option(there, found) if may_be_none else found

    def at_most(self, one: Value, other: Value) -> Term:
        return lift(self.compared(ast.LtE(), one, other, "a key"))


# Any: names that `special_call` answers for; they are looked up only to say that they are known.
BUILTINS: dict[str, Any] = {"put": put, "drop": drop, "False": FALSE, "disjunction": disjunction}
