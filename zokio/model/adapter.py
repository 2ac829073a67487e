"""What a real system must offer to be driven by a machine.

An adapter has the methods of `Adapter` and, for each action of the machine, a method of that name
which takes the action's arguments and performs exactly that step on the real system. It guarantees
nothing by itself: `lockstep.py` compares it with the model after every step.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import Protocol, TypeVar

from zokio.model.machine import Machine

S = TypeVar("S", bound=tuple[Hashable, ...])


class Adapter(Protocol[S]):
    """The part of an adapter that is the same for every machine."""

    def start(self, state: S, /) -> None:
        """Build a fresh real system that is in the initial state `state`."""

    def abstraction(self) -> S:
        """Return the state of the model that the real system is in now."""
        ...

    def check_invariants(self) -> None:
        """Raise AssertionError when the real system broke an invariant of its own."""

    def stop(self) -> None:
        """Release the real system; called after every `start`, also one that raised."""


_ALWAYS_NEEDED = ("start", "abstraction", "check_invariants", "stop")


def require_methods(machine: Machine[S], adapter: Adapter[S]) -> None:
    """Check that the adapter can perform every action of the machine.

    Raises:
        TypeError: Methods are missing, or the adapter is a class instead of an instance.
    """
    if isinstance(adapter, type):
        raise TypeError(f"{adapter.__name__} is a class: give an instance, {adapter.__name__}().")
    needed = (*_ALWAYS_NEEDED, *(action.name for action in machine.actions))
    missing = [name for name in needed if not callable(getattr(adapter, name, None))]
    if missing:
        raise TypeError(
            f"{type(adapter).__name__} cannot be driven by {machine.title}: it has no "
            f"{', '.join(f'{name}()' for name in missing)}. An adapter has one method for each "
            f"action, and {', '.join(_ALWAYS_NEEDED)}."
        )
