"""The two sides of a stream that is used by two tasks: who waits, and for what.

The operation that reads and the one that writes may each need both directions of the socket. A
registration has one place for a direction; whoever comes first stands in it, and the other one is
told by it. All of it under the exchange's lock.
"""

from __future__ import annotations

from zokio.core.task import Task
from zokio.env.threads import RLock
from zokio.errors import BusyError
from zokio.reactor.registration import Registration


class Side:
    """The operation that reads, or the one that writes: `with side:` is its whole length.

    Args:
        does: what it does to a stream.
        lock: the exchange's.
    """

    __slots__ = ("_does", "_lock", "is_busy", "is_told", "needs_input", "needs_room", "task")

    def __init__(self, does: str, lock: RLock) -> None:
        self._does = does
        self._lock = lock
        self.is_busy = False  # an operation is under way, which may not be waiting
        self.task: Task | None = None  # waits
        self.needs_input = False
        self.needs_room = False
        self.is_told = False  # the other side has moved something, or left a place

    def __enter__(self) -> None:
        with self._lock:
            self.check_free()
            self.is_busy = True

    def __exit__(self, *_: object) -> None:
        self.is_busy = False

    def check_free(self) -> None:
        """Refuse a second one.

        Raises:
            BusyError: an operation is under way.
        """
        if self.is_busy:
            raise BusyError(
                f"another task already {self._does} this stream; give each direction one task, or "
                "share a channel"
            )

    def stand(
        self, task: Task, registration: Registration, *, needs_input: bool, needs_room: bool
    ) -> None:
        """Begin to wait, in the places that are free."""
        self.task, self.is_told = task, False
        self.needs_input, self.needs_room = needs_input, needs_room
        if needs_input and registration.reader is None:
            registration.reader = task
        if needs_room and registration.writer is None:
            registration.writer = task

    def is_due(self, registration: Registration) -> bool:
        """Whether what it waits for may be there."""
        return (
            self.is_told
            or registration.closed
            or (self.needs_input and registration.readable)
            or (self.needs_room and registration.writable)
        )

    def leave(self, registration: Registration, other: Side, *, hands_on: bool) -> Task | None:
        """Wait no more; whom to wake: the other one, if it needs a place that is free now.

        `hands_on`: in any case, since it has to see to what is left.
        """
        task, self.task = self.task, None
        frees_input = registration.reader is task
        frees_room = registration.writer is task
        if frees_input:
            registration.reader = None
        if frees_room:
            registration.writer = None
        return other.tell(has_input=frees_input or hands_on, has_room=frees_room or hands_on)

    def tell(self, *, has_input: bool, has_room: bool) -> Task | None:
        """Something has changed in a direction; whom to wake: the task that waits for that."""
        concerns_it = (has_input and self.needs_input) or (has_room and self.needs_room)
        if self.task is None or not concerns_it:
            return None
        self.is_told = True
        return self.task
