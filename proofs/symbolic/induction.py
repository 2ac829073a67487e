"""Proof by induction over the steps of a machine, for any values of its constants.

    initially    each claim holds in the initial state
    a step       from any state in which all claims hold, along each path of each action, for any
                 arguments that its guard lets pass, each claim holds afterwards
    never raises the step does not index outside of what is there, nor drop what is not there
    a loop       see `interpreter.py`

The claims are the machine's own properties, and lemmas, which are properties of a subclass: so the
model checker can look at them too. z3 has to answer `unsat`; `sat` and `unknown` are both no proof.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from types import FunctionType
from typing import Any

import z3

from proofs.symbolic.comprehension import restarted_names
from proofs.symbolic.interpreter import Interpreter, Loop, TurnEnded, definition_of
from proofs.symbolic.path import Path, Result, paths
from proofs.symbolic.shapes import BagShape, Record, Scalar, Shape, VectorShape, shape_of
from proofs.symbolic.values import Term, Value, lift
from zokio.model import Machine

STEPS_MAX = 200_000_000


@dataclass(frozen=True, slots=True)
class Obligation:
    """One thing to prove: `assumed` implies `goal`. `path`: where it comes from."""

    name: str
    assumed: tuple[Term, ...]
    goal: Term
    source: Run | None = None


@dataclass(frozen=True, slots=True)
class Run:
    """One path through one action, from any state."""

    action: str
    number: int
    arguments: dict[str, Value]
    before: Value
    path: Path
    result: Result

    @property
    def title(self) -> str:
        """How messages name it."""
        turn = f", a turn of {self.result.turn_of}" if self.result.turn_of else ""
        return f"{self.action}, path {self.number}{turn}"


@dataclass(frozen=True, slots=True)
class Subject:
    """A machine, and what the proof says of it.

    `state`: its NamedTuple. `vectors`: the variables with an entry an index, and the constant that
    is their length. `parameters`: those of its actions; a name of a constant stands for an index
    below it. `constants`: those of the machine: an integer not below the number, or a fixed value.
    `claims`: what is proved together. `relations`: what is proved of every step, of the states
    before and after it. `entries`: the words that stand in queues. `limits`: what is known of
    a parameter's value besides.
    """

    machine: type[Machine[Any]]  # Any: a machine of any state
    state: type
    vectors: dict[str, str | None]
    parameters: dict[str, str | Shape]
    constants: dict[str, Value]
    claims: tuple[str, ...]
    relations: tuple[str, ...] = ()
    entries: tuple[str, ...] = ()
    loops: dict[str, Loop] = field(default_factory=dict)
    limits: dict[str, Callable[[Value, dict[str, Value]], Term]] = field(default_factory=dict)


@dataclass(frozen=True)
class Induction:
    """The obligations of one subject."""

    subject: Subject

    @cached_property
    def shape(self) -> Record:
        """The shape of the state."""
        shape = shape_of(self.subject.state, self.subject.vectors)
        assert isinstance(shape, Record)
        return Record(shape.kind, tuple(self._vectors(shape)), shape.names)

    def _vectors(self, shape: Record) -> Iterator[Shape]:
        from typing import get_type_hints

        for name, hint in get_type_hints(self.subject.state).items():
            yield shape_of(hint, self.subject.vectors, name)

    @cached_property
    def constants(self) -> dict[str, Value]:
        """The machine's constants: symbols, or what was fixed."""
        return {
            name: z3.Int(name) if isinstance(value, AtLeast) else value
            for name, value in self.subject.constants.items()
        }

    def interpreter(self) -> Interpreter:
        return Interpreter(self.subject.machine, self.shape, self.constants, self.subject.loops)

    def constant_facts(self) -> list[Term]:
        """What is assumed of the constants."""
        return [
            self.constants[name] >= value.least
            for name, value in self.subject.constants.items()
            if isinstance(value, AtLeast)
        ]

    def facts(self, state: Value) -> list[Term]:
        """What holds of every state by what queues are."""
        found: list[Term] = []
        for name, shape in zip(self.shape.names, self.shape.shapes, strict=True):
            if isinstance(shape, (BagShape, VectorShape)):
                found.extend(shape.facts(getattr(state, name), name))
        return found

    def claims(self, state: Value) -> dict[str, Term]:
        """Each claim in this state."""
        found = {}
        for name in self.subject.claims:
            interpreter = self.interpreter()
            with interpreter.quantified(), restarted_names():
                answer = interpreter.method(name)(state)
                found[name] = lift(interpreter.truth(answer))
        return found

    def before(self) -> Value:
        """Any state."""
        return self.shape.fresh("")

    def initial(self) -> Value:
        """The initial state; the machine has one."""
        function = self.subject.machine.initial
        assert isinstance(function, FunctionType)
        interpreter = self.interpreter()
        body = list(definition_of(function).body)
        last = body.pop()
        assert isinstance(last, ast.Return) and isinstance(last.value, ast.List)
        env: dict[str, Value] = {"self": interpreter.me, "globals": function.__globals__}
        with interpreter.quantified():
            interpreter.block(body, env, "initial")
            (state,) = last.value.elts
            return self.shape.coerced(interpreter.evaluate(state, env))

    def arguments(self, action: str) -> tuple[dict[str, Value], list[Term]]:
        """Any arguments, and what is known of them."""
        values, known = {}, []
        for name in self.subject.machine.definition.actions[action].parameters:
            kind = self.subject.parameters[name]
            if isinstance(kind, str):
                values[name] = Scalar(int).fresh(f"@{name}")
                known += [values[name] >= 0, values[name] < self.constants[kind]]
            else:
                values[name] = kind.fresh(f"@{name}")
            if name in self.subject.limits:
                known.append(self.subject.limits[name](values[name], self.constants))
        return values, known

    def runs(self, action: str) -> Iterator[Run]:
        """Every path through an action."""
        before = self.before()
        arguments, known = self.arguments(action)
        guard = self.subject.machine.definition.guards.get(action)

        def run(path: Path) -> Result:
            interpreter = self.interpreter()
            interpreter.path = path
            for fact in [*self.constant_facts(), *known]:
                path.assume(fact)
            if guard is not None:
                answer = interpreter.method(guard)(before, *arguments.values())
                path.assume(interpreter.truth(answer))
            try:
                after = interpreter.method(action)(before, *arguments.values())
            except TurnEnded as turn:
                return Result(turn.state, turn.loop)
            return Result(self.shape.coerced(after))

        for number, (path, result) in enumerate(paths(run), 1):
            yield Run(action, number, arguments, before, path, result)

    def all_runs(self) -> Iterator[Run]:
        """Every path through every action."""
        for action in self.subject.machine.definition.actions:
            yield from self.runs(action)

    def obligations(self) -> Iterator[Obligation]:
        """Everything that is to be proved."""
        for part in ("initially", *self.subject.machine.definition.actions):
            yield from self.obligations_of(part)

    def obligations_of(self, part: str) -> Iterator[Obligation]:
        """What is to be proved "initially", or of one action."""
        if part == "initially":
            for name, goal in self.claims(self.initial()).items():
                for each in conjuncts(goal):
                    yield Obligation(f"initially: {name}", tuple(self.constant_facts()), each)
            return
        for run in self.runs(part):
            for name, goal, here in self.goals(run):
                for each in conjuncts(goal):
                    yield Obligation(f"{run.title}: {name}", (*self.invariant, *here), each, run)

    @cached_property
    def invariant(self) -> tuple[Term, ...]:
        """All claims about any state, in parts, with what queues are."""
        before = self.before()
        claimed = [part for each in self.claims(before).values() for part in conjuncts(each)]
        return (*self.facts(before), *claimed)

    def goals(self, run: Run) -> Iterator[tuple[str, Term, list[Term]]]:
        """What must hold on a path and at its end, and what is known there."""
        for claimed in run.path.claimed:
            known = [part for each in claimed.assumed for part in conjuncts(each)]
            yield claimed.name, claimed.goal, known
        if not run.result.turn_of:
            known = [part for each in run.path.assumed for part in conjuncts(each)]
            for name, goal in self.claims(run.result.value).items():
                yield name, goal, known
            for name, goal in self.relations(run).items():
                yield name, goal, known

    def relations(self, run: Run) -> dict[str, Term]:
        """What must hold between the states before and after."""
        found = {}
        for name in self.subject.relations:
            interpreter = self.interpreter()
            with interpreter.quantified(), restarted_names():
                method = interpreter.method(name)
                answer = method(run.before, run.result.value, run.action)
                found[name] = lift(interpreter.truth(answer))
        return found

    def possible(self, action: str) -> Iterator[tuple[Term, ...]]:
        """What is known on each path of an action: of one of them there must be a model."""
        for run in self.runs(action):
            yield (*self.invariant, *run.path.assumed)


def conjuncts(term: Term) -> list[Term]:
    """What a conjunction is made of."""
    if not z3.is_and(term):
        return [term]
    return [part for child in term.children() for part in conjuncts(child)]


@dataclass(frozen=True, slots=True)
class AtLeast:
    """Any integer from this one on."""

    least: int


def answer(obligation: Obligation, steps_max: int = STEPS_MAX) -> z3.CheckSatResult:
    """unsat: proved. sat: refuted. unknown: neither, and so not proved."""
    solver = z3.Solver()
    solver.set("rlimit", steps_max)
    solver.set("random_seed", 0)
    solver.add(*obligation.assumed)
    solver.add(z3.Not(obligation.goal))
    return solver.check()
