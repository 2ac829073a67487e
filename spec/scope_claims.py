"""What cancel scopes promise, in their own words: the claims of `cancel_scopes.py`.

They look at the tree in another way than the actions: all that surrounds a task is a list, from
the inside to the outside, and a cancellation in it reaches the task when no shield stands before.
"""

from __future__ import annotations

from collections.abc import Iterator

from zokio.model import always, eventually, sometimes

from .scope_actions import ScopeActions
from .scope_tree import ABSENT, CLOSING, NEW, NOBODY, SUSPENDED, State, owner, running


def around(state: State, task: int) -> Iterator[tuple[bool, bool]]:
    """Whether it was cancelled and whether it is a shield, of all that surrounds a task."""
    for scope in reversed(state.stack[task]):
        yield state.called[scope], state.shield[scope]
    yield state.aborted[task], False
    for group, members in enumerate(state.members):
        if task in members:
            parent = owner(state, group)
            inside = len(state.stack[parent]) - state.stack[parent].index(group) - 1
            yield from list(around(state, parent))[inside:]


def is_in_reach(state: State, task: int, outside: int = 0) -> bool:
    """Whether something around the task is cancelled, with no shield inside of it.

    `outside` leaves out so many of the innermost scopes, and with them their shields.
    """
    things = list(around(state, task))[outside:]
    inside = state.phase[task] == CLOSING and not outside
    for called, shield in things:
        if called and not inside:
            return True
        inside = inside or shield
    return False


def is_surrounded(state: State, task: int) -> bool:
    """Whether something around the task is cancelled, behind a shield or not."""
    return any(called for called, _ in around(state, task))


def next_polled(state: State, phase: str) -> int:
    """The task that would be polled next, if it is in that phase."""
    if running(state) != NOBODY or not state.queue:
        return NOBODY
    task = state.queue[0]
    return task if state.phase[task] == phase else NOBODY


def may_pass(state: State) -> int:
    """The task which Cancelled is about to leave, if it is in a scope without members."""
    task = running(state)
    if task == NOBODY or not state.flight[task] or not state.stack[task]:
        return NOBODY
    return NOBODY if state.members[state.stack[task][-1]] else task


class ScopeClaims(ScopeActions):
    """The actions with what they promise, however many tasks and threads there are."""

    # Delivery

    @always
    def delivered_at_every_suspension_point(self, state: State) -> bool:
        """Cancellation is a level: within its reach every suspension point raises Cancelled."""
        task = next_polled(state, SUSPENDED)
        return task == NOBODY or self.poll(state).flight[task] == is_in_reach(state, task)

    @always
    def delivered_at_most_once_at_a_suspension_point(self, state: State) -> bool:
        """What was raised at one suspension point is over at the next."""
        return not any(
            flying and phase == SUSPENDED
            for flying, phase in zip(state.flight, state.phase, strict=True)
        )

    @always
    def a_new_task_runs_to_its_first_suspension_point(self, state: State) -> bool:
        task = next_polled(state, NEW)
        return task == NOBODY or not self.poll(state).flight[task]

    @always
    def a_shielded_region_ends_before_it_is_cancelled(self, state: State) -> bool:
        task = next_polled(state, SUSPENDED)
        shielded = task != NOBODY and not is_in_reach(state, task)
        return not shielded or not self.poll(state).flight[task]

    @always
    def a_cancelled_task_is_owed_a_poll(self, state: State) -> bool:
        polled = running(state)
        return all(
            (state.owed if task == polled else task in state.queue)
            for task in range(self.tasks)
            if state.phase[task] != ABSENT and is_in_reach(state, task)
        )

    @always
    def nobody_is_aborted_who_is_not_there(self, state: State) -> bool:
        pairs = zip(state.phase, state.aborted, strict=True)
        return not any(phase == ABSENT and aborted for phase, aborted in pairs)

    @always
    def nobody_is_owed_two_polls(self, state: State) -> bool:
        waiting = [task for task in state.queue if state.phase[task] in (NEW, SUSPENDED, CLOSING)]
        return len(set(waiting)) == len(state.queue)

    # Catching

    @always
    def a_scope_catches_its_own_cancellation(self, state: State) -> bool:
        task = may_pass(state)
        if task == NOBODY or not state.called[state.stack[task][-1]]:
            return True
        return is_in_reach(state, task, outside=1) or not self.pass_on(state).flight[task]

    @always
    def a_scope_passes_a_cancellation_from_outside(self, state: State) -> bool:
        task = may_pass(state)
        if task == NOBODY or state.shield[state.stack[task][-1]]:
            return True
        return not is_in_reach(state, task, outside=1) or self.pass_on(state).flight[task]

    @always
    def cancelled_never_leaves_what_was_cancelled(self, state: State) -> bool:
        """Nothing raises Cancelled out of thin air, and the outermost scope catches it."""
        return all(is_surrounded(state, task) for task in range(self.tasks) if state.flight[task])

    @always
    def every_scope_that_ends_has_no_live_child(self, state: State) -> bool:
        return all(
            owner(state, scope) != NOBODY and state.group[scope]
            for scope in range(self.scopes)
            if state.members[scope]
        )

    # Progress

    def is_cancelled_where_it_suspended(self, state: State, task: int) -> bool:
        return state.phase[task] == SUSPENDED and is_in_reach(state, task)

    @eventually(after="is_cancelled_where_it_suspended", of="task")
    def never_swallowed_by_the_runtime(self, state: State, task: int) -> bool:
        """A cancelled task hears of it, unless a shield comes between."""
        return state.flight[task] or not is_in_reach(state, task)

    # Reachability

    @sometimes
    def a_cancelled_task_goes_on(self, state: State) -> bool:
        task = running(state)
        return task != NOBODY and is_in_reach(state, task) and not state.flight[task]

    @sometimes
    def a_shield_keeps_a_cancellation_away(self, state: State) -> bool:
        task = next_polled(state, SUSPENDED)
        return task != NOBODY and is_surrounded(state, task) and not is_in_reach(state, task)

    @sometimes
    def a_scope_and_what_is_outside_are_cancelled(self, state: State) -> bool:
        task = may_pass(state)
        if task == NOBODY:
            return False
        return state.called[state.stack[task][-1]] and is_in_reach(state, task, outside=1)

    # Canaries

    @always(canary="delivered_at_every_suspension_point")
    def nobody_suspends_within_reach(self, state: State) -> bool:
        task = next_polled(state, SUSPENDED)
        return task == NOBODY or not is_in_reach(state, task)

    @always(canary="a_shielded_region_ends_before_it_is_cancelled")
    def no_cancellation_stands_before_a_shield(self, state: State) -> bool:
        return not self.a_shield_keeps_a_cancellation_away(state)

    @always(canary="a_cancelled_task_is_owed_a_poll")
    def nobody_is_ever_cancelled(self, state: State) -> bool:
        return not any(is_in_reach(state, task) for task in range(self.tasks))

    @always(canary="nobody_is_aborted_who_is_not_there")
    def nobody_is_aborted(self, state: State) -> bool:
        return not any(state.aborted)

    @always(canary="nobody_is_owed_two_polls")
    def the_running_task_is_owed_nothing(self, state: State) -> bool:
        return not state.owed

    @always(canary="a_scope_catches_its_own_cancellation")
    def cancelled_never_meets_a_cancelled_scope(self, state: State) -> bool:
        task = may_pass(state)
        return task == NOBODY or not state.called[state.stack[task][-1]]

    @always(canary="a_scope_passes_a_cancellation_from_outside")
    def cancelled_never_comes_from_outside(self, state: State) -> bool:
        task = may_pass(state)
        return task == NOBODY or not is_in_reach(state, task, outside=1)

    @always(canary="cancelled_never_leaves_what_was_cancelled")
    def nothing_is_ever_in_flight(self, state: State) -> bool:
        return not any(state.flight)
