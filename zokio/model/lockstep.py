"""A model and a real system, side by side: every step is taken by both and compared.

After each step `abstraction()` of the real system must equal the state of the model, and the real
system's own invariants must hold. Whatever goes wrong carries the steps so far. It guarantees that
nothing counts as witnessed before it was compared. Choosing the steps is left to others
(`stateful.py` lets Hypothesis do it).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from zokio.model.actions import Step
from zokio.model.adapter import Adapter
from zokio.model.difference import differences
from zokio.model.machine import Machine

S = TypeVar("S", bound=tuple[Hashable, ...])


class DivergenceError(AssertionError):
    """The real system is not in the state that the model is in.

    Attributes:
        expected: The state that the model is in.
        real: The state that the real system is in.
    """

    def __init__(self, text: str, expected: object, real: object) -> None:
        super().__init__(text)
        self.expected = expected
        self.real = real


@dataclass(slots=True)
class Witness:
    """What was seen on the real system.

    Attributes:
        actions: How often each action ran and led where the model says.
        sometimes: The `sometimes` properties that held in a state which both were in.
    """

    actions: Counter[str] = field(default_factory=Counter)
    sometimes: set[str] = field(default_factory=set)


class Lockstep(Generic[S]):
    """One run of a model and a real system together.

    Attributes:
        state: The state that both are in.
        history: The steps taken since the start.
    """

    state: S

    def __init__(self, machine: Machine[S], adapter: Adapter[S], witness: Witness) -> None:
        self.machine = machine
        self.adapter = adapter
        self.witness = witness
        self.history: list[Step] = []
        self._started = False
        self._sometimes = {
            name: getattr(machine, name)
            for name, claim in machine.claims.items()
            if claim.kind == "sometimes"
        }

    def start(self, state: S) -> None:
        """Start the real system in an initial state and compare."""
        __tracebackhide__ = True
        self.history = []
        self._started = True
        with self._telling():
            self.adapter.start(state)
            self._arrive(state)
        self._see()

    @property
    def enabled(self) -> tuple[Step, ...]:
        """The steps that the model allows in this state; none before the start."""
        return self.machine.enabled(self.state) if hasattr(self, "state") else ()

    def stop(self) -> None:
        """Release the real system, if it was started."""
        if self._started:
            self._started = False
            self.adapter.stop()

    def take(self, step: Step) -> None:
        """Perform a step on the real system and on the model, and compare.

        Raises:
            DivergenceError: The real system is not where the model is.
        """
        __tracebackhide__ = True  # pytest then shows the frames of the user's adapter only
        self.follow(step, self.machine.apply(self.state, step))
        self._see()

    def follow(self, step: Step, after: S) -> None:
        """Take a step of which it is known where it leads; no `sometimes` is looked at there.

        Raises:
            DivergenceError: The real system is not there.
        """
        __tracebackhide__ = True
        self.history.append(step)
        with self._telling():
            getattr(self.adapter, step.name)(*step.arguments)
            self._arrive(after)
        self.witness.actions[step.name] += 1

    def _arrive(self, state: S) -> None:
        __tracebackhide__ = True
        self._compare(state)
        self.adapter.check_invariants()
        self.state = state

    def _see(self) -> None:
        """Note which `sometimes` hold in the state that both are in."""
        self.witness.sometimes.update(
            name for name, holds in self._sometimes.items() if holds(self.state)
        )

    def _compare(self, state: S) -> None:
        __tracebackhide__ = True
        real = self.adapter.abstraction()
        if type(real) is not type(state):
            raise TypeError(
                f"{type(self.adapter).__name__}.abstraction() returned {real!r}: "
                f"it returns a {type(state).__name__}."
            )
        if real != state:
            lines = "\n  ".join(differences("", state, real))
            last = self.history[-1] if self.history else "the start"
            raise DivergenceError(
                f"{self.machine.title}: after {last} the real system differs from the model:"
                f"\n  {lines}\n{self._told()}",
                state,
                real,
            )

    @contextmanager
    def _telling(self) -> Iterator[None]:
        """Add the steps so far to whatever the real system raises."""
        try:
            yield
        except DivergenceError:
            raise
        except Exception as error:
            error.add_note(f"{self.machine.title}: {self._told()}")
            raise

    def _told(self) -> str:
        steps = [f"\n  {number}. {step}" for number, step in enumerate(self.history, 1)]
        return "steps so far:" + ("".join(steps) or " none")
