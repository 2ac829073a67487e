"""The owner's loop: poll, park, take in what others injected; one action an atomic step.

      running ---(polling.py)---> running, looking or visiting
         ^
         | ready                      nothing there                 nothing there
      looking ---look---> announcing ---announce---> rechecking ---recheck---> sleeping
         |                                                 |                      | sleep
         +---something there---> visiting <---something----+                   asleep
                                    | visit                                       | rung
      running or looking            +------------------> visited <----------------+
         ^                                                  | unannounce
         +-----nothing there----- taking_in <---------------+
         |                            | take_in
         |    +------measure------ measuring
         |    v
         +- draining ---take---> adopting ---adopt---> draining, running or looking
                         |
                         +-----> clearing ---clear---> delivering ---deliver---> the same

From looking to asleep a signal handler or a finalizer may wake a task on this very thread
(`wake_in_between`). What other threads do meanwhile is in `other_threads.py`.
"""

from __future__ import annotations

from zokio.model import action, put

from .polling import Polling
from .scheduler_state import NOBODY, Scheduler, is_known

PARKING = ("looking", "announcing", "rechecking", "sleeping", "asleep")
"""Where the owner has seen its run queue empty and does not look at it again, or only once."""


class OwnerLoop(Polling):
    """What the owner does between the polls."""

    # The owner parks.

    @action(writes=("owner",), reads=("owner", "polls", "injected"))
    def look(self, state: Scheduler) -> Scheduler:
        """Nothing is ready: is something injected?"""
        return state._replace(owner="visiting" if state.injected else "announcing")

    @look.guard
    def can_look(self, state: Scheduler) -> bool:
        return state.owner == "looking"

    @action(writes=("owner", "parked"), reads=("owner",))
    def announce(self, state: Scheduler) -> Scheduler:
        """From now on whoever pushes has to ring."""
        return state._replace(owner="rechecking", parked=True)

    @announce.guard
    def can_announce(self, state: Scheduler) -> bool:
        return state.owner == "announcing"

    @action(writes=("owner",), reads=("ready", "owner", "injected"))
    def recheck(self, state: Scheduler) -> Scheduler:
        """Somebody may have pushed, or woken on this thread, before the announcement."""
        has_work = state.injected or state.ready
        return state._replace(owner="visiting" if has_work else "sleeping")

    @recheck.guard
    def can_recheck(self, state: Scheduler) -> bool:
        return state.owner == "rechecking"

    @action(writes=("owner", "rung"), reads=("owner", "rung"))
    def sleep(self, state: Scheduler) -> Scheduler:
        """One system call: it returns at once if the bell has rung, and silences it."""
        return state._replace(owner="visited" if state.rung else "asleep", rung=False)

    @sleep.guard
    def can_sleep(self, state: Scheduler) -> bool:
        return state.owner == "sleeping"

    @action(writes=("owner", "rung"), reads=("owner",))
    def visit(self, state: Scheduler) -> Scheduler:
        """The same system call without waiting."""
        return state._replace(owner="visited", rung=False)

    @visit.guard
    def can_visit(self, state: Scheduler) -> bool:
        return state.owner == "visiting"

    @action(writes=("owner", "parked"), reads=("owner", "parked"))
    def unannounce(self, state: Scheduler) -> Scheduler:
        """Awake: nobody needs to ring any more."""
        return state._replace(owner="taking_in", parked=False)

    @unannounce.guard
    def can_unannounce(self, state: Scheduler) -> bool:
        return state.owner == "visited"

    @action(
        writes=("ready", "owner", "owed", "rung"),
        reads=("ready", "owner", "task", "status", "owed", "parked", "threads"),
        fair=False,
    )
    def wake_in_between(self, state: Scheduler, task: int) -> Scheduler:
        """A signal handler or a finalizer wakes the task, and rings if the owner is announced.

        One step: the owner does nothing else meanwhile, and no other thread sees its run queue.
        """
        woken = self.woken_by_owner(state, task)
        changed = woken.ready != state.ready
        return self.rung_by_somebody(woken) if state.parked and changed else woken

    @wake_in_between.guard
    def can_wake_in_between(self, state: Scheduler, task: int) -> bool:
        return state.owner in PARKING and is_known(state, task)

    # The owner takes in what others injected.

    @action(writes=("owner", "polls"), reads=("ready", "owner", "injected"))
    def take_in(self, state: Scheduler) -> Scheduler:
        """Is there something? With this look the visit is complete."""
        state = state._replace(polls=0)
        return state._replace(owner="measuring") if state.injected else self.next_round(state)

    @take_in.guard
    def can_take_in(self, state: Scheduler) -> bool:
        return state.owner == "taking_in"

    @action(writes=("owner", "left"), reads=("owner", "injected"))
    def measure(self, state: Scheduler) -> Scheduler:
        """What comes later waits for the next visit, so the visit ends."""
        return state._replace(owner="draining", left=len(state.injected))

    @measure.guard
    def can_measure(self, state: Scheduler) -> bool:
        return state.owner == "measuring"

    @action(
        writes=("owner", "task", "left", "injected"), reads=("ready", "owner", "left", "injected")
    )
    def take(self, state: Scheduler) -> Scheduler:
        """The first entry."""
        what, task = state.injected[0]
        return state._replace(
            owner="clearing" if what == "wake" else "adopting",
            task=task,
            left=state.left - 1,
            injected=state.injected[1:],
        )

    @take.guard
    def can_take(self, state: Scheduler) -> bool:
        return state.owner == "draining"

    @action(
        writes=("ready", "owner", "task", "status", "owed"),
        reads=("ready", "owner", "task", "polls", "left", "status", "injected"),
        may_be_idle=True,
    )
    def adopt(self, state: Scheduler) -> Scheduler:
        """A task that another thread spawned."""
        return self.carried_out(self.adopted(state, state.task))

    @adopt.guard
    def can_adopt(self, state: Scheduler) -> bool:
        return state.owner == "adopting"

    @action(writes=("owner", "flagged"), reads=("owner", "task", "flagged"))
    def clear(self, state: Scheduler) -> Scheduler:
        """A wake that comes from now on makes an entry of its own."""
        return state._replace(owner="delivering", flagged=put(state.flagged, state.task, False))

    @clear.guard
    def can_clear(self, state: Scheduler) -> bool:
        return state.owner == "clearing"

    @action(
        writes=("ready", "owner", "task", "owed"),
        reads=("ready", "owner", "task", "left", "status", "owed", "injected"),
    )
    def deliver(self, state: Scheduler) -> Scheduler:
        """The wake that another thread asked for."""
        return self.carried_out(self.woken_by_owner(state, state.task))

    @deliver.guard
    def can_deliver(self, state: Scheduler) -> bool:
        return state.owner == "delivering"

    # What several of these do.

    def rung_by_somebody(self, state: Scheduler) -> Scheduler:
        """The owner's sleep ends; or its next one, if it does not sleep now."""
        return (
            state._replace(owner="visited")
            if state.owner == "asleep"
            else state._replace(rung=True)
        )

    def carried_out(self, state: Scheduler) -> Scheduler:
        """The entry is done with: the next one, or the next round."""
        state = state._replace(task=NOBODY)
        return state._replace(owner="draining") if state.left else self.next_round(state)

    def next_round(self, state: Scheduler) -> Scheduler:
        """The visit is over: poll whoever is ready."""
        return state._replace(owner="running" if state.ready else "looking")
