"""Several workers, in two more respects: everybody has his turn, and pinned tasks stay.

`FairWorkers` counts what the other machines leave open: every `interval` takes the injection queue
comes first, the slot `slot_max` times in a row at the most, pinned tasks every other time. What it
adds is the promise that rests on these: whoever is owed a poll gets it.

`PinnedWorkers` has a task which only worker 0 may poll, and visits of the reactor between polls.
"""

from __future__ import annotations

from zokio.model import always, eventually, sometimes

from .workers import WorkersMachine
from .workers_state import Workers, is_polled
from .workers_views import Views


class FairWorkers(Views):
    """Turns are counted, and a poll wakes one other task at the most, so that it ends."""

    interval: int = 2
    slot_max: int = 1
    wakes_max: int = 1

    @eventually(after="is_owed", of="task")
    def a_wake_is_never_lost(self, state: Workers, task: int) -> bool:
        """Polled or done: in either case nothing is owed any more."""
        return not state.owed[task]

    def is_owed(self, state: Workers, task: int) -> bool:
        return state.owed[task]

    @sometimes
    def the_slot_has_had_its_turns(self, state: Workers) -> bool:
        """A task in the slot lets one of the queue go first."""
        return any(
            self.is_at_cap(state, worker) and self.can_take_own(state, worker) and slot >= 0
            for worker, slot in enumerate(state.slot)
        )

    @eventually(after="is_owed", of="task", canary="a_wake_is_never_lost")
    def whoever_is_owed_gets_done(self, state: Workers, task: int) -> bool:
        """Not if each of its polls ends with pending."""
        return state.done[task]


class PinnedWorkers(WorkersMachine):
    """The last task is pinned to worker 0."""

    pinned: int = 1
    visits: bool = True

    @always
    def a_pinned_task_stays(self, state: Workers) -> bool:
        """Nobody else has it in his queue, in his slot or in his hands."""
        rows = (*state.queue, *state.local[1:], *state.hand[1:], state.slot, state.injected)
        return not any(self.is_pinned(task) for row in rows for task in row)

    @always
    def its_worker_gets_up_for_it(self, state: Workers) -> bool:
        """It does not sleep while a pinned task waits, unless somebody is about to unpark it."""
        told = any(telling.whom == 0 for telling in state.telling)
        return not (state.local[0] and self.sleeps(state, 0)) or told

    @sometimes
    def a_pinned_task_is_woken_by_another_worker(self, state: Workers) -> bool:
        return self.is_pinned(state.passing[1])

    @sometimes
    def the_others_sleep_beside_a_pinned_task(self, state: Workers) -> bool:
        """There is nothing in it for them."""
        return state.local[0] != () and all(
            self.sleeps(state, worker) for worker in range(1, self.workers)
        )

    @always(canary="a_pinned_task_stays")
    def a_pinned_task_is_never_polled(self, state: Workers) -> bool:
        return not any(
            self.is_pinned(task) and is_polled(state, task) for task in range(self.tasks)
        )

    @always(canary="its_worker_gets_up_for_it")
    def its_worker_never_sleeps_beside_it(self, state: Workers) -> bool:
        """For a moment it does: between the push and the unpark."""
        return not (state.local[0] and self.sleeps(state, 0))

    def is_pinned(self, task: int) -> bool:
        return self.home(task) >= 0
