"""Several workers stop: all of them end, also those that sleep.

Modelled: a thread outside raises the flag and then unparks one worker after another; each worker
looks at the flag before each round of its loop, and in the second look of its way to sleep. All
else is as in `workers_views.py`: polls, wakes, steals and parking go on meanwhile.

      running, coming back ---go_on---> looking, searching; or gone, when the flag is raised

Left out: what becomes of the tasks that are not done then (`shutdown.py`: they were cancelled
before, or are dropped afterwards, when no worker runs any more); the join of the threads.

Facts: `stopping`: the flag; `called`: how many workers the thread that stops has begun to unpark.
Who unparks does not look whether anybody sleeps: a token keeps up who is on the way to sleep.
"""

from __future__ import annotations

from zokio.model import action, always, eventually, put, sometimes

from .workers_state import NOBODY, Place, Telling, Workers, is_free
from .workers_views import Views

FLAG: Place = ("flag", NOBODY)


class StoppingWorkers(Views):
    """The workers, and a thread that stops them."""

    threads: int = 1
    wakes_max: int = 1
    at_a_glance: bool = True
    between = "looking"

    @action(writes=("at",), reads=("at", "telling", "passing", "stopping"))
    def go_on(self, state: Workers, worker: int) -> Workers:
        """The flag is looked at before each round."""
        if state.stopping:
            return self.moved(state, worker, "gone")
        return self.moved(
            state, worker, "looking" if state.at[worker] == "running" else "searching"
        )

    @go_on.guard
    def can_go_on(self, state: Workers, worker: int) -> bool:
        return state.at[worker] in ("running", "coming back") and is_free(state, worker)

    @action(
        writes=("at", "left", "sleepers", "searching", "telling"),
        reads=("at", "queue", "slot", "local", "sleepers", "searching"),
    )
    def unannounce(self, state: Workers, worker: int) -> Workers:
        """The search begins with the next round."""
        after = super().unannounce(state, worker)
        searches = after.at[worker] == "searching"
        return self.moved(after, worker, "coming back") if searches else after

    @action(
        writes=("at", "left", "searching", "sleepers"),
        reads=("at", "left", "searching", "sleepers"),
    )
    def announce(self, state: Workers, worker: int) -> Workers:
        """The flag is one of the places for the second look, before the other workers'."""
        state = super().announce(state, worker)
        left = state.left[worker]
        own = 1 + bool(self.pinned)
        return state._replace(left=put(state.left, worker, (*left[:own], FLAG, *left[own:])))

    @action(
        writes=("at", "left"),
        reads=("at", "queue", "slot", "local", "left", "injected", "stopping"),
    )
    def recheck(self, state: Workers, worker: int) -> Workers:
        """One place, or the flag."""
        return super().recheck(state, worker)

    def stands_something(self, state: Workers, place: Place) -> bool:
        """The flag counts as something to do."""
        return state.stopping if place == FLAG else super().stands_something(state, place)

    @action(
        writes=("stopping", "telling", "called"),
        reads=("stopping", "telling", "passing"),
        fair=False,
    )
    def stop(self, state: Workers, thread: int) -> Workers:
        """The flag is raised."""
        return state._replace(stopping=True)

    @stop.guard
    def can_stop(self, state: Workers, thread: int) -> bool:
        return not state.stopping and is_free(state, thread)

    @action(writes=("telling", "called"), reads=("stopping", "telling", "passing", "called"))
    def call_next(self, state: Workers, thread: int) -> Workers:
        """One worker after another is unparked, whether it sleeps or not."""
        state = self.told(state, thread, Telling("unparking", state.called))
        return state._replace(called=state.called + 1)

    @call_next.guard
    def can_call_next(self, state: Workers, thread: int) -> bool:
        return state.stopping and is_free(state, thread) and state.called < self.workers

    # What must be true.

    @always
    def nobody_who_was_called_sleeps(self, state: Workers) -> bool:
        """Unless the unpark is still under way."""
        told = [telling.whom for telling in state.telling]
        called = range(state.called)
        return not any(self.sleeps(state, worker) and worker not in told for worker in called)

    @always
    def whoever_is_gone_has_nothing_in_hand(self, state: Workers) -> bool:
        """No task, no notify, not the reactor; and nobody counts on him to wake up."""
        return not any(
            at == "gone"
            and (state.hand[worker] or state.holder == worker or worker in state.sleepers)
            for worker, at in enumerate(state.at)
        )

    @eventually(after="stops")
    def everybody_is_gone(self, state: Workers) -> bool:
        return set(state.at) == {"gone"}

    def stops(self, state: Workers) -> bool:
        return state.stopping

    # What must happen some time.

    @sometimes
    def all_sleep_when_the_flag_is_raised(self, state: Workers) -> bool:
        return state.stopping and not state.called and self.all_sleep(state)

    @sometimes
    def somebody_is_called_on_the_way_to_sleep(self, state: Workers) -> bool:
        """He has looked at the flag for the last time; the token keeps him up."""
        return any(
            at in ("settling", "waiting", "entering") and token
            for at, token in zip(state.at, state.token, strict=True)
        )

    @sometimes
    def a_task_is_left_over(self, state: Workers) -> bool:
        return any(state.owed) and set(state.at) == {"gone"}

    # Claims that must be violated: the checker sees what the properties talk about.

    @always(canary="nobody_who_was_called_sleeps")
    def nobody_sleeps_when_the_flag_is_raised(self, state: Workers) -> bool:
        sleeps = any(self.sleeps(state, worker) for worker in range(self.workers))
        return not (state.stopping and sleeps)

    @always(canary="whoever_is_gone_has_nothing_in_hand")
    def nobody_has_anything_in_hand(self, state: Workers) -> bool:
        return not any(state.hand)

    @eventually(canary="everybody_is_gone")
    def everybody_goes_unasked(self, state: Workers) -> bool:
        return set(state.at) == {"gone"}
