"""Shutdown: cancel every task, let it clean up while there is time, drop what is left, close.

Modelled: tasks that end, wait, or wait inside a shield in each of their polls, as they choose: so
tasks that need several polls to clean up, tasks that never end, tasks that spawn others while they
clean up or while they are dropped. Other threads, which spawn, wake, and hand in calls at any time
before, during and after. Time, which passes while tasks are polled and while nothing is to do.

Left out: what tasks compute and who awaits them (`join.py`), timers and descriptors of the tasks,
and the instant between the look whether the runtime is closed and the handing in.

Variables:
    phase            open, cancelling, dropping, closed
    tasks            by task: unborn; sent (spawned elsewhere, not taken in); new, waiting,
                     shielded; finished by itself; dropped; too_late (sent, and never begun)
    alive            tasks that were taken in and are not done, in that order
    queue            tasks that are owed a poll
    polling          the task that is being polled, or dropped
    woken            it is owed one more poll
    injected         what other threads handed in
    time_left        of what the shutdown gives the tasks
    finished_before  how many had finished when the shutdown began
    calls, late      calls from elsewhere that were made; polls and calls after the close
    report           what the shutdown says

Facts: while cancelling, every living task outside of a shield is owed a poll. Dropping asks nobody.
"""

from __future__ import annotations

from zokio.model import always, eventually, sometimes

from .shutdown_state import (
    CANCELLING,
    CLOSED,
    DROPPED,
    DROPPING,
    FINISHED,
    NEW,
    NOBODY,
    OPEN,
    SENT,
    SHIELDED,
    TOO_LATE,
    UNBORN,
    WAITING,
    State,
)
from .shutdown_steps import ShutdownSteps

LIVING = (NEW, WAITING, SHIELDED)


class ShutdownMachine(ShutdownSteps):
    """See the head of this file."""

    # Safety

    @always
    def every_task_is_finished_or_dropped(self, state: State) -> bool:
        ends = (UNBORN, FINISHED, DROPPED, TOO_LATE)
        return state.phase != CLOSED or all(task in ends for task in state.tasks)

    @always
    def one_poll_at_a_time(self, state: State) -> bool:
        """While a task is polled or dropped, nobody begins another poll or the shutdown."""
        begins = self.can_step(state) or self.can_turn(state) or self.can_shut_down(state)
        return state.polling == NOBODY or not begins

    @always
    def each_phase_has_its_steps(self, state: State) -> bool:
        """Who is open steps, or begins the shutdown; who cancels takes turns; nobody does both."""
        while_open = self.can_step(state) or self.can_shut_down(state)
        while_cancelling = self.can_turn(state)
        return (state.phase == OPEN or not while_open) and (
            state.phase == CANCELLING or not while_cancelling
        )

    @always
    def nobody_acts_between_two_polls_of_it(self, state: State) -> bool:
        """Until it is over, code of the program runs on its thread only inside of a task."""
        tasks = range(self.tasks)
        acts = any(self.can_spawn(state, task) or self.can_wake(state, task) for task in tasks)
        return state.phase in (OPEN, CLOSED) or state.polling != NOBODY or not acts

    @always
    def no_callback_runs_after_it(self, state: State) -> bool:
        return state.late == 0

    @always
    def nothing_is_left_behind(self, state: State) -> bool:
        left = state.queue or state.injected or state.alive or state.polling != NOBODY
        return state.phase != CLOSED or not left

    @always
    def nobody_is_dropped_while_there_is_time(self, state: State) -> bool:
        return DROPPED not in state.tasks or state.time_left == 0

    @always
    def the_cancelled_are_owed_a_poll(self, state: State) -> bool:
        return state.phase != CANCELLING or all(
            task in state.queue or task == state.polling
            for task in state.alive
            if state.tasks[task] != SHIELDED
        )

    @always
    def the_living_are_known(self, state: State) -> bool:
        living = [task for task, at in enumerate(state.tasks) if at in LIVING]
        return sorted(state.alive) == living

    @always
    def the_report_counts_every_task_once(self, state: State) -> bool:
        if state.report is None:
            return state.phase != CLOSED
        counted = state.finished_before + state.report.cancelled + len(state.report.dropped)
        return counted == self.tasks - state.tasks.count(UNBORN) - state.tasks.count(TOO_LATE)

    @always
    def the_bounds_are_kept(self, state: State) -> bool:
        """Those of the search: so many entries wait, and one call is made."""
        return len(state.injected) <= self.injected_max and state.calls <= 1

    # Progress

    def is_shutting_down(self, state: State) -> bool:
        """Whether the shutdown has begun."""
        return state.phase != OPEN

    @eventually(after="is_shutting_down")
    def it_terminates(self, state: State) -> bool:
        return state.phase == CLOSED

    def is_owed_a_poll(self, state: State, task: int) -> bool:
        """Whether the task stands in the queue."""
        return task in state.queue

    @eventually(after="is_owed_a_poll", of="task")
    def whoever_is_owed_a_poll_gets_one(self, state: State, task: int) -> bool:
        """Or is dropped, when the time is up."""
        return task not in state.queue

    # Reachability

    @sometimes
    def all_finish_in_time(self, state: State) -> bool:
        return state.report is not None and state.report.cancelled == self.tasks

    @sometimes
    def all_are_dropped(self, state: State) -> bool:
        return state.report is not None and len(state.report.dropped) == self.tasks

    @sometimes
    def a_task_comes_too_late(self, state: State) -> bool:
        return TOO_LATE in state.tasks

    @sometimes
    def a_task_is_spawned_by_one_that_is_dropped(self, state: State) -> bool:
        return state.phase == DROPPING and NEW in state.tasks and state.polling != NOBODY

    @sometimes
    def a_shielded_task_is_waited_for(self, state: State) -> bool:
        waits = state.phase == CANCELLING and state.polling == NOBODY and not state.queue
        return waits and SHIELDED in state.tasks

    @sometimes
    def a_spawn_is_on_its_way_when_it_begins(self, state: State) -> bool:
        return state.phase == OPEN and SENT in state.tasks and len(state.alive) > 0

    # Canaries

    @always(canary="every_task_is_finished_or_dropped")
    def every_task_is_finished(self, state: State) -> bool:
        ends = (UNBORN, FINISHED)
        return state.phase != CLOSED or all(task in ends for task in state.tasks)

    @always(canary="one_poll_at_a_time")
    def no_poll_begins_while_tasks_wait(self, state: State) -> bool:
        return not state.queue or not (self.can_step(state) or self.can_turn(state))

    @always(canary="each_phase_has_its_steps")
    def who_is_shut_down_takes_no_turns(self, state: State) -> bool:
        return not self.can_turn(state)

    @always(canary="nobody_acts_between_two_polls_of_it")
    def nobody_acts_while_it_shuts_down(self, state: State) -> bool:
        return state.phase in (OPEN, CLOSED) or not self.can_wake(state, 0)

    @always(canary="no_callback_runs_after_it")
    def no_callback_ever_runs(self, state: State) -> bool:
        return state.calls == 0

    @always(canary="nothing_is_left_behind")
    def there_is_never_anything(self, state: State) -> bool:
        return not (state.queue or state.injected or state.alive or state.polling != NOBODY)

    @always(canary="nobody_is_dropped_while_there_is_time")
    def nobody_is_dropped(self, state: State) -> bool:
        return DROPPED not in state.tasks

    @always(canary="the_cancelled_are_owed_a_poll")
    def the_shielded_are_owed_a_poll_too(self, state: State) -> bool:
        owed = (*state.queue, state.polling)
        return state.phase != CANCELLING or all(task in owed for task in state.alive)

    @always(canary="the_living_are_known")
    def nobody_lives(self, state: State) -> bool:
        return not state.alive

    @always(canary="the_report_counts_every_task_once")
    def the_report_counts_those_too_that_come_too_late(self, state: State) -> bool:
        if state.report is None:
            return True
        counted = state.finished_before + state.report.cancelled + len(state.report.dropped)
        return counted == self.tasks - state.tasks.count(UNBORN)

    @always(canary="the_bounds_are_kept")
    def the_bounds_are_never_reached(self, state: State) -> bool:
        return len(state.injected) < self.injected_max

    @eventually(after="is_owed_a_poll", of="task", canary="whoever_is_owed_a_poll_gets_one")
    def whoever_is_owed_a_poll_finishes(self, state: State, task: int) -> bool:
        return state.tasks[task] == FINISHED

    @eventually(canary="it_terminates")
    def it_terminates_without_being_called(self, state: State) -> bool:
        return state.phase == CLOSED


CONFIGURATIONS = (
    ShutdownMachine(tasks=2, timeout=1, injected_max=2),
    ShutdownMachine(tasks=2, timeout=2, injected_max=1),
)
