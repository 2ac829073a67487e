"""The symbolic twin of every action against the executed one, on explored transitions.

For every state and every step: the twin is enabled exactly when the step is; then exactly one of
its paths fits, and says for every variable what the executed action says. Of a queue the twin knows
what it holds and how long it is; its order is not compared. An action with loops is compared turn
by turn, from the head of the loop to the next, and as a whole with the loops where they ended.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from proofs.symbolic.comprehension import bound_like
from proofs.symbolic.evaluate import Compiled, compiled, getters
from proofs.symbolic.induction import Induction, Run
from proofs.symbolic.path import Chosen
from proofs.symbolic.recording import Head, Recorder, recorded
from proofs.symbolic.shapes import BagShape, Maybe, Record, Scalar, Shape, VectorShape, flat_of
from proofs.symbolic.values import WORDS, Value, conjunction, is_term, lift
from zokio.model import Machine, Step, explore

# Any: states and what stands in them.
Concrete = Any
Environment = dict[str, Callable[..., Any]]
Same = Callable[[Environment, Concrete], bool]

NUMBERS = range(-1, 7)


def same(shape: Shape, value: Value) -> Same:
    """Whether a concrete value is what the symbolic one says."""
    if isinstance(shape, Record):
        parts = [same(s, v) for s, v in zip(shape.shapes, value, strict=True)]
        return lambda get, it: all(part(get, each) for part, each in zip(parts, it, strict=True))
    if isinstance(shape, Maybe):
        some, inner = compiled(lift(value.some)), same(shape.inner, value.value)
        return lambda get, it: (
            inner(get, it)
            if it is not None and run(some, get)
            else it is None and not run(some, get)
        )
    if isinstance(shape, VectorShape):
        return same_vector(shape, value)
    if isinstance(shape, BagShape):
        return same_bag(shape, value)
    term = compiled(lift(value))
    return lambda get, it: bool(run(term, get) == it)


def run(function: Compiled, get: Environment, *arguments: Concrete) -> Any:
    """The value of a compiled term."""
    return function(get, NUMBERS, WORDS, *arguments)


def same_vector(shape: VectorShape, value: Value) -> Same:
    """Every entry, and how many there are."""
    index, (parameter,) = bound_like(0)
    entry, length = at_index(shape.inner, value.at(index), parameter), compiled(lift(value.length))
    return lambda get, it: (
        run(length, get) == len(it)
        and all(entry(get, place, each) for place, each in enumerate(it))
    )


def at_index(shape: Shape, value: Value, index: Value) -> Callable[..., bool]:
    """Whether the concrete value is what the symbolic one says for this index."""
    if isinstance(shape, Record):
        parts = [at_index(s, v, index) for s, v in zip(shape.shapes, value, strict=True)]
        return lambda get, place, it: all(
            part(get, place, each) for part, each in zip(parts, it, strict=True)
        )
    if isinstance(shape, Maybe):
        if not hasattr(value, "some"):  # in this path the value is there, or None, in all entries
            value = shape.coerced(value)
        some = compiled(lift(value.some), (index,))
        inner = at_index(shape.inner, value.value, index)
        return lambda get, place, it: (
            run(some, get, place) == (it is not None) and (it is None or inner(get, place, it))
        )
    term = compiled(lift(value), (index,))
    return lambda get, place, it: bool(run(term, get, place) == it)


def same_bag(shape: BagShape, value: Value) -> Same:
    """How often each value is there, and how many there are."""
    sample, parameters = bound_like(shape.inner.fresh("sample"))
    count = compiled(value.count(sample), tuple(parameters))
    size = compiled(value.size)

    def holds(get: Environment, it: Concrete) -> bool:
        flat = [flat_of(shape.inner, each) for each in it]
        return run(size, get) == len(flat) and all(
            run(count, get, *each) == flat.count(each) for each in flat
        )

    return holds


@dataclass(frozen=True, slots=True)
class Twin:
    """One path of an action, compiled."""

    run: Run
    condition: Compiled
    same: Same
    definitions: tuple[tuple[str, Compiled | None, Compiled | None], ...]

    def fits(self, get: Environment) -> bool:
        """Whether this path is the one that is taken."""
        for name, fact, total in self.definitions:
            get[name] = self.defined(get, name, fact, total)
        return bool(run(self.condition, get))

    def defined(
        self, get: Environment, name: str, fact: Compiled | None, total: Compiled | None
    ) -> Callable[[], Any]:
        """A constant of the path: a sum, or the first number that fits."""
        if total is not None:
            number = run(total, get)
            return lambda: number
        assert fact is not None
        for candidate in NUMBERS:
            get[name] = lambda candidate=candidate: candidate
            if run(fact, get):
                return get[name]
        return lambda: None


def twin_of(induction: Induction, run_: Run) -> Twin:
    """The compiled path."""
    definitions: list[tuple[str, Compiled | None, Compiled | None]] = []
    known = {each.get_id() for each in induction.constant_facts()} | run_.path.believed
    for each in run_.path.defined:
        name = each.constant.decl().name()
        if isinstance(each, Chosen):
            definitions.append((name, compiled(each.fact), None))
        else:
            total = compiled(each.condition, each.variables), compiled(each.term, each.variables)
            definitions.append((name, None, summing(*total, len(each.variables))))
    return Twin(
        run_,
        compiled(conjunction([each for each in run_.path.assumed if each.get_id() not in known])),
        same(induction.shape, run_.result.value),
        tuple(definitions),
    )


def summing(condition: Compiled, term: Compiled, variables: int) -> Compiled:
    """The sum over all numbers that fit; one variable is all that occurs."""
    if variables != 1:
        raise TypeError("a sum over several variables")
    return lambda get, numbers, words: sum(
        term(get, numbers, words, each) for each in numbers if condition(get, numbers, words, each)
    )


@dataclass(slots=True)
class Differences:
    """What was compared, and where they differ."""

    states: int = 0
    transitions: int = 0
    turns: int = 0
    disabled: int = 0
    found: list[str] | None = None


class Comparison:
    """All twins of one induction."""

    def __init__(self, induction: Induction) -> None:
        self.induction = induction
        self.twins: dict[str, list[Twin]] = {}
        self.watched: Any = None  # Any: a machine of any state
        for each in induction.all_runs():
            self.twins.setdefault(each.action, []).append(twin_of(induction, each))

    def compare(self, machine: Machine[Any], stride: int = 1, first: int = 0) -> Differences:
        """From the first, every `stride`-th state of a configuration, with all steps there are."""
        return self.compare_with(
            self.induction.subject.machine(**machine.configuration), stride, first
        )

    def compare_with(self, machine: Machine[Any], stride: int = 1, first: int = 0) -> Differences:
        """The same for a machine that has the lemmas, whatever it does."""
        watched, recorder = recorded(machine, self.induction.subject.loops)
        self.watched = watched
        result = Differences(found=[])
        assert result.found is not None
        fixed = {name: constant(value) for name, value in watched.configuration.items()}
        steps = watched.instances()
        of_steps = {step: self.bound_arguments(step) for step in steps}
        for state in explore(machine).states[first::stride]:
            result.states += 1
            get = {**fixed, **getters(self.induction.shape, "", state)}
            for step in steps:
                recorder.clear()
                after = watched.apply(state, step) if watched.is_enabled(state, step) else None
                get.update(of_steps[step])
                result.found += [
                    f"{machine!r}: {step} in {state}: {text}"
                    for text in self.judge(step, after, get, recorder, result)
                ]
        return result

    def bound_arguments(self, step: Step) -> Environment:
        """The arguments of a step by the names that they have in terms."""
        found: Environment = {}
        for name, value in step.named_arguments.items():
            kind = self.induction.subject.parameters[name]
            shape = Scalar(int) if isinstance(kind, str) else kind
            found.update(shape.bind(f"@{name}", constant(value)))
        return found

    def judge(
        self, step: Step, after: Concrete, get: Environment, recorder: Recorder, result: Differences
    ) -> Iterator[str]:
        """What is wrong with one step, if it can happen, or with its not happening."""
        twins = self.twins[step.name]
        if after is None:
            result.disabled += 1
            if any(not twin.run.path.loops and twin.fits(get) for twin in twins):
                yield "the twin is enabled"
            return
        result.transitions += 1
        for title, heads in recorder.heads.items():
            yield from self.broken(title, heads)
            for head, following in pairwise(heads):
                result.turns += 1
                here = {**get, **self.bound_loops({**last_heads(recorder), title: head})}
                yield from self.verdict(
                    [twin for twin in twins if twin.run.result.turn_of == title],
                    following[0],
                    here,
                    f"a turn of {title}",
                )
        here = {**get, **self.bound_loops(last_heads(recorder))}
        whole = [
            twin
            for twin in twins
            if not twin.run.result.turn_of and titles(twin) == set(recorder.heads)
        ]
        yield from self.verdict(whole, after, here, "the whole")

    def broken(self, title: str, heads: list[Head]) -> Iterator[str]:
        """Heads of a loop at which its invariant does not hold, as it is executed."""
        keeps = getattr(self.watched, f"{title.split('.')[0]}_keeps")
        names = inspect.signature(keeps).parameters
        for state, left in heads:
            given = {"left": left, "entry": heads[0][0]}
            if not keeps(state, **{name: given[name] for name in names if name in given}):
                yield f"{title}: its invariant does not hold in {state}"

    def verdict(
        self, twins: Iterable[Twin], after: Concrete, get: Environment, what: str
    ) -> Iterator[str]:
        fitting = [twin for twin in twins if twin.fits(get)]
        if len(fitting) != 1:
            yield f"{what}: {len(fitting)} paths of the twin fit"
        for twin in fitting:
            if not twin.same(get, after):
                yield f"{what}: path {twin.run.number} of the twin leads elsewhere than to {after}"

    def bound_loops(self, heads: dict[str, tuple[Concrete, tuple[Concrete, ...]]]) -> Environment:
        """The states in loops by the names that they have in terms."""
        found: Environment = {}
        for title, (state, left) in heads.items():
            found.update(getters(self.induction.shape, title, state))
            found.update(self.bound_left(title, left))
        return found

    def bound_left(self, title: str, left: tuple[Concrete, ...]) -> Environment:
        """What a `for` has still to go through."""
        shapes: tuple[Shape, ...] = (
            Scalar(int),
            Record(tuple, (Scalar(str), Scalar(int)), ("0", "1")),
        )
        found: Environment = {}
        for shape in shapes:
            if not left or isinstance(left[0], tuple) == isinstance(shape, Record):
                found.update(BagShape(shape).bind(f"{title}.left", constant(left)))
        return found


def last_heads(recorder: Recorder) -> dict[str, tuple[Concrete, tuple[Concrete, ...]]]:
    """Where each loop ended."""
    return {title: heads[-1] for title, heads in recorder.heads.items()}


def titles(twin: Twin) -> set[str]:
    """The loops on a path."""
    return {
        f"{name}.{number}"
        for name, count in twin.run.path.loops.items()
        for number in range(1, count + 1)
    }


def constant(value: Concrete) -> Callable[[], Any]:
    """A getter of one value."""
    return lambda: value


__all__ = ["Comparison", "Differences", "is_term"]
