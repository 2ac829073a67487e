"""The run queue of one thread: tasks that are owed a poll, and work handed in by other threads.

Guarantees: `ready` and `injected` are touched at their ends only, which is atomic; `injected` may
be appended to from any thread, and whoever appends while the owner is parked rings its bell.
`ready`, `task` and every task's state belong to the owning thread alone.

It polls nothing: that is the scheduler's.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING

from zokio.core.task_state import IDLE, QUEUED
from zokio.env.threads import get_ident

if TYPE_CHECKING:
    from zokio.core.task import Task


class RunQueue:
    """What a thread has to poll. `unpark` wakes the thread from its wait in the reactor."""

    __slots__ = ("closed", "injected", "parked", "ready", "task", "thread", "unpark")

    def __init__(self, unpark: Callable[[], None]) -> None:
        self.ready: deque[Task] = deque()
        self.injected: deque[Callable[[], None]] = deque()
        self.unpark = unpark
        self.thread: int = get_ident()
        self.task: Task | None = None
        """The task that is being polled now."""
        self.parked = False
        self.closed = False

    def wake_batch(self, tasks: list[Task]) -> None:
        """Wake many of this queue's tasks at once, between two polls, on the owning thread."""
        append = self.ready.append
        for task in tasks:
            if task.state is IDLE:  # spec: wake_by_event: none is RUNNING, others stay
                task.state = QUEUED
                append(task)

    def is_local(self) -> bool:
        """Whether the calling thread owns this queue."""
        return get_ident() == self.thread

    def inject(self, work: Callable[[], None]) -> None:
        """Have the owning thread call `work` soon. From any thread; nothing after the close."""
        if self.closed:
            return  # spec: refuse
        self.injected.append(work)  # spec: push
        if self.parked:  # spec: see
            self.unpark()  # spec: ring

    def abandon(self) -> None:
        """In a forked child: what stands here is the parent's."""
        self.closed = True
        self.task = None
        self.ready.clear()
        self.injected.clear()

    def drain_injected(self) -> None:
        """Do what had been injected when the call began; what comes meanwhile waits a turn."""
        injected = self.injected
        for _ in range(len(injected)):  # spec: measure
            injected.popleft()()  # spec: take
