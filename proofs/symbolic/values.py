"""Symbolic values: what a variable of a specification is when nothing bounds its size.

    Vector   a tuple with one entry an index, or one that only grows: its length, and a function
    Bag      a tuple used as a queue or a set: how often it holds each value, how many in all, and
             its first; the order of the others is forgotten
    Option   a value or None

Numbers, truth values and words are z3 terms or Python's own constants; tuples and NamedTuples of
values stay what they are. Forgetting the order allows more than the specification does, never
less: what is proved of the bag holds of every queue. Here is no evaluation: see `interpreter.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import z3

# Any: a value is a constant, a z3 term (z3 has no types), a container below, or a tuple of values.
Value = Any
Term = Any

# Every word of the specifications that are proved. A word that is missing is an error, not a guess.
WORDS = (
    *("", "value", "error"),
    *("new", "handed over", "alive", "done", "wake", "spawn"),
    *("idle", "marking", "pushing", "pushed", "ringing"),
    *("running", "polling", "visiting", "looking", "announcing", "rechecking", "sleeping"),
    *("asleep", "visited", "taking_in", "measuring", "draining", "adopting", "clearing"),
    *("delivering", "nothing", "cancel_all", "insert_due"),
    *("open", "cancelling", "dropping", "closed", "unborn", "sent", "waiting", "shielded"),
    *("finished", "dropped", "too_late", "call", "wait", "shield", "end"),
)
WORD, _TERMS = z3.EnumSort("Word", [f"w_{word}" for word in WORDS])
WORD_TERMS = dict(zip(WORDS, _TERMS, strict=True))
TRUE, FALSE = z3.BoolVal(True), z3.BoolVal(False)


@dataclass(frozen=True, eq=False)
class Vector:
    """`length` values, `at(index)` each."""

    length: Term
    at: Callable[[Value], Value]


@dataclass(frozen=True, eq=False)
class Bag:
    """`count(value)` of each value of one shape, `size` in all and `first` if they are known."""

    count: Callable[[Value], Term]
    size: Term
    sample: Value
    """Some value of the shape of what the bag holds; None if it has never held anything."""
    first: Value = None


@dataclass(frozen=True, eq=False)
class Option:
    """`value` if `some` is true, otherwise None."""

    some: Term
    value: Value


@dataclass(frozen=True, eq=False)
class Prefix:
    """At most the first of a bag: `queue[:1]`."""

    bag: Bag


@dataclass(frozen=True, eq=False)
class Tail:
    """The entries of a vector from one on: `values[first:]`."""

    vector: Vector
    first: Term


NOTHING = Bag(lambda _: z3.IntVal(0), z3.IntVal(0), None)


def is_term(value: Value) -> bool:
    """Whether it is a z3 term."""
    return bool(z3.is_expr(value))


def lift(value: Value) -> Term:
    """A constant as a z3 term."""
    if isinstance(value, bool):
        return z3.BoolVal(value)
    if isinstance(value, int):
        return z3.IntVal(value)
    if isinstance(value, str):
        return WORD_TERMS[value]
    if is_term(value):
        return value
    raise TypeError(f"no term can stand for {value!r}")


def number(value: Value) -> Value:
    """As Python counts: a truth value is 0 or 1."""
    if is_term(value) and z3.is_bool(value):
        return z3.If(value, z3.IntVal(1), z3.IntVal(0))
    return value


def conjunction(terms: Sequence[Term]) -> Term:
    """Whether all hold; constants are folded."""
    kept = [term for term in map(lift, terms) if not z3.is_true(term)]
    if any(z3.is_false(term) for term in kept):
        return FALSE
    return TRUE if not kept else kept[0] if len(kept) == 1 else z3.And(*kept)


def negation(term: Term) -> Term:
    """Whether it does not hold."""
    term = lift(term)
    if z3.is_true(term) or z3.is_false(term):
        return z3.BoolVal(z3.is_false(term))
    return term.arg(0) if z3.is_not(term) else z3.Not(term)


def disjunction(terms: Sequence[Term]) -> Term:
    """Whether one holds; constants are folded."""
    kept = [term for term in map(lift, terms) if not z3.is_false(term)]
    if any(z3.is_true(term) for term in kept):
        return TRUE
    return FALSE if not kept else kept[0] if len(kept) == 1 else z3.Or(*kept)


def is_bag_like(value: Value) -> bool:
    """Whether it is a bag, or a plain tuple or list that can become one."""
    return isinstance(value, (Bag, list)) or type(value) is tuple


def as_bag(value: Value) -> Bag:
    """A plain tuple or list of values as a bag."""
    if isinstance(value, Bag):
        return value
    bag = NOTHING
    for item in value:
        bag = appended(bag, item)
    return bag


def appended(bag: Bag, item: Value) -> Bag:
    """The bag with one value more, at its end."""
    first = item
    if bag.sample is not None:
        first = None if bag.first is None else merged(bag.size == 0, item, bag.first)
    return Bag(
        lambda value: bag.count(value) + number(lift(equal(value, item))), bag.size + 1, item, first
    )


def joined(one: Bag, other: Bag) -> Bag:
    """Both bags in one."""
    if one.sample is None or other.sample is None:
        return other if one.sample is None else one
    size = None if one.size is None or other.size is None else one.size + other.size
    return Bag(lambda value: one.count(value) + other.count(value), size, one.sample)


def without(bag: Bag, item: Value) -> Bag:
    """The bag with one of this value less; what is first now is not known."""
    return Bag(
        lambda value: bag.count(value) - number(lift(equal(value, item))), bag.size - 1, bag.sample
    )


def merged(condition: Term, one: Value, other: Value) -> Value:
    """`one` where the condition holds, `other` where it does not."""
    condition = lift(condition)
    if one is other or z3.is_true(condition):
        return one
    if z3.is_false(condition):
        return other
    if one is None or other is None or isinstance(one, Option) or isinstance(other, Option):
        return _merged_options(condition, as_option(one), as_option(other))
    if isinstance(one, Vector):
        return Vector(
            merged(condition, one.length, other.length),
            lambda index: merged(condition, one.at(index), other.at(index)),
        )
    if isinstance(one, tuple) and isinstance(other, tuple) and len(one) == len(other):
        items = [merged(condition, a, b) for a, b in zip(one, other, strict=True)]
        return type(one)(*items) if hasattr(one, "_fields") else tuple(items)
    if is_bag_like(one) and is_bag_like(other):
        return _merged_bags(condition, as_bag(one), as_bag(other))
    if not is_term(one) and not is_term(other) and type(one) is type(other) and one == other:
        return one
    return z3.If(condition, lift(one), lift(other))


def as_option(value: Value) -> Option:
    """Any value, or None, as an option."""
    if isinstance(value, Option):
        return value
    return Option(z3.BoolVal(value is not None), value)


def _merged_options(condition: Term, one: Option, other: Option) -> Option:
    some = z3.If(condition, one.some, other.some)
    if one.value is None or other.value is None:
        return Option(some, other.value if one.value is None else one.value)
    return Option(some, merged(condition, one.value, other.value))


def _merged_bags(condition: Term, one: Bag, other: Bag) -> Bag:
    first = None
    if one.first is not None and other.first is not None:
        first = merged(condition, one.first, other.first)
    elif one.sample is None or other.sample is None:
        first = other.first if one.sample is None else one.first
    return Bag(
        lambda value: z3.If(condition, one.count(value), other.count(value)),
        z3.If(condition, one.size, other.size),
        other.sample if one.sample is None else one.sample,
        first,
    )


def equal(one: Value, other: Value) -> Value:
    """Whether two values are the same, a Python truth value where that is known."""
    if one is other:
        return True
    if one is None or other is None or isinstance(one, Option) or isinstance(other, Option):
        a, b = as_option(one), as_option(other)
        if a.value is None or b.value is None:
            return z3.simplify(a.some == b.some)
        both = z3.Implies(a.some, lift(equal(a.value, b.value)))
        return conjunction([z3.simplify(a.some == b.some), both])
    if isinstance(one, Prefix) and isinstance(other, tuple) and len(other) == 1:
        return conjunction([one.bag.size > 0, equal(one.bag.first, other[0])])
    if isinstance(one, Vector) and isinstance(other, Vector):
        index = z3.Int("same!")
        inside = z3.And(index >= 0, index < one.length)
        same = z3.ForAll([index], z3.Implies(inside, lift(equal(one.at(index), other.at(index)))))
        return conjunction([equal(one.length, other.length), same])
    if isinstance(one, tuple) and isinstance(other, tuple) and len(one) == len(other):
        return conjunction([equal(a, b) for a, b in zip(one, other, strict=True)])
    if isinstance(one, Bag) or isinstance(other, Bag):
        return _equal_bags(as_bag(one), as_bag(other))
    if not is_term(one) and not is_term(other):
        return one == other
    a, b = lift(one), lift(other)
    return True if a.eq(b) else z3.simplify(a == b) if _both_constants(a, b) else a == b


def _both_constants(one: Term, other: Term) -> bool:
    return bool(one.num_args() == 0 and other.num_args() == 0)


def _equal_bags(one: Bag, other: Bag) -> Term:
    """Known only of bags of different sizes, or if one is empty: the order was forgotten."""
    difference = z3.simplify(one.size - other.size)
    is_known = z3.is_int_value(difference)
    if is_known and difference.as_long() != 0:
        return FALSE
    if not is_known and (one.sample is None or other.sample is None):
        return difference == 0
    raise TypeError("whether two queues are the same cannot be told from what they hold")
