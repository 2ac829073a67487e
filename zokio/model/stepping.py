"""One step of a machine as an observed function: disabled, or what it adds to the packed state.

Guard and effect are asked together, so their tree begins with what the guard looks at. Whenever
the tree does not know the answer, and so for every explored transition, what was read and written
is held against what the action declares.

It guarantees that no answer rests on the stand-ins alone: the first answers and every so many
later ones are compared with those on the plain state. An action that does not get on with
stand-ins is given whole variables, and if that does not help, the plain state, and counts as
reading everything.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import Any, TypeVar

from zokio.model.actions import Step
from zokio.model.diagnosis import explain_step, refuse_chance, refuse_read
from zokio.model.errors import NondeterministicError
from zokio.model.machine import Machine
from zokio.model.notes import Notes
from zokio.model.observation import MisledError, Node, Observed, View, mask_of
from zokio.model.packing import Cell, CoarserLayout, Variable

S = TypeVar("S", bound=tuple[Hashable, ...])

Move = tuple[int, int]  # what to add to the packed state, and the number of the step

STAND_INS, WHOLE_VARIABLES, PLAIN_STATE = range(3)


class ObservedStep(Observed[S]):
    """A step; its answers are False where it is disabled, else (what to add, the step's number)."""

    def __init__(
        self, view: View[S], machine: Machine[S], number: int, step: Step, manner: int
    ) -> None:
        super().__init__(view)
        self.machine, self.number, self.step = machine, number, step
        self.guard = machine.guard_of(step.name)
        self.effect = machine.effect_of(step.name)
        self.manner = PLAIN_STATE if view.opaque else manner
        names = {name: one.place for name, one in view.variables.items()}
        declared = names if step.action.reads is None else step.action.reads
        self.unreadable = frozenset(names.values()) - {names[name] for name in declared}
        self.writable = frozenset(names[name] for name in step.action.writes)

    def ask(self, packed: int, state: S, notes: Notes) -> object:
        try:
            added = self._compared(packed, state, notes)
        except (CoarserLayout, MisledError, NondeterministicError):
            raise
        except Exception as error:
            explain_step(self.machine, state, error)
        undeclared = self.unreadable & notes.read
        if notes.coarse:  # a variable that is changed in part is looked at as a whole here
            undeclared -= self.writable
        if undeclared:
            refuse_read(self.machine, self.step, state, min(undeclared))
        if added is None:
            return False
        return (
            self._overwriting(packed, added, notes.blind) if notes.blind else (added, self.number)
        )

    def _overwriting(self, packed: int, added: int, blind: Iterable[Cell | Variable]) -> Node:
        """Return a node that works the move out, whatever stands in the parts written unread.

        To look at them in the tree would keep states apart that the step cannot tell apart.
        """
        number = self.number
        mask = mask_of(blind)
        total = added + (packed & mask)  # of the other parts, and of these as if they were zero

        def move(before: int) -> Move:
            return total - before, number

        node: Node = [mask, move, None]
        for part in blind:
            part.watchers.append(node)
        return node

    def _compared(self, packed: int, state: S, notes: Notes) -> int | None:
        compared = self.is_compared() or self.manner == PLAIN_STATE
        expected = self._take(packed, state, Notes()) if compared else None
        while self.manner != PLAIN_STATE:
            notes.clear()
            notes.coarse = self.manner == WHOLE_VARIABLES
            try:
                added = self._take(packed, self.view.show(state, notes), notes)
                if not compared or added == expected:
                    return added
            except CoarserLayout:
                raise
            except Exception:
                if not compared:  # it may be the stand-in's fault
                    compared, expected = True, self._take(packed, state, Notes())
                self._ask_again(packed, state, expected)
            else:
                self._ask_again(packed, state, expected)
                self._ask_forwards(packed, state, expected, notes)
                raise MisledError(self)
            self.manner += 1
        self._ask_again(packed, state, expected)
        notes.clear()
        notes.update(dict.fromkeys(self.view.variables.values()))
        notes.end_reading()
        return expected

    def _ask_again(self, packed: int, state: S, expected: int | None) -> None:
        if self._take(packed, state, Notes()) != expected:
            refuse_chance(self.machine, self.step, state)

    def _ask_forwards(self, packed: int, state: S, expected: int | None, notes: Notes) -> None:
        """Find out whether it was the order of a set that changed the answer."""
        notes.clear()
        notes.backwards = False
        try:
            added = self._take(packed, self.view.show(state, notes), notes)
        except CoarserLayout:
            raise
        except Exception:
            return  # it does not get on with stand-ins, whatever their order
        finally:
            notes.backwards = True
        if added == expected and not notes.coarse:
            refuse_chance(self.machine, self.step, state)

    def audit(self, packed: int, state: S) -> None:
        """Ask once more, on the plain state, and compare.

        Raises:
            NondeterministicError: The answer is another one.
        """
        answer: Any = self.answer(packed)
        self._ask_again(packed, state, answer[0] if answer else None)

    def _take(
        self,
        packed: int,
        shown: Any,  # Any: the state, or its stand-in
        notes: Notes,
    ) -> int | None:
        """Return what the step adds to the packed state; None where it is disabled."""
        arguments = self.step.arguments
        if self.guard is not None and not self.guard(shown, *arguments):
            notes.end_reading()
            return None
        after = self.effect(shown, *arguments)
        return self.view.change(packed, after, notes, self.writable)
