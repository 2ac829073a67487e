"""The other threads: a wake or a spawn from outside, one action an atomic step.

      idle ---wake_outside---> marking ---mark---> pushing ---push---> pushed
                                                     ^                   | see
      idle ---spawn_outside--------------------------+                   v
      idle <-----------------ring------------------ ringing <---parked---+---not parked---> idle

A wake that finds the flag raised ends there: an entry is under way. Two threads may find it down
at the same time and push an entry each; that costs one look at the task more, and no poll. A
thread that is between two steps may stay there as long as it likes, but not for ever.
"""

from __future__ import annotations

from zokio.model import action, put

from .owner_loop import OwnerLoop
from .scheduler_state import IDLE, Scheduler, Thread, is_known

TAKING = ("clearing", "delivering", "adopting")


class OtherThreads(OwnerLoop):
    """The owner's loop with `threads` other threads around it."""

    @action(
        writes=("owed", "threads"),
        reads=("status", "flagged", "owed", "injected", "threads"),
        fair=False,
    )
    def wake_outside(self, state: Scheduler, thread: int, task: int) -> Scheduler:
        """The wake begins with a look at the task's flag."""
        if state.status[task] != "done":
            state = state._replace(owed=put(state.owed, task, True))
        if state.flagged[task]:
            return state
        return self.moved(state, thread, Thread("marking", ("wake", task)))

    @wake_outside.guard
    def can_wake_outside(self, state: Scheduler, thread: int, task: int) -> bool:
        return self.may_begin(state, thread) and is_known(state, task)

    @action(writes=("flagged", "threads"), reads=("flagged", "threads"))
    def mark(self, state: Scheduler, thread: int) -> Scheduler:
        """Raise the flag: further wakes need not push."""
        entry = state.threads[thread].entry
        assert entry is not None
        state = state._replace(flagged=put(state.flagged, entry[1], True))
        return self.moved(state, thread, Thread("pushing", entry))

    @mark.guard
    def can_mark(self, state: Scheduler, thread: int) -> bool:
        return state.threads[thread].at == "marking"

    @action(
        writes=("status", "owed", "threads"),
        reads=("status", "owed", "injected", "threads"),
        fair=False,
        may_be_idle=True,
    )
    def spawn_outside(self, state: Scheduler, thread: int, task: int) -> Scheduler:
        """A task is made, and has to be handed to the owner."""
        state = state._replace(
            status=put(state.status, task, "handed over"), owed=put(state.owed, task, True)
        )
        return self.moved(state, thread, Thread("pushing", ("spawn", task)))

    @spawn_outside.guard
    def can_spawn_outside(self, state: Scheduler, thread: int, task: int) -> bool:
        return self.may_begin(state, thread) and state.status[task] == "new"

    @action(writes=("injected", "threads"), reads=("injected", "threads"))
    def push(self, state: Scheduler, thread: int) -> Scheduler:
        """The entry stands in the injection queue."""
        entry = state.threads[thread].entry
        assert entry is not None
        state = state._replace(injected=(*state.injected, entry))
        return self.moved(state, thread, Thread("pushed", entry))

    @push.guard
    def can_push(self, state: Scheduler, thread: int) -> bool:
        return state.threads[thread].at == "pushing"

    @action(writes=("threads",), reads=("parked", "threads"))
    def see(self, state: Scheduler, thread: int) -> Scheduler:
        """Is the owner parked? Otherwise it will find the entry by itself."""
        after = Thread("ringing", state.threads[thread].entry) if state.parked else IDLE
        return self.moved(state, thread, after)

    @see.guard
    def can_see(self, state: Scheduler, thread: int) -> bool:
        return state.threads[thread].at == "pushed"

    @action(writes=("owner", "rung", "threads"), reads=("owner", "threads"))
    def ring(self, state: Scheduler, thread: int) -> Scheduler:
        """The owner's sleep ends; or its next one, if it does not sleep now."""
        return self.rung_by_somebody(self.moved(state, thread, IDLE))

    @ring.guard
    def can_ring(self, state: Scheduler, thread: int) -> bool:
        return state.threads[thread].at == "ringing"

    # The words used here and in `scheduler.py`.

    def may_begin(self, state: Scheduler, thread: int) -> bool:
        """The thread is free, and the search has not got to its bound."""
        coming = sum(other.at in ("marking", "pushing") for other in state.threads)
        return state.threads[thread] == IDLE and len(state.injected) + coming < self.entries_max

    def moved(self, state: Scheduler, thread: int, after: Thread) -> Scheduler:
        """The thread stands elsewhere."""
        return state._replace(threads=put(state.threads, thread, after))

    def has_a_way(self, state: Scheduler, task: int) -> bool:
        """What will lead to a poll of the task."""
        return (
            task in state.ready
            or (state.owner == "polling" and state.task == task and state.woken)
            or self.taken(state) == task
            or any(self.is_carried(state, (what, task)) for what in ("wake", "spawn"))
            or any(
                thread.at == "marking" and thread.entry == ("wake", task)
                for thread in state.threads
            )
        )

    def is_carried(self, state: Scheduler, entry: tuple[str, int]) -> bool:
        """Whether the entry is in the injection queue, or a thread is about to push it."""
        return entry in state.injected or any(
            thread.at == "pushing" and thread.entry == entry for thread in state.threads
        )

    def taken(self, state: Scheduler) -> int | None:
        """The task that the entry in the owner's hand is about."""
        return state.task if state.owner in TAKING else None
