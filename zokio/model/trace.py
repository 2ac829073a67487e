"""A trace: a run of a machine from an initial state, with a loop when it goes on for ever.

Its text shows, after the initial state, only the variables that each step changed. It is data: it
guarantees nothing of the machine, and is made by `checker.py` and `progress.py`.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

from zokio.model.actions import Step
from zokio.model.literal import assignments, named_values

S = TypeVar("S", bound=tuple[Hashable, ...])


@dataclass(frozen=True, slots=True)
class Trace(Generic[S]):
    """A finite run, or one that ends in a loop.

    Attributes:
        initial: The state that the run starts from.
        steps: The steps, each with the state that it leads to.
        loop: None for a finite run. Otherwise the run goes on for ever: after the last step it
            is again in the state that it was in after `loop` steps, and repeats the steps from
            there. `loop == len(steps)`: it stays in the last state for ever.
    """

    initial: S
    steps: tuple[tuple[Step, S], ...] = ()
    loop: int | None = None

    @property
    def states(self) -> tuple[S, ...]:
        """The states of the run, the initial one first."""
        return (self.initial, *(state for _, state in self.steps))

    def text(self) -> str:
        """Return the run in lines, one a step, with the variables that it changed."""
        return "\n".join(self._lines())

    def to_json(self) -> dict[str, object]:
        """Return the run as an object that `json.dumps` accepts; values are text."""
        return {
            "initial": named_values(self.initial),
            "steps": [
                {"step": str(step), "changes": changes(before, after)}
                for before, (step, after) in zip(self.states, self.steps, strict=False)
            ],
            "loop": self.loop,
        }

    def _lines(self) -> Iterator[str]:
        heads = [f"{number}. {step}" for number, (step, _) in enumerate(self.steps, 1)]
        width = max(map(len, ["initially", *heads]))
        yield f"{'initially':{width}}  {assignments(named_values(self.initial))}"
        state = self.initial
        for number, (head, (_, after)) in enumerate(zip(heads, self.steps, strict=True)):
            if self.loop == number:
                yield "from here on again and again:"
            yield f"{head:{width}}  {assignments(changes(state, after)) or '(nothing changes)'}"
            state = after
        if self.loop == len(self.steps):
            yield "and stays there for ever: no fair action has to happen"
        elif self.loop is not None:
            where = f"after step {self.loop}" if self.loop else "at the beginning"
            yield f"and so back to the state {where}, for ever"


def changes(before: tuple[Hashable, ...], after: tuple[Hashable, ...]) -> dict[str, str]:
    """Return the variables whose values differ, with the text of their values afterwards."""
    changed = [old != new for old, new in zip(before, after, strict=True)]
    named = zip(named_values(after).items(), changed, strict=True)
    return {name: text for (name, text), differs in named if differs}
