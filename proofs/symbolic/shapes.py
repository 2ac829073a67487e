"""Shapes: what a variable of a specification holds, read off its NamedTuple's annotations.

Annotations cannot tell a tuple with one entry a task from a queue: `vectors` names the former with
the constant that is their length (None: they grow). From a shape comes a fresh symbolic value,
the facts that hold of any such value, and the names under which a concrete value is looked up.
"""

from __future__ import annotations

import types
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Union, get_args, get_origin, get_type_hints

import z3

from proofs.symbolic.values import WORD, Bag, Option, Term, Value, Vector, as_bag, as_option, lift

SORTS = {bool: z3.BoolSort(), int: z3.IntSort(), str: WORD}

# Any: what stands in a state, of any type.
Concrete = Any
Getter = Callable[..., Concrete]


@dataclass(frozen=True, slots=True)
class Scalar:
    """A truth value, a number or a word."""

    kind: type

    def fresh(self, name: str, indices: tuple[Term, ...] = ()) -> Term:
        sort = SORTS[self.kind]
        if not indices:
            return z3.Const(name, sort)
        return z3.Function(name, *(index.sort() for index in indices), sort)(*indices)

    def flat(self, value: Value) -> list[Term]:
        return [lift(value)]

    def bind(self, name: str, get: Getter) -> Iterator[tuple[str, Getter]]:
        yield name, get

    def coerced(self, value: Value) -> Value:
        return value


@dataclass(frozen=True, slots=True)
class Record:
    """A tuple of a fixed length; `kind` is its NamedTuple, or tuple."""

    kind: type
    shapes: tuple[Shape, ...]
    names: tuple[str, ...]

    def fresh(self, name: str, indices: tuple[Term, ...] = ()) -> Value:
        return self.made(
            [s.fresh(f"{name}.{n}", indices) for n, s in zip(self.names, self.shapes, strict=True)]
        )

    def made(self, items: list[Value]) -> Value:
        return tuple(items) if self.kind is tuple else self.kind(*items)

    def flat(self, value: Value) -> list[Term]:
        return [term for s, v in zip(self.shapes, value, strict=True) for term in s.flat(v)]

    def bind(self, name: str, get: Getter) -> Iterator[tuple[str, Getter]]:
        for place, (field, shape) in enumerate(zip(self.names, self.shapes, strict=True)):
            yield from shape.bind(f"{name}.{field}", _entry(get, place))

    def coerced(self, value: Value) -> Value:
        items = [s.coerced(v) for s, v in zip(self.shapes, value, strict=True)]
        is_same = all(new is old for new, old in zip(items, value, strict=True))
        return value if is_same else self.made(items)


@dataclass(frozen=True, slots=True)
class Maybe:
    """A value or None."""

    inner: Shape

    def fresh(self, name: str, indices: tuple[Term, ...] = ()) -> Option:
        some = Scalar(bool).fresh(f"{name}.some", indices)
        return Option(some, self.inner.fresh(name, indices))

    def flat(self, value: Value) -> list[Term]:
        option = as_option(value)
        return [option.some, *self.inner.flat(option.value)]

    def bind(self, name: str, get: Getter) -> Iterator[tuple[str, Getter]]:
        yield f"{name}.some", lambda *at: get(*at) is not None
        yield from self.inner.bind(name, get)

    def coerced(self, value: Value) -> Option:
        option = as_option(value)
        if option.value is None:
            return Option(option.some, self.inner.fresh("whatever"))
        inner = self.inner.coerced(option.value)
        return option if option is value and inner is option.value else Option(option.some, inner)


@dataclass(frozen=True, slots=True)
class VectorShape:
    """One entry an index; `length` is the constant's name, or None if it grows."""

    inner: Shape
    length: str | None

    def fresh(self, name: str, indices: tuple[Term, ...] = ()) -> Vector:
        length = z3.Int(self.length or f"{name}.length")
        return Vector(length, lambda index: self.inner.fresh(name, (*indices, lift(index))))

    def bind(self, name: str, get: Getter) -> Iterator[tuple[str, Getter]]:
        if self.length is None:
            yield f"{name}.length", lambda *at: len(get(*at))
        yield from self.inner.bind(name, lambda *at: _item(get(*at[:-1]), at[-1]))

    def coerced(self, value: Value) -> Value:
        if value == ():
            return Vector(lift(0), lambda index: self.inner.fresh("whatever", (lift(index),)))
        return value

    def facts(self, vector: Vector, name: str) -> Iterator[Term]:
        """What holds of every tuple."""
        yield vector.length >= 0

    def flat(self, value: Value) -> list[Term]:
        raise TypeError("a vector cannot stand in a bag")


@dataclass(frozen=True, slots=True)
class BagShape:
    """A queue or a set."""

    inner: Shape

    def fresh(self, name: str, indices: tuple[Term, ...] = ()) -> Bag:
        if indices:
            raise TypeError("a bag cannot stand in a vector")

        def count(value: Value) -> Term:
            return Scalar(int).fresh(f"{name}.count", tuple(self.inner.flat(value)))

        first = self.inner.fresh(f"{name}.first")
        return Bag(count, z3.Int(f"{name}.size"), first, first)

    def bind(self, name: str, get: Getter) -> Iterator[tuple[str, Getter]]:
        yield f"{name}.size", lambda: len(get() or ())
        yield (
            f"{name}.count",
            lambda *flat: sum(flat == flat_of(self.inner, each) for each in get() or ()),
        )
        yield from self.inner.bind(f"{name}.first", lambda: _item(get() or (), 0))

    def coerced(self, value: Value) -> Bag:
        bag = as_bag(value)
        if bag.sample is not None and bag.size is not None:
            return bag
        sample = self.inner.fresh("whatever") if bag.sample is None else bag.sample
        return Bag(bag.count, bag.size, sample, bag.first)

    def flat(self, value: Value) -> list[Term]:
        raise TypeError("a bag cannot stand in a bag")

    def facts(self, bag: Bag, name: str) -> Iterator[Term]:
        """What holds of every queue."""
        one = self.inner.fresh(f"{name}!one")
        terms = self.inner.flat(one)
        of_one = bag.count(one)
        yield bag.size >= 0
        yield z3.ForAll(terms, z3.And(of_one >= 0, of_one <= bag.size), patterns=[of_one])
        if bag.first is not None:
            of_first = bag.count(bag.first)
            yield z3.Implies(bag.size >= 1, of_first >= 1)
            is_first = z3.And(*map(_same, terms, self.inner.flat(bag.first)))
            yield z3.ForAll(
                terms, z3.Or(is_first, of_one + of_first <= bag.size), patterns=[of_one]
            )


Shape = Scalar | Record | Maybe | VectorShape | BagShape


def _same(one: Term, other: Term) -> Term:
    return one == other


def _entry(get: Getter, place: int) -> Getter:
    def entry(*at: Concrete) -> Concrete:
        value = get(*at)
        return None if value is None else value[place]

    return entry


def _item(values: tuple[Concrete, ...], index: int) -> Concrete:
    return values[index] if 0 <= index < len(values) else None


def flat_of(shape: Shape, value: Concrete) -> tuple[Concrete, ...]:
    """A concrete value as the list of its scalars, as `flat` does for symbolic ones."""
    if isinstance(shape, Record):
        parts = [flat_of(s, v) for s, v in zip(shape.shapes, value, strict=True)]
        return tuple(each for part in parts for each in part)
    return (value,)


def shape_of(
    annotation: Any,  # Any: an annotation
    vectors: Mapping[str, str | None],
    field: str = "",
) -> Shape:
    """The shape that an annotation says."""
    if annotation in SORTS:
        return Scalar(annotation)
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin in (Union, types.UnionType):
        (inner,) = (each for each in arguments if each is not type(None))
        return Maybe(shape_of(inner, vectors))
    if origin is tuple and arguments[-1] is Ellipsis:
        inner_shape = shape_of(arguments[0], vectors)
        if field in vectors:
            return VectorShape(inner_shape, vectors[field])
        return BagShape(inner_shape)
    if origin is tuple:
        shapes = tuple(shape_of(each, vectors) for each in arguments)
        return Record(tuple, shapes, tuple(str(place) for place in range(len(shapes))))
    hints = get_type_hints(annotation)
    return Record(
        annotation,
        tuple(shape_of(hint, vectors, name) for name, hint in hints.items()),
        tuple(hints),
    )
