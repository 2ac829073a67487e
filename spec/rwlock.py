"""RwLock: a semaphore of which a reader takes one permit and a writer all.

Modelled and left out: as in `semaphore.py`; it cannot be closed. `permits` is how many may read.
That a writer is not starved is `who_waits_is_served_or_leaves`, which holds of every task.
"""

from __future__ import annotations

from zokio.model import always, sometimes

from .semaphore import SemaphoreMachine, State
from .waiting import GRANTED, INSIDE


class RwLockMachine(SemaphoreMachine):
    """See the head of this file."""

    permits: int = 3
    sizes: tuple[int, ...] = (1, 3)

    @always
    def a_writer_is_alone(self, state: State) -> bool:
        holders = [task for task, at in enumerate(state.tasks.at) if at in (GRANTED, INSIDE)]
        return len(holders) <= 1 or not any(self.writes(state, task) for task in holders)

    @always
    def no_reader_gets_in_past_a_writer(self, state: State) -> bool:
        """Whoever asks now would stand behind the writer that waits."""
        writer_waits = any(self.writes(state, task) for task in state.tasks.queue())
        return not writer_waits or not self.can_take(state, 1)

    @sometimes
    def several_read(self, state: State) -> bool:
        return state.tasks.at.count(INSIDE) > 1

    @sometimes
    def a_writer_that_waits_is_cancelled_before_readers(self, state: State) -> bool:
        queue = state.tasks.queue()
        return len(queue) > 1 and self.writes(state, queue[0]) and state.tasks.cancelling[queue[0]]

    @always(canary="a_writer_is_alone")
    def whoever_is_inside_is_alone(self, state: State) -> bool:
        return state.tasks.at.count(INSIDE) <= 1

    @always(canary="no_reader_gets_in_past_a_writer")
    def no_reader_gets_in_past_one_who_writes(self, state: State) -> bool:
        return not state.tasks.queue()

    def writes(self, state: State, task: int) -> bool:
        """Whether the task is a writer."""
        return state.needs[task] == self.permits


CONFIGURATIONS = (RwLockMachine(tasks=3),)
