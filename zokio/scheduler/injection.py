"""The injection queue: tasks pushed by threads that are no workers, for whichever worker comes.

Guarantees: first in, first out; each task is given to one worker. Its ends are atomic, so it needs
no lock. Whoever pushes notifies afterwards: that is not done here.
"""

from __future__ import annotations

from zokio.core.shared_task import SharedTask
from zokio.env.threads import deque


class InjectionQueue:
    """One for all workers."""

    __slots__ = ("tasks",)

    def __init__(self) -> None:
        self.tasks: deque[SharedTask] = deque()

    def __len__(self) -> int:
        return len(self.tasks)

    def push(self, task: SharedTask) -> None:
        """From any thread."""
        self.tasks.append(task)

    def take(self) -> SharedTask | None:
        """The oldest, if there is one."""
        try:
            return self.tasks.popleft()
        except IndexError:
            return None
