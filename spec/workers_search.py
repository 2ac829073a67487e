"""A worker searches: the injection queue, then each other worker's queue and slot.

      running ---begin_search---> searching ---look---> stealing ---steal, stow---> found
                     | too many      |  ^ nothing there    | others were faster       | end_search
                     v               |  +------------------+                          v
                  parking        nothing left              holding (the last one to search: notify)

A thief measures the victim's queue and takes half of it, the larger one, from the left, one task at
a time, while the victim and other thieves take theirs. It keeps the first to poll it and puts the
others on its own queue. While a task is in its hand, it counts as searching.
"""

from __future__ import annotations

from zokio.model import action, put

from .workers_polls import Polls
from .workers_state import INJECTED, NOBODY, SEEING, Place, Workers


class Search(Polls):
    """What a worker does that has nothing of its own."""

    at_a_glance: bool = False
    """All places are looked at in one step: a bound of the search, for three workers."""

    @action(
        writes=("at", "left", "ticks", "runs", "searching"),
        reads=("at", "queue", "slot", "passing", "telling", "searching"),
    )
    def begin_search(self, state: Workers, worker: int, start: int) -> Workers:
        """With the lock: no more than half of the workers search at once."""
        state = state._replace(ticks=put(state.ticks, worker, 0), runs=put(state.runs, worker, 0))
        if not self.may_search(state):
            return self.moved(state, worker, "parking")
        return self.set_out(state._replace(searching=state.searching + 1), worker, start)

    @begin_search.guard
    def can_begin_search(self, state: Workers, worker: int, start: int) -> bool:
        return (
            (start != worker or self.workers == 1)
            and self.runs_on(state, worker)
            and not state.queue[worker]
            and state.slot[worker] == NOBODY
        )

    @action(
        writes=("at", "hand", "slot", "left", "wanted", "injected"),
        reads=("at", "queue", "slot", "left", "injected"),
    )
    def look(self, state: Workers, worker: int) -> Workers:
        """One place: take the one task that is there, or measure the queue."""
        state = self.glanced(state, worker)
        if not state.left[worker]:
            return state
        what, whose = state.left[worker][0]
        if what == "queue" and state.queue[whose]:
            half = (len(state.queue[whose]) + 1) // 2
            state = state._replace(wanted=put(state.wanted, worker, half))
            return self.moved(state, worker, "stealing")
        if what == "slot" and state.slot[whose] != NOBODY:
            task = state.slot[whose]
            return self.found(state._replace(slot=put(state.slot, whose, NOBODY)), worker, task)
        if what == "injected" and state.injected:
            task, *others = state.injected
            return self.found(state._replace(injected=tuple(others)), worker, task)
        return self.looked(state, worker)

    @look.guard
    def can_look(self, state: Workers, worker: int) -> bool:
        return state.at[worker] == "searching" and state.left[worker] != ()

    @action(
        writes=("at", "hand", "queue", "left", "wanted"),
        may_be_idle=True,
        reads=("at", "hand", "queue", "left", "wanted"),
    )
    def steal(self, state: Workers, worker: int) -> Workers:
        """The first of the victim's queue; others may have emptied it meanwhile."""
        victim = state.left[worker][0][1]
        if not state.queue[victim]:
            state = state._replace(wanted=put(state.wanted, worker, 0))
            if state.hand[worker]:
                return self.moved(self.looked_enough(state, worker), worker, "found")
            return self.moved(self.looked(state, worker), worker, "searching")
        task, *others = state.queue[victim]
        state = state._replace(
            queue=put(state.queue, victim, tuple(others)),
            hand=put(state.hand, worker, (*state.hand[worker], task)),
            wanted=put(state.wanted, worker, state.wanted[worker] - 1),
        )
        return self.stolen(state, worker)

    @steal.guard
    def can_steal(self, state: Workers, worker: int) -> bool:
        return state.at[worker] == "stealing" and len(state.hand[worker]) < 2

    @action(
        writes=("at", "hand", "queue", "left"),
        reads=("at", "hand", "queue", "wanted"),
        may_be_idle=True,
    )
    def stow(self, state: Workers, worker: int) -> Workers:
        """The second task in the thief's hand goes to its own queue."""
        first, second = state.hand[worker]
        state = state._replace(
            queue=put(state.queue, worker, (*state.queue[worker], second)),
            hand=put(state.hand, worker, (first,)),
        )
        return self.stolen(state, worker)

    @stow.guard
    def can_stow(self, state: Workers, worker: int) -> bool:
        return state.at[worker] == "stealing" and len(state.hand[worker]) == 2

    @action(writes=("at", "searching", "telling"), reads=("at", "hand", "telling", "searching"))
    def end_search(self, state: Workers, worker: int) -> Workers:
        """With the lock: the last one to search notifies, for there may be more to find."""
        searching = state.searching - 1
        state = self.moved(
            state._replace(searching=searching),
            worker,
            "holding" if state.hand[worker] else "running",
        )
        return state if searching else self.told(state, worker, SEEING)

    @end_search.guard
    def can_end_search(self, state: Workers, worker: int) -> bool:
        return state.at[worker] == "found"

    # The words used here and in `workers_park.py`.

    def moved(self, state: Workers, worker: int, at: str) -> Workers:
        """The worker stands elsewhere."""
        return state._replace(at=put(state.at, worker, at))

    def may_search(self, state: Workers) -> bool:
        """Whether fewer than half of the workers search."""
        return 2 * state.searching < self.workers

    def set_out(self, state: Workers, worker: int, start: int) -> Workers:
        """The search begins, with the injection queue and then `start`."""
        state = state._replace(left=put(state.left, worker, self.places(worker, start)))
        return self.moved(state, worker, "searching")

    def places(self, worker: int, start: int) -> tuple[Place, ...]:
        """The injection queue, then the others in turn, from `start` on."""
        turn = [(start + other) % self.workers for other in range(self.workers)]
        others = [(what, whose) for whose in turn if whose != worker for what in ("queue", "slot")]
        return (INJECTED, *others)

    def glanced(self, state: Workers, worker: int) -> Workers:
        """At a glance, only the first place where something stands is left."""
        if not self.at_a_glance:
            return state
        seen = (place for place in state.left[worker] if self.stands_something(state, place))
        return state._replace(left=put(state.left, worker, tuple(seen)[:1]))

    def stands_something(self, state: Workers, place: Place) -> bool:
        """Whether a task stands there."""
        what, whose = place
        if what == "injected":
            return state.injected != ()
        if what == "slot":
            return state.slot[whose] != NOBODY
        return (state.queue if what == "queue" else state.local)[whose] != ()

    def looked(self, state: Workers, worker: int) -> Workers:
        """Nothing was there: the next place."""
        return state._replace(left=put(state.left, worker, state.left[worker][1:]))

    def looked_enough(self, state: Workers, worker: int) -> Workers:
        """Something was there: no other place."""
        return state._replace(left=put(state.left, worker, ()))

    def found(self, state: Workers, worker: int, task: int) -> Workers:
        """The task is in the searcher's hand."""
        state = state._replace(hand=put(state.hand, worker, (task,)))
        return self.moved(self.looked_enough(state, worker), worker, "found")

    def stolen(self, state: Workers, worker: int) -> Workers:
        """On to the next one, or that was half of the queue."""
        if state.wanted[worker] or len(state.hand[worker]) > 1:
            return state
        return self.moved(self.looked_enough(state, worker), worker, "found")
