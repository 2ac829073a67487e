"""One path through an action: what was decided on the way, and what must hold there.

An action is run once for each way through its branches: `decide` answers from a list of decisions
that the search (`paths`) extends until every way was taken. A branch that contradicts what was
decided before is not taken; that is asked of z3 without the quantified conditions, so a way that is
impossible may be taken in vain, and a possible one is never left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TypeVar

import z3

from proofs.symbolic.values import Term, Value, lift, negation

T = TypeVar("T")

HAS_QUANTIFIERS = z3.Probe("has-quantifiers")


@dataclass(frozen=True, slots=True)
class Claimed:
    """Something that must hold where the path came to: `assumed` there implies `goal`."""

    name: str
    assumed: tuple[Term, ...]
    goal: Term


@dataclass(frozen=True, slots=True)
class Chosen:
    """A new constant of which `fact` holds; with nothing that `fact` fits it stands for nothing."""

    constant: Term
    fact: Term


@dataclass(frozen=True, slots=True)
class Summed:
    """A new constant: the sum of `term` over all values of the variables that fit the condition."""

    constant: Term
    variables: tuple[Term, ...]
    condition: Term
    term: Term


@dataclass(slots=True)
class Path:
    """What is known on this path, and what was claimed on it."""

    decisions: list[bool]
    inherited: int = 0
    assumed: list[Term] = field(default_factory=list)
    claimed: list[Claimed] = field(default_factory=list)
    defined: list[Chosen | Summed] = field(default_factory=list)
    loops: dict[str, int] = field(default_factory=dict)
    believed: set[int] = field(default_factory=set)
    taken: int = 0
    open: list[list[bool]] = field(default_factory=list)
    solver: z3.Solver = field(default_factory=z3.SimpleSolver)

    def assume(self, condition: Term) -> None:
        """From here on this holds."""
        term = lift(condition)
        self.assumed.append(term)
        if not has_quantifier(term):
            self.solver.add(term)

    def believe(self, fact: Term) -> None:
        """From here on this holds, and has been claimed, or is a fact of every queue."""
        self.believed.add(lift(fact).get_id())
        self.assume(fact)

    def claim(self, name: str, goal: Term, guards: list[Term]) -> None:
        """This must hold here, where the guards do."""
        if self.is_repeated():
            return
        term = lift(goal)
        if not z3.is_true(term):
            self.claimed.append(Claimed(name, (*self.assumed, *guards), term))

    def is_repeated(self) -> bool:
        """Whether another path came here in the same way, and claimed what is to be claimed."""
        return self.taken < self.inherited

    def decide(self, condition: Term) -> bool:
        """Which branch this path takes."""
        term = lift(condition)
        if z3.is_true(term) or z3.is_false(term):
            return bool(z3.is_true(term))
        if self.taken < len(self.decisions):
            answer = self.decisions[self.taken]
        else:
            answer = self._first_possible(term)
            self.decisions.append(answer)
        self.taken += 1
        self.assume(term if answer else negation(term))
        return answer

    def _first_possible(self, term: Term) -> bool:
        """True if it can be; the other branch is left for later if that can be as well."""
        if has_quantifier(term):
            self.open.append([*self.decisions, False])
            return True
        can_hold = self.solver.check(term) != z3.unsat
        can_fail = self.solver.check(negation(term)) != z3.unsat
        if can_hold and can_fail:
            self.open.append([*self.decisions, False])
        return bool(can_hold)


def paths(run: Callable[[Path], T]) -> Iterator[tuple[Path, T]]:
    """Every path through what `run` does, in a fixed order."""
    waiting: list[list[bool]] = [[]]
    while waiting:
        decisions = waiting.pop()
        path = Path(decisions, len(decisions))
        result = run(path)
        waiting.extend(reversed(path.open))
        yield path, result


def has_quantifier(term: Term) -> bool:
    """Whether a quantifier stands anywhere in the term."""
    if z3.is_quantifier(term):
        return True
    goal = z3.Goal()
    goal.add(term)
    return bool(HAS_QUANTIFIERS(goal))


@dataclass(frozen=True, slots=True)
class Result:
    """Where a path ended: at the end of the action, or at the end of one turn of a loop."""

    value: Value
    turn_of: str = ""
