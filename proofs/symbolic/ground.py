"""Proving without quantifiers: each `for all` that is assumed is used for the terms that occur.

An obligation is refuted by a model of what is assumed with the negated goal. Whatever "there is"
gets a new constant; whatever holds "for all" is used for the indices in sight, then for those that
came into sight, a few rounds. Using less than what is assumed can only leave more models: if none
is left, the obligation is proved. If one is left nothing is said, and z3 is asked with quantifiers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import product

import z3

from proofs.symbolic.path import has_quantifier
from proofs.symbolic.values import Term

ROUNDS = 3
STEPS_MAX = 30_000_000
"""Of z3, which counts its steps: a limit in seconds would depend on the machine."""

Place = tuple[str, int]
"""A function, and which of its arguments."""
Seen = dict[Place, list[Term]]


class Grounding:
    """Instances of quantified formulas, kept for the next obligation."""

    def __init__(self) -> None:
        self.instances: dict[tuple[int, ...], Term] = {}
        self.quantified: dict[int, bool] = {}
        self.indices: dict[int, tuple[tuple[Place, Term], ...]] = {}
        self.places: dict[int, tuple[tuple[Place, ...], ...]] = {}
        self.parts: dict[int, tuple[list[Term], list[Term]]] = {}
        self.kept: list[Term] = []  # so that no id is used again
        self.constants = 0

    def is_refutable(self, assumed: Iterable[Term], goal: Term) -> bool:
        """False: proved. True: not by this."""
        ground: list[Term] = []
        universal: list[Term] = []
        for term in (*assumed, z3.Not(goal)):
            self.split(term, ground, universal)
        terms: Seen = {}
        self.see(ground, terms)
        done: set[tuple[int, int]] = set()
        solver = z3.SimpleSolver()
        solver.set("rlimit", STEPS_MAX)
        solver.set("random_seed", 0)
        solver.add(*ground)
        for _ in range(ROUNDS):
            fresh: list[Term] = []
            for formula in list(universal):
                for values in self.choices(formula, terms):
                    key = (formula.get_id(), *(value.get_id() for value in values))
                    if key in done:
                        continue
                    done.add(key)
                    self.split(self.instance(formula, values, key), fresh, universal)
            solver.add(*fresh)
            if solver.check() == z3.unsat:
                return False
            self.see(fresh, terms)
        return True

    def choices(self, formula: Term, terms: Seen) -> Iterator[tuple[Term, ...]]:
        """What the variables are replaced by: what stands where they stand, in functions."""
        key = formula.get_id()
        if key not in self.places:
            self.places[key] = places_of(formula)
            self.kept.append(formula)
        fitting = []
        for places in self.places[key]:
            found = {term.get_id(): term for place in places for term in terms.get(place, ())}
            fitting.append(list(found.values()))
        return product(*fitting)

    def instance(self, formula: Term, values: tuple[Term, ...], key: tuple[int, ...]) -> Term:
        """The formula's body for these values, of which nothing but new constants is bound."""
        if key not in self.instances:
            body = z3.substitute_vars(formula.body(), *reversed(values))
            is_negated = formula.is_exists()
            self.instances[key] = self.without_exists(body, not is_negated)
            self.kept += [formula, *values, self.instances[key]]
        return self.instances[key]

    def without_exists(self, term: Term, positive: bool) -> Term:
        """The term, or its negation, with new constants for what there is; `for all` stays."""
        if not self.has_quantifier(term):
            return term if positive else z3.Not(term)
        if z3.is_quantifier(term):
            if term.is_forall() == positive:
                return term if positive else z3.ForAll(*negated_body(term))
            return self.without_exists(self.witnessed(term), positive)
        if z3.is_not(term):
            return self.without_exists(term.arg(0), not positive)
        parts = term.children()
        if z3.is_and(term) or z3.is_or(term):
            made = [self.without_exists(part, positive) for part in parts]
            return z3.And(*made) if z3.is_and(term) == positive else z3.Or(*made)
        if z3.is_implies(term):
            left = self.without_exists(parts[0], not positive)
            right = self.without_exists(parts[1], positive)
            return z3.Or(left, right) if positive else z3.And(left, right)
        if term.decl().kind() == z3.Z3_OP_ITE and z3.is_bool(term):
            yes = z3.And(parts[0], parts[1])
            return self.without_exists(z3.Or(yes, z3.And(z3.Not(parts[0]), parts[2])), positive)
        if z3.is_eq(term) and z3.is_bool(parts[0]):
            both, none = z3.And(*parts), z3.And(*map(z3.Not, parts))
            return self.without_exists(z3.Or(both, none), positive)
        return term if positive else z3.Not(term)

    def witnessed(self, term: Term) -> Term:
        """The body with new constants for its variables."""
        constants = []
        for place in range(term.num_vars()):
            self.constants += 1
            constants.append(z3.Const(f"some!{self.constants}", term.var_sort(place)))
        return z3.substitute_vars(term.body(), *reversed(constants))

    def split(self, formula: Term, ground: list[Term], universal: list[Term]) -> None:
        """Sort a formula's conjuncts into those with `for all` on top, and the others."""
        key = formula.get_id()
        if key not in self.parts:
            self.parts[key] = self.parted(formula)
            self.kept.append(formula)
        ground += self.parts[key][0]
        universal += self.parts[key][1]

    def parted(self, formula: Term) -> tuple[list[Term], list[Term]]:
        """The conjuncts of one formula."""
        ground: list[Term] = []
        universal: list[Term] = []
        waiting = [self.without_exists(formula, True)]
        while waiting:
            each = waiting.pop()
            if not self.has_quantifier(each):
                ground.append(each)
            elif z3.is_quantifier(each):
                universal.append(each)
            elif z3.is_and(each):
                waiting.extend(reversed(each.children()))
            else:
                ground.append(self.named(each, universal))
        self.kept += [*ground, *universal]
        return ground, universal

    def named(self, term: Term, universal: list[Term]) -> Term:
        """A disjunction with `for all` inside: each gets a name that implies its instances."""
        if not self.has_quantifier(term):
            return term
        if z3.is_quantifier(term):
            self.constants += 1
            name = z3.Bool(f"named!{self.constants}")
            sorts = [(term.var_name(i), term.var_sort(i)) for i in range(term.num_vars())]
            variables = [z3.Const(f"{each}!v", sort) for each, sort in sorts]
            body = z3.substitute_vars(term.body(), *reversed(variables))
            universal.append(z3.ForAll(variables, z3.Implies(name, body)))
            return name
        made = [self.named(part, universal) for part in term.children()]
        return z3.And(*made) if z3.is_and(term) else z3.Or(*made)

    def has_quantifier(self, term: Term) -> bool:
        key = term.get_id()
        if key not in self.quantified:
            self.quantified[key] = has_quantifier(term)
            self.kept.append(term)
        return self.quantified[key]

    def see(self, formulas: list[Term], terms: Seen) -> None:
        """Add the arguments of functions in these formulas, by where they stand."""
        for formula in formulas:
            key = formula.get_id()
            if key not in self.indices:
                self.indices[key] = tuple(arguments(formula))
                self.kept.append(formula)
            for place, term in self.indices[key]:
                known = terms.setdefault(place, [])
                if all(term.get_id() != each.get_id() for each in known):
                    known.append(term)


def negated_body(term: Term) -> tuple[list[Term], Term]:
    """Of `not exists x. p`: the variables, and `not p`."""
    variables = [
        z3.Const(f"{term.var_name(i)}!n", term.var_sort(i)) for i in range(term.num_vars())
    ]
    return variables, z3.Not(z3.substitute_vars(term.body(), *reversed(variables)))


def arguments(formula: Term) -> Iterator[tuple[Place, Term]]:
    """The arguments of uninterpreted functions with where they stand; small ones only, so that
    the rounds end."""
    waiting, seen = [formula], set()
    while waiting:
        each = waiting.pop()
        key = each.get_id()
        if key in seen or z3.is_quantifier(each):
            continue
        seen.add(key)
        children = each.children()
        if children and each.decl().kind() == z3.Z3_OP_UNINTERPRETED:
            name = each.decl().name()
            for place, argument in enumerate(children):
                if depth(argument) <= 2:
                    yield (name, place), argument
        waiting.extend(reversed(children))


def places_of(formula: Term) -> tuple[tuple[Place, ...], ...]:
    """For each variable of a quantified formula: where in functions it stands."""
    count = formula.num_vars()
    found: list[dict[Place, None]] = [{} for _ in range(count)]
    waiting = [(formula.body(), 0)]
    while waiting:
        each, inner = waiting.pop()
        if z3.is_quantifier(each):
            waiting.append((each.body(), inner + each.num_vars()))
            continue
        for place, argument in enumerate(each.children()):
            waiting.append((argument, inner))
            if z3.is_var(argument) and each.decl().kind() == z3.Z3_OP_UNINTERPRETED:
                index = z3.get_var_index(argument) - inner
                if 0 <= index < count:
                    found[count - 1 - index][each.decl().name(), place] = None
    return tuple(map(tuple, found))


def depth(term: Term) -> int:
    """How deep applications are nested."""
    return 1 + max(map(depth, term.children()), default=0)
