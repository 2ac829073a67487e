"""Counterexamples to induction, as traces of the executable machine.

An obligation that was not proved is asked again of a small configuration, with every quantifier
written out, so that z3 finds a model or shows that there is none so small. The model becomes a
state of the specification's own type; the real action is executed from it. A counterexample counts
only if all claims hold in that state, and the action then raises or breaks one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import product
from typing import Any

import z3

from proofs.symbolic.induction import Induction, Obligation
from proofs.symbolic.shapes import BagShape, Maybe, Record, Shape, VectorShape
from proofs.symbolic.values import WORD, WORD_TERMS, Term, Value, as_option, lift
from zokio.model import Step, Trace

NUMBERS = range(-1, 3)
STEPS_MAX = 100_000_000

# Any: what stands in a state.
Concrete = Any


def counterexample(induction: Induction, obligation: Obligation, size: int = 2) -> str | None:
    """The trace with what it breaks; None if there is none of this size."""
    run = obligation.source
    if run is None:
        return None
    title = run.result.turn_of
    solver = z3.SimpleSolver()
    solver.set("rlimit", STEPS_MAX)
    solver.set("random_seed", 0)
    words = [WORD_TERMS[word] for word in induction.subject.entries]
    for term in (*obligation.assumed, z3.Not(obligation.goal)):
        solver.add(written_out(term, words))
    small = [z3.Int(name) == size for name in integers(induction)]
    before = head_of(induction, title)
    solver.add(*small, *sizes(induction.shape, before, words))
    if solver.check() != z3.sat:
        return None
    read = reader(solver.model(), words)
    state = read(induction.shape, before)
    arguments = {
        name: read(shape_of_parameter(induction, name), value)
        for name, value in run.arguments.items()
    }
    constants = {name: read(None, value) for name, value in induction.constants.items()}
    return executed(induction, run.action, state, arguments, constants)


def executed(
    induction: Induction,
    action: str,
    state: Concrete,
    arguments: dict[str, Concrete],
    constants: dict[str, Concrete],
) -> str | None:
    """The trace of the step, if it breaks something that held."""
    subject = induction.subject
    machine = subject.machine(**constants)
    step = Step(machine.definition.actions[action], tuple(arguments.values()))
    try:
        if not all(getattr(machine, name)(state) for name in subject.claims):
            return None
    except IndexError:  # a state that a claim cannot even look at
        return None
    try:
        if not machine.is_enabled(state, step):
            return None
        after = machine.apply(state, step)
    except (IndexError, ValueError) as error:
        return f"{machine!r}\n{state}\n{step}\nraises {error!r}"
    broken = [name for name in subject.claims if not getattr(machine, name)(after)]
    broken += [
        name for name in subject.relations if not getattr(machine, name)(state, after, action)
    ]
    if not broken:
        return None
    trace = Trace(state, ((step, after),), None)
    head = f"{machine!r}, from a state in which every claim holds:"
    return f"{head}\n{trace.text()}\nbreaks {', '.join(broken)}"


def head_of(induction: Induction, title: str) -> Value:
    """Any state; in a turn of a loop, one at its head, with what it does not write as before."""
    before = induction.before()
    if not title:
        return before
    head, loop = induction.shape.fresh(title), induction.subject.loops[title.split(".")[0]]
    return before._replace(**{name: getattr(head, name) for name in loop.writes})


def integers(induction: Induction) -> Iterator[str]:
    """The constants that stand for any integer."""
    for name, value in induction.constants.items():
        if z3.is_int(value):
            yield name


def shape_of_parameter(induction: Induction, name: str) -> Shape | None:
    kind = induction.subject.parameters[name]
    return None if isinstance(kind, str) else kind


def written_out(term: Term, words: list[Term]) -> Term:
    """The term with every quantifier over a finite range."""
    if z3.is_quantifier(term):
        sorts = [term.var_sort(place) for place in range(term.num_vars())]
        ranges = [words if sort == WORD else list(map(z3.IntVal, NUMBERS)) for sort in sorts]
        parts = [
            written_out(z3.substitute_vars(term.body(), *reversed(values)), words)
            for values in product(*ranges)
        ]
        return z3.And(*parts) if term.is_forall() else z3.Or(*parts)
    if not z3.is_bool(term) or not term.children():
        return term
    return term.decl()(*(written_out(part, words) for part in term.children()))


def elements(shape: BagShape, words: list[Term]) -> Iterator[tuple[Value, list[Term]]]:
    """Everything that a queue may hold in a small configuration."""
    sample = shape.inner.fresh("sample")
    variables = shape.inner.flat(sample)
    for values in product(
        *(words if v.sort() == WORD else list(map(z3.IntVal, NUMBERS)) for v in variables)
    ):
        made = values[0] if not isinstance(shape.inner, Record) else shape.inner.made(list(values))
        yield made, list(values)


def sizes(shape: Record, state: Value, words: list[Term]) -> Iterator[Term]:
    """A queue is as long as what it holds; and what grows has not grown far."""
    for inner, value in zip(shape.shapes, state, strict=True):
        if isinstance(inner, BagShape):
            counts = [value.count(each) for each, _ in elements(inner, words)]
            yield value.size == z3.Sum(counts)
            yield value.size <= 3
        if isinstance(inner, VectorShape):
            yield value.length <= 2


def reader(model: Any, words: list[Term]) -> Callable[[Shape | None, Value], Concrete]:  # Any: z3's
    """What a symbolic value is in a model."""

    def scalar(term: Value) -> Concrete:
        value = model.eval(lift(term), model_completion=True)
        if z3.is_int_value(value):
            return value.as_long()
        if value.sort() == WORD:
            return value.decl().name().removeprefix("w_")
        return z3.is_true(value)

    def read(shape: Shape | None, value: Value) -> Concrete:
        if isinstance(shape, Record):
            return shape.made([read(s, v) for s, v in zip(shape.shapes, value, strict=True)])
        if isinstance(shape, Maybe):
            option = as_option(value)
            return read(shape.inner, option.value) if scalar(option.some) else None
        if isinstance(shape, VectorShape):
            length = range(scalar(value.length))
            return tuple(read(shape.inner, value.at(z3.IntVal(index))) for index in length)
        if isinstance(shape, BagShape):
            return queue(shape, value)
        return scalar(value)

    def queue(shape: BagShape, bag: Value) -> Concrete:
        held: list[Concrete] = []
        for element, _ in elements(shape, words):
            held += [read(shape.inner, element)] * max(0, scalar(bag.count(element)))
        first = read(shape.inner, bag.first)
        if first in held:
            held.remove(first)
            held.insert(0, first)
        return tuple(held)

    return read
