"""A polling place: one thread that polls tasks, as the watchdog sees it.

A poll is known by the task that is current at two looks, and by a tripwire in between that says
that no other poll of that task has begun. So a task which is polled a thousand times between two
looks is not taken for one that blocks, and the polling thread counts nothing.

It does not notice a poll that ends before the second look.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from types import FrameType

from zokio.core.task import Task, TaskId
from zokio.core.tripwire import Tripwire
from zokio.env.stacks import innermost_frame, place_of
from zokio.env.threads import get_ident


@dataclass(frozen=True, slots=True)
class SlowPoll:
    """A poll that has gone on for too long, and does so still.

    Attributes:
        task: the number of the task.
        name: its name.
        lasted_ns: for how long the watchdog has seen it.
        stack: where it stands, `function (file:line)`, from the task's own coroutine inwards.
    """

    task: TaskId
    name: str
    lasted_ns: int
    stack: tuple[str, ...]


class PollingPlace:
    """One thread that polls.

    Args:
        current_task: the task that is being polled there now. Called from another thread.
        is_parked: whether it waits for something to do. Called likewise; the thread says so
            before it asks whether the watcher sleeps.
        turns: a number that changes whenever it gets up. Called likewise.
        threshold_ns: a poll that takes as long is slow.
        tell: who is told of a slow poll, once, on the watchdog's thread.
    """

    __slots__ = (
        "_current_task",
        "_is_parked",
        "_since_ns",
        "_tell",
        "_told",
        "_turn",
        "_turns",
        "_wire",
        "thread",
        "threshold_ns",
    )

    def __init__(
        self,
        current_task: Callable[[], Task | None],
        is_parked: Callable[[], bool],
        turns: Callable[[], int],
        threshold_ns: int,
        tell: Callable[[SlowPoll], None],
    ) -> None:
        self._current_task = current_task
        self._is_parked = is_parked
        self._turns = turns
        self.threshold_ns = threshold_ns
        self._tell = tell
        self.thread: int | None = None
        """The number of the thread, while it polls."""
        self._turn = -1
        self._since_ns = 0
        self._told = False
        self._wire: Tripwire | None = None

    def enter(self) -> None:
        """The calling thread polls here from now on."""
        self.thread = get_ident()

    def look(self, now_ns: int, not_counted_ns: int = 0) -> bool:
        """See what goes on; whether anything has since the last look.

        Args:
            now_ns: the time.
            not_counted_ns: so much of it since the last look was nobody's.
        """
        task, wire = self._current_task(), self._wire
        if task is not None and wire is not None and wire.task is task and not wire.tripped:
            self._since_ns += not_counted_ns
            if not self._told and now_ns - self._since_ns >= self.threshold_ns:
                self._report(wire, now_ns - self._since_ns)
            return True
        self.forget()
        turn, self._turn = self._turn, self._turns()
        if task is None:
            return turn != self._turn or not self._is_parked()
        self._wire = Tripwire(task)
        self._since_ns = now_ns
        self._told = False
        return True

    def forget(self) -> None:
        """Hold no task any more."""
        wire, self._wire = self._wire, None
        if wire is not None:
            wire.take_up()

    def _report(self, wire: Tripwire, lasted_ns: int) -> None:
        task = wire.task
        stack = _stack_of(task, innermost_frame(self.thread))
        # A new poll may have begun while we looked: it stands at its very beginning, in the wire.
        if stack and not wire.tripped and self._current_task() is task:
            self._told = True
            self._tell(SlowPoll(task.id, task.name, lasted_ns, stack))


def _stack_of(task: Task, innermost: FrameType | None) -> tuple[str, ...]:
    """From the task's own frame inwards; empty if the thread is not inside of the task.

    Of a task that has ended, and of whose end others are being told, the innermost place.
    """
    coroutine = task.coroutine
    outermost = None if coroutine is None else coroutine.cr_frame
    places: list[str] = []
    frame = innermost
    while frame is not None and frame.f_code is not Tripwire.run.__code__:
        places.append(place_of(frame))
        if frame is outermost or coroutine is None:
            return tuple(reversed(places))
        frame = frame.f_back
    return ()
