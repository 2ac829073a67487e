"""The queues as the design describes them, written down once more and as shortly as possible.

They stand in where the scheduler's own are not there, and the broken ones are made from them.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Hashable, Iterable

Task = Hashable


def first(tasks: deque[Task]) -> Task:
    """The first, taken out in one atomic step; None if there is none."""
    try:
        return tasks.popleft()
    except IndexError:
        return None


class DesignQueue:
    """A deque, and another one with one place in front of it."""

    def __init__(self) -> None:
        self.ready: deque[Task] = deque()
        self.slot: deque[Task] = deque()

    def push(self, task: Task) -> None:
        """To the right end."""
        self.ready.append(task)

    def push_batch(self, tasks: Iterable[Task]) -> None:
        """Many, in one operation of the deque."""
        self.ready.extend(tasks)

    def push_slot(self, task: Task) -> None:
        """Whoever stood there goes to the right end."""
        displaced = first(self.slot)
        if displaced is not None:
            self.ready.append(displaced)
        self.slot.append(task)

    def take(self) -> Task:
        """The slot first."""
        task = first(self.slot)
        return first(self.ready) if task is None else task

    def steal(self, victim: DesignQueue) -> list[Task]:
        """Half of the queue, one after another, or else what stands in the slot."""
        stolen: list[Task] = []
        for _ in range((len(victim.ready) + 1) // 2):
            task = first(victim.ready)
            if task is None:
                break
            if stolen:
                self.ready.append(task)
            stolen.append(task)
        return stolen or self.steal_slot(victim)

    def steal_slot(self, victim: DesignQueue) -> list[Task]:
        """What stands in the victim's slot."""
        task = first(victim.slot)
        return [] if task is None else [task]


class DesignInjection:
    """A deque."""

    def __init__(self) -> None:
        self.tasks: deque[Task] = deque()

    def push(self, task: Task) -> None:
        """To the right end."""
        self.tasks.append(task)

    def take(self) -> Task:
        """From the left end."""
        return first(self.tasks)
