"""Validation: is a recorded trace a run of the machine, and is the whole of it consumed?

The validator follows every state in which the machine may be. Where events of different strands
overlap, it takes them in every order that their tickets allow; runs that took the same events and
came to the same state are followed once. So it accepts a trace exactly when there is an order of
all its events that respects the tickets and is a run of the machine, and it rejects one at the
event beyond which no order leads. It never explores the machine: it does what the trace does.

It calls the guards and effects as the machine has them, on a machine with as many tasks and threads
as the trace has. It deliberately checks no property: what must be true of every run is checked
exhaustively on bounded machines. A limit that was hit is `incomplete`, never an acceptance.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Generic, Literal, TypeVar

from zokio.model.actions import Step
from zokio.model.errors import ModelError
from zokio.model.events import Event
from zokio.model.machine import Machine

S = TypeVar("S", bound=tuple[Hashable, ...])

Verdict = Literal["accepted", "rejected", "incomplete"]
Position = tuple[int, ...]
"""How many events of each strand were taken."""

ENABLED_MAX = 100_000  # instances looked through to say what would have been possible


@dataclass(frozen=True, slots=True)
class Validation(Generic[S]):
    """What came of a trace.

    Attributes:
        verdict: "accepted": all of it is a run. "rejected": no order of it is. "incomplete": a
            limit was hit, or the trace is cut; what was consumed is a run.
        events: How many events the trace has.
        consumed: How many of them the longest run takes.
        orders_max: How many runs were followed side by side at the most.
        index: Of a rejected trace: the place of the first event that could not be taken.
        reason: Of a trace that was not accepted: why, in words.
        states: Of a rejected trace: the states that were possible before that event.
        enabled: What the machine could have done there, the environment's actions included.
    """

    verdict: Verdict
    events: int
    consumed: int
    orders_max: int = 1
    index: int | None = None
    reason: str = ""
    states: tuple[S, ...] = ()
    enabled: tuple[Step, ...] = ()


def validate(
    machine: Machine[S],
    events: Sequence[Event],
    *,
    complete: bool = True,
    orders_max: int = 10_000,
    progress: Callable[[int], None] | None = None,
) -> Validation[S]:
    """Follow a trace.

    Args:
        machine: The machine that the trace should be a run of.
        events: The events; their order among themselves is that of their tickets.
        complete: Whether the recording came to its end; if not, the verdict is never "accepted".
        orders_max: Give up when more runs than this have to be followed side by side.
        progress: Called with the number of events consumed, after every thousand.

    Raises:
        ModelError: The events of one strand overlap.
    """
    return _Follower(machine, events, complete, orders_max, progress).follow()


class _Follower(Generic[S]):
    """The runs that are followed side by side; all have taken the same number of events."""

    def __init__(
        self,
        machine: Machine[S],
        events: Sequence[Event],
        complete: bool,
        orders_max: int,
        progress: Callable[[int], None] | None,
    ) -> None:
        self.machine = machine
        self.events = events
        self.complete = complete
        self.orders_max = orders_max
        self.progress = progress
        self.strands = _strands(events)
        self.steps = _Steps(machine)
        self.widest = 1

    def follow(self) -> Validation[S]:
        """Take one event more in every run, until none is left."""
        start = (0,) * len(self.strands)
        runs: list[tuple[Position, S]] = [(start, state) for state in self.machine.initial()]
        for consumed in range(len(self.events)):
            after = self._after(runs)
            if not after:
                return self._rejected(runs, consumed)
            if len(after) > self.orders_max:
                reason = f"more than {self.orders_max:,} orders of overlapping events"
                return self._result("incomplete", consumed, reason)
            runs = after
            self.widest = max(self.widest, len(runs))
            if self.progress is not None and consumed % 1000 == 0:
                self.progress(consumed)
        if not self.complete:
            return self._result("incomplete", len(self.events), "the recording was cut")
        return self._result("accepted", len(self.events), "")

    def _after(self, runs: list[tuple[Position, S]]) -> list[tuple[Position, S]]:
        after = []
        take = self.steps.take
        for position, state in runs:
            for strand, number in self._possible(position):
                successor = take(state, self.events[number])
                if successor is not None:
                    moved = (*position[:strand], position[strand] + 1, *position[strand + 1 :])
                    after.append((moved, successor))
        # Hashing a state takes longer than a step; of one run there is no double.
        return after if len(after) < 2 else list(dict.fromkeys(after))

    def _possible(self, position: Position) -> list[tuple[int, int]]:
        """The strands whose next event may come next, with its number: nothing ended before it."""
        waiting = [
            (strand, numbers[place])
            for strand, (numbers, place) in enumerate(zip(self.strands, position, strict=True))
            if place < len(numbers)
        ]
        first_end = min(self.events[number].end for _, number in waiting)
        return [each for each in waiting if self.events[each[1]].begin < first_end]

    def _rejected(self, runs: list[tuple[Position, S]], consumed: int) -> Validation[S]:
        """Say what could not be taken. Of several events, the one that began first."""
        index = min(number for position, _ in runs for _, number in self._possible(position))
        states = tuple(dict.fromkeys(state for _, state in runs))
        event = self.events[index]
        reason = self.steps.why_unknown(event) or f"{event} is not possible there"
        return Validation(
            "rejected",
            len(self.events),
            consumed,
            self.widest,
            index,
            reason,
            states,
            self._enabled(states),
        )

    def _enabled(self, states: tuple[S, ...]) -> tuple[Step, ...]:
        size = 0
        domains = self.machine.domains()
        for action in self.machine.actions:
            instances = 1
            for parameter in action.parameters:
                instances *= len(domains.get(parameter, ()))
            size += instances
        if size > ENABLED_MAX:
            return ()
        return tuple(
            dict.fromkeys(step for state in states for step in self.machine.enabled(state))
        )

    def _result(self, verdict: Verdict, consumed: int, reason: str) -> Validation[S]:
        return Validation(verdict, len(self.events), consumed, self.widest, reason=reason)


class _Steps(Generic[S]):
    """The machine's steps, by name; an event that is none of them is not possible anywhere."""

    def __init__(self, machine: Machine[S]) -> None:
        self.machine = machine
        self.domains = machine.domains()
        self.actions = {action.name: action for action in machine.actions}
        # Any: guards and effects take what their action takes.
        self._known: dict[str, tuple[Callable[..., Any] | None, Callable[..., Any]]] = {
            name: (machine.guard_of(name), machine.effect_of(name)) for name in self.actions
        }
        self._checked: set[tuple[str, tuple[Hashable, ...]]] = set()

    def take(self, state: S, event: Event) -> S | None:
        """The state after the event; None if it is not possible."""
        step = (event.action, event.arguments)
        if step not in self._checked:
            if self.why_unknown(event):
                return None
            self._checked.add(step)
        guard, effect = self._known[event.action]
        if guard is not None and not guard(state, *event.arguments):
            return None
        after: S = effect(state, *event.arguments)
        return after

    def why_unknown(self, event: Event) -> str:
        """Why the machine has no such step; empty if it has."""
        action = self.actions.get(event.action)
        if action is None:
            return f"{self.machine.title} has no action {event.action}"
        if len(action.parameters) != len(event.arguments):
            return f"{action} takes {len(action.parameters)} arguments: {event} does not fit"
        for parameter, value in zip(action.parameters, event.arguments, strict=True):
            domain = self.domains.get(parameter, ())
            # A truth value equals a number, and is none.
            if value not in domain or type(domain[domain.index(value)]) is not type(value):
                return f"{event}: {value!r} is no {parameter} of {self.machine!r}"
        return ""


def _strands(events: Sequence[Event]) -> list[list[int]]:
    """The numbers of the events of each strand, in order."""
    strands: dict[int, list[int]] = {}
    for number, event in enumerate(events):
        strands.setdefault(event.strand, []).append(number)
    for numbers in strands.values():
        numbers.sort(key=lambda number: events[number].begin)
        for before, after in pairwise(numbers):
            if events[before].end > events[after].begin:
                raise ModelError(
                    f"events {before} and {after} of strand {events[after].strand} overlap: "
                    "what one strand does comes one after another."
                )
    return list(strands.values())
