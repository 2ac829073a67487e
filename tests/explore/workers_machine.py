"""The machine which explored schedules of the workers have to be runs of: spec/, all of it at once.

The workers' specification comes in several machines, each with the part that it is about. These
programs do everything: so this is the stopping machine, with visits of the reactor and pinned
tasks. What the specification leaves out, and a run shows, is added here and nowhere else:

    early_bell      a timer that comes before all others rings the bell
    silence         a visit of the reactor has silenced the bell, a moment after it began
    turn            a search begins with any victim, also of a worker that has just got up
    nothing_to_tell whoever was about to notify finds that all of it was taken from him meanwhile
    post_seen       whoever was not about to notify finds that somebody has posted a pinned task

None of them pushes, takes, polls, or lets anybody sleep.
"""

from __future__ import annotations

from collections.abc import Mapping

from spec.workers_shutdown import StoppingWorkers
from spec.workers_state import NOBODY, QUIET, SEEING, Workers, is_free, is_idle
from zokio.model import action, put

TASKS = 8
THREADS = 5


class FollowedWorkers(StoppingWorkers):
    """See the head of the file. `homes` has, by task, the workers of those that are pinned."""

    workers: int = 2
    threads: int = THREADS
    tasks: int = TASKS
    wakes_max: int = 0
    visits: bool = True
    at_a_glance: bool = False
    pinned: int = 1

    def __init__(self, workers: int, homes: Mapping[int, int]) -> None:
        super().__init__(workers=workers)
        self.homes = homes

    def home(self, task: int) -> int:
        """Known when the task is spawned."""
        return self.homes.get(task, NOBODY)

    def can_event(self, state: Workers, worker: int, task: int) -> bool:
        """Also when the bell has rung: timers are looked at afterwards."""
        in_time = state.at[worker] in ("in reactor", "visiting", "returned")
        return in_time and is_idle(state, task)

    def can_visit(self, state: Workers, worker: int) -> bool:
        """After a poll, before the flag is looked at."""
        at_end = state.at[worker] == "running" and is_free(state, worker)
        return at_end and state.holder == NOBODY

    @action(writes=("at", "holder"), may_be_idle=True)
    def visit(self, state: Workers, worker: int) -> Workers:
        """The bell is silenced in a step of its own."""
        return super().visit(state, worker)._replace(bell=state.bell)

    @action(writes=("bell",), may_be_idle=True)
    def silence(self, state: Workers, worker: int) -> Workers:
        return state._replace(bell=False)

    @silence.guard
    def can_silence(self, state: Workers, worker: int) -> bool:
        return state.at[worker] == "visiting"

    @action(writes=("bell",), may_be_idle=True)
    def early_bell(self, state: Workers, actor: int) -> Workers:
        return state._replace(bell=True)

    @early_bell.guard
    def can_early_bell(self, state: Workers, actor: int) -> bool:
        return state.telling[actor] == QUIET

    @action(writes=("left",), may_be_idle=True)
    def turn(self, state: Workers, worker: int, start: int) -> Workers:
        _, *victims = self.places(worker, start)
        return state._replace(left=put(state.left, worker, tuple(victims)))

    @turn.guard
    def can_turn(self, state: Workers, worker: int, start: int) -> bool:
        untouched = len(state.left[worker]) == 2 * (self.workers - 1)
        return start != worker and untouched and state.at[worker] == "searching"

    @action(writes=("telling",), may_be_idle=True)
    def nothing_to_tell(self, state: Workers, worker: int) -> Workers:
        return self.told(state, worker, QUIET)

    @nothing_to_tell.guard
    def can_nothing_to_tell(self, state: Workers, worker: int) -> bool:
        alone = len(state.queue[worker]) < 2 and state.slot[worker] == NOBODY
        return alone and state.telling[worker] == SEEING and state.at[worker] != "polling"

    @action(writes=("telling",), may_be_idle=True)
    def post_seen(self, state: Workers, worker: int) -> Workers:
        return self.told(state, worker, SEEING)

    @post_seen.guard
    def can_post_seen(self, state: Workers, worker: int) -> bool:
        posted = state.at[worker] == "running" and state.local[worker] != ()
        return posted and state.telling[worker] == QUIET

    def at_rest(self, tasks: int, holder: int) -> Workers:
        """Every worker sleeps, one of them in the reactor; so many tasks wait."""
        (start,) = self.initial()
        places = ["on parker"] * self.workers
        if holder != NOBODY:
            places[holder] = "in reactor"
        return start._replace(
            at=tuple(places),
            owed=(False,) * self.tasks,
            spawned=tasks,
            injected=(),
            sleepers=tuple(range(self.workers)),
            holder=holder,
        )
