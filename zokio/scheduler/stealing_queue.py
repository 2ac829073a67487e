"""The queue of one worker: a deque, a LIFO slot in front of it, and the tasks pinned to the worker.

        owner: push_slot --> slot --displaced--> ready <-- push, push_batch: owner
                              |                   |
               owner or thief +---- popleft ------+        pinned: owner only

The slot holds the task that was woken last: its data is still in the processor's cache, and a
message is answered before other work is done. It is looked at first, `SLOT_RUNS_MAX` times in a
row at the most, so that two tasks which wake each other starve nobody. It is a deque of one place,
so that a thief can take from it too: its owner may be in a call that blocks.

Guarantees: a task stands in one of the three, once, or in somebody's hands. Ends of a deque are
atomic, and nothing else is used: no lock. What is not atomic is looked at only by the owner.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from zokio.core.shared_task import SharedTask
from zokio.env.threads import deque

SLOT_RUNS_MAX: Final = 3
"""Tasks taken from the slot in a row, while others stand in the queue."""


class StealingQueue:
    """See the head of this file. The owner calls; `ready` and `slot` are open to thieves."""

    __slots__ = ("_pinned_next", "pinned", "ready", "slot", "slot_capped", "slot_hits", "slot_runs")

    def __init__(self) -> None:
        self.ready: deque[SharedTask] = deque()
        self.slot: deque[SharedTask] = deque()
        self.pinned: deque[SharedTask] = deque()
        self.slot_runs = 0
        self.slot_hits = 0
        """Tasks that their owner has taken from the slot."""
        self.slot_capped = 0
        """Times that the queue came before the slot."""
        self._pinned_next = True

    def __len__(self) -> int:
        return len(self.ready) + len(self.slot) + len(self.pinned)

    def push(self, task: SharedTask) -> None:
        """To the right end: whoever stands there already goes first."""
        self.ready.append(task)  # workers: requeue

    def push_batch(self, tasks: Iterable[SharedTask]) -> None:
        """Many, in one operation."""
        self.ready.extend(tasks)  # workers: deliver

    def push_slot(self, task: SharedTask) -> None:
        """To the slot; whoever stood there goes to the right end of the queue."""
        try:
            displaced = self.slot.popleft()  # workers: displace
        except IndexError:
            pass
        else:
            self.ready.append(displaced)  # workers: requeue_displaced
        self.slot.append(task)  # workers: place

    def take(self) -> SharedTask | None:
        """The owner's next task."""
        if self.pinned and self._is_turn_of_pinned():
            return self.pinned.popleft()  # workers: take_local
        if self.slot_runs < SLOT_RUNS_MAX or not self.ready:
            task = _first(self.slot)  # workers: take_slot
            if task is not None:
                self.slot_runs += 1
                self.slot_hits += 1
                return task
        else:
            self.slot_capped += 1
        self.slot_runs = 0
        return _first(self.ready) or _first(self.slot)  # workers: take_own/take_slot

    def _is_turn_of_pinned(self) -> bool:
        """Every other time: neither kind of task starves the other."""
        self._pinned_next = not self._pinned_next
        return not self._pinned_next or not (self.ready or self.slot)

    def steal(self, victim: StealingQueue) -> list[SharedTask]:
        """Take the older half of a victim's queue, rounded up, or else what stands in its slot.

        One after another: the victim takes from the same end meanwhile. The first one stays in the
        thief's hands, the others go on its own queue at once.

        Returns:
            Those that were taken, the one in hand first; empty when the victim has nothing.
        """
        stolen: list[SharedTask] = []
        for _ in range((len(victim.ready) + 1) // 2):  # workers: look
            task = _first(victim.ready)  # workers: steal
            if task is None:
                break
            if stolen:
                self.ready.append(task)  # workers: stow
            stolen.append(task)
        if not stolen:
            task = _first(victim.slot)  # workers: look
            if task is not None:
                stolen.append(task)
        return stolen

    def has_work(self) -> bool:
        """Whether a thief would find something: one look at each, or what is seen may be gone."""
        return bool(self.ready) or bool(self.slot)

    def clear(self) -> None:
        """Forget everything, when no worker runs any more."""
        for each in (self.ready, self.slot, self.pinned):
            each.clear()


def _first(tasks: deque[SharedTask]) -> SharedTask | None:
    try:
        return tasks.popleft()
    except IndexError:
        return None
