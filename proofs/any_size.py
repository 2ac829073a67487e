"""The proofs for any number of tasks and threads: which there are, and what became of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache

import z3

from proofs import scheduler_proof, shutdown_proof, task_proof, timers_proof
from proofs.symbolic.counterexample import counterexample
from proofs.symbolic.ground import Grounding
from proofs.symbolic.induction import Induction, Obligation, Subject, answer

SUBJECTS: dict[str, Subject] = {
    "task": task_proof.SUBJECT,
    "scheduler": scheduler_proof.SUBJECT,
    "timers": timers_proof.SUBJECT,
    "shutdown": shutdown_proof.SUBJECT,
}
PROVED: dict[str, tuple[str, ...]] = {
    "task": task_proof.PROVED,
    "scheduler": scheduler_proof.PROVED,
    "timers": timers_proof.PROVED,
    "shutdown": shutdown_proof.PROVED,
}
NOT_PROVED: dict[str, dict[str, str]] = {
    "task": task_proof.NOT_PROVED,
    "scheduler": scheduler_proof.NOT_PROVED,
    "timers": timers_proof.NOT_PROVED,
    "shutdown": shutdown_proof.NOT_PROVED,
}
INITIALLY = "initially"


@dataclass(slots=True)
class Verdict:
    """What became of the obligations of one part of a proof.

    `assumed`: the goal is one of the assumptions, since the step leaves it alone. `grounded`:
    proved without quantifiers. `by_z3`: proved with them. `open`: not proved, and z3's answer.
    """

    obligations: int = 0
    assumed: int = 0
    grounded: int = 0
    by_z3: int = 0
    open: list[tuple[Obligation, str]] = field(default_factory=list)

    @property
    def proved(self) -> int:
        """How many were proved."""
        return self.assumed + self.grounded + self.by_z3


@cache
def induction_of(name: str) -> Induction:
    """The induction of a subject."""
    return Induction(SUBJECTS[name])


@cache
def grounding_of(name: str) -> Grounding:
    """Its instances, kept from one action to the next."""
    return Grounding()


def parts() -> Iterator[tuple[str, str]]:
    """Every proof, in pieces: what holds initially, and each action."""
    for name, subject in SUBJECTS.items():
        yield name, INITIALLY
        for action in subject.machine.definition.actions:
            yield name, action


def prove(name: str, part: str) -> Verdict:
    """Judge the obligations of one piece."""
    return judged(induction_of(name).obligations_of(part), grounding_of(name))


def judged(obligations: Iterator[Obligation], grounding: Grounding) -> Verdict:
    """Judge each; none is left out."""
    verdict = Verdict()
    for each in obligations:
        verdict.obligations += 1
        if each.goal.get_id() in {term.get_id() for term in each.assumed}:
            verdict.assumed += 1
        elif not grounding.is_refutable(each.assumed, each.goal):
            verdict.grounded += 1
        elif (found := answer(each)) == z3.unsat:
            verdict.by_z3 += 1
        else:
            verdict.open.append((each, str(found)))
    return verdict


def refutation(subject: Subject, action: str) -> str | None:
    """The first counterexample to the induction of a wrong twin; None if none was found."""
    induction, grounding = Induction(subject), Grounding()
    for each in induction.obligations_of(action):
        if grounding.is_refutable(each.assumed, each.goal):
            found = counterexample(induction, each)
            if found is not None:
                return f"{each.name}\n{found}"
    return None
