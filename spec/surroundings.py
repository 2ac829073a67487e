"""The scheduler in its surroundings: everything that a recorded run can do to it.

The machine of `scheduler.py` has one owner in one endless loop, and the bell alone ends its sleep.
Here the same machine, with every action of it, stands among what it leaves out, so that the traces
of whole programs are runs of it: a thread enters the runtime and leaves it again; descriptors and
deadlines end a sleep and wake tasks; anything that runs on the owning thread (a timer, a finalizer,
a signal handler, the cancellation of a scope) wakes and spawns at any time; other threads hand in
calls that are neither wakes nor spawns; a shutdown visits the reactor after each poll, drops the
tasks that are left, and closes the queue.

      away ---enter---> entered ---> as in `owner_loop.py` ... ---leave---> away

Left out: which descriptor or timer it was (`registration.py`, `timers.py`), what a call does
besides waking, and errors that a signal handler raises in the middle of a step.

Facts: `polls` is CLOSED once the queue is closed, for there will be none. What must be true of the
scheduler is true here, until the queue is closed; the bound on the wait counts from `enter`.
"""

from __future__ import annotations

from collections.abc import Iterable

from zokio.model import action, drop, put

from .scheduler import SchedulerMachine
from .scheduler_state import IDLE, NOBODY, Scheduler, Thread, beginning

AWAY, ENTERED = "away", "entered"
CLOSED = -1
BETWEEN_POLLS = (ENTERED, "running", "looking", "visiting")
CALL = ("call", NOBODY)


def is_closed(state: Scheduler) -> bool:
    """Whether a shutdown has closed the queue."""
    return state.polls == CLOSED


class Surroundings(SchedulerMachine):
    """One owner who comes and goes, among `threads` others, with events; see the head."""

    def initial(self) -> Iterable[Scheduler]:
        """A new runtime: nobody is in it, and there is no task."""
        state = beginning(self.tasks, self.threads)
        no = (False,) * self.tasks
        return [state._replace(ready=(), owner=AWAY, status=("new",) * self.tasks, owed=no)]

    # The owner comes and goes.

    @action(writes=("owner", "polls", "waited"), reads=("owner", "polls", "waited"), fair=False)
    def enter(self, state: Scheduler) -> Scheduler:
        """A thread begins to run the runtime, and owns it: to poll, to visit or to shut down."""
        return state._replace(owner=ENTERED, polls=0, waited=(0,) * self.tasks)

    @enter.guard
    def can_enter(self, state: Scheduler) -> bool:
        return state.owner == AWAY and not is_closed(state)

    @action(writes=("owner", "task", "left"), reads=("owner", "parked"), fair=False)
    def leave(self, state: Scheduler) -> Scheduler:
        """Between two polls; or out of a call that it took in, by an error."""
        return state._replace(owner=AWAY, task=NOBODY, left=0)

    @leave.guard
    def can_leave(self, state: Scheduler) -> bool:
        return self.is_between_polls(state) or state.owner == "draining"

    # Events.

    @action(writes=("owner",), reads=("owner",), fair=False)
    def get_up(self, state: Scheduler) -> Scheduler:
        """A descriptor, a deadline or a signal ends the sleep, if the bell has not ended it."""
        return state._replace(owner="visited")

    @get_up.guard
    def can_get_up(self, state: Scheduler) -> bool:
        return state.owner in ("asleep", "visited")

    @action(
        writes=("ready", "owed"),
        reads=("ready", "owner", "task", "status", "owed"),
        fair=False,
    )
    def wake_by_event(self, state: Scheduler, task: int) -> Scheduler:
        """Its descriptor is ready: one of the batch that a visit found."""
        return self.woken_by_owner(state, task)

    @wake_by_event.guard
    def can_wake_by_event(self, state: Scheduler, task: int) -> bool:
        return state.owner == "taking_in"

    # Wakes and spawns on the owning thread come at any time.

    def can_wake_inside(self, state: Scheduler, task: int) -> bool:
        """Also of a task that was made and not yet spawned: its scope may be cancelled."""
        return not state.parked

    def can_wake_in_between(self, state: Scheduler, task: int) -> bool:
        return state.parked

    @action(
        writes=("ready", "owner", "status", "owed", "rung"),
        reads=("ready", "owner", "polls", "status", "owed", "parked"),
        fair=False,
        may_be_idle=True,
    )
    def spawn_inside(self, state: Scheduler, task: int) -> Scheduler:
        """As the scheduler's; where the owner is announced it rings, as for a wake in between."""
        state = self.adopted(state, task)
        return self.rung_by_somebody(state) if state.parked else state

    @spawn_inside.guard
    def can_spawn_inside(self, state: Scheduler, task: int) -> bool:
        return state.status[task] == "new" and not is_closed(state)

    # The owner's loop, which may be left and begun anew after every poll.

    def can_begin_poll(self, state: Scheduler, task: int) -> bool:
        """After a visit that found nothing, a timer may have woken somebody."""
        begins = state.owner in (ENTERED, "running")
        begins = begins or (state.owner == "looking" and state.polls == 0)
        return begins and state.ready[:1] == (task,) and not is_closed(state)

    @action(writes=("owner", "parked", "rung"), reads=("owner", "polls", "parked"))
    def visit(self, state: Scheduler) -> Scheduler:
        """As the scheduler's; without an announcement there is none to be taken back."""
        visited = state._replace(owner="visited", rung=False)
        return visited if visited.parked else self.unannounce(visited)

    @visit.guard
    def can_visit(self, state: Scheduler) -> bool:
        """Sooner than it must: after any poll, or before the first one."""
        has_polled = state.owner != "running" or state.polls > 0
        return state.owner in BETWEEN_POLLS and has_polled and not is_closed(state)

    def can_look(self, state: Scheduler) -> bool:
        return state.owner in (ENTERED, "looking") and not is_closed(state)

    def can_adopt(self, state: Scheduler) -> bool:
        return state.owner == "adopting" and not is_closed(state)

    def can_unannounce(self, state: Scheduler) -> bool:
        return state.owner == "visited" and state.parked

    @action(writes=("owner", "left"), reads=("ready", "owner", "polls", "injected", "parked"))
    def measure(self, state: Scheduler) -> Scheduler:
        """As the scheduler's; a shutdown does it without a look before, and may find nothing."""
        measured = state._replace(owner="draining", left=len(state.injected))
        return measured if measured.left else self.next_round(measured)

    @measure.guard
    def can_measure(self, state: Scheduler) -> bool:
        at_the_end = is_closed(state) and self.is_between_polls(state)
        return state.owner in ("measuring", ENTERED) or at_the_end

    @action(
        writes=("owner", "task", "left", "injected"), reads=("ready", "owner", "left", "injected")
    )
    def take(self, state: Scheduler) -> Scheduler:
        """As the scheduler's; a call does on the owning thread what may be done there any time."""
        what, task = state.injected[0]
        state = state._replace(task=task, left=state.left - 1, injected=state.injected[1:])
        if what == "call":
            return self.carried_out(state)
        return state._replace(owner="clearing" if what == "wake" else "adopting")

    @take.guard
    def can_take(self, state: Scheduler) -> bool:
        return state.owner == "draining"

    # Other threads.

    def can_wake_outside(self, state: Scheduler, thread: int, task: int) -> bool:
        """A task that was adopted may have told others of itself before its spawn returns."""
        adopted = state.status[task] in ("alive", "done")
        return self.may_begin(state, thread) and (
            adopted or super().can_wake_outside(state, thread, task)
        )

    @action(writes=("threads",), reads=("injected", "threads"), fair=False)
    def call_outside(self, state: Scheduler, thread: int) -> Scheduler:
        """Somebody has a call made on the owning thread: an abort, an interrupt."""
        return self.moved(state, thread, Thread("pushing", CALL))

    @call_outside.guard
    def can_call_outside(self, state: Scheduler, thread: int) -> bool:
        return self.may_begin(state, thread)

    @action(writes=("threads",), reads=("polls", "threads"))
    def refuse(self, state: Scheduler, thread: int) -> Scheduler:
        """The queue is closed: what was to be pushed is dropped."""
        return self.moved(state, thread, IDLE)

    @refuse.guard
    def can_refuse(self, state: Scheduler, thread: int) -> bool:
        return state.threads[thread].at == "pushing" and is_closed(state)

    # The shutdown.

    @action(
        writes=("ready", "owner", "task", "status", "owed", "waited"),
        reads=("ready", "owner", "task", "polls", "left", "status", "owed", "waited", "parked"),
        fair=False,
    )
    def drop(self, state: Scheduler, task: int) -> Scheduler:
        """A task ends where it stands, and is polled no more."""
        state = state._replace(
            ready=drop(state.ready, task) if task in state.ready else state.ready,
            status=put(state.status, task, "done"),
            owed=put(state.owed, task, False),
            waited=put(state.waited, task, 0),
        )
        if state.owner == "adopting" and state.task == task:
            return self.carried_out(state)
        return self.next_round(state) if state.owner == "running" else state

    @drop.guard
    def can_drop(self, state: Scheduler, task: int) -> bool:
        if state.status[task] == "handed over":  # too late: the queue is closed
            return is_closed(state)
        return state.status[task] == "alive" and self.is_between_polls(state)

    @action(
        writes=("owner", "task", "polls", "left"),
        reads=("ready", "owner", "polls", "parked", "status"),
        fair=False,
    )
    def close(self, state: Scheduler) -> Scheduler:
        """No task is left: nothing is pushed any more, and nobody is polled."""
        return state._replace(owner="looking", task=NOBODY, left=0, polls=CLOSED)

    @close.guard
    def can_close(self, state: Scheduler) -> bool:
        in_it = self.is_between_polls(state) or state.owner == "draining"
        return in_it and not is_closed(state) and "alive" not in state.status

    # What must be true, as far as the surroundings let it.

    def a_raised_flag_stands_for_an_entry(self, state: Scheduler) -> bool:
        """Until the queue is closed: then nobody needs it, for every task is done."""
        return is_closed(state) or super().a_raised_flag_stands_for_an_entry(state)

    def a_wake_is_under_way(self, state: Scheduler) -> bool:
        return is_closed(state) or super().a_wake_is_under_way(state)

    def a_wake_is_never_lost(self, state: Scheduler, task: int) -> bool:
        """Or nobody runs the runtime, and it waits in its queue; or it is closed."""
        nobody = state.owner == AWAY or is_closed(state)
        return nobody or super().a_wake_is_never_lost(state, task)

    # The words used above.

    def is_between_polls(self, state: Scheduler) -> bool:
        """The owner may leave, or let a shutdown go on."""
        return state.owner in BETWEEN_POLLS and not state.parked


CONFIGURATIONS = (
    Surroundings(tasks=1, threads=1, interval=1, entries_max=2),
    Surroundings(tasks=2, threads=1, interval=1, entries_max=1),
)
