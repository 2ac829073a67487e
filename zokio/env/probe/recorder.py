"""The recorder: takes the events of every thread, each with two tickets.

A ticket is the next number of one counter of the whole process, so tickets are in the order of
time: an event whose second ticket is smaller than the first ticket of another one came first. That
holds where drawing a ticket is atomic, which the global interpreter lock makes it.

Each thread writes to a list of its own. What interrupts a step on the same thread (a signal
handler, a finalizer) is an event inside of an event: it has a greater depth, and counts as a thread
of its own. Tasks are known by their number, run queues by the order of their creation; no object is
kept, so that recording keeps nothing alive.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable
from itertools import count
from threading import get_ident, local
from typing import NamedTuple, Protocol, TypeVar

T = TypeVar("T")


OTHERS = frozenset(
    {"wake_outside", "mark", "spawn_outside", "call_outside", "push", "refuse", "see", "ring"}
)
"""Actions of the threads around the owner."""

ANYBODYS = OTHERS | {"drop"}
"""A task that is handed in after the close is dropped by whoever brought it."""

BY_ANOTHER_THREAD = "_by_another_thread"
"""Added to the name of a step of the owner that another thread does: no machine has such one."""


class AnyTask(Protocol):
    """What the recorder looks at of a task."""

    id: int


class AnyQueue(Protocol):
    """What the recorder looks at of a run queue."""

    thread: int
    """Its owner."""
    parked: bool


class RawEvent(NamedTuple):
    """One recorded step.

    Attributes:
        begin: The ticket before it.
        end: The ticket after it.
        thread: Who did it: the number of the thread in order of appearance, and the depth.
        name: The action.
        queue: The number of the run queue, of the timer queue, or of the blocking pool.
        item: The number of the task, the timer, the call or the worker; 0 if it is about none.
        instant: Of timers: the deadline, or the time, in nanoseconds.
    """

    begin: int
    end: int
    thread: tuple[int, int]
    name: str
    queue: int
    item: int
    instant: int | None = None


class Token(NamedTuple):
    """What a step holds between its begin and its end."""

    ticket: int
    depth: int


class ThreadState(local):
    """What one thread has recorded, and how deep it is in steps; made when it first records."""

    def __init__(self, buffers: list[list[RawEvent]], number: Callable[[], int]) -> None:
        self.number = number()
        self.depth = 0
        self.whole: tuple[int, tuple[str, ...], int] | None = None
        """The step whose parts are not recorded: its depth, their names, its task."""
        self.events: list[RawEvent] = []
        buffers.append(self.events)

    def thread(self, token: Token) -> tuple[int, int]:
        """Who does the step: this thread, at that depth."""
        return self.number, token.depth


class Recorder:
    """What the wrapped steps call.

    Args:
        events_max: about so many are recorded; what comes later is not, and the trace is cut.
    """

    def __init__(self, events_max: int) -> None:
        self.intervals: dict[int, int] = {}
        """By run queue: the event interval of its runtime."""
        self.is_cut = False
        self._tickets_max = 2 * events_max
        self._ticket = count().__next__
        self._queues: dict[int, int] = {}
        self._next_queue = count(1).__next__
        self.limits: dict[int, tuple[int, int] | None] = {}
        """By blocking pool: its threads and its queue, at the most; None before the first call."""
        self._items: dict[int, int] = {}
        """The numbers of timers, calls and workers."""
        self._made: Counter[tuple[int, str]] = Counter()
        """By queue and kind: how many items were numbered."""
        self._rung: set[int] = set()
        """Run queues whose bell somebody has begun to ring since the owner's last wait ended."""
        self._buffers: list[list[RawEvent]] = []
        self._own = ThreadState(self._buffers, count().__next__)
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=self.stop)

    def stop(self) -> None:
        """Record no more: in a forked child."""
        self._tickets_max = -1

    def events(self) -> list[RawEvent]:
        """What all threads have recorded so far, in the order in which it began."""
        return sorted(event for events in list(self._buffers) for event in list(events))

    def watch(self, queue_class: type) -> None:
        """Number every queue of that class from now on, when it is made."""
        make = vars(queue_class)["__init__"]

        def numbered(queue: object, *arguments: object) -> None:
            self._queues[id(queue)] = self._next_queue()  # an older one of that id is gone
            make(queue, *arguments)

        setattr(queue_class, "__init__", numbered)  # noqa: B010 - mypy refuses the assignment

    def watch_members(self, member_class: type) -> None:
        """Number every instance from now on, when it is made, among those of its owner."""
        make = vars(member_class)["__init__"]

        def numbered(member: object, owner: object, *arguments: object) -> None:
            self._number(member, owner, "member")
            make(member, owner, *arguments)

        setattr(member_class, "__init__", numbered)  # noqa: B010 - mypy refuses the assignment

    def _number(self, item: object, queue: object, kind: str) -> None:
        self._made[self._of(queue), kind] += 1
        self._items[id(item)] = self._made[self._of(queue), kind]  # an older one is gone

    def begin(self) -> Token:
        """A step is about to be done."""
        own = self._own
        own.depth += 1
        return Token(self._ticket(), own.depth)

    def begin_whole(self, parts: tuple[str, ...], task: AnyTask) -> Token:
        """A step is about to be done, of which `parts` of the same task are part."""
        token = self.begin()
        self._own.whole = (token.depth, parts, task.id)
        return token

    def begin_ring(self, queue: object) -> Token:
        """The bell is about to be rung."""
        self._rung.add(id(queue))
        return self.begin()

    def end(
        self,
        token: Token,
        value: T,
        name: str | None,
        queue: AnyQueue,
        task: AnyTask | None,
        interval: int | None = None,
    ) -> T:
        """The step is done; gives back what it gave."""
        end = self._ticket()
        own = self._own
        own.depth = token.depth - 1
        if name is None:
            return value
        number = 0 if task is None else task.id
        if own.whole is not None:
            depth, parts, whole_task = own.whole
            if token.depth <= depth:
                own.whole = None
            elif name in parts and number == whole_task:
                return value
        if name not in ANYBODYS and queue.thread != get_ident():
            name += BY_ANOTHER_THREAD
        self._note(name, queue, interval)
        self._record(RawEvent(token.ticket, end, own.thread(token), name, self._of(queue), number))
        return value

    def end_timer(
        self, token: Token, value: T, name: str, queue: object, timer: object, instant: int | None
    ) -> T:
        """A step of the timers is done; timers are numbered in the order of their insertion."""
        end = self._ticket()
        own = self._own
        own.depth = token.depth - 1
        if name == "insert":
            self._number(timer, queue, "timer")
        number = 0 if timer is None else self._items.get(id(timer), 0)
        thread = own.thread(token)
        self._record(RawEvent(token.ticket, end, thread, name, self._of(queue), number, instant))
        return value

    def end_call(
        self,
        token: Token,
        value: T,
        name: str | None,
        pool: object,
        item: object,
        limits: tuple[int, int] | None,
    ) -> T:
        """A step of a blocking pool is done; calls are numbered as they are handed in."""
        end = self._ticket()
        own = self._own
        own.depth = token.depth - 1
        if name is None:
            return value
        if limits is not None:
            self._number(item, pool, "call")
        queue = self._of(pool)
        self.limits[queue] = limits or self.limits.get(queue)
        number = self._items.get(id(item), 0)
        self._record(RawEvent(token.ticket, end, own.thread(token), name, queue, number))
        return value

    def _of(self, queue: object) -> int:
        """The number of a queue."""
        return self._queues.get(id(queue), 0)

    def _record(self, event: RawEvent) -> None:
        if event.end > self._tickets_max:
            self.is_cut = True
        else:
            self._own.events.append(event)

    def _note(self, name: str, queue: AnyQueue, interval: int | None) -> None:
        if name in ("wake_in_between", "spawn_inside") and queue.parked:  # then it rings
            self._rung.add(id(queue))
        elif name == "visit":
            self._rung.discard(id(queue))
        if interval is not None:
            self.intervals[self._of(queue)] = interval

    def end_sleep(self, token: Token, batch: T, queue: AnyQueue, is_due: object) -> T:
        """The owner's sleep is over. Nobody rang, or there is more: something else ended it."""
        has_rung = id(queue) in self._rung
        self._rung.discard(id(queue))
        self.end(token, None, "sleep", queue, None)
        if batch or is_due or not has_rung:
            self.end(self.begin(), None, "get_up", queue, None)
        return batch
