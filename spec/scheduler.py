"""The current-thread scheduler: nobody sleeps while there is work, and everybody has his turn.

Modelled: the owner's loop with its event interval (`polling.py`, `owner_loop.py`), wakes and spawns
from other threads through the injection queue, and the park protocol (`other_threads.py`); the
variables are in `scheduler_state.py`. Here is what must be true of them together.

Left out: timers and readiness (`timers.py`, `registration.py`; without them a visit of the reactor
finds nothing, and only the bell ends a sleep), how a task comes by its outcome (`task.py`),
cancellation and shutdown; a wake from outside that a signal handler interrupts by raising: the
code then pushes and rings once more (tests/core/test_interrupted_task.py).

Facts: `parked` is up from announce to unannounce. `asleep` only while the bell is silent. A raised
flag stands for an entry that has still to be carried out: whoever finds it raised may go home. A
task that stands in a queue is polled after `interval + tasks - 1` polls of others at the most:
those of the round in which it was injected, then those before it in the run queue.
"""

from __future__ import annotations

from zokio.model import always, eventually, sometimes

from .other_threads import OtherThreads
from .scheduler_state import Scheduler, stands_in_a_queue


class SchedulerMachine(OtherThreads):
    """One owner and `threads` others over `tasks` tasks; see the head of the file."""

    # What must be true.

    @always
    def no_task_is_in_two_queues(self, state: Scheduler) -> bool:
        """Once in the run queue; not while it is polled, nor while it waits to be adopted."""
        spawned = [task for what, task in state.injected if what == "spawn"]
        spawned += [state.task] if state.owner in ("adopting", "polling") else []
        everywhere = [*state.ready, *spawned]
        return len(set(everywhere)) == len(everywhere)

    @always
    def never_polled_unless_owed(self, state: Scheduler) -> bool:
        """Whoever is next was spawned, woken, or let others go first."""
        return all(state.owed[task] for task in state.ready)

    @always
    def never_polled_when_done(self, state: Scheduler) -> bool:
        polled = (state.task,) if state.owner == "polling" else ()
        return all(state.status[task] == "alive" for task in (*state.ready, *polled))

    @always
    def a_wake_is_under_way(self, state: Scheduler) -> bool:
        """Whoever is owed a poll stands in a queue, or somebody is about to put him there."""
        return all(self.has_a_way(state, task) for task in range(self.tasks) if state.owed[task])

    @always
    def a_raised_flag_stands_for_an_entry(self, state: Scheduler) -> bool:
        return all(
            self.is_carried(state, ("wake", task)) or self.taken(state) == task
            for task in range(self.tasks)
            if state.flagged[task]
        )

    @always
    def no_lost_unpark(self, state: Scheduler) -> bool:
        """Nobody sleeps while work is reachable, unless a thread is about to ring."""
        if state.owner != "asleep":
            return True
        about_to_ring = any(thread.at in ("pushed", "ringing") for thread in state.threads)
        return not state.ready and state.parked and (not state.injected or about_to_ring)

    @always
    def the_reactor_is_visited_every_interval(self, state: Scheduler) -> bool:
        return state.polls <= self.interval

    @always
    def bounded_wait(self, state: Scheduler) -> bool:
        return max(state.waited) <= self.wait_max()

    @eventually(after="is_owed", of="task")
    def a_wake_is_never_lost(self, state: Scheduler, task: int) -> bool:
        """Polled or done: in either case nothing is owed any more."""
        return not state.owed[task]

    def is_owed(self, state: Scheduler, task: int) -> bool:
        return state.owed[task]

    @eventually(after="sleeps_beside_work")
    def the_sleeper_is_woken(self, state: Scheduler) -> bool:
        return state.owner != "asleep"

    def sleeps_beside_work(self, state: Scheduler) -> bool:
        return state.owner == "asleep" and (state.injected != () or state.ready != ())

    # What must happen some time.

    @sometimes
    def the_owner_sleeps_for_ever(self, state: Scheduler) -> bool:
        """Every task is done and nobody has anything to say."""
        return state.owner == "asleep" and set(state.status) == {"done"} and not state.injected

    @sometimes
    def work_comes_just_before_the_announcement(self, state: Scheduler) -> bool:
        """The race for which the owner looks once more."""
        return (
            state.owner == "rechecking"
            and any(thread.at == "idle" for thread in state.threads)
            and state.injected != ()
        )

    @sometimes
    def a_task_is_woken_between_the_look_and_the_announcement(self, state: Scheduler) -> bool:
        """The other reason for which it looks once more."""
        return state.owner == "rechecking" and state.ready != () and not state.rung

    @sometimes
    def work_comes_while_the_owner_sleeps(self, state: Scheduler) -> bool:
        return self.sleeps_beside_work(state)

    @sometimes
    def the_bell_rings_for_nothing(self, state: Scheduler) -> bool:
        """It was rung late: the entry has been taken in already."""
        return state.rung and not state.injected and state.owner == "polling"

    @sometimes
    def a_task_is_woken_from_outside_during_its_poll(self, state: Scheduler) -> bool:
        return state.owner == "polling" and self.is_carried(state, ("wake", state.task))

    @sometimes
    def an_entry_comes_for_a_done_task(self, state: Scheduler) -> bool:
        return any(what == "wake" and state.status[task] == "done" for what, task in state.injected)

    # Claims that must be violated: the checker sees what the properties talk about.

    @always(canary="no_task_is_in_two_queues")
    def no_two_tasks_are_queued(self, state: Scheduler) -> bool:
        return len(state.ready) + len(state.injected) < 2

    @always(canary="never_polled_unless_owed")
    def whoever_is_owed_is_ready(self, state: Scheduler) -> bool:
        return all(task in state.ready for task in range(self.tasks) if state.owed[task])

    @always(canary="never_polled_when_done")
    def nobody_is_ever_done(self, state: Scheduler) -> bool:
        return "done" not in state.status

    @always(canary="a_wake_is_under_way")
    def whoever_is_owed_stands_in_a_queue(self, state: Scheduler) -> bool:
        """Not while a thread is still about to push."""
        return all(stands_in_a_queue(state, task) for task in range(self.tasks) if state.owed[task])

    @always(canary="a_raised_flag_stands_for_an_entry")
    def a_raised_flag_stands_for_an_entry_in_the_queue(self, state: Scheduler) -> bool:
        return all(
            ("wake", task) in state.injected for task in range(self.tasks) if state.flagged[task]
        )

    @always(canary="no_lost_unpark")
    def nobody_sleeps_beside_work(self, state: Scheduler) -> bool:
        """For a moment one does: between the push and the ring."""
        return not self.sleeps_beside_work(state)

    @always(canary="the_reactor_is_visited_every_interval")
    def the_reactor_is_visited_more_often(self, state: Scheduler) -> bool:
        return state.polls < self.interval

    @always(canary="bounded_wait")
    def the_wait_is_shorter(self, state: Scheduler) -> bool:
        """The bound is reached."""
        return max(state.waited) < self.wait_max()

    @eventually(after="is_owed", of="task", canary="a_wake_is_never_lost")
    def whoever_is_owed_gets_done(self, state: Scheduler, task: int) -> bool:
        return state.status[task] == "done"

    @eventually(canary="the_sleeper_is_woken")
    def nobody_sleeps_for_ever(self, state: Scheduler) -> bool:
        return state.owner != "asleep"

    # The words used above.

    def wait_max(self) -> int:
        """How many polls of others a task in a queue waits for; a single task has no others."""
        return self.interval + self.tasks - 1 if self.tasks > 1 else 0


CONFIGURATIONS = (
    SchedulerMachine(tasks=2, threads=1, interval=2),
    SchedulerMachine(tasks=1, threads=2, interval=1),
)
