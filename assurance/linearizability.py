"""Is a recorded history of concurrent operations linearizable?

It is, if every operation can be given one instant between its invocation and its return such that,
taken in the order of these instants, the operations do what a sequential specification allows
(Herlihy and Wing, 1990). The search is Wing and Gong's ("Testing and verifying concurrent objects",
1993) with Lowe's memory of configurations ("Testing for linearizability", 2017): an order is begun
with any operation that was invoked before the first return among those left, and taken up again
only if the same operations have not led to the same state before.

Guarantees: `holds` is true exactly if such an order exists, and then `order` is one. It never
answers after having given up: too large a search raises `TooLarge`. Every operation has returned;
histories with operations that never came back are not taken. Stamps of the same value do not order
anything, which can only let more histories pass.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass

CONFIGURATIONS_MAX = 1_000_000


class TooLarge(Exception):
    """The search was given up: the history is neither linearizable nor not, as far as we know."""


@dataclass(frozen=True, slots=True)
class Operation:
    """One call of one thread.

    Attributes:
        thread: who called.
        name: what was called; the specification knows it.
        argument: what was handed in, None if nothing.
        result: what came back.
        invoked: a stamp taken before the call.
        returned: a stamp taken after it.
        after: the place in the history of an operation that takes effect before this one. It ties
            together what one call does in several steps.
    """

    thread: int
    name: str
    argument: Hashable
    result: Hashable
    invoked: int
    returned: int
    after: int | None = None

    def __str__(self) -> str:
        argument = "" if self.argument is None else repr(self.argument)
        call = f"{self.name}({argument}) -> {self.result!r}"
        return f"thread {self.thread}  {self.invoked:>10} - {self.returned:<10}  {call}"


class Impossible(Exception):
    """A specification does not allow this result in this state."""


@dataclass(frozen=True, slots=True)
class Specification:
    """A sequential object.

    Attributes:
        initial: its state when the history begins; states compare and hash by value.
        step: the state after an operation; raises `Impossible` if the result is not allowed.
    """

    initial: Hashable
    step: Callable[[Hashable, Operation], Hashable]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the search found.

    Attributes:
        holds: whether the history is linearizable.
        order: an order of all operations if it is; otherwise the longest beginning of one.
        configurations: how many were looked at.
    """

    holds: bool
    order: tuple[int, ...]
    configurations: int


def linearize(
    history: Sequence[Operation],
    specification: Specification,
    configurations_max: int = CONFIGURATIONS_MAX,
) -> Verdict:
    """Search for an order of the operations that the specification allows.

    Raises:
        TooLarge: more configurations than `configurations_max`.
    """
    left = _Left(history)
    state, done = specification.initial, 0
    known = {(done, state)}
    taken: list[tuple[int, Hashable]] = []
    best: tuple[int, ...] = ()
    candidate = left.first
    while left:
        if candidate is None:  # all that may come next were tried here: take back the last one
            if not taken:
                return Verdict(False, best, len(known))
            last, state = taken.pop()
            done ^= 1 << last
            candidate = left.put_back(last)
            continue
        following = _after(state, history[candidate], done, specification)
        configuration = None if following is None else (done | 1 << candidate, following[0])
        if configuration is None or configuration in known:
            candidate = left.next(candidate)
            continue
        if len(known) >= configurations_max:
            raise TooLarge(f"more than {configurations_max:,} configurations")
        known.add(configuration)
        taken.append((candidate, state))
        done, state = configuration
        candidate = left.take(candidate)
        if len(taken) > len(best):
            best = tuple(operation for operation, _ in taken)
    return Verdict(True, best, len(known))


def _after(
    state: Hashable, operation: Operation, done: int, specification: Specification
) -> tuple[Hashable] | None:
    """The state after the operation, in a box, or None if it cannot come next."""
    if operation.after is not None and not done >> operation.after & 1:
        return None
    try:
        return (specification.step(state, operation),)
    except Impossible:
        return None


class _Left:
    """The invocations and returns of the operations that have no place yet, in order of time.

    A doubly linked list in two arrays, from which a pair can be taken and put back at once as long
    as the last taken is the first put back. Place 0 is both ends. May come next: the operations
    invoked before the first return.
    """

    def __init__(self, history: Sequence[Operation]) -> None:
        events = [(o.invoked, 0, number) for number, o in enumerate(history)]
        events += [(o.returned, 1, number) for number, o in enumerate(history)]
        events.sort()  # of one stamp the invocations first: they do not come after the returns
        self._operation = [-1, *(number if kind == 0 else -1 for _, kind, number in events)]
        self._invoked = [0] * len(history)
        self._returned = [0] * len(history)
        for place, (_, kind, number) in enumerate(events, 1):
            (self._returned if kind else self._invoked)[number] = place
        ends = len(events) + 1
        self._next = [(place + 1) % ends for place in range(ends)]
        self._previous = [(place - 1) % ends for place in range(ends)]

    def __bool__(self) -> bool:
        return self._next[0] != 0

    @property
    def first(self) -> int | None:
        """The first operation that may come next."""
        return self._at(self._next[0])

    def next(self, operation: int) -> int | None:
        """The one to try after this one."""
        return self._at(self._next[self._invoked[operation]])

    def _at(self, place: int) -> int | None:
        operation = self._operation[place]
        return None if operation < 0 else operation

    def take(self, operation: int) -> int | None:
        """Give the operation its place; the first that may come next now."""
        for place in (self._invoked[operation], self._returned[operation]):
            self._next[self._previous[place]] = self._next[place]
            self._previous[self._next[place]] = self._previous[place]
        return self.first

    def put_back(self, operation: int) -> int | None:
        """Undo `take`; the one to try instead."""
        for place in (self._returned[operation], self._invoked[operation]):
            self._next[self._previous[place]] = place
            self._previous[self._next[place]] = place
        return self.next(operation)


def explain(history: Sequence[Operation], verdict: Verdict) -> str:
    """A verdict for people: the order as far as it goes, then what fits nowhere behind it."""
    if verdict.holds:
        return "linearizable, in this order:\n" + _lines(history, verdict.order)
    rest = sorted(set(range(len(history))) - set(verdict.order), key=lambda n: history[n].invoked)
    return (
        "not linearizable. The longest order that the specification allows:\n"
        f"{_lines(history, verdict.order)}\n"
        f"None of these can come next:\n{_lines(history, rest)}"
    )


def _lines(history: Sequence[Operation], order: Sequence[int]) -> str:
    return "\n".join(f"  {history[number]}" for number in order)
