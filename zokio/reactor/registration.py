"""A registration: one descriptor in the reactor, its readiness, and who waits for it.

                        "would block", or a short read (not once it has ended)
            +-------------------------------------------------------------------+
            v                                                                   |
       NOT READABLE --- a reader waits: its task stands in `reader`             |
            |                                                                   |
            +---- event: the flag goes up, the task is woken ------------> READABLE

Guarantees: `readable` and `writable` are hints that never miss: when the descriptor is ready, the
flag is up or an event is on its way. `ended` says that a short read proves nothing any more: the
peer has closed or failed, so that there is always something to read (the rest, the end, the
error), or urgent data stands in the way of the rest. One reader and one writer at the most. A
closed registration wakes nobody of its descriptor's successor.

The system calls are the streams', the events the backend's.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from zokio.core.task_state import IDLE
from zokio.errors import BusyError

if TYPE_CHECKING:
    from zokio.core.task import Task


class Registration:
    """One descriptor. `on_wait` tells the backend that somebody begins to wait, if it asked."""

    __slots__ = ("closed", "ended", "fd", "on_wait", "readable", "reader", "writable", "writer")

    def __init__(self, fd: int, on_wait: Callable[[Registration], None] | None = None) -> None:
        self.fd = fd
        # Not ready until an event says so: registering reports what is ready already.
        self.readable = False
        self.writable = False
        self.ended = False
        self.closed = False
        self.reader: Task | None = None
        self.writer: Task | None = None
        self.on_wait = on_wait

    def would_block_reading(self) -> None:
        """The socket itself has said that there is nothing."""
        self.readable = False

    def clear_writable(self) -> None:
        """The last write filled the buffer: wait for an event before the next."""
        self.writable = False

    def event(self, readable: int, writable: int, ended: int, batch: list[Task]) -> None:
        """The backend saw this; whoever waits for it joins the batch of tasks to wake.

        The first three are true or false. The task stays in its place until it runs: nobody else
        may slip in before it.
        """
        if ended:
            self.ended = True
        if readable:
            self.readable = True
            reader = self.reader  # once: its task may go on meanwhile, on another worker
            if reader is not None:
                batch.append(reader)
        if writable:
            self.writable = True
            writer = self.writer
            if writer is not None:
                batch.append(writer)

    def close(self) -> list[Task]:
        """Nothing comes through here any more; gives the tasks which wait, to be woken."""
        self.closed = True
        self.readable = self.writable = True  # whoever comes finds out from the closed socket
        waiting = [task for task in (self.reader, self.writer) if task is not None]
        self.reader = self.writer = None
        return waiting

    def busy_reading(self) -> BusyError:
        """The error for a second reader."""
        return self._busy_error(self.reader, "reads")

    def busy_writing(self) -> BusyError:
        """The error for a second writer."""
        return self._busy_error(self.writer, "writes to")

    def _busy_error(self, task: Task | None, does: str) -> BusyError:
        who = "another task" if task is None else f"task {task.id} ({task.name})"
        return BusyError(
            f"{who} already {does} fd {self.fd}; give each direction one task, or share a channel"
        )

    def check_invariants(self) -> None:
        """Assert what the head of this file says."""
        assert not (self.closed and (self.reader or self.writer)), "somebody waits on a closed fd"
        for task, is_ready in ((self.reader, self.readable), (self.writer, self.writable)):
            lost = task is not None and is_ready and task.state is IDLE
            assert not lost, f"{task!r} waits for fd {self.fd}, which is ready"
