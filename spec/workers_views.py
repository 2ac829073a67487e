"""What a state of the workers machine means: who stands where, who counts, who sleeps.

The words in which `workers.py` says what must be true. It declares no action and no claim.
"""

from __future__ import annotations

from .workers_park import WAITING, Park
from .workers_state import NOBODY, QUIET, Workers

SEARCHING = ("searching", "stealing", "found")
ANNOUNCED = ("rechecking", "retreating", "settling", "waiting", "entering", "called", "up")
HOLDING_THE_REACTOR = ("entering", "in reactor", "returned", "releasing", "visiting")


class Views(Park):
    """The machine with the words for its claims."""

    def polled(self, state: Workers) -> list[int]:
        """The tasks that are polled now, one entry a worker."""
        hands = zip(state.at, state.hand, strict=True)
        return [task for at, hand in hands if at == "polling" for task in hand]

    def everywhere(self, state: Workers) -> list[int]:
        """The tasks of all queues, slots and hands."""
        rows = (*state.queue, *state.local, *state.hand, state.injected)
        singles = (*state.slot, *state.passing, *state.displaced)
        return [task for row in (*rows, singles) for task in row if task != NOBODY]

    def counts(self, state: Workers, worker: int) -> bool:
        """Whether the worker is one of those that `searching` counts."""
        if state.at[worker] in SEARCHING:
            return True
        announced = state.at[worker] in (*ANNOUNCED, *WAITING, "returned", "releasing")
        return announced and worker not in state.sleepers

    def sleeps(self, state: Workers, worker: int) -> bool:
        """Whether nothing that has happened so far ends its wait."""
        if state.at[worker] == "in reactor":
            return not state.bell
        return state.at[worker] == "on parker"

    def is_reachable(self, state: Workers) -> bool:
        """Whether a task stands where a thief may take it, and its worker is not about to."""
        queues = any(
            len(queue) > (at == "running") for queue, at in zip(state.queue, state.at, strict=True)
        )
        return queues or state.injected != () or set(state.slot) != {NOBODY}

    def is_attended(self, state: Workers) -> bool:
        """Whether somebody searches, notifies, or looks once more before he sleeps."""
        about_to_look = (
            "retreating",
            "called",
            "up",
            "returned",
            "releasing",
            "parking",
            "visiting",
        )
        return (
            state.searching > 0
            or any(telling != QUIET for telling in state.telling)
            or any(task != NOBODY for task in state.passing)
            or any(at in about_to_look for at in state.at)
            or any(self.will_see(state, worker) for worker in range(self.workers))
        )

    def will_see(self, state: Workers, worker: int) -> bool:
        """Whether the worker comes to a place where a task stands, or will search."""
        if state.at[worker] == "running" and not self.has_own(state, worker):
            return True
        return state.at[worker] == "rechecking" and any(
            self.stands_something(state, place) for place in state.left[worker]
        )

    def all_sleep(self, state: Workers) -> bool:
        """Nobody is up, and nothing that has happened so far gets anybody up."""
        return all(self.sleeps(state, worker) for worker in range(self.workers))
