"""Mutex: the semaphore of one permit, which cannot be closed.

Modelled and left out: as in `semaphore.py`. Beside it: that the owner alone unlocks, and may not
lock again, is a matter of one task, and is tested there.
"""

from __future__ import annotations

from zokio.model import always, sometimes

from .semaphore import SemaphoreMachine, State
from .waiting import GRANTED, INSIDE


class MutexMachine(SemaphoreMachine):
    """See the head of this file."""

    permits: int = 1
    sizes: tuple[int, ...] = (1,)

    @always
    def one_at_a_time(self, state: State) -> bool:
        return state.tasks.at.count(INSIDE) + state.tasks.at.count(GRANTED) <= 1

    @always
    def nobody_waits_for_what_is_free(self, state: State) -> bool:
        """As of every semaphore: here it is the one permit."""
        return state.free == 0 or not state.tasks.queue()

    @always(canary="one_at_a_time")
    def nobody_is_inside(self, state: State) -> bool:
        return INSIDE not in state.tasks.at

    @sometimes
    def all_others_wait(self, state: State) -> bool:
        return len(state.tasks.queue()) == self.tasks - 1


CONFIGURATIONS = (MutexMachine(tasks=3),)
