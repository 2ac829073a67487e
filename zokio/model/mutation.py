"""Mutants of a specification: each one is the same machines with one thing written wrongly.

    for mutant in mutants(Lock(processes=2)):
        with mutant.planted():
            ...  # every machine that uses the changed function is the mutant here

There are three kinds. `behaviour`: a guard, an effect, or a function that they use is changed.
`fairness`: a fair action is made unfair. `claim`: an `always` or `eventually`, its `after`, or a
function that only claims use is changed. Canaries are left out, being wrong claims already, and
so is `sometimes`, which is a question and no promise. What a mutant is worth is for
`mutation_judge.py` to say. The list and its names are the same in every run.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import CodeType, FunctionType
from typing import Literal

from zokio.model.actions import AnyAction
from zokio.model.mutation_code import bounded, rewritten, swapped
from zokio.model.mutation_operators import variants
from zokio.model.mutation_targets import BEHAVIOUR, AnyMachine, Target, targets_of

MutantKind = Literal["behaviour", "fairness", "claim"]


@dataclass(frozen=True, slots=True, eq=False)
class Mutant:
    """One thing written wrongly.

    Attributes:
        name: The function or action, and what was done to it: `Lock.can_take: guard negated`.
        kind: "behaviour", "fairness" or "claim".
        claims: The claims that are decided with the help of the changed function.
        codes: By function: the other code, and the code with bounded loops.
        unfair: The actions that are made unfair.
    """

    name: str
    kind: MutantKind
    claims: tuple[str, ...]
    codes: dict[FunctionType, CodeType]
    unfair: tuple[AnyAction, ...] = ()

    @contextmanager
    def planted(self) -> Iterator[None]:
        """Let the machines be the mutant inside of the block, for the whole process."""
        with swapped(self.codes):
            try:
                for action in self.unfair:
                    action.fair = False
                yield
            finally:
                for action in self.unfair:
                    action.fair = True

    def __repr__(self) -> str:
        return f"<mutant {self.name}>"


def mutants(*machines: AnyMachine) -> list[Mutant]:
    """Return the mutants of one machine, or of several that share functions.

    Args:
        machines: Configured machines: bounded configurations of one specification.

    Raises:
        ModelError: The source of a function cannot be read.
    """
    targets = targets_of(machines)
    loops = {
        target.function: rewritten(target.function, target.syntax, target.name)
        for target in targets
        if bounded(target.syntax)[1]
    }
    wanted = _promises(machines)
    behaviour = [t for t in targets if t.role in BEHAVIOUR]
    judging = [t for t in targets if t.role not in BEHAVIOUR and wanted & set(t.claims)]
    return [
        *(mutant for target in behaviour for mutant in _of(target, "behaviour", loops)),
        *_fairness(machines),
        *(mutant for target in judging for mutant in _of(target, "claim", loops)),
    ]


def _promises(machines: tuple[AnyMachine, ...]) -> set[str]:
    claims = [item for machine in machines for item in machine.claims.items()]
    return {name for name, claim in claims if claim.canary is None and claim.kind != "sometimes"}


def _of(target: Target, kind: MutantKind, loops: dict[FunctionType, CodeType]) -> Iterator[Mutant]:
    for text, syntax in variants(target.syntax, target.role):
        name = f"{target.name}: {text}"
        yield Mutant(
            name, kind, target.claims, loops | {target.function: _code(target, syntax, name)}
        )


def _code(target: Target, syntax: ast.FunctionDef, name: str) -> CodeType:
    return rewritten(target.function, syntax, name)


def _fairness(machines: tuple[AnyMachine, ...]) -> Iterator[Mutant]:
    """One mutant for each fair action: nobody is obliged to take it any more."""
    fair: dict[str, dict[AnyAction, None]] = {}
    for machine in machines:
        for action in machine.actions:
            if action.fair:
                name = action.effect.__qualname__.rpartition("<locals>.")[2]
                fair.setdefault(name, {})[action] = None
    for name, actions in fair.items():
        yield Mutant(f"{name}: no longer fair", "fairness", (), {}, tuple(actions))
