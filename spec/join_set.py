"""JoinSet: each task's result is given once, in the order in which the tasks end.

Modelled: tasks that are spawned, woken, polled in any order and end in every way; `abort_all`;
several tasks that wait in `join_next`, of whom the first is the owner of the block, cancelled at
any time; the owner, who leaves the block at any time and waits for what is left.

Left out: the order of the run queue (`scheduler.py`), cancellation of the owner from outside
(`cancel_scopes.py`), reports of errors that nobody asked for (`join.py`).

Variables:
    block         inside, leaving (the owner waits for all to end), left
    joiners       by joiner: away, or in join_next
    cancelling    by joiner: the call of join_next was cancelled
    owed_joiners  by joiner: it is owed a poll
    tasks         by task, in order of spawning: new, suspended, done
    aborting      by task: it was cancelled
    owed_tasks    by task: it is owed a poll
    ended         the tasks that have ended, in order
    finished      those among them that were not given
    given         those that were given, in order
    told_empty    how often join_next said that there is nothing (counted up to 2)

Facts: while the block is not left, what has ended is finished or given.
"""

from __future__ import annotations

from zokio.model import always, eventually, sometimes

from .join_set_steps import (
    ABORTED,
    AWAY,
    INSIDE,
    JOINING,
    LEAVING,
    LEFT,
    NEW,
    OWNER,
    SUSPENDED,
    WAIT,
    JoinSetSteps,
    State,
)


class JoinSetMachine(JoinSetSteps):
    """See the head of this file."""

    # Safety

    @always
    def nothing_is_lost_and_nothing_given_twice(self, state: State) -> bool:
        """In the order in which they ended: first those that were given, then the others."""
        if state.block == LEFT:
            return state.given == state.ended[: len(state.given)]
        return (*state.given, *state.finished) == state.ended

    @always
    def who_waits_for_what_has_come_is_owed_a_poll(self, state: State) -> bool:
        joining = [joiner for joiner, at in enumerate(state.joiners) if at == JOINING]
        if not self.has_news(state):
            return True
        if state.finished:
            # Whoever has taken one leaves the next to those that were woken for it.
            return not joining or any(state.owed_joiners[each] for each in joining)
        return all(state.owed_joiners[joiner] for joiner in joining)

    @always
    def the_block_ends_last(self, state: State) -> bool:
        return state.block != LEFT or not self.alive(state)

    @always
    def the_owner_that_could_leave_is_owed_a_poll(self, state: State) -> bool:
        waits = state.block == LEAVING and not self.alive(state)
        return not waits or state.owed_joiners[OWNER]

    @always
    def who_is_cancelled_hears_of_it(self, state: State) -> bool:
        """A cancelled task that has not ended is owed a poll, and again after each."""
        return all(
            state.owed_tasks[task] for task in self.alive(state) if state.aborting[task]
        ) and (state.block == INSIDE or all(state.aborting[task] for task in self.alive(state)))

    @always
    def only_who_is_owed_a_poll_is_polled(self, state: State) -> bool:
        return all(
            owed or not any(self.can_poll_task(state, task, answer) for answer in (WAIT, ABORTED))
            for task, owed in enumerate(state.owed_tasks)
        ) and all(
            owed or not self.can_poll_joiner(state, joiner)
            for joiner, owed in enumerate(state.owed_joiners)
        )

    @always
    def who_has_not_begun_cannot_end_by_an_abort(self, state: State) -> bool:
        """And nobody who was not cancelled."""
        return all(
            (state.aborting[task] and at == SUSPENDED)
            or not self.can_poll_task(state, task, ABORTED)
            for task, at in enumerate(state.tasks)
        )

    # Progress

    def somebody_waits_for_a_result_that_is_there(self, state: State) -> bool:
        """Whether one waits beside something that has ended."""
        return JOINING in state.joiners and bool(state.finished)

    @eventually(after="somebody_waits_for_a_result_that_is_there")
    def results_are_taken(self, state: State) -> bool:
        return JOINING not in state.joiners or not state.finished

    def could_leave(self, state: State) -> bool:
        """Whether the owner waits for what has happened."""
        return state.block == LEAVING and not self.alive(state)

    @eventually(after="could_leave")
    def the_block_is_left(self, state: State) -> bool:
        return state.block == LEFT

    def has_not_begun(self, state: State, task: int) -> bool:
        """Whether it waits for its first poll."""
        return task < len(state.tasks) and state.tasks[task] == NEW

    @eventually(after="has_not_begun", of="task")
    def whoever_was_spawned_begins(self, state: State, task: int) -> bool:
        return not self.has_not_begun(state, task)

    # Reachability

    @sometimes
    def they_end_in_another_order_than_they_were_spawned(self, state: State) -> bool:
        return state.given == (1, 0)

    @sometimes
    def a_cancelled_call_leaves_its_result_to_others(self, state: State) -> bool:
        return any(state.cancelling) and state.finished != () and state.given == ()

    @sometimes
    def results_are_dropped_with_the_block(self, state: State) -> bool:
        return state.block == LEFT and len(state.given) < len(state.ended)

    @sometimes
    def it_is_told_that_the_set_is_empty(self, state: State) -> bool:
        return state.told_empty > 0 and len(state.given) == self.tasks

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

    @always(canary="nothing_is_lost_and_nothing_given_twice")
    def they_are_given_in_the_order_of_spawning(self, state: State) -> bool:
        return list(state.given) == sorted(state.given)

    @always(canary="who_waits_for_what_has_come_is_owed_a_poll")
    def nobody_waits_beside_a_result(self, state: State) -> bool:
        return not self.somebody_waits_for_a_result_that_is_there(state)

    @always(canary="the_block_ends_last")
    def all_have_ended_when_the_owner_wants_to_leave(self, state: State) -> bool:
        return state.block == INSIDE or not self.alive(state)

    @always(canary="the_owner_that_could_leave_is_owed_a_poll")
    def the_owner_is_never_owed_a_poll(self, state: State) -> bool:
        return not (state.block == LEAVING and state.owed_joiners[OWNER])

    @always(canary="who_is_cancelled_hears_of_it")
    def who_is_cancelled_has_ended(self, state: State) -> bool:
        return not any(state.aborting[task] for task in self.alive(state))

    def somebody_waits(self, state: State) -> bool:
        """Whether one waits, for tasks that may never end."""
        return JOINING in state.joiners

    @eventually(after="somebody_waits", canary="results_are_taken")
    def every_call_ends(self, state: State) -> bool:
        return all(at == AWAY for at in state.joiners)

    def leaves(self, state: State) -> bool:
        """Whether the owner waits."""
        return state.block == LEAVING

    @eventually(after="leaves", canary="the_block_is_left")
    def every_block_is_left_with_everything_given(self, state: State) -> bool:
        return state.block == LEFT and state.given == state.ended


CONFIGURATIONS = (
    JoinSetMachine(tasks=2, joiners=2),
    JoinSetMachine(tasks=3, joiners=1),
)
