"""Probes that let controlled threads stop between the atomic steps of the real scheduler.

Each stands in the place of one thing that the scheduler uses (its two queues, the reactor, the flag
of a task), does what that does, and stops before or after it. They decide nothing and change
nothing: which thread goes on is the test's choice. On threads that nobody controls they are
transparent.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from functools import partial
from socket import SOCK_STREAM

from tests.helpers.controlled_thread import ControlledThread
from zokio.core.run_queue import RunQueue
from zokio.core.task import Task
from zokio.reactor.contract import Reactor, Socket
from zokio.reactor.registration import Registration

Work = Callable[[], None]
Entry = tuple[str, Task]


class Stops:
    """Where probes stop.

    Attributes:
        entries: What each thread that stopped had in its hand.
        has_visited: Whether the owner came from the reactor and has not looked at the queue since.
        left: How many entries the owner has still to take in.
    """

    def __init__(self) -> None:
        self.threads: list[ControlledThread] = []
        self.entries: dict[ControlledThread, Entry] = {}
        self.has_visited = False
        self.left = 0

    def here(self, place: str, entry: Entry | None = None) -> None:
        """Stop the calling thread, if it is a controlled one."""
        for thread in self.threads:
            if thread.is_current():
                if entry is not None:
                    self.entries[thread] = entry
                thread.stop_here(place)


def entry_of(work: Work) -> Entry:
    """What an entry of the injection queue is about."""
    if isinstance(work, partial):
        (task,) = work.args
        return "spawn", task
    return "wake", getattr(work, "__self__")  # noqa: B009 - a Callable has no such attribute


class ReadyProbe(deque[Task]):
    """The run queue; the owner stops before it takes the first task."""

    stops: Stops

    def popleft(self) -> Task:
        self.stops.here("running")
        return super().popleft()


class InjectedProbe(deque[Work]):
    """The injection queue; whoever looks at it, pushes or takes stops."""

    stops: Stops
    queue: RunQueue
    on_spawn: Callable[[Task], None]

    def __bool__(self) -> bool:
        """A look; three of them in a turn, told apart by what the owner did before."""
        stops = self.stops
        if self.queue.parked:
            stops.here("rechecking")
        elif stops.has_visited:
            stops.here("taking_in")
            stops.has_visited = False
        else:
            stops.here("looking")
            if not super().__len__():
                stops.here("announcing")
                return False
        return super().__len__() > 0

    def __len__(self) -> int:
        self.stops.here("measuring")
        self.stops.left = super().__len__()
        return self.stops.left

    def popleft(self) -> Work:
        self.stops.here("draining")
        work = super().popleft()
        self.stops.left -= 1
        entry = entry_of(work)
        self.stops.here("clearing" if entry[0] == "wake" else "adopting", entry)
        return work

    def append(self, work: Work) -> None:
        entry = entry_of(work)
        if entry[0] == "spawn":
            self.on_spawn(entry[1])
        self.stops.here("pushing", entry)
        super().append(work)
        self.stops.here("pushed", entry)


def flag_probe(stops: Stops) -> type[Task]:
    """A class for tasks which stop after a look at their flag, and after it was cleared."""
    flag = Task.__dict__["wake_injected"]

    class ProbedTask(Task):
        __slots__ = ()

        @property
        def wake_injected(self) -> bool:
            raised = bool(flag.__get__(self, Task))
            if not raised:
                stops.here("marking", ("wake", self))
            return raised

        @wake_injected.setter
        def wake_injected(self, raised: bool) -> None:
            flag.__set__(self, raised)
            if not raised:
                stops.here("delivering", ("wake", self))

    return ProbedTask


class ReactorProbe:
    """A reactor; the owner stops before and after it waits, other threads before they ring."""

    def __init__(self, reactor: Reactor, stops: Stops, owner: ControlledThread) -> None:
        self.reactor = reactor
        self.now_ns = reactor.now_ns
        self.bell_fd = reactor.bell_fd
        self._stops = stops
        self._owner = owner

    @property
    def signals(self) -> int:
        return self.reactor.signals

    def wait(self, timeout_ns: int | None) -> list[Task]:
        """One wait of the real reactor."""
        if timeout_ns is None:
            self._stops.here("sleeping")
            self._owner.block_here("asleep")
        else:
            self._stops.here("visiting")
        batch = self.reactor.wait(timeout_ns)
        self._stops.has_visited = True
        self._stops.here("visited")
        return batch

    def unpark(self) -> None:
        """One ring of the real bell."""
        self._stops.here("ringing")
        self.reactor.unpark()

    def socket(self, family: int, kind: int = SOCK_STREAM) -> Socket:
        return self.reactor.socket(family, kind)

    def register(self, fd: int) -> Registration:
        return self.reactor.register(fd)

    def deregister(self, registration: Registration) -> list[Task]:
        return self.reactor.deregister(registration)

    def close(self) -> None:
        self.reactor.close()

    def check_invariants(self) -> None:
        self.reactor.check_invariants()
