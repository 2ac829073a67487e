"""Join: one task that ends in some way, and those who await its outcome.

Modelled: the task's polls, which may suspend it, return a value, raise an error, let its
cancellation pass, or abort it from within; aborts by others, on the same thread and from another;
awaiters that are tasks of the same runtime, started, woken for no reason and cancelled at any
time; awaiters from outside, which poll the handle by hand; one handle that is asked directly and
let go of; a shutdown that leaves no time for cleanup. The run queue is one for all, so that the
order of wakes is modelled too.

Left out: cancel scopes other than the task's own (`cancel_scopes.py`), shutdowns that leave time
(`shutdown.py`).

Variables:
    queue       who is owed a poll: TASK, or the number of an awaiter
    at          where the task is: new, suspended, done
    aborting    the living task was aborted
    injected    aborts from another thread that are not yet taken in
    outcomes    the ways in which the task has ended: one at the most
    registered  awaiters that the end of the task will wake, in order
    awaiters    by awaiter: away, new, waiting, answered, cancelled
    cancelling  by awaiter: it is being cancelled
    woken       by awaiter: how often the end of the task woke one from outside
    answers     by awaiter: what awaiting gave it
    held        the handle is held, apart from those of the awaiters
    asked       the handle was asked for the error directly
    reported    how often the error was reported
    closed      the runtime was shut down

Facts: whoever is registered is waiting; only an error that everybody let go of is reported.
"""

from __future__ import annotations

from zokio.model import always, eventually, sometimes

from .join_state import (
    ABORTED,
    ANSWERED,
    CANCELLED,
    DONE,
    ERROR,
    NEW,
    READY,
    SUSPENDED,
    WAITING,
    State,
)
from .join_steps import JoinSteps


class JoinMachine(JoinSteps):
    """See the head of this file. The awaiters from outside come after those inside."""

    # Safety

    @always
    def it_ends_once(self, state: State) -> bool:
        return len(state.outcomes) == (1 if state.at == DONE else 0)

    @always
    def who_has_not_begun_cannot_end_by_an_abort(self, state: State) -> bool:
        """Its first poll runs to its first suspension, where the abort is seen."""
        return state.at != NEW or not self.can_poll_task(state, ABORTED)

    @always
    def join_resolves_at_most_once(self, state: State) -> bool:
        return all(
            len(answers) == (1 if awaiter == ANSWERED else 0)
            for answers, awaiter in zip(state.answers, state.awaiters, strict=True)
        )

    @always
    def the_outcome_stands(self, state: State) -> bool:
        return all(answer == state.outcomes[0] for answers in state.answers for answer in answers)

    @always
    def nobody_is_registered_for_an_end_that_was(self, state: State) -> bool:
        return not (state.outcomes and state.registered)

    @always
    def who_waits_is_registered_or_woken(self, state: State) -> bool:
        return all(
            awaiter in state.registered or awaiter in state.queue or state.woken[awaiter] > 0
            for awaiter in self.waiting(state)
        )

    @always
    def the_end_wakes_at_most_once(self, state: State) -> bool:
        return all(woken <= 1 for woken in state.woken)

    @always
    def an_error_is_reported_at_most_once(self, state: State) -> bool:
        return state.reported <= 1

    @always
    def an_asked_error_is_never_reported(self, state: State) -> bool:
        return not (state.reported and self.was_asked(state))

    @always
    def an_error_that_nobody_keeps_is_reported(self, state: State) -> bool:
        lost = not self.is_kept(state) and not self.was_asked(state)
        return state.reported == 1 or not (lost and state.outcomes == (ERROR,))

    @always
    def only_errors_are_reported(self, state: State) -> bool:
        return state.reported == 0 or state.outcomes == (ERROR,)

    @always
    def a_shutdown_leaves_no_task(self, state: State) -> bool:
        inside = state.awaiters[: self.inside]
        left = state.queue or state.injected or NEW in inside or WAITING in inside
        return not state.closed or (state.at == DONE and not left)

    @always
    def the_bounds_are_kept(self, state: State) -> bool:
        """Those of the search: one abort at a time is on its way."""
        return state.injected <= 1

    # Progress

    def waits_for_an_end_that_was(self, state: State, awaiter: int) -> bool:
        """Whether the awaiter waits although the task is done."""
        return bool(state.outcomes) and state.awaiters[awaiter] in (NEW, WAITING)

    @eventually(after="waits_for_an_end_that_was", of="awaiter")
    def join_resolves(self, state: State, awaiter: int) -> bool:
        return state.awaiters[awaiter] in (ANSWERED, CANCELLED)

    def has_not_begun(self, state: State) -> bool:
        """Whether the task waits for its first poll."""
        return state.at == NEW

    @eventually(after="has_not_begun")
    def the_task_begins(self, state: State) -> bool:
        return state.at != NEW

    def an_abort_is_on_its_way(self, state: State) -> bool:
        """Whether another thread has aborted the task, and it was not taken in."""
        return state.injected > 0

    @eventually(after="an_abort_is_on_its_way")
    def an_abort_from_a_thread_arrives(self, state: State) -> bool:
        return state.injected == 0

    # Reachability

    @sometimes
    def all_awaiters_get_the_error(self, state: State) -> bool:
        return all(answers == (ERROR,) for answers in state.answers)

    @sometimes
    def all_awaiters_learn_of_the_abort(self, state: State) -> bool:
        return all(answers == (ABORTED,) for answers in state.answers)

    @sometimes
    def one_is_cancelled_and_another_is_answered(self, state: State) -> bool:
        return {ANSWERED, CANCELLED} <= set(state.awaiters)

    @sometimes
    def an_awaiter_leaves_after_it_was_woken(self, state: State) -> bool:
        return bool(state.outcomes) and any(
            awaiter in state.queue and state.cancelling[awaiter] for awaiter in self.waiting(state)
        )

    @sometimes
    def it_is_aborted_before_it_begins(self, state: State) -> bool:
        return state.at == NEW and state.aborting

    @sometimes
    def an_aborted_task_goes_on(self, state: State) -> bool:
        return state.aborting and state.at != NEW and READY not in state.outcomes

    @sometimes
    def an_error_is_reported(self, state: State) -> bool:
        return state.reported == 1

    @sometimes
    def an_error_outlives_the_runtime(self, state: State) -> bool:
        return state.closed and state.outcomes == (ERROR,) and self.is_kept(state)

    # Canaries

    @always(canary="it_ends_once")
    def it_never_ends(self, state: State) -> bool:
        return not state.outcomes

    @always(canary="who_has_not_begun_cannot_end_by_an_abort")
    def nobody_can_end_by_an_abort(self, state: State) -> bool:
        return not self.can_poll_task(state, ABORTED)

    @always(canary="join_resolves_at_most_once")
    def nobody_is_ever_answered(self, state: State) -> bool:
        return ANSWERED not in state.awaiters

    @always(canary="the_outcome_stands")
    def every_answer_is_the_value(self, state: State) -> bool:
        return all(answer == READY for answers in state.answers for answer in answers)

    @always(canary="nobody_is_registered_for_an_end_that_was")
    def nobody_is_registered(self, state: State) -> bool:
        return not state.registered

    @always(canary="who_waits_is_registered_or_woken")
    def who_waits_is_registered(self, state: State) -> bool:
        return all(awaiter in state.registered for awaiter in self.waiting(state))

    @always(canary="the_end_wakes_at_most_once")
    def the_end_wakes_nobody(self, state: State) -> bool:
        return not any(state.woken) and not (state.outcomes and self.waiting(state))

    @always(canary="an_error_is_reported_at_most_once")
    def nothing_is_reported(self, state: State) -> bool:
        return state.reported == 0

    @always(canary="an_asked_error_is_never_reported")
    def nobody_asks(self, state: State) -> bool:
        return not self.was_asked(state)

    @always(canary="an_error_that_nobody_keeps_is_reported")
    def an_error_that_nobody_asked_for_is_reported(self, state: State) -> bool:
        return self.was_asked(state) or state.outcomes != (ERROR,) or state.reported == 1

    @always(canary="only_errors_are_reported")
    def aborts_are_reported(self, state: State) -> bool:
        return state.outcomes != (ABORTED,) or state.reported == 1

    @always(canary="a_shutdown_leaves_no_task")
    def there_is_always_a_task(self, state: State) -> bool:
        return state.at != DONE

    @always(canary="the_bounds_are_kept")
    def no_abort_is_ever_on_its_way(self, state: State) -> bool:
        return state.injected == 0

    @eventually(after="has_not_begun", canary="the_task_begins")
    def the_task_suspends(self, state: State) -> bool:
        return state.at == SUSPENDED

    @eventually(after="an_abort_is_on_its_way", canary="an_abort_from_a_thread_arrives")
    def an_abort_from_a_thread_ends_the_task_by_it(self, state: State) -> bool:
        return ABORTED in state.outcomes

    def waits(self, state: State, awaiter: int) -> bool:
        """Whether the awaiter waits, for an end that may never be."""
        return state.awaiters[awaiter] == WAITING

    @eventually(after="waits", of="awaiter", canary="join_resolves")
    def join_resolves_without_an_end(self, state: State, awaiter: int) -> bool:
        return state.awaiters[awaiter] in (ANSWERED, CANCELLED)

    def waiting(self, state: State) -> list[int]:
        """The awaiters that wait."""
        return [number for number, at in enumerate(state.awaiters) if at == WAITING]


CONFIGURATIONS = (
    JoinMachine(inside=1, outside=1),
    JoinMachine(inside=2, outside=1),
)
