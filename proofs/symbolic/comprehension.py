"""Comprehensions over what has no bound: quantifiers, and what can be computed of them.

A comprehension is a list of cases. Each has bound variables, a condition, and the value that it
contributes: `[f(x) for x in bag if c(x)]` is one case with the variable x.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import product

import z3

from proofs.symbolic.values import (
    NOTHING,
    WORD,
    WORD_TERMS,
    Bag,
    Option,
    Term,
    Value,
    Vector,
    conjunction,
    disjunction,
    equal,
    is_term,
    lift,
)


@dataclass(frozen=True, slots=True)
class Case:
    """`value` for all values of `variables` that fit the condition.

    `source`: the bag that the variables run through, `inside` what the variables stand for in it,
    and `kept` the condition without that of being in the bag.
    """

    variables: tuple[Term, ...]
    condition: Term
    value: Value
    source: Bag | None = None
    inside: Value = None
    kept: Term = None


@dataclass(frozen=True, slots=True)
class Comprehension:
    """The values of all cases."""

    cases: tuple[Case, ...]


_counter = [0]


def new_name(stem: str) -> str:
    """A name that nothing else has."""
    _counter[0] += 1
    return f"{stem}!{_counter[0]}"


@contextmanager
def restarted_names() -> Iterator[None]:
    """Inside, names begin anew, so that one claim about one state is one term each time.

    Only for closed formulas: what is bound in them cannot be taken for a constant from outside.
    """
    kept, _counter[0] = _counter[0], 1_000_000
    try:
        yield
    finally:
        _counter[0] = kept


def bound_like(sample: Value) -> tuple[Value, list[Term]]:
    """A value of the shape of the sample made of new variables, and these."""
    if isinstance(sample, tuple):
        parts = [bound_like(each) for each in sample]
        items = [value for value, _ in parts]
        made = type(sample)(*items) if hasattr(sample, "_fields") else tuple(items)
        return made, [term for _, terms in parts for term in terms]
    if isinstance(sample, Option):
        raise TypeError("a queue of values that may be None")
    variable = z3.Const(new_name("x"), lift(sample).sort())
    return variable, [variable]


def for_all(variables: tuple[Term, ...], condition: Term, claim: Term) -> Term:
    """Whether the claim holds of all that fit."""
    body = claim if z3.is_true(condition) else z3.Implies(condition, claim)
    if z3.is_true(claim):
        return claim
    return z3.ForAll(list(variables), body) if variables else body


def exists(variables: tuple[Term, ...], condition: Term) -> Term:
    """Whether anything fits."""
    return z3.Exists(list(variables), condition) if variables else condition


def is_any(comprehension: Comprehension, holds: Callable[[Value], Term]) -> Term:
    """Whether one of the values is such."""
    return disjunction(
        [
            exists(case.variables, conjunction([case.condition, holds(case.value)]))
            for case in comprehension.cases
        ]
    )


def are_all(comprehension: Comprehension, holds: Callable[[Value], Term]) -> Term:
    """Whether all of the values are such."""
    return conjunction(
        [
            for_all(case.variables, case.condition, lift(holds(case.value)))
            for case in comprehension.cases
        ]
    )


def are_distinct(values: Value) -> Term:
    """Whether no value is there twice."""
    if isinstance(values, Vector):
        one, other = z3.Int(new_name("i")), z3.Int(new_name("j"))
        inside = z3.And(one >= 0, one < other, other < values.length)
        same = lift(equal(values.at(one), values.at(other)))
        return z3.ForAll([one, other], z3.Implies(inside, z3.Not(same)))
    if values.sample is None:
        return z3.BoolVal(True)
    value, terms = bound_like(values.sample)
    return z3.ForAll(terms, values.count(value) <= 1)


def as_counted(comprehension: Comprehension) -> Bag:
    """The values as a bag, whose size is not known (None).

    Each case must take one variable of its bag; the others range over words, and are summed over.
    """
    if not comprehension.cases:
        return NOTHING
    (case,) = comprehension.cases
    if case.source is None or not is_term(case.value):
        raise TypeError("only a comprehension over a queue can be counted")
    others = [each for each in case.variables if not each.eq(case.value)]
    if any(each.sort() != WORD for each in others):
        raise TypeError("a comprehension that forgets numbers cannot be counted")
    choices = []
    for words in product(WORD_TERMS.values(), repeat=len(others)):
        chosen = list(zip(others, words, strict=True))
        kept = z3.simplify(z3.substitute(case.kept, *chosen))
        if not z3.is_false(kept):
            choices.append((chosen, kept))
    counted = case.source.count(case.inside)

    def count(value: Value) -> Term:
        total = z3.IntVal(0)
        for chosen, kept in choices:
            named = [*chosen, (case.value, lift(value))]
            term = z3.If(z3.substitute(kept, *named), z3.substitute(counted, *named), 0)
            total = total + term
        return total

    return Bag(count, None, case.value)


def is_filtered(case: Case) -> bool:
    """Whether a case over a vector has an `if`."""
    return case.kept is not None and not z3.is_true(case.kept)


def length_of(index: Term, condition: Term) -> Term:
    """The length of the vector that the condition goes through: `0 <= index < length`."""
    match condition.children():
        case [_, last] if last.decl().kind() == z3.Z3_OP_LT and last.arg(0).eq(index):
            return last.arg(1)
        case [_, last] if last.decl().kind() == z3.Z3_OP_GT and last.arg(1).eq(index):
            return last.arg(0)  # Python asks a number first, and it turns the comparison round
    raise TypeError(f"not the entries of one vector: {condition}")


def substituted(value: Value, variable: Term, term: Term) -> Value:
    """The value with the term for the variable."""
    if isinstance(value, tuple):
        items = [substituted(each, variable, term) for each in value]
        return type(value)(*items) if hasattr(value, "_fields") else tuple(items)
    if isinstance(value, Option):
        return Option(
            z3.substitute(value.some, (variable, term)), substituted(value.value, variable, term)
        )
    return z3.substitute(value, (variable, term)) if is_term(value) else value
