"""Queues with a bug each, which the linearizability check has to find.

What several threads do wrong with a deque: look and then act, or keep a second truth beside it. One
thread alone does nothing wrong with any of them, except with `WrongEnd`. `pause` gives the
interpreter away in the middle, so that a bug need not wait for luck: it is wrong with or without.
"""

from __future__ import annotations

from collections import deque
from itertools import islice
from threading import Lock
from time import sleep

from assurance.design_queues import DesignInjection, DesignQueue, Task, first


def pause() -> None:
    """Let other threads run."""
    sleep(0)


class LostUpdate(DesignQueue):
    """Pushing makes a new deque from the old one: what a thief does meanwhile is undone."""

    def push(self, task: Task) -> None:
        """Read, change, write: three steps."""
        changed = deque([*self.ready.copy(), task])
        pause()
        self.ready = changed


class LostPush(DesignQueue):
    """A thief that takes everything forgets what was pushed after it looked."""

    def steal(self, victim: DesignQueue) -> list[Task]:
        """Copy, then clear."""
        seen = list(victim.ready.copy())
        pause()
        victim.ready.clear()
        self.ready.extend(seen[1:])
        return seen or self.steal_slot(victim)


class DuplicatedSteal(DesignQueue):
    """A thief copies first and removes afterwards: the owner has run some of it by then."""

    def steal(self, victim: DesignQueue) -> list[Task]:
        """Look at the half, then take as many out, whoever they are by now."""
        seen = list(islice(victim.ready.copy(), (len(victim.ready) + 1) // 2))
        pause()
        for _ in seen:
            first(victim.ready)
        self.ready.extend(seen[1:])
        return seen or self.steal_slot(victim)


class PeekedSlot(DesignQueue):
    """A thief looks at the slot and then empties it: its owner may have come in between."""

    def steal_slot(self, victim: DesignQueue) -> list[Task]:
        """Look, then remove whatever is there by now."""
        seen = list(victim.slot.copy())
        pause()
        first(victim.slot)
        return seen


class PeekedTake(DesignQueue):
    """The owner looks at the first task and then removes the first, which may be another one."""

    def take(self) -> Task:
        """Look, then remove."""
        task = first(self.slot)
        if task is None and self.ready.copy():
            try:
                task = self.ready[0]
                pause()
                self.ready.popleft()
            except IndexError:
                pass
        return task


class PlainSlot(DesignQueue):
    """The slot is an attribute: two threads that look at once both have the task."""

    def __init__(self) -> None:
        super().__init__()
        self.one: Task = None

    def _empty(self) -> Task:
        task = self.one
        pause()
        self.one = None
        return task

    def push_slot(self, task: Task) -> None:
        """Look, then overwrite."""
        displaced = self._empty()
        if displaced is not None:
            self.ready.append(displaced)
        self.one = task

    def take(self) -> Task:
        """The slot first."""
        task = self._empty()
        return first(self.ready) if task is None else task

    def steal_slot(self, victim: DesignQueue) -> list[Task]:
        """What stands in the slot."""
        assert isinstance(victim, PlainSlot)
        task = victim._empty()
        return [] if task is None else [task]


class CopiedSlot(DesignQueue):
    """Who is displaced from the slot is copied to the queue and then cleared: stolen in between."""

    def push_slot(self, task: Task) -> None:
        """Copy, then clear."""
        displaced = self.slot.copy()
        pause()
        self.slot.clear()
        self.ready.extend(displaced)
        self.slot.append(task)


class WrongEnd(DesignQueue):
    """Thieves take from the end at which the owner pushes: the oldest wait for ever."""

    def steal(self, victim: DesignQueue) -> list[Task]:
        """One, from the right."""
        try:
            return [victim.ready.pop()]
        except IndexError:
            return self.steal_slot(victim)


class ShyThief(DesignQueue):
    """A thief that finds the queue locked says that it is empty: a parked worker believes it."""

    def __init__(self) -> None:
        super().__init__()
        self._lock = Lock()

    def take(self) -> Task:
        """The owner waits for nobody, and keeps the lock for a while."""
        with self._lock:
            pause()
            return super().take()

    def steal(self, victim: DesignQueue) -> list[Task]:
        """Not now means never."""
        assert isinstance(victim, ShyThief)
        if not victim._lock.acquire(blocking=False):
            return []
        try:
            return super().steal(victim)
        finally:
            victim._lock.release()


class CountedInjection(DesignInjection):
    """A length is kept beside the deque, and believed: two that count at once count one."""

    def __init__(self) -> None:
        super().__init__()
        self._length = 0

    def push(self, task: Task) -> None:
        """Append, then count."""
        self.tasks.append(task)
        length = self._length
        pause()
        self._length = length + 1

    def take(self) -> Task:
        """Nothing is looked for where nothing is counted."""
        if self._length == 0:
            return None
        self._length -= 1
        return first(self.tasks)


class BatchedInjection(DesignInjection):
    """Who takes carries everything off, and puts back what it did not want, behind the others."""

    def take(self) -> Task:
        """Out of all, the first."""
        tasks = []
        while (task := first(self.tasks)) is not None:
            tasks.append(task)
        pause()
        self.tasks.extend(tasks[1:])
        return tasks[0] if tasks else None


BROKEN_QUEUES: tuple[type[DesignQueue], ...] = (
    *(LostUpdate, LostPush, DuplicatedSteal, PeekedSlot, PeekedTake, PlainSlot),
    *(CopiedSlot, WrongEnd, ShyThief),
)
BROKEN_INJECTIONS: tuple[type[DesignInjection], ...] = (CountedInjection, BatchedInjection)
