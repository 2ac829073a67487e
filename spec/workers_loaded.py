"""Several workers and one load: it stands in the queue of worker 0 at the beginning.

Each task of the load ends with its first poll, so that it is shared by stealing or not at all. The
last task is no part of it: it is injected, and may wait. The other machines of this kind begin with
one task, and in their small bounds a thief hardly ever finds more than one; here it takes several,
and puts all but the first on its own queue.
"""

from __future__ import annotations

from collections.abc import Iterable

from zokio.model import always, eventually, sometimes

from .workers_state import Workers, beginning
from .workers_views import Views


class LoadedWorkers(Views):
    """One has all of the load, the others have none; turns are counted, so that it ends."""

    tasks: int = 4
    interval: int = 2
    slot_max: int = 1
    wakes_max: int = 1

    def initial(self) -> Iterable[Workers]:
        start = beginning(self.workers, self.threads, self.tasks)
        yield start._replace(
            queue=(tuple(range(self.tasks - 1)),) + ((),) * (self.workers - 1),
            owed=(True,) * self.tasks,
            spawned=self.tasks,
            injected=(self.tasks - 1,),
        )

    def can_end_pending(self, state: Workers, worker: int) -> bool:
        """Only of the last task."""
        return super().can_end_pending(state, worker) and state.hand[worker] == (self.tasks - 1,)

    @always
    def who_is_stolen_is_somewhere(self, state: Workers) -> bool:
        """In exactly one place, until it is done."""
        load = range(self.tasks - 1)
        standing = sorted(task for task in self.everywhere(state) if task in load)
        return standing == [task for task in load if not state.done[task]]

    @always
    def a_thief_leaves_half(self, state: Workers) -> bool:
        """It never has more in its hand and still to steal than the larger half."""
        return all(
            len(hand) * (at == "stealing") + wanted <= self.tasks // 2
            for at, hand, wanted in zip(state.at, state.hand, state.wanted, strict=True)
        )

    @eventually(after="stands_loaded")
    def the_load_is_done(self, state: Workers) -> bool:
        return all(state.done[:-1])

    def stands_loaded(self, state: Workers) -> bool:
        """The beginning."""
        return all(state.owed)

    @sometimes
    def the_thief_has_a_queue_of_its_own(self, state: Workers) -> bool:
        """What it stole stands there, and may be stolen again."""
        return state.queue[1] != ()

    @sometimes
    def some_of_it_is_stolen_back(self, state: Workers) -> bool:
        """Worker 0 is through with its own, and steals."""
        return state.at[0] == "stealing" and state.wanted[0] > 0

    # Claims that must be violated: the checker sees what the properties talk about.

    @always(canary="who_is_stolen_is_somewhere")
    def everything_stays_with_worker_0(self, state: Workers) -> bool:
        return state.queue[1] == () and state.hand[1] in ((), (self.tasks - 1,))

    @always(canary="a_thief_leaves_half")
    def a_thief_takes_one(self, state: Workers) -> bool:
        return all(wanted < 2 for wanted in state.wanted)

    @eventually(after="stands_loaded", canary="the_load_is_done")
    def worker_0_sleeps_in_the_end(self, state: Workers) -> bool:
        """Not if the last task waits, nor if it holds the reactor."""
        return all(state.done) and state.at[0] == "on parker"
