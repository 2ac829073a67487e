"""as_completed: each value as it comes, given once, and nothing left behind.

Modelled: the tasks of the arguments, polled in any order, which end in every way; a consumer that
asks for values, is cancelled while it waits, and leaves the block at any time; a cancellation of
the whole block from outside (a scope around it, or an abort of the consumer's task) at any time.
`bounded_map.py` adds to this a source of tasks.

Left out: the order of the run queue (`scheduler.py`), several consumers (`join_set.py`), shields
that withdraw a cancellation (`branches.py`).

Variables:
    block          inside, leaving (the consumer waits for all to end), left
    outside        calm, cancelled, heard (Cancelled goes out of the block)
    consumer       away, or waiting for the next value
    cancelling     the consumer's wait was cancelled
    owed_consumer  the consumer is owed a poll
    feeder         of `bounded_map.py`: new, waiting for room, waiting for the source, done
    owed_feeder    the feeder is owed a poll
    tasks          by item that was begun: new, suspended, done
    owed_tasks     by item: it is owed a poll
    aborting       all that runs was cancelled: something has failed, or the block ends
    ended          the items that have ended, in order
    line           what is given next, in order; in source order it may still run
    given          the items whose values were given, in order
    failed         who failed first: an item, or FEEDER
    told           what ended the consumer's loop: the end, or an error
    exhausted      there will be no more items

Facts: every item that has not failed is in the line, given, or still to come into the line.
"""

from __future__ import annotations

from zokio.model import always, eventually, sometimes

from .as_completed_steps import (
    ABORTED,
    CANCELLED,
    DONE,
    END,
    ERROR,
    FEEDER,
    HEARD,
    INSIDE,
    LEAVING,
    LEFT,
    NEW,
    NEXT,
    SUSPENDED,
    WAIT,
    AsCompletedSteps,
    State,
)


class AsCompletedMachine(AsCompletedSteps):
    """See the head of this file."""

    # Safety

    @always
    def values_are_given_in_order(self, state: State) -> bool:
        given = [task for task in self.order(state) if task in state.given]
        return list(state.given) == given and len(set(state.given)) == len(given)

    def order(self, state: State) -> tuple[int, ...]:
        """The order in which the values are given: of completion."""
        return state.ended

    @always
    def the_end_is_told_when_all_was_given(self, state: State) -> bool:
        return state.told != END or (state.exhausted and len(state.given) == len(state.tasks))

    @always
    def a_failure_is_told_and_cancels_the_rest(self, state: State) -> bool:
        return state.aborting if state.failed is not None else state.told != ERROR

    @always
    def who_is_cancelled_hears_of_it(self, state: State) -> bool:
        """A cancelled task that has not ended is owed a poll, and again after each."""
        alive = all(state.owed_tasks[task] for task in self.alive(state))
        return not state.aborting or (alive and (state.feeder == DONE or state.owed_feeder))

    @always
    def the_block_leaves_nobody_behind(self, state: State) -> bool:
        return state.block != LEFT or self.is_over(state)

    @always
    def who_waits_for_what_has_come_is_owed_a_poll(self, state: State) -> bool:
        asked = state.consumer == NEXT and self.has_answer(state)
        leaves = state.block == LEAVING and self.is_over(state)
        return state.owed_consumer or not (asked or leaves or self.is_cancelled(state))

    @always
    def only_who_is_owed_a_poll_is_polled(self, state: State) -> bool:
        return all(
            owed or not any(self.can_poll_task(state, task, answer) for answer in (WAIT, ABORTED))
            for task, owed in enumerate(state.owed_tasks)
        ) and (state.owed_consumer or not self.can_poll_consumer(state))

    @always
    def who_has_not_begun_cannot_end_by_an_abort(self, state: State) -> bool:
        """And nobody who was not cancelled."""
        return all(
            (state.aborting and at == SUSPENDED) or not self.can_poll_task(state, task, ABORTED)
            for task, at in enumerate(state.tasks)
        )

    # Progress

    def could_be_answered(self, state: State) -> bool:
        """Whether the consumer waits for what has come."""
        return state.consumer == NEXT and self.has_answer(state)

    @eventually(after="could_be_answered")
    def the_consumer_is_answered(self, state: State) -> bool:
        return state.consumer != NEXT

    def is_leaving(self, state: State) -> bool:
        """Whether the consumer waits for the end of all that runs."""
        return state.block == LEAVING

    @eventually(after="is_leaving")
    def the_block_is_left(self, state: State) -> bool:
        return state.block == LEFT

    def is_cancelled(self, state: State) -> bool:
        """Whether the block is cancelled from outside, and the consumer not about to leave it."""
        return state.block == INSIDE and state.outside == CANCELLED

    @eventually(after="is_cancelled")
    def a_cancellation_goes_on_when_all_have_ended(self, state: State) -> bool:
        return state.block == LEFT and state.outside == HEARD

    def has_not_begun(self, state: State, task: int) -> bool:
        """Whether it waits for its first poll."""
        return task < len(state.tasks) and state.tasks[task] == NEW

    @eventually(after="has_not_begun", of="task")
    def whoever_was_spawned_begins(self, state: State, task: int) -> bool:
        return not self.has_not_begun(state, task)

    # Reachability

    @sometimes
    def it_gives_everything(self, state: State) -> bool:
        return state.told == END and len(state.given) == self.items

    @sometimes
    def the_loop_is_left_early(self, state: State) -> bool:
        return state.block == LEFT and len(state.given) == 1 and state.told is None

    @sometimes
    def an_item_fails_after_another_was_given(self, state: State) -> bool:
        return state.told == ERROR and state.failed != FEEDER and len(state.given) > 0

    @sometimes
    def the_block_is_cancelled_while_it_waits_for_a_value(self, state: State) -> bool:
        return self.is_cancelled(state) and state.consumer == NEXT

    @sometimes
    def the_block_is_cancelled_while_it_is_left(self, state: State) -> bool:
        return state.block == LEAVING and state.outside == CANCELLED

    # Canaries

    @always(canary="only_who_is_owed_a_poll_is_polled")
    def nobody_is_polled(self, state: State) -> bool:
        return not any(state.owed_tasks)

    @always(canary="who_has_not_begun_cannot_end_by_an_abort")
    def nobody_can_end_by_an_abort(self, state: State) -> bool:
        return not any(self.can_poll_task(state, task, ABORTED) for task in range(len(state.tasks)))

    @eventually(after="has_not_begun", of="task", canary="whoever_was_spawned_begins")
    def whoever_was_spawned_suspends(self, state: State, task: int) -> bool:
        return task < len(state.tasks) and state.tasks[task] == SUSPENDED

    @always(canary="values_are_given_in_order")
    def nothing_is_given_twice_or_at_all(self, state: State) -> bool:
        return not state.given

    @always(canary="the_end_is_told_when_all_was_given")
    def the_end_is_never_told(self, state: State) -> bool:
        return state.told != END

    @always(canary="a_failure_is_told_and_cancels_the_rest")
    def after_a_failure_nothing_runs(self, state: State) -> bool:
        return state.failed is None or self.is_over(state)

    @always(canary="who_is_cancelled_hears_of_it")
    def who_is_cancelled_has_ended(self, state: State) -> bool:
        return not (state.aborting and self.alive(state))

    @always(canary="the_block_leaves_nobody_behind")
    def nothing_runs_when_the_consumer_wants_to_leave(self, state: State) -> bool:
        return state.block == INSIDE or self.is_over(state)

    @always(canary="who_waits_for_what_has_come_is_owed_a_poll")
    def nobody_waits_for_what_has_come(self, state: State) -> bool:
        return not self.could_be_answered(state)

    def waits(self, state: State) -> bool:
        """Whether the consumer waits, for what may never come."""
        return state.consumer == NEXT

    @eventually(after="waits", canary="the_consumer_is_answered")
    def the_consumer_is_always_answered(self, state: State) -> bool:
        return state.consumer != NEXT

    @eventually(after="is_cancelled", canary="a_cancellation_goes_on_when_all_have_ended")
    def a_cancelled_block_ends_in_a_failure(self, state: State) -> bool:
        return state.block == LEFT and state.failed is not None

    @eventually(after="is_leaving", canary="the_block_is_left")
    def the_block_is_left_with_everything_given(self, state: State) -> bool:
        return state.block == LEFT and len(state.given) == len(state.tasks)


CONFIGURATIONS = (AsCompletedMachine(items=2), AsCompletedMachine(items=3))
